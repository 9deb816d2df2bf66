/**
 * The verbs: start, resume, end, list, revoke. Over a store, a lifetime and a clock; no HTTP.
 * @module
 */
import {
  type Beginning, type Lifetime, type LoginSessionRecord, type Sighting,
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

/**
 * Why a session ended before its time. One that expires has no reason: it runs out silently, and MongoDB's TTL monitor
 * sweeps it up. Nor has one that was stored but never answered, because signing in failed halfway.
 */
export type SessionEndReason =
  /** Its own browser left: `request.endLoginSession()`, `request.session.destroy()` or `.regenerate()`, "sign out" on this device's row. */
  | 'signed-out'
  /** The same browser signed in again, as whomever. */
  | 'replaced'
  /** `revoke`: one session was ended from elsewhere, by its user or by the host. */
  | 'revoked'
  /** `revokeOthers`: the user kept one session and ended all others. */
  | 'revoked-others'
  /** `revokeAll`: all sessions of the user were ended. */
  | 'revoked-all'

/** Told of each session that ended before its time: exactly once, after it was removed. Must not throw. */
export type Ended = (session: LoginSession, reason: SessionEndReason) => void

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
   * Ends all sessions of this user but the given one, and returns their number. One that starts meanwhile may be spared;
   * none that was there at the call is. If it rejects, some may have ended: call again. After a password change:
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
  /** Notes the request: queues a touch if one is due. @param look only called then */
  seen(record: LoginSessionRecord, look: () => Sighting): void
  /** Saves session data. False: signed out meanwhile. */
  save(record: LoginSessionRecord, changes: DataChanges): Promise<boolean>
  /** Replaces the token after a confirmed password. The new token, or null: a parallel request was first. */
  rotate(record: LoginSessionRecord, token: string): Promise<string | null>
  /**
   * Removes a record: a login by its id, whatever has become of its token since; an anonymous one, or one that could not
   * be read (null), by the token.
   */
  end(record: LoginSessionRecord | null, token: string, reason: SessionEndReason): Promise<void>
  /** Removes a login that was never answered, without a word. */
  discard(session: Pick<LoginSession, 'id' | 'userId'>): Promise<void>
}

/** Removals that are under way at the same moment, when each is announced. */
const REMOVALS_AT_ONCE = 100

/** Times that a user's sessions are listed and removed one by one; somebody who signs in all the while gets no more. */
const ROUNDS = 5

/**
 * @param store bounded in time
 * @param now the clock
 * @param ended told of each session that ended before its time; undefined: nobody is, and ending many is one write
 */
export function createLoginSessions (
  store: LoginSessionStore, touches: TouchQueue, lifetime: Lifetime, now: () => Date, ended?: Ended
): LoginSessionVerbs {
  /** What a removal took away; the store gives each record to one caller only, on whatever server. */
  function announce (record: LoginSessionRecord | null, reason: SessionEndReason, at: Date): LoginSession | null {
    if (record === null) return null
    const session = toLoginSession(record)
    // An anonymous one was nobody's login, and one that had expired ended in its time.
    if (record.userId !== undefined && record.expiresAt > at) ended?.(session, reason)
    return session
  }

  async function removeOne (userId: string, id: string, reason: SessionEndReason): Promise<LoginSession | null> {
    const at = now()
    return announce(await store.remove(userId, id, at), reason, at)
  }

  async function removeAll (userId: string, reason: SessionEndReason, exceptId?: string): Promise<number> {
    if (ended === undefined) return await store.removeByUser(userId, now(), exceptId)
    let removed = 0
    for (let round = 0; round < ROUNDS; round++) {
      // Until none is left: whoever signs in while the first are removed shall not escape.
      const found = (await store.listByUser(userId, now())).filter(({ id }) => id !== exceptId)
      if (found.length === 0) return removed
      removed += await removeEach(userId, found, reason)
    }
    // Somebody signs in faster than that: those go without a word, but they go.
    return removed + await store.removeByUser(userId, now(), exceptId)
  }

  /** @throws the first failure, once all that went along with it have been announced */
  async function removeEach (userId: string, records: LoginSessionRecord[], reason: SessionEndReason): Promise<number> {
    let removed = 0
    for (let start = 0; start < records.length; start += REMOVALS_AT_ONCE) {
      const outcomes = await Promise.allSettled(records.slice(start, start + REMOVALS_AT_ONCE).map(async ({ id }) => {
        if (await removeOne(userId, id, reason) !== null) removed++
      }))
      const failed = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined
      if (failed !== undefined) throw failed.reason
    }
    return removed
  }

  return {
    async list (userId) {
      const records = await store.listByUser(text(userId, 'userId'), now())
      return records.map(toLoginSession).sort((a, b) => b.lastActiveAt.getTime() - a.lastActiveAt.getTime())
    },

    async find (userId, id) {
      const record = await store.find(text(userId, 'userId'), text(id, 'id'), now())
      return record === null ? null : toLoginSession(record)
    },

    async revoke (userId, id) {
      return await removeOne(text(userId, 'userId'), text(id, 'id'), 'revoked')
    },

    async revokeOthers ({ userId, id }) {
      return await removeAll(text(userId, 'userId'), 'revoked-others', text(id, 'id'))
    },

    async revokeAll (userId) {
      return await removeAll(text(userId, 'userId'), 'revoked-all')
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

    seen (record, look) {
      const touch = dueTouch(record, look, lifetime, now())
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

    async end (record, token, reason) {
      if (record?.userId !== undefined) await removeOne(record.userId, record.id, reason)
      else {
        const at = now()
        announce(await store.removeByToken(hashToken(token)), reason, at)
      }
    },

    async discard ({ userId, id }) {
      await store.remove(userId, id, now())
    }
  }
}

/** The public view of a signed-in user's record. */
export function toLoginSession (record: LoginSessionRecord): LoginSession {
  const { id, userId = '', createdAt, lastActiveAt, expiresAt, endsAt, remember, ip, userAgent, device } = record
  return { id, userId, createdAt, lastActiveAt, expiresAt, endsAt, remember, ip, userAgent, device }
}

/** Everything that selects records is checked here, once: an undefined userId must never select more than nobody's. */
function text (value: string, name: string): string {
  if (typeof value !== 'string' || value === '') throw new TypeError(`${name} must be a string that is not empty; convert it first, e.g. String(user._id)`)
  return value
}
