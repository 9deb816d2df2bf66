/**
 * The guard. It is a function to import, not a decorator, so that it cannot be `undefined` in a route. It fails closed.
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http'
import { confirmationRequiredError, optionError, requiredError } from '../errors.js'
import { stateOf } from './state.js'
import { isConfirmedWithin, type LoginSession } from '../sessions/login-session.js'

/**
 * What is read of a request of any server: HTTP/2, HTTPS, with a type provider. `FastifyRequest` alone is one of a server for
 * HTTP/1. With any parameters of it, TypeScript would infer a route's types from its guard, and `request.body` would be unknown.
 */
export interface AnyRequest {
  readonly loginSession: LoginSession | null
  readonly method: string
  readonly protocol: string
  readonly host: string
  readonly headers: IncomingHttpHeaders
  readonly server: object
}

/** Without this error, everybody would seem to be signed out. */
const NOT_PROCESSED = 'requireLoginSession ran on a request that loginSessions has not processed: register loginSessions on ' +
  'the root instance, before anything that uses the guard'

/**
 * Hook: lets signed-in requests pass.
 *
 * @throws FST_LOGIN_SESSION_REQUIRED 401: not signed in
 * @throws FST_LOGIN_SESSION_OPTION 500: the core plugin is not registered here, or its hooks have not run yet
 * @throws FST_LOGIN_SESSION_STORE_UNAVAILABLE 503: the store could not be read, so nobody knows whether the user is signed in
 * @example
 * app.get('/account', { onRequest: requireLoginSession }, async request => users.profile(currentLoginSession(request).userId))
 */
export async function requireLoginSession (request: AnyRequest): Promise<void> {
  currentLoginSession(request)
  stateOf(request)!.guarded = true
}

/**
 * Returns a hook that lets signed-in requests pass if the user has signed in or confirmed within this time. Confirm the user
 * (`request.confirmPassword` or `request.confirmLoginSession`) on a route without it, and send the user back.
 *
 * @param milliseconds how long ago it may be
 * @throws TypeError if that is not a positive number
 * @throws FST_LOGIN_SESSION_CONFIRMATION_REQUIRED 403 (the hook): that was longer ago
 * @throws what {@link requireLoginSession} throws (the hook)
 * @example
 * app.post('/account/delete', { onRequest: requireRecentConfirmation(15 * 60_000) }, deleteAccount)
 */
export function requireRecentConfirmation (milliseconds: number): (request: AnyRequest) => Promise<void> {
  if (typeof milliseconds !== 'number' || !(milliseconds > 0)) {
    throw new TypeError('requireRecentConfirmation takes a positive number of milliseconds: write ' +
      'requireRecentConfirmation(15 * 60_000) for 15 minutes')
  }
  return async function loginSessionRecentConfirmation (request) {
    await requireLoginSession(request)
    // By the clock that wrote both times: that of the lookup.
    const at = new Date(stateOf(request)!.lookedUpAt)
    if (!isConfirmedWithin(currentLoginSession(request), milliseconds, at)) throw confirmationRequiredError()
  }
}

/**
 * The login session of a request; never `null` on a route with {@link requireLoginSession}. On any other route it is a
 * guard itself: it throws the same errors.
 */
export function currentLoginSession (request: AnyRequest): LoginSession {
  // `== null`: without the core plugin the getter does not exist, and that must not let anyone in.
  if (request.loginSession != null) return request.loginSession
  const state = stateOf(request)
  if (state == null) throw optionError(NOT_PROCESSED)
  throw state.outage ?? requiredError()
}
