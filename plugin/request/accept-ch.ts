/**
 * Asks browsers to tell what they are: `Accept-CH` on the pages that people open.
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { CLIENT_HINTS, wantsClientHints } from '../client/device.js'

/**
 * onSend: asks a browser that knows client hints and has not sent them, on a response that it will show as a page: there
 * only, since browsers heed `Accept-CH` on navigations alone. What the host asks for itself stays, and is never sent there
 * without ours: a browser forgets what the last `Accept-CH` did not name.
 */
export function askForHints (request: FastifyRequest, reply: FastifyReply): void {
  const { headers } = request
  if (headers['sec-fetch-mode'] !== 'navigate' && headers['sec-fetch-dest'] !== 'document') return
  const hosts = [reply.getHeader('accept-ch') ?? []].flat().join(', ')
  if (hosts === '') {
    if (wantsClientHints(headers)) reply.header('accept-ch', CLIENT_HINTS)
  // An error on the way out runs this hook twice.
  } else if (!hosts.includes(CLIENT_HINTS)) reply.header('accept-ch', `${hosts}, ${CLIENT_HINTS}`)
}
