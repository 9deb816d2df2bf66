/**
 * The guard: an imported function, so that it cannot be `undefined` when a route is defined. It fails closed.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import { optionError, requiredError } from '../errors.js'
import { outageOf } from './state.js'
import type { LoginSession } from '../sessions/login-session.js'

/** Without this error everybody would seem to be signed out. */
const NOT_HERE = 'requireLoginSession ran on a request that loginSessions has not processed: register loginSessions on the ' +
  'root instance, before anything that uses the guard'

/**
 * Hook: lets signed-in requests pass.
 *
 * @throws FST_LOGIN_SESSION_REQUIRED 401: not signed in
 * @throws FST_LOGIN_SESSION_OPTION 500: the core plugin is not registered here, or its hooks have not run yet
 * @throws FST_LOGIN_SESSION_STORE_UNAVAILABLE 503: the store is unavailable, so it is not known
 * @example
 * app.get('/account', { onRequest: requireLoginSession }, async request => users.profile(currentLoginSession(request).userId))
 */
export async function requireLoginSession (request: FastifyRequest): Promise<void> {
  currentLoginSession(request)
}

/**
 * The login session of a request behind {@link requireLoginSession}, without the `null`. On other routes it is a guard
 * by itself: it throws what the hook throws.
 */
export function currentLoginSession (request: FastifyRequest): LoginSession {
  // `== null`: without the core plugin the getter does not exist, and that must not let anyone in.
  if (request.loginSession != null) return request.loginSession
  if (request.loginSession === undefined || request.session == null) throw optionError(NOT_HERE)
  throw outageOf(request) ?? requiredError()
}
