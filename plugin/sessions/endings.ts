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
import { pagesOf, sumOf } from './many.js'
import { orderOfStay } from './order-of-stay.js'
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
  /** `revoke`: one session was ended from elsewhere, by its user or by the host. Also what an operator's search had found. */
  | 'revoked'
  /** `revokeOthers`: the user kept one session and ended all others. */
  | 'revoked-others'
  /** `revokeAll`: all sessions of the user were ended. `revokeEveryone`: those of all users were. */
  | 'revoked-all'
  /** The user signed in elsewhere and had `maxSessionsPerUser` already: this one was unused or the least recently active. */
  | 'evicted'
  /** A hundred attempts in a row to confirm who its user is have failed: somebody may be guessing (NIST SP 800-63B-4 3.2.2). */
  | 'attempts-exhausted'

/** What names a session. */
export type SessionName = Pick<LoginSession, 'id' | 'userId'>

/**
 * Who ended a session. `session`: a signed-in session did, by signing out, by signing in, or on the page or the API.
 * `host`: your own code did, through `app.loginSessions`; `name` is what it called itself.
 */
export type Actor = { kind: 'session', userId: string, id: string } | { kind: 'host', name: string | null }

/** The session that ends another, or itself. */
export const sessionActor = ({ userId, id }: SessionName): Actor => ({ kind: 'session', userId, id })

/** Called once for each session that ended before it expired, after it was removed. Must not throw. */
export type AnnounceEnd = (session: LoginSession, reason: SessionEndReason, actor: Actor) => void

/** How sessions end: why, and who ends them. */
export interface Ending {
  reason: SessionEndReason
  actor: Actor
}

/** Ends sessions. */
export interface Endings {
  /** Ends this user's session and returns it, or null if there was none that was live. */
  endOne(userId: string, id: string, ending: Ending): Promise<LoginSession | null>
  /** Ends all sessions of this user except `exceptId`, and returns their number. */
  endAll(userId: string, ending: Ending, exceptId?: string): Promise<number>
  /**
   * Ends what this user has beyond `limit` sessions: first those that were never used after their sign-in, then the least
   * recently active. It may end the one just started only if more than `limit` sign-ins happen at the same moment, or
   * within the servers' clock skew: then all of them, on all servers, agree which ones stay. With announcements it ends at
   * most a hundred at a time, so that a sign-in stays fast.
   * @param touchEvery a session may have been used unnoticed for this long after its sign-in, in ms
   */
  endSurplus(started: LoginSession, limit: number, touchEvery: number): Promise<void>
}

/** Removals that run in parallel when each is announced. */
const PARALLEL = 100

/** The most keys or records that are read at a time. */
const PAGE = 1000

/** How often a user's sessions are looked up and removed. A user who keeps signing in meanwhile gets no more rounds. */
const ROUNDS = 5

/**
 * @param store bounded in time
 * @param now the clock
 * @param announce undefined: no ending is announced, and many end with one write
 */
export function createEndings (store: LoginSessionStore, now: () => Date, announce?: AnnounceEnd): Endings {
  async function endOne (userId: string, id: string, { reason, actor }: Ending): Promise<LoginSession | null> {
    const at = now()
    // The store gives each record to one caller only, on whatever server.
    const announceRemoved = (record: RecordWithoutData | null): LoginSession | null => {
      if (record === null || !isLive(record, at)) return null
      const session = toLoginSession(record)
      announce?.(session, reason, actor)
      return session
    }
    try {
      return announceRemoved(await store.remove(keyOf(userId, id), userId))
    } catch (error) {
      // If the removal completes after it was reported as failed, the session has ended all the same.
      lateOutcomeOf(error)?.then(record => announceRemoved(record as RecordWithoutData | null), () => {})
      throw error
    }
  }

  async function endAll (userId: string, ending: Ending, exceptId?: string): Promise<number> {
    let ended = 0
    // Until a read after a durable write finds none. The first read may have reached a server that was deposed since, and
    // a sign-in during the first removals must not escape either.
    for (let round = 0; round < ROUNDS; round++) {
      let found = 0
      for await (const keys of keysOf(userId, exceptId)) {
        found += keys.length
        ended += await endMany(userId, keys, ending)
      }
      if (found > 0) continue
      if (round > 0) return ended
      await store.barrier(userKeyOf(userId))
    }
    // Sign-ins come faster than the rounds: these end without an announcement.
    for await (const keys of keysOf(userId, exceptId)) ended += await removeMany(userId, keys)
    return ended
  }

  /**
   * The keys of this user's sessions, page by page. A removal names its keys: one that the database carries out late, after
   * it was reported as failed, must not end a later sign-in.
   */
  async function * keysOf (userId: string, exceptId: string | undefined): AsyncGenerator<string[]> {
    for await (const keys of pagesOf(after => store.keysOfUser(userId, after, PAGE), key => key, PAGE)) {
      const wanted = keys.filter(key => idOf(key) !== exceptId)
      if (wanted.length > 0) yield wanted
    }
  }

  async function endMany (userId: string, keys: string[], ending: Ending): Promise<number> {
    if (announce === undefined) return await removeMany(userId, keys)
    return await sumOf(keys, async key => await endOne(userId, idOf(key), ending) === null ? 0 : 1, PARALLEL)
  }

  async function removeMany (userId: string, keys: string[]): Promise<number> {
    return await store.removeMany(keys, userId, now())
  }

  async function endSurplus (started: LoginSession, limit: number, touchEvery: number): Promise<void> {
    const { userId } = started
    const at = now()
    if (await store.countByUser(userId, at) <= limit) return
    const inOrderOfStay = orderOfStay(started, touchEvery)
    const end = async (records: RecordWithoutData[]): Promise<void> => {
      if (records.length > 0) await endMany(userId, records.map(({ _id }) => _id), { reason: 'evicted', actor: sessionActor(started) })
    }
    let staying: RecordWithoutData[] = []
    let leaving: RecordWithoutData[] = []
    for await (const records of recordsOf(userId, at)) {
      const ranked = [...staying, ...records].sort(inOrderOfStay)
      staying = ranked.slice(0, limit)
      // Whatever is read later, these have `limit` others before them.
      leaving.push(...ranked.slice(limit))
      if (announce === undefined) await end(leaving.splice(0))
      else leaving = leaving.sort(inOrderOfStay).slice(-PARALLEL)
    }
    await end(leaving)
  }

  /** This user's records that are live at `at`, page by page. */
  async function * recordsOf (userId: string, at: Date): AsyncGenerator<RecordWithoutData[]> {
    const prefix = userKeyOf(userId)
    for await (const records of pagesOf(after => store.page(after, PAGE, prefix), ({ _id }) => _id, PAGE)) {
      yield records.filter(record => record.userId === userId && isLive(record, at))
    }
  }

  return { endOne, endAll, endSurplus }
}
