/**
 * Changes a Session object of @fastify/session: its data, its token, its methods.
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

/** Makes these the host's keys, and removes all others. */
export function replaceData (session: object, data: Keys): void {
  for (const key of Object.keys(dataOf(session))) delete (session as Keys)[key]
  Object.assign(session, data)
}

/** Sets another token, and the cookie value signed from it. */
export function replaceToken (session: object, token: string, signed: string): void {
  define(session, { sessionId: token, encryptedSessionId: signed })
}

/** What the session's methods do instead of @fastify/session's. */
export interface SessionVerbs {
  /** Is a Set-Cookie due? @fastify/session asks for nothing else. */
  isModified(): boolean
  save(): Promise<void>
  destroy(): Promise<void>
  regenerate(keep: string[]): Promise<void>
  reload(): Promise<void>
}

/**
 * Replaces the methods. @fastify/session's own methods use the token that the session was made with, and save whole
 * sessions; they do not know about a later sign-in, rotation or revocation.
 */
export function replaceMethods (session: object, verbs: SessionVerbs): void {
  define(session, {
    isModified: verbs.isModified,
    // Set-Cookie depends on `isModified` alone: a late response must not restore a token that has been replaced.
    isSaved: () => false,
    save: (callback?: Callback) => answer(verbs.save(), callback),
    destroy: (callback?: Callback) => answer(verbs.destroy(), callback),
    reload: (callback?: Callback) => answer(verbs.reload(), callback),
    regenerate: (keep?: string[] | Callback, callback?: Callback) =>
      Array.isArray(keep) ? answer(verbs.regenerate(keep), callback) : answer(verbs.regenerate([]), keep ?? callback)
  })
}

type Callback = (error?: unknown) => void

/** @fastify/session's methods take a callback or return a promise. */
function answer (done: Promise<void>, callback: Callback | undefined): Promise<void> | void {
  if (callback === undefined) return done
  // Outside the promise chain: the promise must not catch what the callback throws.
  done.then(() => { process.nextTick(callback) }, error => { process.nextTick(callback, error) })
}

/** Not enumerable: these are not the host's data. */
function define (session: object, values: Keys): void {
  for (const [key, value] of Object.entries(values)) {
    Object.defineProperty(session, key, { value, configurable: true, writable: true, enumerable: false })
  }
}
