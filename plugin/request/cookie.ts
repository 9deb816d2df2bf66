/**
 * The session cookie's options: checked, and completed with what no host may choose.
 * @module
 */
import { optionError } from '../errors.js'
import { rejectUnknown, shown } from '../option-check.js'

/** The session cookie. It is always HttpOnly with Path=/. */
export interface LoginSessionCookieOptions {
  /** @default '__Host-login-session' */
  name?: string
  /** false only where there is no https at all; then the name must not begin with __Host- or __Secure-. @default true */
  secure?: boolean
  /** @default 'lax' */
  sameSite?: 'lax' | 'strict'
  /** Share the cookie with subdomains; then the name must not begin with __Host-. @default none */
  domain?: string
}

/** The cookie's name and attributes. */
export interface ResolvedCookie {
  name: string
  /** What is undefined is there all the same: it goes over the `parseOptions` of a host's own @fastify/cookie. */
  attributes: {
    path: '/'
    httpOnly: true
    secure: boolean
    sameSite: 'lax' | 'strict'
    domain: string | undefined
    signed: false
    maxAge: undefined
    expires: undefined
    partitioned: undefined
    priority: undefined
  }
}

const KNOWN = new Set(['name', 'secure', 'sameSite', 'domain'])

/** @throws FST_LOGIN_SESSION_OPTION with a sentence that says what to write instead */
export function resolveCookie (cookie: LoginSessionCookieOptions = {}): ResolvedCookie {
  if (cookie === null || typeof cookie !== 'object' || Array.isArray(cookie)) throw optionError("cookie must be an object: write cookie: { name: 'login-session', secure: false }, or leave it out")
  rejectUnknown(cookie, KNOWN, 'cookie.')
  const { name = '__Host-login-session', secure = true, sameSite = 'lax', domain } = cookie
  if (typeof name !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw optionError(`cookie.name must be a cookie name, not ${shown(name)}`)
  // A request without cookies would seem to have it.
  if (name in Object.prototype) throw optionError(`cookie.name must not be a name that every object has, like ${shown(name)}: write cookie: { name: 'login-session', … }`)
  if (typeof secure !== 'boolean') throw optionError('cookie.secure must be true or false')
  if (sameSite !== 'lax' && sameSite !== 'strict') throw optionError("cookie.sameSite must be 'lax' or 'strict'")
  // One that no cookie can have would only fail when the first cookie is sent, outside of any request's error handling.
  if (domain !== undefined && (typeof domain !== 'string' || !/^\.?[a-z\d](?:[a-z\d.-]*[a-z\d])?$/i.test(domain))) throw optionError("cookie.domain must be a domain like 'example.com', or left out")
  // Browsers take these prefixes in any case (RFC 6265bis).
  if (/^__host-/i.test(name) && (!secure || domain !== undefined)) {
    throw optionError("browsers refuse a __Host- cookie that is not secure or has a domain: write cookie: { name: 'login-session', … }")
  }
  if (/^__secure-/i.test(name) && !secure) {
    throw optionError("browsers refuse a __Secure- cookie that is not secure: write cookie: { name: 'login-session', secure: false }")
  }
  const unset = { maxAge: undefined, expires: undefined, partitioned: undefined, priority: undefined }
  return { name, attributes: { path: '/', httpOnly: true, secure, sameSite, domain, signed: false, ...unset } }
}
