/**
 * The session cookie's options, and the attributes that no host may choose. To add an option: its type and comment in
 * {@link LoginSessionCookieOptions}, and its row in `TABLE`.
 * @module
 */
import { optionError } from '../errors.js'
import { oneOf, type OptionTable, resolveTable, shown, trueOrFalse } from '../option-check.js'

/** The session cookie. It is always HttpOnly with Path=/. */
export interface LoginSessionCookieOptions {
  /** @default '__Host-login-session' */
  name?: string
  /** false only where there is no https at all; then the name must not begin with __Host- or __Secure-. @default true */
  secure?: boolean
  /** @default 'lax' */
  sameSite?: 'lax' | 'strict'
  /** Share the cookie with subdomains; then the name must not begin with __Host-. @default none */
  domain?: string | undefined
}

/** The cookie's name and attributes. */
export interface ResolvedCookie {
  name: string
  attributes: {
    path: '/'
    httpOnly: true
    secure: boolean
    sameSite: 'lax' | 'strict'
    domain?: string
  }
}

const TABLE: OptionTable<LoginSessionCookieOptions> = {
  name: { default: '__Host-login-session', check: aCookieName, write: "'login-session'" },
  secure: { default: true, check: trueOrFalse, write: 'false where there is no https at all' },
  sameSite: { default: 'lax', check: oneOf('lax', 'strict'), write: "'strict'" },
  domain: { default: undefined, check: aDomain, write: "'example.com'" }
}

/** @throws FST_LOGIN_SESSION_OPTION with a sentence that says what to write instead */
export function resolveCookie (options: LoginSessionCookieOptions): ResolvedCookie {
  const { name, secure, sameSite, domain } = resolveTable(TABLE, options, { kind: 'option', name: 'cookie' })
  requireAcceptable(name, secure, domain)
  return { name, attributes: { path: '/', httpOnly: true, secure, sameSite, ...(domain !== undefined && { domain }) } }
}

/** Browsers take the prefixes of names in any case (RFC 6265bis). */
function requireAcceptable (name: string, secure: boolean, domain: string | undefined): void {
  if (/^__host-/i.test(name) && (!secure || domain !== undefined)) {
    throw optionError('browsers refuse a __Host- cookie that is not secure or has a domain: ' +
      "write cookie: { name: 'login-session', … }")
  }
  if (/^__secure-/i.test(name) && !secure) {
    throw optionError('browsers refuse a __Secure- cookie that is not secure: ' +
      "write cookie: { name: 'login-session', secure: false }")
  }
}

function aCookieName (name: string): string | undefined {
  if (typeof name !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return `must be a cookie name, not ${shown(name)}`
  // A request without cookies would seem to have it.
  return name in Object.prototype ? `must not be a property of Object.prototype, such as ${shown(name)}` : undefined
}

/** A domain that no cookie can have would only fail when the first cookie is sent, outside of any error handler. */
function aDomain (domain: string): string | undefined {
  const right = typeof domain === 'string' && /^\.?[a-z\d](?:[a-z\d.-]*[a-z\d])?$/i.test(domain)
  return right ? undefined : "must be a domain like 'example.com'"
}
