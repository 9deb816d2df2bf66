/**
 * What an operator types as an address or a network → what finds the kept addresses of it. Pure.
 * @module
 */
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { safeAddress } from './address.js'

/** Finds addresses in the form in which they are kept. */
export interface AddressPatterns {
  /** The address or the network in canonical form, to show it. */
  text: string
  /**
   * Whole addresses, and expressions for what is kept as text. An address is found by one of them exactly if it is in the
   * network. Each expression begins with fixed characters, so that an index on the text narrows it.
   */
  patterns: Array<string | RegExp>
}

/** An address, a slash and a number of bits. */
const NETWORK = /^([^/]+)\/(\d{1,3})$/

/** The shortest networks that can be searched, in bits: text that begins with one fixed part. */
const SHORTEST = { 4: 8, 6: 16 } as const

/**
 * What finds this address, or the addresses of this network; null: the text is neither, or the network is shorter than /8
 * (IPv4) or /16 (IPv6). In text, the addresses of such a network have no beginning in common.
 *
 * @example
 * addressPatterns('2001:DB8:0::7')    // { text: '2001:db8::7', patterns: ['2001:db8::7'] }
 * addressPatterns('203.0.113.9/24')   // { text: '203.0.113.0/24', patterns: [/^203\.0\.113\./] }
 */
export function addressPatterns (text: string): AddressPatterns | null {
  const trimmed = text.trim()
  const whole = safeAddress(trimmed)
  if (whole !== null) return { text: whole, patterns: [whole] }
  const [, addressText = '', bitsText] = NETWORK.exec(trimmed) ?? []
  const address = safeAddress(addressText)
  if (address === null) return null
  const version = isIP(address) as 4 | 6
  // IPv4 inside IPv6 has become IPv4.
  const bits = Number(bitsText) - (version === 4 && addressText.includes(':') ? 96 : 0)
  if (bits < SHORTEST[version] || bits > (version === 4 ? 32 : 128)) return null
  return version === 4 ? ipv4Network(address, bits) : ipv6Network(address, bits)
}

function ipv4Network (address: string, bits: number): AddressPatterns {
  const network = ipaddr.IPv4.networkAddressFromCIDR(`${address}/${bits}`)
  const octets = network.octets
  const fixed = Math.floor(bits / 8)
  const patterns = blockOf(octets[fixed] ?? 0, bits % 8 === 0 ? 0 : 8 - bits % 8).map(octet => {
    const known = bits % 8 === 0 ? octets.slice(0, fixed) : [...octets.slice(0, fixed), octet]
    return known.length === 4 ? known.join('.') : new RegExp(`^${known.join('\\.')}\\.`)
  })
  return { text: `${network.toString()}/${bits}`, patterns }
}

/** A power of two of consecutive numbers. */
const blockOf = (first: number, bits: number): number[] => Array.from({ length: 2 ** bits }, (_, index) => first + index)

/** A group of an IPv6 address: 16 bits in hexadecimal, without zeros before it. */
const ANY = '[0-9a-f]{1,4}'

/** A group whose first bits are known, as an expression; `mayBeZero`: it can be part of "::". */
interface Group {
  source: string
  mayBeZero: boolean
}

function ipv6Network (address: string, bits: number): AddressPatterns {
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${address}/${bits}`)
  const known = network.parts.slice(0, Math.ceil(bits / 16))
  const [before, last] = [known.slice(0, -1).map(part => groupsOf(part, 0)[0]!), known.at(-1)!]
  const patterns = groupsOf(last, known.length * 16 - bits).flatMap(group => expressionsFor([...before, group]))
  const text = `${network.toRFC5952String()}/${bits}`
  return { text, patterns: bits === 128 ? [network.toRFC5952String()] : patterns.map(source => new RegExp(source)) }
}

/** The groups from `first` on, of which the last bits are free. An expression describes four bits, so there may be several. */
function groupsOf (first: number, free: number): Group[] {
  const digits = Math.floor(free / 4)
  return blockOf(first >> (4 * digits), free % 4).map(start => {
    if (start === 0) return { source: digits === 0 ? '0' : `[0-9a-f]{1,${digits}}`, mayBeZero: true }
    return { source: start.toString(16) + (digits === 0 ? '' : `[0-9a-f]{${digits}}`), mayBeZero: false }
  })
}

/**
 * The spellings of the addresses that begin with these groups. Two or more groups of zeros may be written as "::", once. It
 * may be after the groups, or anywhere within them.
 */
function expressionsFor (groups: Group[]): string[] {
  const free = 8 - groups.length
  const text = (some: Group[]): string => some.map(({ source }) => source).join(':')
  const expressions = [free === 0 ? `^${text(groups)}$` : `^${text(groups)}:`]
  for (let start = 0; start < groups.length; start++) {
    const head = `^${text(groups.slice(0, start))}::`
    let end = start
    while (groups[end]?.mayBeZero) {
      end++
      const tail = groups.slice(end)
      // The zeros end within the groups: all groups after them are written.
      if (end - start >= 2 && tail.length > 0) expressions.push(`${head}${text(tail)}${`:${ANY}`.repeat(free)}$`)
    }
    // The zeros go to the end of the groups or beyond: so many groups at most are written after them.
    const most = 8 - Math.max(end, start + 2)
    if (end > start && end === groups.length) expressions.push(`${head}${upTo(most)}$`)
  }
  return expressions
}

/** At most so many groups. */
function upTo (most: number): string {
  if (most <= 0) return ''
  return most === 1 ? `(?:${ANY})?` : `(?:${ANY}(?::${ANY}){0,${most - 1}})?`
}
