/**
 * Forwarded address → safe address, whole or shortened, and what kind of network it belongs to.
 * @module
 */
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** How much of an address is kept: all of it, its network only, or nothing. */
export type AddressMode = 'whole' | 'shortened' | 'none'

/** What kind of network an address belongs to; `carrier` is one that many customers of a provider share (RFC 6598). */
export type AddressKind = 'public' | 'private' | 'loopback' | 'linkLocal' | 'carrier' | 'reserved'

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
  return isIP(bare) === 0 ? null : written(ipaddr.process(bare))
}

/**
 * What is kept of an address in this mode: of a shortened one the first 24 bits of IPv4, the first 48 of IPv6 (what a
 * provider hands to one site: RFC 6177), the rest zeros. It keeps its {@link addressKind}; so this machine's own address,
 * which tells of nobody, stays whole.
 *
 * @param address in canonical form, see {@link safeAddress}
 * @example
 * shorten('203.0.113.9', 'shortened')          // '203.0.113.0'
 * shorten('2001:db8:1:2::9', 'shortened')      // '2001:db8:1::'
 * shorten('::1', 'shortened')                  // '::1'
 * shorten('203.0.113.9', 'none')               // null
 */
export function shorten (address: string | null, mode: AddressMode): string | null {
  if (address === null || mode === 'none') return null
  if (mode === 'whole' || addressKind(address) === 'loopback') return address
  return written(isIP(address) === 4 ? ipaddr.IPv4.networkAddressFromCIDR(`${address}/24`) : ipaddr.IPv6.networkAddressFromCIDR(`${address}/48`))
}

/** ipaddr.js's names of ranges. All others (documentation, multicast, benchmarks, …) are nobody's: reserved. */
const KINDS: Record<string, AddressKind> = {
  unicast: 'public',
  // Both carry the public IPv4 address of their user.
  '6to4': 'public',
  teredo: 'public',
  private: 'private',
  uniqueLocal: 'private',
  loopback: 'loopback',
  linkLocal: 'linkLocal',
  carrierGradeNat: 'carrier'
}

/** All that has been handed out for the public so far (RFC 4291, 2.4); no range of ipaddr.js in it is smaller than what is kept of a shortened address. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * The kind of network that an address belongs to; 'reserved' also for what is no address. A shortened one has the kind
 * that the whole one has.
 *
 * @example
 * addressKind('192.168.1.7') // 'private'
 */
export function addressKind (address: string): AddressKind {
  if (isIP(address) === 0) return 'reserved'
  const parsed = ipaddr.process(address)
  const kind = KINDS[parsed.range()] ?? 'reserved'
  // "unicast" is all that has no name: "::2" too.
  return kind === 'public' && parsed.kind() === 'ipv6' && !(parsed as ipaddr.IPv6).match(GLOBAL_UNICAST) ? 'reserved' : kind
}

function written (address: ipaddr.IPv4 | ipaddr.IPv6): string {
  return address.kind() === 'ipv6' ? (address as ipaddr.IPv6).toRFC5952String() : address.toString()
}
