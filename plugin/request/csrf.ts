/**
 * Protection from cross-site requests: every unsafe method needs the same origin, and every form has a token.
 * @module
 */
import { createHmac } from 'node:crypto'
import Csrf from '@fastify/csrf'
import type { FastifyInstance } from 'fastify'
import { crossOriginError, csrfTokenError } from '../errors.js'
import type { AnyRequest } from './guard.js'
import { keysFor } from './keys.js'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** Creates and verifies form tokens. Each belongs to one session, as NIST SP 800-63B-4 5.1 requires. */
export interface CsrfTokens {
  /** A new token for a form of this session. */
  create(sessionId: string): string
  /** @throws FST_LOGIN_SESSION_CSRF_TOKEN if the token is missing, forged, or of another session */
  verify(sessionId: string, token: unknown): void
}

/**
 * The tokens need no storage: each session's key is derived from the server's key and the session's id. A thief of the
 * database cannot forge forms. Forms that were signed with an earlier secret are still accepted.
 *
 * @param secrets newest first
 */
export function createCsrfTokens (secrets: readonly string[]): CsrfTokens {
  const forms = Csrf()
  const keys = keysFor('form token', secrets)
  const keyOf = (key: Buffer, sessionId: string): string => createHmac('sha256', key).update(sessionId).digest('base64url')
  return {
    create: sessionId => forms.create(keyOf(keys[0]!, sessionId)),
    verify (sessionId, token) {
      const isValid = typeof token === 'string' && keys.some(key => forms.verify(keyOf(key, sessionId), token))
      if (!isValid) throw csrfTokenError()
    }
  }
}

const TRUSTED = Symbol('fastify-login-sessions trusted origins')

/** Lets requests from these origins pass {@link rejectCrossOrigin} on this instance and those below it. */
export function trustOrigins (app: FastifyInstance, origins: readonly string[]): void {
  app.decorate(TRUSTED, new Set(origins))
}

/**
 * Hook: refuses what a page of another origin sent: requests with an unsafe method, and WebSocket handshakes, which browsers
 * send to every origin, with its cookies. An origin of the option `trustedOrigins` passes. Otherwise `Sec-Fetch-Site` decides
 * if it was sent, and if not, `Origin` must be this server's ("null" is another one). A request with neither header comes
 * from a script, not from a page.
 *
 * @throws FST_LOGIN_SESSION_CROSS_ORIGIN
 */
export async function rejectCrossOrigin (request: AnyRequest): Promise<void> {
  if (SAFE_METHODS.has(request.method) && !isWebSocket(request)) return
  const { origin, 'sec-fetch-site': site } = request.headers
  if (origin !== undefined && trustedOrigins(request)?.has(origin)) return
  const isSameOrigin = site === undefined
    ? origin === undefined || origin === ownOrigin(request)
    : site === 'same-origin' || site === 'none'
  if (!isSameOrigin) throw crossOriginError()
}

/** A handshake is a GET, and opens a connection in both directions (RFC 6455, 4.1). */
const isWebSocket = ({ headers }: AnyRequest): boolean => /\bwebsocket\b/i.test(headers.upgrade ?? '')

/** Undefined where the core plugin is not registered. */
const trustedOrigins = ({ server }: AnyRequest): ReadonlySet<string> | undefined =>
  (server as unknown as Record<symbol, Set<string> | undefined>)[TRUSTED]

/** This server's origin as browsers write it, without the default port. */
function ownOrigin (request: AnyRequest): string | null {
  const url = `${request.protocol}://${request.host}`
  return URL.canParse(url) ? new URL(url).origin : null
}
