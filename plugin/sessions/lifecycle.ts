/**
 * The life of a session as requests drive it: start, resume, note activity, save data, rotate the token, end. It deals in
 * tokens, so it is not public.
 * @module
 */
import type { BackgroundWrites } from './background-writes.js'
import { createEndings, sessionActor, type SessionEndReason, type SessionName } from './endings.js'
import { idOf, keyOf } from './key.js'
import type { LoginSession } from './login-session.js'
import type { LoginSessionsParts } from './login-sessions.js'
import type { FindRecord } from './lookups.js'
import { dueTouch, isLive, type Lifetime, type LoginSessionRecord, type Look, type NewSession, startRecord } from './record.js'
import type { DataChanges } from './store.js'
import { acceptsToken, dueRetirement, hashToken, keyOfToken, newToken, rotatedTokens } from './tokens.js'

/**
 * What a token is worth. `live`: it signs in. `superseded`: its session lives on under a later token; it signs nobody in
 * any more, and may still sign out. `over`: its session has ended or expired.
 */
export type Standing = 'live' | 'superseded' | 'over'

/** A token that was looked up. */
export interface Resumed {
  token: string
  /** The hash of its secret. */
  hash: string
  /** Not null if the token is live. */
  record: LoginSessionRecord | null
  standing: Standing
  /** When it was judged. */
  at: Date
}

/** What a request does to its session. */
export interface Lifecycle {
  /** Stores a new record for this token. */
  start(session: NewSession): Promise<LoginSessionRecord>
  /** Looks this token up, together with all others of this event-loop turn. */
  resume(token: string): Promise<Resumed>
  /**
   * Notes a request with a live token: queues a touch if one is due and the request is activity, and gives former tokens
   * their end at a newer one's first use.
   * @param hash of the token's secret
   */
  noteActivity(record: LoginSessionRecord, hash: string, look: Look): void
  /** Saves session data. False: signed out meanwhile. */
  saveData(record: LoginSessionRecord, changes: DataChanges): Promise<boolean>
  /**
   * Writes that the user has confirmed, and makes a new token. Returns null if the session has ended, or if too many others
   * did the same at the same moment.
   */
  rotate(record: LoginSessionRecord, token: string): Promise<Rotation | null>
  /** Ends a session, whatever has become of its tokens since. @param by the session that does it; by default itself */
  end(record: LoginSessionRecord, reason: SessionEndReason, by?: SessionName): Promise<void>
  /**
   * Ends the session of this token, also if it has expired, because a late touch could prolong it, and also if the token
   * is superseded. False: there is no such record. @param token one that we have signed
   * @param by the session that does it; by default itself
   */
  endByToken(token: string, reason: SessionEndReason, by?: SessionName): Promise<boolean>
  /**
   * The same. If there is no record, it returns only after a majority write has confirmed that: a removal that failed for
   * lack of a majority can be rolled back.
   */
  endByTokenDurably(token: string, reason: SessionEndReason): Promise<void>
  /** Ends what this user has beyond `limit` sessions: unused ones first, then the least recently active. */
  endSurplus(started: LoginSession, limit: number): Promise<void>
  /** Removes a login whose response failed, without an announcement. */
  undoStart(session: SessionName): Promise<void>
}

/** What a confirmation has changed. */
export interface Rotation {
  /** When the user confirmed. */
  at: Date
  /** The new token; null: the token that was sent is not accepted any more, or there is no room for another one. */
  token: string | null
}

/** What the lifecycle works on. */
export interface LifecycleParts extends LoginSessionsParts {
  lifetime: Lifetime
  background: BackgroundWrites
  findRecord: FindRecord
}

/** How often a rotation is tried while servers rotate the same session at the same moment. Each time one of them succeeds. */
const ROTATION_TRIES = 10

/** What requests do to their sessions, over this store. */
export function createLifecycle ({ store, now, announceEnd, lifetime, background, findRecord }: LifecycleParts): Lifecycle {
  const { endOne, endSurplus } = createEndings(store, now, announceEnd)

  async function end ({ _id, userId }: LoginSessionRecord, reason: SessionEndReason, by?: SessionName): Promise<void> {
    const id = idOf(_id)
    if (userId !== undefined) await endOne(userId, id, { reason, actor: sessionActor(by ?? { userId, id }) })
    // A visitor session is nobody's login: no announcement.
    else await store.remove(_id, undefined)
  }

  async function endByToken (token: string, reason: SessionEndReason, by?: SessionName): Promise<boolean> {
    const record = await findRecord(keyOfToken(token))
    if (record !== null) await end(record, reason, by)
    return record !== null
  }

  function judge (token: string, record: LoginSessionRecord | null): Resumed {
    const hash = hashToken(token)
    const at = now()
    if (record === null || !isLive(record, at)) return { token, hash, record: null, standing: 'over', at }
    return acceptsToken(record, hash, at)
      ? { token, hash, record, standing: 'live', at }
      : { token, hash, record: null, standing: 'superseded', at }
  }

  return {
    async start (session) {
      const record = startRecord(session, lifetime, now())
      await store.insert(record)
      return record
    },

    resume: token => findRecord(keyOfToken(token)).then(record => judge(token, record)),

    noteActivity (record, hash, look) {
      const at = now()
      const touch = dueTouch(record, look, lifetime, at)
      if (touch !== null) background.touch(touch)
      const retirement = dueRetirement(record, hash, at)
      if (retirement !== null) background.retire(retirement)
    },

    saveData (record, changes) {
      return store.updateData(record._id, changes)
    },

    async rotate ({ _id, tokens }, token) {
      const next = newToken(_id)
      let latest: Pick<LoginSessionRecord, '_id' | 'tokens'> | null = { _id, tokens }
      for (let tries = 0; tries < ROTATION_TRIES && latest !== null; tries++) {
        const at = now()
        const rotated = rotatedTokens(latest, hashToken(token), hashToken(next), at)
        const isWritten = await store.setTokens(_id, latest.tokens, rotated ?? latest.tokens, { failures: 0, at })
        if (isWritten) return { at, token: rotated === null ? null : next }
        latest = await findRecord(_id)
      }
      return null
    },

    end,
    endByToken,

    async endByTokenDurably (token, reason) {
      if (await endByToken(token, reason)) return
      await store.barrier(keyOfToken(token))
      await endByToken(token, reason)
    },

    endSurplus: (started, limit) => endSurplus(started, limit, lifetime.touchEvery),

    async undoStart ({ userId, id }) {
      await store.remove(keyOf(userId, id), userId)
    }
  }
}
