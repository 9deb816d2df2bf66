/**
 * The verbs: start, resume, end, list, revoke. Over a store, a lifetime and a clock; no HTTP.
 * @module
 */
import {
  type Beginning, type Lifetime, type LoginSessionRecord,
  dueTouch, hashToken, isLive, newToken, rotatedTokens, startRecord
} from './record.js'
import type { Device } from './device.js'
import type { DataChanges, LoginSessionStore } from './store.js'
import type { TouchQueue } from './touch-queue.js'

/** One place where a user is signed in: the public view of its record. Holds no credential; safe to show to its user. */
export interface LoginSession {
  /** Public handle for pages and URLs. */
  readonly id: string
  readonly userId: string
  /** When the user signed in. */
  readonly createdAt: Date
  /** Last request, exact to `touchEvery`. */
  readonly lastActiveAt: Date
  /** When it ends if no further request comes. */
  readonly expiresAt: Date
  /** When it ends in any case. */
  readonly endsAt: Date
  /** "Keep me signed in" was chosen. */
  readonly remember: boolean
  readonly ip: string | null
  readonly userAgent: string
  readonly device: Readonly<Device>
}

/** `app.loginSessions`: any user's sessions, without a request. Jobs and scripts use it too. */
export interface LoginSessions {
  /**
   * The sessions of this user that are valid now, last active first.
   * @throws FST_LOGIN_SESSION_STORE_UNAVAILABLE (as do all of these)
   */
  list(userId: string): Promise<LoginSession[]>
  /** This user's session with this id, or null: foreign, unknown and ended ids are alike. */
  find(userId: string, id: string): Promise<LoginSession | null>
  /** Ends one session of this user at once. Returns it, or null if there was none: foreign, unknown and ended ids are alike. */
  revoke(userId: string, id: string): Promise<LoginSession | null>
  /**
   * Ends all sessions of this user but the given one, and returns their number. After a password change:
   * @example
   * await app.loginSessions.revokeOthers(currentLoginSession(request))
   */
  revokeOthers(session: Pick<LoginSession, 'id' | 'userId'>): Promise<number>
  /** Ends all sessions of this user and returns their number: account disabled or deleted (ASVS 5.0 7.4.2). */
  revokeAll(userId: string): Promise<number>
}

/** What the plugin itself needs beyond {@link LoginSessions}; it deals in tokens, so it is not public. */
export interface LoginSessionVerbs extends LoginSessions {
  /** Stores a new record for this token. */
  start(beginning: Beginning): Promise<LoginSessionRecord>
  /** The record that this token signs in now, or null. */
  resume(token: string): Promise<LoginSessionRecord | null>
  /** Notes the request: queues a touch if one is due. */
  seen(record: LoginSessionRecord, ip: string | null): void
  /** Saves session data. False: signed out meanwhile. */
  save(record: LoginSessionRecord, changes: DataChanges): Promise<boolean>
  /** Replaces the token after a confirmed password. The new token, or null: a parallel request was first. */
  rotate(record: LoginSessionRecord, token: string): Promise<string | null>
  /**
   * Removes a record: a login by its id, whatever has become of its token since; an anonymous one, or one that could not
   * be read (null), by the token.
   */
  end(record: LoginSessionRecord | null, token: string): Promise<void>
}

/** @param store bounded in time @param now the clock */
export function createLoginSessions (store: LoginSessionStore, touches: TouchQueue, lifetime: Lifetime, now: () => Date): LoginSessionVerbs {
  return {
    async list (userId) {
      const records = await store.listByUser(text(userId, 'userId'), now())
      return records.map(toLoginSession).sort((a, b) => b.lastActiveAt.getTime() - a.lastActiveAt.getTime())
    },

    async find (userId, id) {
      return toLoginSessionOrNull(await store.find(text(userId, 'userId'), text(id, 'id'), now()))
    },

    async revoke (userId, id) {
      return toLoginSessionOrNull(await store.remove(text(userId, 'userId'), text(id, 'id'), now()))
    },

    async revokeOthers ({ userId, id }) {
      return await store.removeByUser(text(userId, 'userId'), now(), text(id, 'id'))
    },

    async revokeAll (userId) {
      return await store.removeByUser(text(userId, 'userId'), now())
    },

    async start (beginning) {
      const record = startRecord(beginning, lifetime, now())
      await store.insert(record)
      return record
    },

    async resume (token) {
      const hash = hashToken(token)
      const record = await store.findByToken(hash)
      return record !== null && isLive(record, hash, now()) ? record : null
    },

    seen (record, ip) {
      const touch = dueTouch(record, ip, lifetime, now())
      if (touch !== null) touches.add(touch)
    },

    save (record, changes) {
      return store.updateData(record.id, changes)
    },

    async rotate (record, token) {
      const next = newToken()
      const at = now()
      const current = hashToken(token)
      return await store.confirm(record.id, current, rotatedTokens(current, hashToken(next), at), at) ? next : null
    },

    async end (record, token) {
      if (record?.userId === undefined) await store.removeByToken(hashToken(token))
      else await store.remove(record.userId, record.id, now())
    }
  }
}

/** The public view of a signed-in user's record. */
export function toLoginSession (record: LoginSessionRecord): LoginSession {
  const { id, userId = '', createdAt, lastActiveAt, expiresAt, endsAt, remember, ip, userAgent, device } = record
  return { id, userId, createdAt, lastActiveAt, expiresAt, endsAt, remember, ip, userAgent, device }
}

function toLoginSessionOrNull (record: LoginSessionRecord | null): LoginSession | null {
  return record === null ? null : toLoginSession(record)
}

/** Everything that selects records is checked here, once: an undefined userId must never select more than nobody's. */
function text (value: string, name: string): string {
  if (typeof value !== 'string' || value === '') throw new TypeError(`${name} must be a string that is not empty; convert it first, e.g. String(user._id)`)
  return value
}
