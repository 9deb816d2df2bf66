/**
 * Asks browsers for client hints: `Accept-CH` on the pages that people open.
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { CLIENT_HINTS, wantsClientHints } from '../client/device.js'

/**
 * onSend: adds `Accept-CH` if the browser supports client hints and has not sent them. Only responses to navigations get it,
 * because browsers ignore it on all others. If the host sets `Accept-CH` itself, ours is added to it, because a browser
 * forgets every hint that the latest `Accept-CH` does not name.
 */
export function askForHints (request: FastifyRequest, reply: FastifyReply): void {
  const { headers } = request
  if (headers['sec-fetch-mode'] !== 'navigate' && headers['sec-fetch-dest'] !== 'document') return
  const hostHints = [reply.getHeader('accept-ch') ?? []].flat().join(', ')
  if (hostHints === '') {
    if (wantsClientHints(headers)) reply.header('accept-ch', CLIENT_HINTS)
  // An error in a later onSend hook runs this hook a second time.
  } else if (!hostHints.includes(CLIENT_HINTS)) reply.header('accept-ch', `${hostHints}, ${CLIENT_HINTS}`)
}
