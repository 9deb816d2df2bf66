/**
 * The store that @fastify/session gets. It only looks records up; the result is carried on the Session object.
 *
 * If a store finds nothing, @fastify/session drops the browser's cookie; if a store fails, every route answers 500. So
 * during an outage this store answers with an empty Session, which keeps the token and carries the error.
 * @module
 */
import type { Session } from 'fastify'
import type { SessionStore } from '@fastify/session'
import type { LoginSessionError } from '../errors.js'
import type { Lifecycle } from '../sessions/lifecycle.js'
import type { LoginSessionRecord } from '../sessions/record.js'

/** The result of looking up a request's token. Both null: there was no token, or no live record. */
export interface Lookup {
  record: LoginSessionRecord | null
  /** The store's failure: it is not known who is signed in. */
  outage: LoginSessionError | null
}

/** An enumerable key, since @fastify/session copies no others. */
const CARRIED = '__loginSession'

/** Takes the result off a Session that @fastify/session has just made. */
export function takeLookup (session: object): Lookup {
  const { [CARRIED]: lookup } = session as Partial<Record<typeof CARRIED, Lookup>>
  delete (session as Partial<Record<typeof CARRIED, Lookup>>)[CARRIED]
  return lookup ?? { record: null, outage: null }
}

/** The store that @fastify/session is given. */
export function createSessionStore (lifecycle: Lifecycle): SessionStore {
  return {
    get (token, callback) {
      // Outside the promise chain: the promise must not catch what the callback throws.
      lifecycle.resume(token).then(
        record => { process.nextTick(callback, null, record === null ? null : carry({ record, outage: null })) },
        (outage: LoginSessionError) => { process.nextTick(callback, null, carry({ record: null, outage })) })
    },
    // A request's own session has methods of its own; these are for Sessions that `app.decryptSession` makes.
    set (_token, _session, callback) { process.nextTick(callback, null) },
    destroy (token, callback) {
      lifecycle.endByToken(token, 'signed-out').then(() => { process.nextTick(callback, null) }, error => { process.nextTick(callback, error) })
    }
  }
}

function carry (lookup: Lookup): Session {
  // Not part of @fastify/session's hash of the session: that would serialize the whole record on each request.
  const carried = { ...lookup, toJSON: () => undefined }
  return { ...lookup.record?.data, [CARRIED]: carried } as unknown as Session
}
