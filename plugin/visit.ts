/**
 * Request → where it came from.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import { safeAddress } from './address.js'
import { cutUserAgent, describeDevice } from './device.js'
import type { Visit } from './record.js'

/** The address and device of a request. */
export function visitOf (request: FastifyRequest): Visit {
  const userAgent = cutUserAgent(request.headers['user-agent'])
  return { ip: addressOf(request), userAgent, device: describeDevice(userAgent) }
}

/** The client's address: Fastify's `request.ip` (see `trustProxy`), or the connection's when that is no address. */
export function addressOf (request: FastifyRequest): string | null {
  return safeAddress(request.ip) ?? safeAddress(request.socket.remoteAddress)
}
