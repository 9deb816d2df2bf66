/**
 * What @fastify/session takes for its store: lookups, whose outcome travels to the bridge on the Session itself.
 *
 * A store that answers "nothing" makes it drop the browser's cookie, and one that answers an error makes every route a
 * 500: an outage is answered with a stand-in instead, which keeps the token and says why.
 * @module
 */
import type { Session } from 'fastify'
import type { SessionStore } from '@fastify/session'
import type { LoginSessionError } from '../errors.js'
import type { LoginSessionVerbs } from '../sessions/lifecycle.js'
import type { LoginSessionRecord } from '../sessions/record.js'

/** What became of the lookup of a request's token. Both null: there was nothing to look up, or nothing alive. */
export interface Lookup {
  record: LoginSessionRecord | null
  /** It cannot be known. */
  outage: LoginSessionError | null
}

/** One enumerable key: @fastify/session copies no other. */
const CARRIED = '__loginSession'

/** Takes the outcome off a Session that @fastify/session has just made. */
export function takeLookup (session: object): Lookup {
  const { [CARRIED]: lookup } = session as Partial<Record<typeof CARRIED, Lookup>>
  delete (session as Partial<Record<typeof CARRIED, Lookup>>)[CARRIED]
  return lookup ?? { record: null, outage: null }
}

/** The store that @fastify/session is given. */
export function createLookup (sessions: LoginSessionVerbs): SessionStore {
  return {
    get (token, callback) {
      // Out of the promise chain: what the callback throws is not the promise's.
      sessions.resume(token).then(
        record => { process.nextTick(callback, null, record === null ? null : carry({ record, outage: null })) },
        (outage: LoginSessionError) => { process.nextTick(callback, null, carry({ record: null, outage })) })
    },
    // A request's own session has methods of its own; these serve the Sessions that `app.decryptSession` makes.
    set (_token, _session, callback) { process.nextTick(callback, null) },
    destroy (token, callback) {
      sessions.endByToken(token, 'signed-out').then(() => { process.nextTick(callback, null) }, error => { process.nextTick(callback, error) })
    }
  }
}

function carry (lookup: Lookup): Session {
  // Nothing of it in @fastify/session's hash of the session: that would be all of the record, at each request.
  const carried = { ...lookup, toJSON: () => undefined }
  return { ...lookup.record?.data, [CARRIED]: carried } as unknown as Session
}
