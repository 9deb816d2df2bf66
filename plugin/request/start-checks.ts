/**
 * What is looked at when a host signs somebody in: its arguments, and whether the browser will keep the cookie.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import { shown } from '../option-check.js'
import type { ResolvedCookie } from './cookie.js'

/** Choices of one sign-in. */
export interface StartOptions {
  /** "Keep me signed in": the cookie outlives the browser. @default false */
  remember?: boolean
}

/** @returns shall the sign-in be remembered? */
export function checkedStart (userId: unknown, options: StartOptions): boolean {
  if (typeof userId !== 'string' || userId === '') {
    throw new TypeError('startLoginSession takes the user id as a string that is not empty: write startLoginSession(String(user._id))')
  }
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    throw new TypeError(`startLoginSession takes its options as an object, not ${shown(options)}: write startLoginSession(user.id, { remember: true })`)
  }
  const { remember = false, ...others } = options
  const [other] = Object.keys(others)
  if (other !== undefined) throw new TypeError(`startLoginSession has no option ${other}: its options are { remember: true }`)
  if (typeof remember !== 'boolean') throw new TypeError(`remember must be true or false, not ${shown(remember)}: write remember: request.body.remember === 'on'`)
  return remember
}

const LOCAL = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/

/** Browsers drop Secure cookies over plain http, except from this machine: that must not look like a wrong password. */
export function warnIfCookieIsLost (request: FastifyRequest, cookie: ResolvedCookie): void {
  if (!cookie.attributes.secure || request.protocol === 'https' || LOCAL.test(request.hostname)) return
  request.log.warn(`the sign-in cookie is Secure but this request came over ${request.protocol} for ${request.hostname}, so browsers will drop it: ` +
    "use https; behind a proxy that ends TLS set Fastify's trustProxy; only without any https: cookie: { name: 'login-session', secure: false }")
}
