/**
 * What `request.startLoginSession` does: check its arguments, start the session, call the hook, keep the limit.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import type { Lifecycle } from '../sessions/lifecycle.js'
import type { LoginSession } from '../sessions/login-session.js'
import type { ResolvedCookie } from './cookie-options.js'
import type { SessionEvents } from './hooks.js'
import type { KnownDevices } from './known-device.js'
import type { RequestLogins } from './login.js'
import { checkedStart, type StartOptions, warnIfCookieIsLost } from './start-checks.js'

/** What signing in works on. */
export interface SignInParts {
  logins: RequestLogins
  lifecycle: Pick<Lifecycle, 'endSurplus'>
  devices: KnownDevices
  announceStart: SessionEvents['announceStart']
  cookie: ResolvedCookie
  /** null: no limit. */
  maxSessionsPerUser: number | null
  /** Every timeout of a sign-in must be longer. */
  touchEvery: number
}

/** @returns `request.startLoginSession`, with the request as its first argument */
export function createSignIn ({ logins, lifecycle, devices, announceStart, cookie, maxSessionsPerUser, touchEvery }: SignInParts) {
  return async (request: FastifyRequest, userId: string, options: StartOptions): Promise<LoginSession> => {
    const { newAccount, ...choices } = checkedStart(userId, options, touchEvery)
    warnIfCookieIsLost(request, cookie)
    const sameUser = request.loginSession?.userId === userId
    const newDevice = !newAccount && !choices.adopted && !sameUser && devices.isNew(request, userId)
    const session = await logins.signIn(request, userId, { ...choices, newDevice })
    devices.remember(request, userId)
    announceStart?.(session, { newDevice, request })
    if (maxSessionsPerUser !== null) await endSurplus(request, session, maxSessionsPerUser)
    return session
  }

  /** The user is signed in already, so a failure is only logged: the next sign-in ends what this one could not. */
  async function endSurplus (request: FastifyRequest, session: LoginSession, limit: number): Promise<void> {
    await lifecycle.endSurplus(session, limit).catch(error => {
      request.log.warn({ err: error }, `login sessions: the sessions beyond ${limit} of a user could not be ended`)
    })
  }
}
