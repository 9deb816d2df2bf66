/**
 * The life of a session as requests drive it: start, resume, note activity, save data, rotate the token, end. It deals in
 * tokens, so it is not public.
 * @module
 */
import type { BackgroundWrites } from './background-writes.js'
import { createEndings, type SessionEndReason } from './endings.js'
import type { LoginSession } from './login-session.js'
import type { LoginSessionsParts } from './login-sessions.js'
import { dueTouch, isLive, type Lifetime, type LoginSessionRecord, type NewSession, type Sighting, startRecord } from './record.js'
import type { DataChanges } from './store.js'
import { acceptsToken, dueRetirement, hashToken, prepareRotation } from './tokens.js'

/** What a request does to its session. */
export interface Lifecycle {
  /** Stores a new record for this token. */
  start(session: NewSession): Promise<LoginSessionRecord>
  /** The record that this token signs in now, or null. */
  resume(token: string): Promise<LoginSessionRecord | null>
  /**
   * Notes a request with this token: queues a touch if one is due, and retires the former token if this is the newest
   * one's first use.
   * @param sight called only if a touch is due
   */
  noteActivity(record: LoginSessionRecord, token: string, sight: () => Sighting): void
  /** Saves session data. False: signed out meanwhile. */
  saveData(record: LoginSessionRecord, changes: DataChanges): Promise<boolean>
  /**
   * Replaces the token after a confirmation. Returns the new token, or null if a parallel request rotated first (its
   * response will deliver the new token).
   */
  rotate(record: LoginSessionRecord, token: string): Promise<string | null>
  /** Ends a session: a login by its id, whatever has become of its token since; a visitor session by the token. */
  end(record: LoginSessionRecord, token: string, reason: SessionEndReason): Promise<void>
  /**
   * Ends the session of this token, also if it has expired, because a late touch could prolong it. A former token after
   * its end ends nothing. False: there is no record with this token.
   */
  endByToken(token: string, reason: SessionEndReason): Promise<boolean>
  /**
   * The same. If there is no record, it returns only after a majority write has confirmed that: a removal that failed for
   * lack of a majority can be rolled back.
   */
  endByTokenDurably(token: string, reason: SessionEndReason): Promise<void>
  /** Ends what this user has beyond `limit` sessions, least recently active first. */
  endSurplus(started: LoginSession, limit: number): Promise<void>
  /** Removes a login whose response failed, without an announcement. */
  undoStart(session: Pick<LoginSession, 'id' | 'userId'>): Promise<void>
}

/** What the lifecycle works on. */
export interface LifecycleParts extends LoginSessionsParts {
  lifetime: Lifetime
  background: BackgroundWrites
}

export function createLifecycle ({ store, now, announceEnd, lifetime, background }: LifecycleParts): Lifecycle {
  const { endOne, endSurplus } = createEndings(store, now, announceEnd)

  async function endRecord (record: LoginSessionRecord, hash: string, reason: SessionEndReason): Promise<void> {
    if (record.userId !== undefined) await endOne(record.userId, record.id, reason)
    // A visitor session is nobody's login: no announcement.
    else await store.removeByToken(hash)
  }

  async function endByToken (token: string, reason: SessionEndReason): Promise<boolean> {
    const hash = hashToken(token)
    const record = await store.findByToken(hash)
    if (record !== null && acceptsToken(record, hash, now())) await endRecord(record, hash, reason)
    return record !== null
  }

  return {
    async start (session) {
      const record = startRecord(session, lifetime, now())
      await store.insert(record)
      return record
    },

    async resume (token) {
      const hash = hashToken(token)
      const record = await store.findByToken(hash)
      return record !== null && isLive(record, hash, now()) ? record : null
    },

    noteActivity (record, token, sight) {
      const at = now()
      const touch = dueTouch(record, sight, lifetime, at)
      if (touch !== null) background.touch(touch)
      const retirement = dueRetirement(record, token, at)
      if (retirement !== null) background.retire(retirement)
    },

    saveData (record, changes) {
      return store.updateData(record.id, changes)
    },

    async rotate (record, token) {
      const at = now()
      const { token: next, current, tokens, lostBefore } = prepareRotation(token, at)
      return await store.rotate(record.id, current, tokens, at, lostBefore) ? next : null
    },

    end: (record, token, reason) => endRecord(record, hashToken(token), reason),
    endByToken,

    async endByTokenDurably (token, reason) {
      if (await endByToken(token, reason)) return
      await store.barrier()
      await endByToken(token, reason)
    },

    endSurplus,

    async undoStart ({ userId, id }) {
      await store.remove(userId, id, now())
    }
  }
}
