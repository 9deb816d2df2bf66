/**
 * The verbs: start, resume, end, list, revoke. Over a store, a lifetime and a clock; no HTTP.
 * @module
 */
import { type LoginSession, toLoginSession } from './login-session.js'
import {
  type Beginning, type Lifetime, type LoginSessionRecord, type Sighting,
  dueRetirement, dueTouch, hashToken, isLive, lostBefore, newToken, ownsRecord, rotatedTokens, startRecord
} from './record.js'
import { createRemovals, type Ended, type SessionEndReason } from './endings.js'
import type { Retirements } from './retirements.js'
import type { DataChanges, LoginSessionStore } from './store.js'
import type { TouchQueue } from './background-writes.js'

/** `app.loginSessions`: any user's sessions, without a request. Jobs and scripts use it too. */
export interface LoginSessions {
  /**
   * The sessions of this user that are valid now, last active first.
   * @throws FST_LOGIN_SESSION_STORE_UNAVAILABLE (as do all of these)
   */
  list(userId: string): Promise<LoginSession[]>
  /** This user's session with this id, or null: foreign, unknown and ended ids are alike. null waits until that is certain. */
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
  /**
   * Notes a request with this token: queues a touch if one is due, and retires the former token when this is the newest
   * one's first request.
   * @param look only called when a touch is due
   */
  seen(record: LoginSessionRecord, token: string, look: () => Sighting): void
  /** Saves session data. False: signed out meanwhile. */
  save(record: LoginSessionRecord, changes: DataChanges): Promise<boolean>
  /**
   * Replaces the token after a confirmed password. The new token, or null: a parallel request was first, whose answer may
   * still bring the new one.
   */
  rotate(record: LoginSessionRecord, token: string): Promise<string | null>
  /** Removes a record: a login by its id, whatever has become of its token since; an anonymous one by the token. */
  end(record: LoginSessionRecord, token: string, reason: SessionEndReason): Promise<void>
  /**
   * Removes the record of this token, be it expired: a touch that is still on its way would prolong it. A former token that
   * has run out has none, and ends nobody's session. False: there is no record with this token.
   */
  endByToken(token: string, reason: SessionEndReason): Promise<boolean>
  /** Ends what this user has beyond `most` sessions, least recently active first. */
  evictSurplus(started: LoginSession, most: number): Promise<void>
  /**
   * The same, and where there is none it waits until that is certain: a removal that was refused, because the other servers
   * of the replica set did not hear of it, is undone by a failover.
   */
  endForCertain(token: string, reason: SessionEndReason): Promise<void>
  /** Removes a login that was never answered, without a word. */
  discard(session: Pick<LoginSession, 'id' | 'userId'>): Promise<void>
}

/**
 * @param store bounded in time
 * @param now the clock
 * @param ended told of each session that ended before its time; undefined: nobody is, and ending many is one write
 */
export function createLoginSessions (
  store: LoginSessionStore, touches: TouchQueue, retirements: Retirements, lifetime: Lifetime, now: () => Date, ended?: Ended
): LoginSessionVerbs {
  const removals = createRemovals(store, now, ended)

  async function end (record: LoginSessionRecord, hash: string, reason: SessionEndReason): Promise<void> {
    if (record.userId !== undefined) await removals.one(record.userId, record.id, reason)
    // A visitor's, which is nobody's login: nobody is told.
    else await store.removeByToken(hash)
  }

  async function endByToken (token: string, reason: SessionEndReason): Promise<boolean> {
    const hash = hashToken(token)
    const record = await store.findByToken(hash)
    if (record !== null && ownsRecord(record, hash, now())) await end(record, hash, reason)
    return record !== null
  }

  async function find (userId: string, id: string): Promise<LoginSession | null> {
    const record = await store.find(userId, id, now())
    return record === null ? null : toLoginSession(record)
  }

  return {
    async list (userId) {
      const records = await store.listByUser(text(userId, 'userId'), now())
      return records.map(toLoginSession).sort((a, b) => b.lastActiveAt.getTime() - a.lastActiveAt.getTime())
    },

    async find (userId, id) {
      const [user, session] = [text(userId, 'userId'), idOf(id)]
      const found = await find(user, session)
      if (found !== null) return found
      // Nobody is told that it is gone by a removal that was refused, and that a failover undoes.
      await store.settle()
      return await find(user, session)
    },

    async revoke (userId, id) {
      return await removals.one(text(userId, 'userId'), idOf(id), 'revoked')
    },

    async revokeOthers ({ userId, id }) {
      return await removals.all(text(userId, 'userId'), 'revoked-others', text(id, 'id'))
    },

    async revokeAll (userId) {
      return await removals.all(text(userId, 'userId'), 'revoked-all')
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

    seen (record, token, look) {
      const at = now()
      const touch = dueTouch(record, look, lifetime, at)
      if (touch !== null) touches.add(touch)
      const retirement = dueRetirement(record, token, at)
      if (retirement !== null) retirements.add(retirement)
    },

    save (record, changes) {
      return store.updateData(record.id, changes)
    },

    async rotate (record, token) {
      const next = newToken()
      const at = now()
      const current = hashToken(token)
      return await store.confirm(record.id, current, rotatedTokens(current, hashToken(next)), at, lostBefore(at)) ? next : null
    },

    end: (record, token, reason) => end(record, hashToken(token), reason),
    endByToken,

    async endForCertain (token, reason) {
      if (await endByToken(token, reason)) return
      await store.settle()
      await endByToken(token, reason)
    },

    evictSurplus (started, most) {
      return removals.surplus(started, most)
    },

    async discard ({ userId, id }) {
      await store.remove(userId, id, now())
    }
  }
}

/** Everything that selects records is checked here, once: an undefined userId must never select more than nobody's. */
function text (value: string, name: string): string {
  if (typeof value !== 'string' || value === '') throw new TypeError(`${name} must be a string that is not empty; convert it first, e.g. String(user._id)`)
  return value
}

/** The id of one session: '' is that of none, as any other that there is not. */
function idOf (id: string): string {
  if (typeof id !== 'string') throw new TypeError('id must be a string')
  return id
}
