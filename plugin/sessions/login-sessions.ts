/**
 * The public verbs: look sessions up and end them. They need a store and a clock, and no request.
 * @module
 */
import { createEndMany } from './end-many.js'
import { type AnnounceEnd, createEndings, type SessionName } from './endings.js'
import { keyOf } from './key.js'
import { type LoginSession, toLoginSession } from './login-session.js'
import { pagesOf, sumOf } from './many.js'
import { isLive } from './record.js'
import type { LoginSessionStore } from './store.js'
import { actorOf, everyoneOf, limitOf, type ListOptions, type RevokeEveryoneOptions, type RevokeOptions } from './verb-options.js'
import { createWatches, type Watch } from './watches.js'

/**
 * `app.loginSessions`: any user's sessions, without a request. For jobs and scripts too. A wrong argument or option rejects
 * with a TypeError that says what to write.
 */
export interface LoginSessions {
  /**
   * The sessions of this user that are valid now, last active first.
   * @throws FST_LOGIN_SESSION_STORE_UNAVAILABLE (as do all of these)
   * @throws TypeError if an argument or an option is wrong
   */
  list(userId: string, options?: ListOptions): Promise<LoginSession[]>
  /** How many sessions of this user are valid now. @throws TypeError if `userId` is wrong */
  count(userId: string): Promise<number>
  /**
   * The live sessions of all users, one after the other, in no meaningful order. They are read in pages of 500, and some
   * may end or start meanwhile: one that started after the call may be missing.
   * @example
   * for await (const { userId, device } of app.loginSessions.all()) report(userId, device)
   */
  all(): AsyncIterable<LoginSession>
  /**
   * This user's session with this id, or null: foreign, unknown and ended ids are alike. null is returned only after a
   * majority write has confirmed it.
   * @throws TypeError if an argument is wrong
   */
  find(userId: string, id: string): Promise<LoginSession | null>
  /**
   * Ends one session of this user immediately. Returns it, or null if there was none: foreign, unknown and ended ids are alike.
   * @throws TypeError if an argument or an option is wrong
   */
  revoke(userId: string, id: string, options?: RevokeOptions): Promise<LoginSession | null>
  /**
   * Ends all sessions of this user except the given one, and returns their number. It ends every session that existed at
   * the call; one that starts meanwhile may stay. If it rejects, some may have ended: call it again. Use it after a
   * password change.
   * @throws TypeError if an argument or an option is wrong
   * @example
   * const session = currentLoginSession(request)
   * await app.loginSessions.revokeOthers(session, { actor: session })
   */
  revokeOthers(session: SessionName, options?: RevokeOptions): Promise<number>
  /**
   * Ends all sessions of this user, or of each of these users, and returns their number: account disabled or closed
   * (ASVS 5.0 7.4.2). If it rejects, some may have ended: call it again.
   * @param userId many are taken from their iterator as they are needed, ten at a time
   * @throws TypeError if an argument or an option is wrong
   */
  revokeAll(userId: string | Iterable<string> | AsyncIterable<string>, options?: RevokeOptions): Promise<number>
  /**
   * Ends all sessions of all users except the given one, and returns their number: after a breach, for example. It ends every
   * session that had started at the call. If it rejects, or is stopped, some have ended: call it again. A million sessions
   * take minutes.
   * @throws TypeError if an option is wrong
   * @example
   * await app.loginSessions.revokeEveryone({ actor: 'incident 7', onProgress: ended => log.info({ ended }) })
   */
  revokeEveryone(options?: RevokeEveryoneOptions): Promise<number>
  /**
   * A signal that fires when the session ends: on whatever server, and at its expiry. Its reason is FST_LOGIN_SESSION_REQUIRED. It also
   * fires if the session has ended already, but never before this returns. It does not fire when the server closes.
   * @throws TypeError if an argument or an option is wrong
   * @example
   * const closed = new AbortController()
   * socket.on('close', () => closed.abort())
   * app.loginSessions.watch(session, { until: closed.signal }).addEventListener('abort', () => socket.close(4401))
   */
  watch: Watch
  /**
   * Resolves when what this process does after its responses is done: it has written "last active", and no hook of yours
   * is running any more (10 seconds at most). Where a process may be frozen after a response, wait for it.
   */
  settled(): Promise<void>
}

