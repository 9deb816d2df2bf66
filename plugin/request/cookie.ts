/**
 * The session cookie on requests and responses: which values of it we have signed, and when one is issued or cleared.
 *
 * Three rules: a value that we did not sign is left alone. A Set-Cookie is sent only on a response that no shared cache
 * may keep (RFC 9111 does not keep caches from storing it with the response). Where a login is over, the cookie changes
 * twice: Chromium forgets the private pages that the Back button would show if a cookie changes after it was cleared.
 * @module
 */
import { isIP } from 'node:net'
import { fastifyCookie, signerFactory } from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { TOKEN_LENGTH } from '../sessions/tokens.js'
import { makePrivate } from './caching.js'
import type { ResolvedCookie } from './cookie-options.js'
import { keysFor } from './keys.js'
import type { RequestState, SentCookie } from './state.js'

/** The cookie's attributes. */
export type CookieView = Omit<ResolvedCookie['attributes'], 'domain'> & { originalMaxAge: null, domain?: string, expires?: Date }

/** Reads the cookie, and changes it. */
export interface SessionCookie {
  /** The tokens that this browser sent. Several if there are cookies of one name for several domains, or a sibling domain set one. */
  read(request: FastifyRequest): readonly SentCookie[]
  /** The token of a cookie's value, or null if we did not sign it. */
  unsign(value: string): SentCookie | null
  /** What hosts see of it as `request.session.cookie`. */
  attributesOf(state: RequestState): CookieView
  /**
   * May a visitor session start on this request? Not if its cookie could overwrite that of a login: one that the browser
   * withheld from a cross-site request, or one that it got meanwhile.
   */
  mayStartVisitorSession(state: RequestState): boolean
  /** onSend: issues or clears the cookie, as the state says. */
  send(state: RequestState, reply: FastifyReply): void
}

/** The most values that are looked up, in one read. If as many were sent, there may be more. */
export const MOST_SENT = 5

/** The most values that are verified. */
export const MOST_VERIFIED = 10

/** A signed token: the token, a dot, 32 bytes as base64. */
const VALUE_LENGTH = TOKEN_LENGTH + 1 + 43

/** A host name whose parents a cookie can have as its domain. */
const DOMAIN = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*$/i

const NONE: readonly SentCookie[] = []

/** @param secrets newest first. The newest one signs; all are accepted */
export function createSessionCookie ({ name, attributes }: ResolvedCookie, secrets: readonly string[]): SessionCookie {
  const signer = signerFactory(keysFor('session cookie', secrets))
  const prefix = `${name}=`
  const isHostOnly = /^__host-/i.test(name)

  function unsign (value: string): SentCookie | null {
    if (value.length !== VALUE_LENGTH) return null
    const { value: token, renew } = signer.unsign(value)
    return token === null ? null : { token, renew }
  }

  /** A browser keeps one cookie for each domain: this name may also exist for the whole site, or only for this host. */
  function otherDomains (request: FastifyRequest): Array<string | undefined> {
    if (isHostOnly) return []
    // The Host header may hold anything, and a domain that no cookie can have is an error.
    if (!DOMAIN.test(request.hostname) || isIP(request.hostname) !== 0) return [undefined].filter(domain => domain !== attributes.domain)
    const labels = request.hostname.split('.')
    const parents = labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'))
    const own = attributes.domain?.replace(/^\./, '')
    return [undefined, ...parents].filter(domain => domain !== own)
  }

  const cleared = (domain: string | undefined): string =>
    fastifyCookie.serialize(name, '', { ...attributes, domain: domain as string, expires: new Date(0), maxAge: 0 })

  function issued ({ record, token }: RequestState): string {
    const expires = record?.remember ? { expires: record.endsAt } : {}
    // Base64 needs no escapes in a cookie (RFC 6265, 4.1.1), so none have to be undone at each request.
    return fastifyCookie.serialize(name, signer.sign(token!), { ...attributes, ...expires, encode: value => value })
  }

  return {
    unsign,

    read (request) {
      const header = request.headers.cookie
      if (header === undefined || !header.includes(prefix)) return NONE
      const values = [...valuesIn(header, prefix)].filter(value => value.length === VALUE_LENGTH)
      return values.slice(0, MOST_VERIFIED).flatMap(value => unsign(value) ?? []).slice(0, MOST_SENT)
    },

    attributesOf: ({ record }) => ({ ...attributes, originalMaxAge: null, ...(record?.remember && { expires: record.endsAt }) }),

    mayStartVisitorSession ({ request: { headers, method }, sent, superseded }) {
      if (superseded) return false
      if (sent.length > 0 || headers['sec-fetch-site'] !== 'cross-site') return true
      if (attributes.sameSite === 'strict') return false
      return method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && (headers['sec-fetch-dest'] ?? 'document') === 'document'
    },

    send (state, reply) {
      if (state.cookie !== 'issue' && state.cookie !== 'clear') return
      if (state.cookie === 'clear' && state.cookieMayWait && !isNavigation(state.request)) return
      if (!makePrivate(reply, !state.cookieMayWait)) return
      // The browser may have the cookie for other domains, too. They go when a session begins or ends, unless one that we
      // did not sign is among them: it is another app's.
      const othersGo = state.sent.length > 0 && !state.cookieMayWait && valuesIn(state.request.headers.cookie!, prefix).size === state.sent.length
      const others = othersGo ? otherDomains(state.request).map(cleared) : []
      const isOver = state.cookie === 'clear' || state.loginEnded
      const change = [
        ...(isOver && state.sent.length > 0 ? [fastifyCookie.serialize(name, 'ended', attributes)] : []),
        ...others,
        state.cookie === 'issue' ? issued(state) : cleared(attributes.domain)
      ]
      for (const header of change) reply.header('set-cookie', header)
      state.cookieSent = state.cookie
      state.cookie = state.cookie === 'issue' ? 'keep' : 'none'
    }
  }
}

/**
 * Does the browser load a page with this request, or not say? A script's request may have been under way while its browser
 * signed in again. If its response came last and cleared the cookie, that would sign the browser out.
 */
const isNavigation = ({ headers }: FastifyRequest): boolean => (headers['sec-fetch-mode'] ?? 'navigate') === 'navigate'

/** The different values of a cookie, signed or not, as they were before they were written into a header. @param prefix its name and "=" */
export function valuesIn (header: string, prefix: string): Set<string> {
  const values = new Set<string>()
  for (let start = header.indexOf(prefix), end = 0; start !== -1; start = header.indexOf(prefix, end)) {
    const before = header.slice(end, start)
    end = header.indexOf(';', start) === -1 ? header.length : header.indexOf(';', start)
    // Otherwise it is part of another cookie.
    if (before !== '' && !/^(?:.*;)?\s*$/s.test(before)) continue
    values.add(decode(header.slice(start + prefix.length, end).trim()))
  }
  return values
}

/** '' if it is malformed. */
function decode (value: string): string {
  if (!value.includes('%')) return value
  try {
    return decodeURIComponent(value)
  } catch {
    return ''
  }
}
