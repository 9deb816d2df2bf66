/**
 * The response headers of every page, and the request headers that tell htmx from a browser.
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { createPolicy, type Nonces, type Sources } from './policy.js'

const HEADERS = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  vary: 'HX-Request, HX-Request-Type, HX-Boosted, Accept-Language'
}

/** Sets the headers of a page: it must not be cached or embedded. */
export type SetPageHeaders = (reply: FastifyReply) => void

/** @param additional sources of the host's for the Content-Security-Policy */
export function createPageHeaders (additional?: Sources): SetPageHeaders {
  const policy = createPolicy(additional)
  return reply => {
    // @fastify/helmet makes nonces for what the host's layout has inline. Our header replaces helmet's, so they go into ours.
    const { cspNonce } = reply as { cspNonce?: Nonces | null }
    reply.headers(HEADERS).header('content-security-policy', policy(cspNonce))
  }
}

/**
 * Marks a fragment of ours, and says whether it is a question. The page's script refuses what is not marked, since a proxy or
 * a hook of the host's may have answered instead of us. Only a question may take the place of the dialog.
 */
export function markFragment (reply: FastifyReply, kind: 'fragment' | 'question' = 'fragment'): FastifyReply {
  return reply.header('login-sessions', kind)
}

/** Makes htmx load a whole page. It would insert the target of an ordinary redirect into the page. */
export function loadPage (reply: FastifyReply, url: string): FastifyReply {
  return markFragment(reply).header('hx-redirect', url).type('text/html; charset=utf-8').send('')
}

/**
 * True if htmx asks for a fragment. All other requests get a whole page: a fragment's URL that is opened directly, and the
 * Back button.
 */
export function isFragment (request: FastifyRequest): boolean {
  const { headers } = request
  const wholePage = isBoosted(request) || headers['hx-history-restore-request'] === 'true' || headers['hx-request-type'] === 'full'
  return headers['hx-request'] === 'true' && !wholePage
}

/**
 * True for a link or form of the host's whose answer htmx takes for the body of the page that is shown (`hx-boost`). Our
 * stylesheet and scripts would be missing there.
 */
export const isBoosted = ({ headers }: FastifyRequest): boolean => headers['hx-boosted'] === 'true'

/** The same for a link. Forms are answered as without htmx. */
export const isBoostedLink = (request: FastifyRequest): boolean => request.method === 'GET' && isBoosted(request)
