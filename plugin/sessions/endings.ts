/**
 * Sessions that end before their time: removed from the store, and announced one by one.
 *
 * | what happens                          | which end                      | here                       | reason           |
 * | ------------------------------------- | ------------------------------ | -------------------------- | ---------------- |
 * | sign-out, `destroy`, `regenerate`     | the browser's own              | `one`                      | 'signed-out'     |
 * | signing in again in the same browser  | the one it had                 | the same                   | 'replaced'       |
 * | `revoke`                              | this one                       | `one`                      | 'revoked'        |
 * | `revokeOthers`                        | all of the user's but one      | `all`                      | 'revoked-others' |
 * | `revokeAll`                           | all of the user's              | `all`                      | 'revoked-all'    |
 * | a sign-in beyond `maxSessionsPerUser` | the least recently active ones | `surplus`                  | 'evicted'        |
 *
 * Without a word, elsewhere: a visitor's session, which is nobody's login, ends by its token (`login-sessions.ts`, `end`); a
 * sign-in that fails half-way takes its own record back (`login-sessions.ts`, `discard`; `bounded-store.ts`, when it gets
 * through late); what has expired is swept by the database.
 * @module
 */
import { whenLate } from '../stores/bounded.js'
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
   * same moment, or within what the servers' clocks differ by, may end the one just started: all of them, on whatever
   * server, agree on the same ones that stay. With announcements, a hundred at the most are ended at a time: nobody shall wait longer for signing in.
   */
  surplus(started: LoginSession, most: number): Promise<void>
}

/** Removals that are under way at the same moment, when each is announced. */
const REMOVALS_AT_ONCE = 100

/** Times that a user's sessions are looked up and removed; somebody who signs in all the while gets no more. */
const ROUNDS = 5

/**
 * @param store bounded in time
 * @param now the clock
 * @param ended told of each session that ended before its time; undefined: nobody is, and ending many is one write
 */
export function createRemovals (store: LoginSessionStore, now: () => Date, ended?: Ended): Removals {
  async function one (userId: string, id: string, reason: SessionEndReason): Promise<LoginSession | null> {
    // The store gives each record to one caller only, on whatever server.
    const announce = (record: LoginSessionRecord | null): LoginSession | null => {
      if (record === null) return null
      const session = toLoginSession(record)
      ended?.(session, reason)
      return session
    }
    try {
      return announce(await store.remove(userId, id, now()))
    } catch (error) {
      // One that gets through after it was given up is over all the same, and nobody else will be told.
      whenLate(error, announce)
      throw error
    }
  }

  async function all (userId: string, reason: SessionEndReason, exceptId?: string): Promise<number> {
    // By their ids: a removal that the database carries out late, after a failure was told, takes no sign-in of after that.
    const found = async (): Promise<string[]> => (await store.idsByUser(userId)).filter(id => id !== exceptId)
    let removed = 0
    // Until a look after a durable write finds none: the first may have been at a server that has lost its place since, and
    // whoever signs in while the first are removed shall not escape either.
    for (let round = 0; round < ROUNDS; round++) {
      const ids = await found()
      if (ids.length > 0) removed += await some(userId, ids, reason)
      else if (round > 0) return removed
      else await store.settle()
    }
    // Somebody signs in faster than that: those go without a word, but they go.
    return removed + await store.removeMany(userId, await found(), now())
  }

  async function some (userId: string, ids: string[], reason: SessionEndReason): Promise<number> {
    return ended === undefined ? await store.removeMany(userId, ids, now()) : await removeEach(userId, ids, reason)
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
      const listed = await store.listByUser(userId, now())
      // By their beginnings, which every server reads alike: by what each knows itself, two could end each other.
      const isOlder = (one: LoginSessionRecord): boolean => one.id !== started.id && lastBegunFirst(one, started) > 0
      const ranked = [
        ...listed.filter(one => !isOlder(one)).sort(lastBegunFirst),
        ...listed.filter(isOlder).sort(lastActiveFirst)
      ]
      const ids = ranked.slice(most).map(({ id }) => id)
      if (ids.length > 0) await some(userId, ended === undefined ? ids : ids.slice(-REMOVALS_AT_ONCE), 'evicted')
    }
  }
}

/** The ids decide between equals, so that servers that look at the same moment remove the same ones. */
const lastBegunFirst = (a: Pick<LoginSession, 'id' | 'createdAt'>, b: Pick<LoginSession, 'id' | 'createdAt'>): number =>
  b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1)

const lastActiveFirst = (a: LoginSessionRecord, b: LoginSessionRecord): number =>
  b.lastActiveAt.getTime() - a.lastActiveAt.getTime() || lastBegunFirst(a, b)
