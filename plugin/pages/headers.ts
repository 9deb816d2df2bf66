/**
 * What every page's response carries, and how htmx's requests are told from a browser's.
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * Only our own files, nothing inline, no frames (ASVS 5.0 3.4.3 to 3.4.6). Markup becomes elements only through the
 * Trusted Types policy of `public/login-sessions.js`.
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

/** By this the page's script knows our fragments from what a proxy may answer in our place. */
const FRAGMENT_MARK = { 'login-sessions': 'fragment' }

/** Hook: private, not to be kept, not to be embedded. */
export async function pageHeaders (request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.headers(HEADERS)
  if (isFragment(request)) reply.headers(FRAGMENT_MARK)
}

/**
 * Does htmx ask for a fragment? Anything else gets a whole page: a fragment's URL opened directly, the Back button, and
 * a host's boosted link, which is to replace its whole body.
 */
export function isFragment ({ headers }: FastifyRequest): boolean {
  const whole = headers['hx-boosted'] === 'true' || headers['hx-history-restore-request'] === 'true' || headers['hx-request-type'] === 'full'
  return headers['hx-request'] === 'true' && !whole
}
