/**
 * The response headers of every page, and the request headers that tell htmx from a browser.
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * Allows files of this site only, nothing inline and no frames (ASVS 5.0 3.4.3 to 3.4.6). Markup becomes elements only
 * through the Trusted Types policy of `public/login-sessions.js`.
 */
export const CONTENT_SECURITY_POLICY: string = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
  "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
  "require-trusted-types-for 'script'", 'trusted-types login-sessions'
].join('; ')

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  vary: 'HX-Request, HX-Request-Type, HX-Boosted, Accept-Language'
}

/** Marks our fragments. The page's script refuses fragments without it: a proxy may have answered instead of us. */
const FRAGMENT_MARK = { 'login-sessions': 'fragment' }

/** The response must not be cached or embedded. */
export function setPageHeaders (request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(HEADERS)
  if (isFragment(request)) reply.headers(FRAGMENT_MARK)
}

/** Hook: {@link setPageHeaders}. */
export async function pageHeaders (request: FastifyRequest, reply: FastifyReply): Promise<void> {
  setPageHeaders(request, reply)
}

/**
 * True if htmx asks for a fragment. All other requests get a whole page: a fragment's URL that is opened directly, the
 * Back button, and a boosted link of the host's, which replaces the whole body.
 */
export function isFragment ({ headers }: FastifyRequest): boolean {
  const wholePage = headers['hx-boosted'] === 'true' || headers['hx-history-restore-request'] === 'true' || headers['hx-request-type'] === 'full'
  return headers['hx-request'] === 'true' && !wholePage
}
