/**
 * Sessions that end before they expire: removed from the store, and announced one by one. A new reason needs one line in
 * {@link SessionEndReason} and a caller that passes it.
 *
 * Four endings are not announced: a visitor session, which is nobody's login, ends by its key (`lifecycle.ts`,
 * `end`); a sign-in that fails halfway removes its own record (`lifecycle.ts`, `undoStart`; `stores/bounded.ts` if
 * it was stored late); sessions that start faster than {@link Endings.endAll} can end them; and what the database removes
 * as expired.
 * @module
 */
import { lateOutcomeOf } from '../errors.js'
import { idOf, keyOf, userKeyOf } from './key.js'
import { type LoginSession, toLoginSession } from './login-session.js'
import { isLive, type RecordWithoutData } from './record.js'
import type { LoginSessionStore } from './store.js'

/**
 * Why a session ended before it expired. One that expires has no reason: MongoDB's TTL monitor removes it without a
 * call. Nor has one that was stored but never answered, because signing in failed halfway.
 */
export type SessionEndReason =
  /**
   * Its own browser signed out: `request.endLoginSession()`, `request.session.destroy()` or `.regenerate()`, or "sign out" in
   * the row of this device.
   */
  | 'signed-out'
  /** The same browser signed in again, as the same user or another. */
  | 'replaced'
  /** `revoke`: one session was ended from elsewhere, by its user or by the host. */
  | 'revoked'
  /** `revokeOthers`: the user kept one session and ended all others. */
  | 'revoked-others'
  /** `revokeAll`: all sessions of the user were ended. */
  | 'revoked-all'
  /** The user signed in elsewhere and had `maxSessionsPerUser` already: this one was the least recently active. */
  | 'evicted'

/** Called once for each session that ended before it expired, after it was removed. Must not throw. */
export type AnnounceEnd = (session: LoginSession, reason: SessionEndReason) => void

/** Ends sessions. */
export interface Endings {
  /** Ends this user's session and returns it, or null if there was none that was live. */
  endOne(userId: string, id: string, reason: SessionEndReason): Promise<LoginSession | null>
  /** Ends all sessions of this user except `exceptId`, and returns their number. */
  endAll(userId: string, reason: SessionEndReason, exceptId?: string): Promise<number>
  /**
   * Ends what this user has beyond `limit` sessions, least recently active first. It may end the one just started only if
   * more than `limit` sign-ins happen at the same moment, or within the servers' clock skew: then all of them, on all
   * servers, agree which ones stay. With announcements it ends at most a hundred at a time, so that a sign-in stays fast.
   */
  endSurplus(started: LoginSession, limit: number): Promise<void>
}

/** Removals that run in parallel when each is announced. */
const PARALLEL = 100

/** How often a user's sessions are looked up and removed. A user who keeps signing in meanwhile gets no more rounds. */
const ROUNDS = 5

/**
 * @param store bounded in time
 * @param now the clock
 * @param announce undefined: no ending is announced, and many end with one write
 */
export function createEndings (store: LoginSessionStore, now: () => Date, announce?: AnnounceEnd): Endings {
  async function endOne (userId: string, id: string, reason: SessionEndReason): Promise<LoginSession | null> {
    const at = now()
    // The store gives each record to one caller only, on whatever server.
    const announceRemoved = (record: RecordWithoutData | null): LoginSession | null => {
      if (record === null || !isLive(record, at)) return null
      const session = toLoginSession(record)
      announce?.(session, reason)
      return session
    }
    try {
      return announceRemoved(await store.remove(keyOf(userId, id), userId))
    } catch (error) {
      // If the removal completes after its caller was told that it failed, the session has ended all the same.
      lateOutcomeOf(error)?.then(record => announceRemoved(record as RecordWithoutData | null), () => {})
      throw error
    }
  }

  async function endAll (userId: string, reason: SessionEndReason, exceptId?: string): Promise<number> {
    // By id: a removal that the database carries out late, after it was reported as failed, must not end a later sign-in.
    const remaining = async (): Promise<string[]> =>
      (await store.listByUser(userId)).map(({ _id }) => idOf(_id)).filter(id => id !== exceptId)
    let ended = 0
    // Until a read after a durable write finds none. The first read may have reached a server that was deposed since, and
    // a sign-in during the first removals must not escape either.
    for (let round = 0; round < ROUNDS; round++) {
      const ids = await remaining()
      if (ids.length > 0) ended += await endMany(userId, ids, reason)
      else if (round > 0) return ended
      else await store.barrier(userKeyOf(userId))
    }
    // Sign-ins come faster than the rounds: these end without an announcement.
    return ended + await removeMany(userId, await remaining())
  }

  async function endMany (userId: string, ids: string[], reason: SessionEndReason): Promise<number> {
    return announce === undefined ? await removeMany(userId, ids) : await endEach(userId, ids, reason)
  }

  async function removeMany (userId: string, ids: string[]): Promise<number> {
    return await store.removeMany(ids.map(id => keyOf(userId, id)), userId, now())
  }

  /** @throws the first failure, after everything that ran beside it has been announced */
  async function endEach (userId: string, ids: string[], reason: SessionEndReason): Promise<number> {
    let ended = 0
    for (let start = 0; start < ids.length; start += PARALLEL) {
      const outcomes = await Promise.allSettled(ids.slice(start, start + PARALLEL).map(async id => {
        if (await endOne(userId, id, reason) !== null) ended++
      }))
      const failed = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined
      if (failed !== undefined) throw failed.reason
    }
    return ended
  }

  async function endSurplus (started: LoginSession, limit: number): Promise<void> {
    const { userId } = started
    const at = now()
    const listed = (await store.listByUser(userId)).filter(record => isLive(record, at))
    // Rank by sign-in time, which every server reads identically. If each sign-in ranked itself as the newest, two could
    // end each other.
    const startedKey = { _id: keyOf(userId, started.id), createdAt: started.createdAt }
    const isOlder = (record: RecordWithoutData): boolean => newestFirst(record, startedKey) > 0
    const ranked = [
      ...listed.filter(record => !isOlder(record)).sort(newestFirst),
      ...listed.filter(isOlder).sort(lastActiveFirst)
    ]
    const ids = ranked.slice(limit).map(({ _id }) => idOf(_id))
    if (ids.length > 0) await endMany(userId, announce === undefined ? ids : ids.slice(-PARALLEL), 'evicted')
  }

  return { endOne, endAll, endSurplus }
}

type Start = Pick<RecordWithoutData, '_id' | 'createdAt'>

/** By sign-in time. The keys decide between equals, so that all servers remove the same ones. */
const newestFirst = (a: Start, b: Start): number => b.createdAt.getTime() - a.createdAt.getTime() || compare(b._id, a._id)

const compare = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

const lastActiveFirst = (a: RecordWithoutData, b: RecordWithoutData): number =>
  b.lastActiveAt.getTime() - a.lastActiveAt.getTime() || newestFirst(a, b)
