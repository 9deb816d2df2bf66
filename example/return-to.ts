/**
 * Back to where people wanted to go, once they have signed in.
 * @module
 */
import type { FastifyRequest } from 'fastify'

/** The query parameter that names the page; the sessions page is told the same. */
export const RETURN_TO = 'returnTo'

/** Where people come who wanted nowhere in particular. */
const ACCOUNT = '/account'

/** Where this request's person goes next. */
export function wantedPath (request: FastifyRequest): string {
  const wanted = (request.query as Record<string, unknown>)[RETURN_TO]
  return isOwnPath(wanted) ? wanted : ACCOUNT
}

/** The same page, told where to lead afterwards. */
export function withReturnTo (path: string, wanted: string): string {
  return wanted === ACCOUNT ? path : `${path}?${new URLSearchParams({ [RETURN_TO]: wanted })}`
}

/**
 * A path of this site, and nothing that a browser takes for another one: "//evil.example", "/\evil.example", or either
 * of them with a tab or line break in between, which it drops before it looks. Paths that browsers send are printable
 * ASCII without backslashes.
 */
function isOwnPath (value: unknown): value is string {
  return typeof value === 'string' && /^\/(?!\/)[!-[\]-~]*$/.test(value)
}
