/**
 * An address, possibly forged → a safe address, whole or shortened, and the kind of network that it belongs to.
 * @module
 */
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** How much of an address is kept: the whole address, only its network, or nothing. */
export type AddressMode = 'whole' | 'shortened' | 'none'

/** The kind of network that an address belongs to. Many customers of one provider share a `carrier` address (RFC 6598). */
export type AddressKind = 'public' | 'private' | 'loopback' | 'linkLocal' | 'carrier' | 'reserved'

/**
 * A whole IPv4 address or a bracketed IPv6 address, with the port that some proxies add. Without brackets a port looks
 * like a part of an IPv6 address.
 */
const WITH_PORT = /^(?:(\d+\.\d+\.\d+\.\d+):\d{1,5}|\[(?!\d+\.)([^[\]]+)\](?::\d{1,5})?)$/

/**
 * The canonical form of an address, or null if the text is not an address. With `trustProxy`, Fastify's `request.ip` can
 * be any text that X-Forwarded-For contains. IPv4 inside IPv6 becomes IPv4. IPv6 is written as in RFC 5952, without a zone.
 * A port is dropped.
 *
 * @example
 * safeAddress('::ffff:203.0.113.9')          // '203.0.113.9'
 * safeAddress('[2001:db8::7]:51008')         // '2001:db8::7'
 * safeAddress('<script>alert(1)</script>')   // null
 */
export function safeAddress (address: string | undefined): string | null {
  const [, ipv4, ipv6] = WITH_PORT.exec(address ?? '') ?? []
  const withoutZone = (ipv4 ?? ipv6 ?? address ?? '').replace(/%.*$/s, '')
  // Node decides what is an address, because ipaddr.js also accepts octal and short forms ("010.8.8.8" as 8.8.8.8).
  return isIP(withoutZone) === 0 ? null : canonical(ipaddr.process(withoutZone))
}

/**
 * The part of an address that this mode keeps. 'shortened' keeps the first 24 bits of IPv4, or the first 48 of IPv6 (which
 * a provider assigns to one site: RFC 6177). The other bits become zero. The {@link addressKind} never changes. For that
 * reason a loopback address, which identifies nobody, stays whole.
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
  if (isIP(address) === 4) return canonical(ipaddr.IPv4.networkAddressFromCIDR(`${address}/24`))
  return canonical(ipaddr.IPv6.networkAddressFromCIDR(`${address}/48`))
}

/** A shortened IPv6 address with three groups before the zeros. */
const THREE_GROUPS = /^[\da-f]+:[\da-f]+:[\da-f]+::$/

/**
 * Is this the same address, or one of the same network, at first sight? Parsing costs a request a third of all that it
 * costs; most requests come from the same address as the one before. False: it has to be parsed.
 *
 * @param claimed as it was claimed, possibly forged
 * @param kept whole or shortened, in canonical form
 * @example
 * isSameAtSight('::ffff:203.0.113.9', '203.0.113.9')   // true
 * isSameAtSight('203.0.113.9', '203.0.113.0')          // true
 */
export function isSameAtSight (claimed: string, kept: string): boolean {
  if (claimed === kept) return true
  const plain = claimed.startsWith('::ffff:') ? claimed.slice(7) : claimed
  if (plain === kept) return true
  const isNetwork = kept.endsWith('.0') || THREE_GROUPS.test(kept)
  return isNetwork && plain.startsWith(kept.slice(0, -1)) && isIP(plain) === isIP(kept)
}

/** By ipaddr.js's names of ranges. All other ranges (documentation, multicast, benchmarks, …) are reserved. */
const KINDS: Record<string, AddressKind> = {
  unicast: 'public',
  // Both contain the user's public IPv4 address.
  '6to4': 'public',
  teredo: 'public',
  private: 'private',
  uniqueLocal: 'private',
  loopback: 'loopback',
  linkLocal: 'linkLocal',
  carrierGradeNat: 'carrier'
}

/**
 * All public addresses that have been assigned so far (RFC 4291, 2.4). No range of ipaddr.js within it is smaller than the
 * network that a shortened address keeps.
 */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * The kind of network that an address belongs to. Text that is not an address is 'reserved'. A shortened address has the
 * same kind as the whole one.
 *
 * @example
 * addressKind('192.168.1.7') // 'private'
 */
export function addressKind (address: string): AddressKind {
  if (isIP(address) === 0) return 'reserved'
  const parsed = ipaddr.process(address)
  const kind = KINDS[parsed.range()] ?? 'reserved'
  // ipaddr.js calls every address without a named range "unicast", even "::2".
  return kind === 'public' && parsed.kind() === 'ipv6' && !(parsed as ipaddr.IPv6).match(GLOBAL_UNICAST) ? 'reserved' : kind
}

function canonical (address: ipaddr.IPv4 | ipaddr.IPv6): string {
  return address.kind() === 'ipv6' ? (address as ipaddr.IPv6).toRFC5952String() : address.toString()
}
