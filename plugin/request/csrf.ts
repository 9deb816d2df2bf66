/**
 * Cross-site requests change nothing: same-origin check for every unsafe method, and a token in every form.
 * @module
 */
import { createHmac } from 'node:crypto'
import Csrf from '@fastify/csrf'
import type { FastifyRequest } from 'fastify'
import { crossOriginError, csrfTokenError } from '../errors.js'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** Makes and verifies form tokens that belong to one session (NIST SP 800-63B-4 5.1 wants the form tied to it). */
export interface CsrfTokens {
  /** A fresh token for a form of this session. */
  create(sessionId: string): string
  /** @throws FST_LOGIN_SESSION_CSRF_TOKEN for a missing or forged token, or one of another session */
  verify(sessionId: string, token: unknown): void
}

/**
 * The tokens need no storage: each session's secret is derived from the server's secret and the session's id, so a
 * stolen database forges no form. After a rotation of secrets, forms signed by the previous ones are still taken.
 *
 * @param secrets newest first
 */
export function createCsrfTokens (secrets: readonly string[]): CsrfTokens {
  const tokens = Csrf()
  const secretOf = (secret: string, sessionId: string) => createHmac('sha256', secret).update(`csrf:${sessionId}`).digest('base64url')
  return {
    create: sessionId => tokens.create(secretOf(secrets[0]!, sessionId)),
    verify (sessionId, token) {
      const valid = typeof token === 'string' && secrets.some(secret => tokens.verify(secretOf(secret, sessionId), token))
      if (!valid) throw csrfTokenError()
    }
  }
}

/**
 * Hook: refuses unsafe requests that a browser sent from elsewhere. `Sec-Fetch-Site` decides where there is one,
 * otherwise `Origin` must be our own ("null" is foreign). A request with neither comes from a script, not from a page.
 *
 * @throws FST_LOGIN_SESSION_CROSS_ORIGIN
 */
export async function rejectCrossOrigin (request: FastifyRequest): Promise<void> {
  if (SAFE_METHODS.has(request.method)) return
  const site = request.headers['sec-fetch-site']
  const origin = request.headers.origin
  const own = site === undefined
    ? origin === undefined || origin === ownOrigin(request)
    : site === 'same-origin' || site === 'none'
  if (!own) throw crossOriginError()
}

/** As browsers write it, without the default port. */
function ownOrigin (request: FastifyRequest): string | null {
  const url = `${request.protocol}://${request.host}`
  return URL.canParse(url) ? new URL(url).origin : null
}
