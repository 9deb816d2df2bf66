/**
 * May a shared cache keep this response? If it keeps a Set-Cookie of ours with it, it hands one person's session to others.
 * @module
 */
import type { FastifyReply } from 'fastify'
import onHeaders from 'on-headers'

/** Headers that only shared caches read, before Cache-Control: RFC 9213, with or without a vendor's name, older ones, nginx's. */
const FOR_SHARED_CACHES = /.-cache-control$|^surrogate-control$|^edge-control$|^x-accel-expires$/

/** What makes a response one for shared caches. */
const SHARED = /^(?:public|s-maxage|proxy-revalidate|private)\b/i

/** The headers of a response, as Fastify or Node.js keeps them. */
interface Headers {
  names(): string[]
  get(name: string): unknown
  set(name: string, value: string): void
  remove(name: string): void
}

/**
 * Makes sure that no shared cache may keep this response.
 *
 * A response that says nothing about caching becomes `private`. One that says otherwise is changed only if `force` is set,
 * and so is a 304, whose headers go to a response that is stored already. What hooks of the host say later is corrected
 * when the headers are written.
 *
 * @param force a cookie must go with this response
 * @returns false: a shared cache may keep it, and it was left as it is
 */
export function makePrivate (reply: FastifyReply, force: boolean): boolean {
  const headers: Headers = {
    names: () => Object.keys(reply.getHeaders()),
    get: name => reply.getHeader(name),
    set: (name, value) => { reply.header(name, value) },
    remove: name => { reply.removeHeader(name) }
  }
  if (!force && (reply.statusCode === 304 || !isPrivate(headers, true))) return false
  forbidSharing(headers)
  const { raw } = reply
  onHeaders(raw, () => forbidSharing({
    names: () => raw.getHeaderNames(),
    get: name => raw.getHeader(name),
    set: (name, value) => { raw.setHeader(name, value) },
    remove: name => { raw.removeHeader(name) }
  }))
  return true
}

/** @param silence what a response counts as that says nothing about caching */
function isPrivate (headers: Headers, silence: boolean): boolean {
  if (forSharedCaches(headers).length > 0) return false
  const directives = directivesOf(headers, 'cache-control')
  return directives.length === 0 ? silence && headers.get('expires') === undefined : directives.some(forbids)
}

function forbidSharing (headers: Headers): void {
  if (isPrivate(headers, false)) return
  for (const name of forSharedCaches(headers)) headers.remove(name)
  const directives = directivesOf(headers, 'cache-control')
  if (!directives.some(forbids)) headers.set('cache-control', ['private', ...directives.filter(one => !SHARED.test(one))].join(', '))
}

/** The headers that allow some shared caches to keep the response. */
const forSharedCaches = (headers: Headers): string[] =>
  headers.names().filter(name => FOR_SHARED_CACHES.test(name) && !directivesOf(headers, name).some(forbids))

/** `private="set-cookie"` keeps only that header from shared caches, and few of them know this form. `0` is of X-Accel-Expires. */
const forbids = (directive: string): boolean => /^(?:private|no-store|0)$/i.test(directive)

/** A quoted value may have commas in it. */
function directivesOf (headers: Headers, name: string): string[] {
  const value = [headers.get(name) ?? []].flat().join(',')
  const directives = value.match(/(?:[^",]|"(?:[^"\\]|\\.)*(?:"|$))+/g) ?? []
  return directives.map(directive => directive.trim()).filter(directive => directive !== '')
}
