/**
 * What is done to a Session object of @fastify/session: its data, its token, its methods.
 * @module
 */
import type { FastifyRequest } from 'fastify'

/** `request.session`. */
export type SessionObject = FastifyRequest['session']

type Keys = Record<string, unknown>

/** The host's own keys of a session. */
export function dataOf (session: object): Keys {
  const { cookie, ...data } = session as Keys
  return data
}

/** Makes these the host's keys: all others go. */
export function replaceData (session: object, data: Keys): void {
  for (const key of Object.keys(dataOf(session))) delete (session as Keys)[key]
  Object.assign(session, data)
}

/** Puts another token, and the cookie value signed from it, on the session. */
export function replaceToken (session: object, token: string, signed: string): void {
  define(session, { sessionId: token, encryptedSessionId: signed })
}

/** What the session's methods do instead of what @fastify/session would. */
export interface SessionVerbs {
  /** Is a Set-Cookie due? That is all that @fastify/session still asks it for. */
  isModified(): boolean
  save(): Promise<void>
  destroy(): Promise<void>
  regenerate(keep: string[]): Promise<void>
  reload(): Promise<void>
}

/**
 * Replaces the methods. @fastify/session's own work on the token that the session was made with, and save whole
 * sessions; they cannot know of a sign-in, a rotation or a revocation since.
 */
export function replaceMethods (session: object, verbs: SessionVerbs): void {
  define(session, {
    isModified: verbs.isModified,
    // Set-Cookie follows `isModified` alone: a late answer must not put back what has been replaced meanwhile.
    isSaved: () => false,
    save: (callback?: Callback) => settle(verbs.save(), callback),
    destroy: (callback?: Callback) => settle(verbs.destroy(), callback),
    reload: (callback?: Callback) => settle(verbs.reload(), callback),
    regenerate: (keep?: string[] | Callback, callback?: Callback) =>
      Array.isArray(keep) ? settle(verbs.regenerate(keep), callback) : settle(verbs.regenerate([]), keep ?? callback)
  })
}

type Callback = (error?: unknown) => void

/** @fastify/session's methods take a callback or return a promise. */
function settle (done: Promise<void>, callback: Callback | undefined): Promise<void> | void {
  if (callback === undefined) return done
  // Out of the promise chain: what the callback throws is not the promise's.
  done.then(() => { process.nextTick(callback) }, error => { process.nextTick(callback, error) })
}

/** Not enumerable: no data of the host's. */
function define (session: object, values: Keys): void {
  for (const [key, value] of Object.entries(values)) {
    Object.defineProperty(session, key, { value, configurable: true, writable: true, enumerable: false })
  }
}
