/**
 * May a shared cache keep this response? If it keeps a Set-Cookie of ours with it, it hands one person's session to others.
 * @module
 */
import type { FastifyReply } from 'fastify'

/** Headers that tell some shared caches something else than Cache-Control does: RFC 9213, with or without a vendor's name, older ones, and nginx's. */
const FOR_SHARED_CACHES = /^(?:.+-)?cdn-cache-control$|^surrogate-control$|^x-accel-expires$/

/** What makes a response one for shared caches. */
const SHARED = /^(?:public|s-maxage|proxy-revalidate|private)\b/i

/**
 * Makes sure that no shared cache may keep this response.
 *
 * A response that says nothing about caching becomes `private`. One that says otherwise is changed only if `force` is set,
 * and so is a 304, whose headers go to a response that is stored already.
 *
 * @param force a cookie must go with this response
 * @returns false: a shared cache may keep it, and it was left as it is
 */
export function makePrivate (reply: FastifyReply, force: boolean): boolean {
  if (!force && reply.statusCode === 304) return false
  const directives = directivesOf(reply, 'cache-control')
  const shared = Object.keys(reply.getHeaders()).filter(header => FOR_SHARED_CACHES.test(header) && !forbidsSharing(directivesOf(reply, header)))
  if (forbidsSharing(directives) && shared.length === 0) return true
  const saysNothing = directives.length === 0 && shared.length === 0 && !reply.hasHeader('expires')
  if (!force && !saysNothing) return false
  for (const header of shared) reply.removeHeader(header)
  if (!forbidsSharing(directives)) reply.header('cache-control', ['private', ...directives.filter(one => !SHARED.test(one))].join(', '))
  return true
}

/** `private="set-cookie"` keeps only that header from shared caches, and few of them know this form. `0` is of X-Accel-Expires. */
const forbidsSharing = (directives: string[]): boolean => directives.some(one => /^(?:private|no-store|0)$/i.test(one))

/** A quoted value may have commas in it. */
function directivesOf (reply: FastifyReply, header: string): string[] {
  const value = [reply.getHeader(header) ?? []].flat().join(',')
  const directives = value.match(/(?:[^",]|"(?:[^"\\]|\\.)*(?:"|$))+/g) ?? []
  return directives.map(directive => directive.trim()).filter(directive => directive !== '')
}
