/**
 * Sessions that end before their time: removed from the store, and announced one by one.
 *
 * | what happens                          | which end                      | here                       | reason           |
 * | ------------------------------------- | ------------------------------ | -------------------------- | ---------------- |
 * | sign-out, `destroy`, `regenerate`     | the browser's own              | `one`; visitors: `byToken` | 'signed-out'     |
 * | signing in again in the same browser  | the one it had                 | the same                   | 'replaced'       |
 * | `revoke`                              | this one                       | `one`                      | 'revoked'        |
 * | `revokeOthers`                        | all of the user's but one      | `all`                      | 'revoked-others' |
 * | `revokeAll`                           | all of the user's              | `all`                      | 'revoked-all'    |
 * | a sign-in beyond `maxSessionsPerUser` | the least recently active ones | `surplus`                  | 'evicted'        |
 *
 * Without a word, elsewhere: a sign-in that fails half-way takes its own record back (`login-sessions.ts`, `discard`;
 * `bounded-store.ts`, when it gets through late), and what has expired is swept by the database.
 * @module
 */
import { type LoginSession, toLoginSession } from './login-session.js'
import type { LoginSessionRecord } from './record.js'
import type { LoginSessionStore } from './store.js'

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
  /** The user signed in elsewhere and had `maxSessionsPerUser` already: this one was the least recently active. */
  | 'evicted'

/** Told of a session that ended before its time: once, after it was removed. Must not throw. */
export type Ended = (session: LoginSession, reason: SessionEndReason) => void

/** Ends sessions. */
export interface Removals {
  /** Removes this user's session; null: there was none that lived. */
  one(userId: string, id: string, reason: SessionEndReason): Promise<LoginSession | null>
  /** Removes all sessions of this user but `exceptId`, and returns their number. */
  all(userId: string, reason: SessionEndReason, exceptId?: string): Promise<number>
  /**
   * Removes what this user has beyond `most` sessions, least recently active first. Only more than `most` sign-ins at the
   * same moment may end the one just started: all of them, on whatever server, agree on the same ones that stay. With
   * announcements, a hundred at the most are ended at a time: nobody shall wait longer for signing in.
   */
  surplus(started: LoginSession, most: number): Promise<void>
  /** Removes the session, a login or an anonymous one, that has a token with this hash. */
  byToken(hash: string, reason: SessionEndReason): Promise<void>
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
export function createRemovals (store: LoginSessionStore, now: () => Date, ended?: Ended): Removals {
  /** What a removal took away; the store gives each record to one caller only, on whatever server. */
  function announce (record: LoginSessionRecord | null, reason: SessionEndReason, at: Date): LoginSession | null {
    if (record === null) return null
    const session = toLoginSession(record)
    // An anonymous one was nobody's login, and one that had expired ended in its time.
    if (record.userId !== undefined && record.expiresAt > at) ended?.(session, reason)
    return session
  }

  async function one (userId: string, id: string, reason: SessionEndReason): Promise<LoginSession | null> {
    const at = now()
    return announce(await store.remove(userId, id, at), reason, at)
  }

  async function all (userId: string, reason: SessionEndReason, exceptId?: string): Promise<number> {
    const found = async (): Promise<string[]> => (await store.idsByUser(userId)).filter(id => id !== exceptId)
    // By their ids: a removal that the database carries out late, after a failure was told, takes no sign-in of after that.
    if (ended === undefined) return await store.removeMany(userId, await found(), now())
    let removed = 0
    let ids = await found()
    // Until none is left: whoever signs in while the first are removed shall not escape.
    for (let round = 0; ids.length > 0 && round < ROUNDS; round++) {
      removed += await removeEach(userId, ids, reason)
      ids = await found()
    }
    // Somebody signs in faster than that: those go without a word, but they go. And if nothing is left, this waits until
    // that is certain: a removal that was refused for want of other servers is undone by a failover.
    return removed + await store.removeMany(userId, ids, now())
  }

  /** @throws the first failure, once all that went along with it have been announced */
  async function removeEach (userId: string, ids: string[], reason: SessionEndReason): Promise<number> {
    let removed = 0
    for (let start = 0; start < ids.length; start += REMOVALS_AT_ONCE) {
      const outcomes = await Promise.allSettled(ids.slice(start, start + REMOVALS_AT_ONCE).map(async id => {
        if (await one(userId, id, reason) !== null) removed++
      }))
      const failed = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined
      if (failed !== undefined) throw failed.reason
    }
    return removed
  }

  return {
    one,
    all,

    async surplus (started, most) {
      const { userId } = started
      const others = (await store.listByUser(userId, now())).filter(({ id }) => id !== started.id)
      // By its beginning, not by its activity: another server's clock may be ahead of ours.
      const [newer, older] = [others.filter(one => lastBegunFirst(one, started) < 0), others.filter(one => lastBegunFirst(one, started) > 0)]
      const ranked = [...newer.sort(lastBegunFirst), started, ...older.sort(lastActiveFirst)]
      const ids = ranked.slice(most).map(({ id }) => id)
      if (ids.length === 0) return
      if (ended === undefined) await store.removeMany(userId, ids, now())
      else await removeEach(userId, ids.slice(-REMOVALS_AT_ONCE), 'evicted')
    },

    async byToken (hash, reason) {
      const at = now()
      announce(await store.removeByToken(hash), reason, at)
    }
  }
}

/** The ids decide between equals, so that servers that look at the same moment remove the same ones. */
const lastBegunFirst = (a: Pick<LoginSession, 'id' | 'createdAt'>, b: Pick<LoginSession, 'id' | 'createdAt'>): number =>
  b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1)

const lastActiveFirst = (a: LoginSessionRecord, b: LoginSessionRecord): number =>
  b.lastActiveAt.getTime() - a.lastActiveAt.getTime() || lastBegunFirst(a, b)
