/**
 * What every page's response carries, and how htmx's requests are told from a browser's.
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Only our own files, nothing inline, no frames (ASVS 5.0 3.4.3 to 3.4.6). */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
  "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"
].join('; ')

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  vary: 'HX-Request'
}

/** Hook: private, not to be kept, not to be embedded. */
export async function pageHeaders (_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.headers(HEADERS)
}

/** Does htmx ask for a fragment? Anything else, a fragment's URL opened directly included, gets a whole page. */
export function isFragment (request: FastifyRequest): boolean {
  return request.headers['hx-request'] === 'true' && request.headers['hx-history-restore-request'] !== 'true'
}
