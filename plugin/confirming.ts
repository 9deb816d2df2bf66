/**
 * Confirming on a request: what hosts, pages and the API call. The room `confirmation/` does the work, without HTTP.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Confirmation, ConfirmationEffects } from './confirmation/confirmation.js'
import { hostTrial } from './confirmation/own-way.js'
import { passwordWay, type VerifyPassword } from './confirmation/password.js'
import type { ConfirmationKind, Trial } from './confirmation/way.js'
import type { Core } from './core.js'
import { optionError } from './errors.js'
import { currentLoginSession } from './request/guard.js'
import type { SessionEvents } from './request/hooks.js'
import type { RequestLogins } from './request/login.js'
import type { LoginSession } from './sessions/login-session.js'

export type { ConfirmationKind }

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * Confirms the signed-in user's password before something sensitive: counted, locked after five wrong ones, and on
     * success the session gets a new token (ASVS 5.0 7.2.4). The hundredth wrong one in a row ends the session, and rejects
     * with _REQUIRED.
     * @throws FST_LOGIN_SESSION_REQUIRED, _NO_PASSWORD, _PASSWORD_REQUIRED, _PASSWORD_WRONG, _LOCKED, _BUSY,
     * _CHECK_FAILED, _STORE_UNAVAILABLE; _OPTION without `verifyPassword`
     */
    confirmPassword(password: unknown): Promise<void>

    /**
     * Confirms the signed-in user by a check of yours, on a page of yours: a passkey, a mailed code, the answer of an identity
     * provider. Counted, locked and rotated like {@link confirmPassword}. Only `true` is right.
     * @param check called once, when an attempt has been counted; not called while the confirmation is locked. It returns
     * false for a wrong proof. If it throws, the attempt is not counted: that is for outages
     * @throws FST_LOGIN_SESSION_REQUIRED, _ANSWER_WRONG, _LOCKED, _BUSY, _STORE_UNAVAILABLE; _CHECK_FAILED if `check` throws
     * or takes more than 10 seconds; a TypeError if it is not a function
     * @example
     * await request.confirmLoginSession(() => passkeys.isRight(userId, request.body.assertion))
     */
    confirmLoginSession(check: () => boolean | Promise<boolean>): Promise<void>

    /**
     * What the signed-in user must do now before sessions are ended; 'question' also if a confirmation still counts.
     * @throws FST_LOGIN_SESSION_REQUIRED, _STORE_UNAVAILABLE; _CHECK_FAILED if `verifyPassword` or `confirm` throws or hangs
     */
    confirmationKind(): Promise<ConfirmationKind>
  }
}

/** What the decorators work on. */
export interface ConfirmingParts {
  confirmation: Confirmation<FastifyRequest>
  logins: Pick<RequestLogins, 'rotate' | 'endAfterFailures'>
  announceFailure: SessionEvents['announceFailure']
  /** Undefined: no password can be checked. */
  verifyPassword: VerifyPassword | undefined
}

/** Decorates requests with what confirms their user. Returns what pages and API need of it. */
export function decorateConfirmation (
  app: FastifyInstance, { confirmation, logins, announceFailure, verifyPassword }: ConfirmingParts
): { confirm: Core['confirm'], wayFor: Core['wayFor'] } {
  const effectsOn = (request: FastifyRequest, session: LoginSession): ConfirmationEffects => ({
    rotate: () => logins.rotate(request),
    announceFailure: state => announceFailure(session, state, request),
    end: () => logins.endAfterFailures(request)
  })

  async function attempt (request: FastifyRequest, prepare: (session: LoginSession) => Promise<Trial>): Promise<void> {
    const session = currentLoginSession(request)
    await confirmation.attempt(session, () => prepare(session), effectsOn(request, session))
  }

  const wayFor: Core['wayFor'] = async request => await confirmation.wayFor(currentLoginSession(request), request)

  app.decorateRequest('confirmationKind', async function confirmationKind (this: FastifyRequest) {
    return (await wayFor(this)).kind
  })

  app.decorateRequest('confirmPassword', async function confirmPassword (this: FastifyRequest, password) {
    currentLoginSession(this)
    // Without this error a route of the host's that asks for a password would accept any.
    if (verifyPassword === undefined) {
      throw optionError('confirmPassword has nothing to check passwords with: ' +
        'write verifyPassword: bcryptPassword(userId => yourHashOf(userId))')
    }
    await attempt(this, async ({ userId }) => (await passwordWay(verifyPassword, userId)).check!({ password }))
  })

  app.decorateRequest('confirmLoginSession', async function confirmLoginSession (this: FastifyRequest, check) {
    if (typeof check !== 'function') {
      throw new TypeError('confirmLoginSession takes a function that checks: ' +
        'write confirmLoginSession(async () => await isRight(answer)), which returns false for a wrong answer')
    }
    await attempt(this, async () => hostTrial(check, 'confirmLoginSession'))
  })

  return {
    wayFor,
    async confirm (request, proof) {
      const session = currentLoginSession(request)
      await confirmation.confirm(session, request, proof, effectsOn(request, session))
    }
  }
}
