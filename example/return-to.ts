/**
 * Back to the wanted page, after people have signed in or confirmed who they are.
 * @module
 */
import type { FastifyRequest } from 'fastify'

/** The query parameter that names the page; the sessions page gets the same. */
export const RETURN_TO = 'returnTo'

/** The page for people who wanted no page in particular. */
const ACCOUNT = '/account'

/** The next page of this request's person. */
export function wantedPath (request: FastifyRequest): string {
  const wanted = (request.query as Record<string, unknown>)[RETURN_TO]
  return isOwnPath(wanted) ? wanted : ACCOUNT
}

/** The same page, with the parameter that names the page after it. */
export function withReturnTo (path: string, wanted: string): string {
  return wanted === ACCOUNT ? path : `${path}?${new URLSearchParams({ [RETURN_TO]: wanted })}`
}

/** These paths, each with the wanted page. So it survives a wrong password, and a link to another form. */
export function linksWithReturnTo<Name extends string> (request: FastifyRequest, paths: Record<Name, string>): Record<Name, string> {
  const wanted = wantedPath(request)
  const links = Object.entries<string>(paths).map(([name, path]) => [name, withReturnTo(path, wanted)])
  return Object.fromEntries(links) as Record<Name, string>
}

/**
 * A path of this site, and nothing that a browser takes for another one: "//evil.example", "/\evil.example", or either
 * of them with a tab or line break in between, which it drops before it looks. Paths that browsers send are printable
 * ASCII without backslashes.
 */
function isOwnPath (value: unknown): value is string {
  return typeof value === 'string' && /^\/(?!\/)[!-[\]-~]*$/.test(value)
}
