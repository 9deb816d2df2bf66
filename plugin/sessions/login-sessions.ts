/**
 * The five public verbs: list, find, revoke, revokeOthers, revokeAll. They need a store and a clock, and no request.
 * @module
 */
import { type AnnounceEnd, createEndings } from './endings.js'
import { keyOf } from './key.js'
import { type LoginSession, toLoginSession } from './login-session.js'
import { isLive } from './record.js'
import type { LoginSessionStore } from './store.js'

/** `app.loginSessions`: any user's sessions, without a request. For jobs and scripts too. */
export interface LoginSessions {
  /**
   * The sessions of this user that are valid now, last active first.
   * @throws FST_LOGIN_SESSION_STORE_UNAVAILABLE (as do all of these)
   */
  list(userId: string): Promise<LoginSession[]>
  /**
   * This user's session with this id, or null: foreign, unknown and ended ids are alike. null is returned only after a
   * majority write has confirmed it.
   */
  find(userId: string, id: string): Promise<LoginSession | null>
  /** Ends one session of this user immediately. Returns it, or null if there was none: foreign, unknown and ended ids are alike. */
  revoke(userId: string, id: string): Promise<LoginSession | null>
  /**
   * Ends all sessions of this user except the given one, and returns their number. It ends every session that existed at
   * the call; one that starts meanwhile may stay. If it rejects, some may have ended: call it again. Use it after a
   * password change.
   * @example
   * await app.loginSessions.revokeOthers(currentLoginSession(request))
   */
  revokeOthers(session: Pick<LoginSession, 'id' | 'userId'>): Promise<number>
  /** Ends all sessions of this user and returns their number: account disabled or deleted (ASVS 5.0 7.4.2). */
  revokeAll(userId: string): Promise<number>
}

/** What the verbs work on. */
export interface LoginSessionsParts {
  /** Bounded in time. */
  store: LoginSessionStore
  /** The clock. */
  now: () => Date
  /** Undefined: no ending is announced, and many end with one write. */
  announceEnd?: AnnounceEnd | undefined
}

/**
 * The verbs over a store.
 *
 * @example
 * const { list, revokeAll } = createLoginSessions({ store: mongoStore(collection), now: () => new Date() })
 */
export function createLoginSessions ({ store, now, announceEnd }: LoginSessionsParts): LoginSessions {
  const { endOne, endAll } = createEndings(store, now, announceEnd)

  async function findLive (userId: string, id: string): Promise<LoginSession | null> {
    const [record = null] = await store.find([keyOf(userId, id)])
    return record?.userId === userId && isLive(record, now()) ? toLoginSession(record) : null
  }

  return {
    async list (userId) {
      const [records, at] = [await store.listByUser(requireText(userId, 'userId')), now()]
      const sessions = records.filter(record => isLive(record, at)).map(toLoginSession)
      return sessions.sort((a, b) => b.lastActiveAt.getTime() - a.lastActiveAt.getTime())
    },

    async find (userId, id) {
      const [ownerId, sessionId] = [requireText(userId, 'userId'), requireString(id, 'id')]
      const found = await findLive(ownerId, sessionId)
      if (found !== null) return found
      // A removal that failed for lack of a majority is visible, too, and a failover may undo it. So make sure first.
      await store.barrier(keyOf(ownerId, sessionId))
      return await findLive(ownerId, sessionId)
    },

    async revoke (userId, id) {
      return await endOne(requireText(userId, 'userId'), requireString(id, 'id'), 'revoked')
    },

    async revokeOthers ({ userId, id }) {
      return await endAll(requireText(userId, 'userId'), 'revoked-others', requireText(id, 'id'))
    },

    async revokeAll (userId) {
      return await endAll(requireText(userId, 'userId'), 'revoked-all')
    }
  }
}

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
