/**
 * The guard. It is a function to import, not a decorator, so that it cannot be `undefined` in a route. It fails closed.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import { optionError, requiredError } from '../errors.js'
import { stateOf } from './state.js'
import type { LoginSession } from '../sessions/login-session.js'

/** A request of any server: HTTP/2, HTTPS, with a type provider. `FastifyRequest` alone is one of a server for HTTP/1. */
export type AnyRequest = FastifyRequest<any, any, any, any, any, any, any, any>

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
