/**
 * Forwarded address → safe address.
 * @module
 */
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * The canonical form of an address, or null for anything that is not one: with `trustProxy` on, Fastify's `request.ip`
 * is whatever text X-Forwarded-For carried. IPv4 inside IPv6 comes out as IPv4, IPv6 as RFC 5952 writes it, without zone.
 *
 * @example
 * safeAddress('::ffff:203.0.113.9')          // '203.0.113.9'
 * safeAddress('<script>alert(1)</script>')   // null
 */
export function safeAddress (address: string | undefined): string | null {
  const bare = address?.replace(/%.*$/s, '') ?? ''
  // The gate is Node's: ipaddr.js also takes octal and short forms ("010.8.8.8" as 8.8.8.8).
  if (isIP(bare) === 0) return null
  const parsed = ipaddr.process(bare)
  return parsed.kind() === 'ipv6' ? (parsed as ipaddr.IPv6).toRFC5952String() : parsed.toString()
}