/** What the verbs work on. */
export interface LoginSessionsParts {
  /** Bounded in time. */
  store: LoginSessionStore
  /** The clock. */
  now: () => Date
  /** Undefined: no ending is announced, and many end with one write. */
  announceEnd?: AnnounceEnd | undefined
  /** Resolves when nothing runs in the background. Undefined: nothing ever does. */
  settled?: (() => Promise<void>) | undefined
  /** Undefined: watches of their own, which hear of removals from the store alone. */
  watch?: Watch | undefined
}

/** How many records {@link LoginSessions.all} reads at a time. */
const PAGE = 500

/** Users whose sessions end at the same time, if there are many. */
const PARALLEL = 10

/**
 * The verbs over a store.
 *
 * @example
 * const { list, revokeAll } = createLoginSessions({ store: mongoStore(collection), now: () => new Date() })
 */
export function createLoginSessions (parts: LoginSessionsParts): LoginSessions {
  const { store, now, announceEnd, settled = async () => {}, watch = createWatches(parts).watch } = parts
  const { endOne, endAll } = createEndings(store, now, announceEnd)
  const { endEveryone } = createEndMany(store, now, announceEnd)

  async function findLive (userId: string, id: string): Promise<LoginSession | null> {
    const record = await store.findWithoutData(keyOf(userId, id))
    return record?.userId === userId && isLive(record, now()) ? toLoginSession(record) : null
  }

  async function * allLive (): AsyncGenerator<LoginSession> {
    for await (const records of pagesOf(after => store.page(after, PAGE), ({ _id }) => _id, PAGE)) {
      const at = now()
      for (const record of records) if (record.userId !== undefined && isLive(record, at)) yield toLoginSession(record)
    }
  }

  return {
    async list (userId, options) {
      return (await store.listByUser(requireText(userId, 'userId'), now(), limitOf('list', options))).map(toLoginSession)
    },

    async count (userId) {
      return await store.countByUser(requireText(userId, 'userId'), now())
    },

    all: () => allLive(),

    async find (userId, id) {
      const [ownerId, sessionId] = [requireText(userId, 'userId'), requireString(id, 'id')]
      const found = await findLive(ownerId, sessionId)
      if (found !== null) return found
      // A removal that failed for lack of a majority is visible, too, and a failover may undo it. So make sure first.
      await store.barrier(keyOf(ownerId, sessionId))
      return await findLive(ownerId, sessionId)
    },

    async revoke (userId, id, options) {
      return await endOne(requireText(userId, 'userId'), requireString(id, 'id'), { reason: 'revoked', actor: actorOf('revoke', options) })
    },

    async revokeOthers ({ userId, id }, options) {
      const ending = { reason: 'revoked-others', actor: actorOf('revokeOthers', options) } as const
      return await endAll(requireText(userId, 'userId'), ending, requireText(id, 'id'))
    },

    async revokeAll (users, options) {
      const ending = { reason: 'revoked-all', actor: actorOf('revokeAll', options) } as const
      const end = async (userId: string): Promise<number> => await endAll(requireText(userId, 'userId'), ending)
      return isIterable(users) ? await sumOf(users, end, PARALLEL) : await end(users)
    },

    async revokeEveryone (options) {
      return await endEveryone(everyoneOf(options))
    },

    watch,
    settled
  }
}

/** Strings are iterable, too. */
const isIterable = (users: unknown): users is Iterable<string> | AsyncIterable<string> =>
  typeof users === 'object' && users !== null && (Symbol.iterator in users || Symbol.asyncIterator in users)

/** Everything that selects records passes here: an undefined userId must never select another user's. */
function requireText (value: string, name: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new TypeError(`${name} must be a string that is not empty; convert it first, e.g. String(user._id)`)
}

/** '' is treated like any unknown id. */
function requireString (value: string, name: string): string {
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string`)
  return value
}
