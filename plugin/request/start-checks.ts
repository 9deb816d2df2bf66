/**
 * Checks made by startLoginSession: of its arguments, and whether the browser will keep the cookie.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import { duration, type OptionTable, orNull, resolveTable, trueOrFalse } from '../option-check.js'
import type { ResolvedCookie } from './cookie-options.js'

/** Choices of one sign-in. */
export interface StartOptions {
  /** "Keep me signed in": the cookie outlives the browser. @default false */
  remember?: boolean
  /** This session ends this long after sign-in, in ms. @default the option of this name */
  absoluteTimeout?: number | undefined
  /**
   * It also ends after this long without a request, in ms; null: it has no idle timeout.
   * @default the option of this name, or `rememberIdleTimeout`
   */
  idleTimeout?: number | null | undefined
  /** The account has just been made, so its first device is not a new one. @default false */
  newAccount?: boolean
  /**
   * The user had signed in earlier, with the sessions that you had before, and this session takes the place of one of them. So
   * its device is not a new one, and its start is no recent confirmation. @default false
   */
  adopted?: boolean
}

const TABLE: OptionTable<StartOptions> = {
  remember: { default: false, check: trueOrFalse, write: "request.body.remember === 'on'" },
  absoluteTimeout: { default: undefined, check: duration(), write: '8 * 60 * 60_000 for eight hours' },
  idleTimeout: { default: undefined, check: orNull(duration()), write: '15 * 60_000 for 15 minutes, or null for none' },
  newAccount: { default: false, check: trueOrFalse, write: 'true' },
  adopted: { default: false, check: trueOrFalse, write: 'true' }
}

const OWNER = { kind: 'method', name: 'startLoginSession', example: 'startLoginSession(user.id, { remember: true })' } as const

/**
 * @param touchEvery every timeout must be longer, because a session stays up to `touchEvery` longer than its idle timeout
 * @throws TypeError with a sentence that says what to write instead
 */
export function checkedStart (userId: unknown, options: StartOptions, touchEvery: number): Required<StartOptions> {
  if (typeof userId !== 'string' || userId === '') {
    throw new TypeError('startLoginSession takes the user id as a string that is not empty: ' +
      'write startLoginSession(String(user._id))')
  }
  const choices = resolveTable(TABLE, options, OWNER)
  for (const name of ['absoluteTimeout', 'idleTimeout'] as const) {
    if ((choices[name] ?? Infinity) > touchEvery) continue
    throw new TypeError(`startLoginSession: ${name} (${choices[name]} ms) must be longer than touchEvery (${touchEvery} ms): ` +
      `write ${name}: ${TABLE[name].write}`)
  }
  return choices
}

const LOCAL = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/

/** Browsers drop Secure cookies over plain http, except from this machine: that must not look like a wrong password. */
export function warnIfCookieIsLost (request: FastifyRequest, cookie: ResolvedCookie): void {
  if (!cookie.attributes.secure || request.protocol === 'https' || LOCAL.test(request.hostname)) return
  const lost = `this request came over ${request.protocol} for ${request.hostname}, so browsers will drop it`
  request.log.warn(`the sign-in cookie is Secure but ${lost}: ` +
    "use https; behind a proxy that ends TLS set Fastify's trustProxy; " +
    "only without any https: cookie: { name: 'login-session', secure: false }")
}
