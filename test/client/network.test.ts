import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import t from 'tap'
import { safeAddress, shorten } from '../../plugin/client/address.js'
import { addressPatterns } from '../../plugin/client/network.js'

/** Does a store find this address? */
const isFound = (patterns: Array<string | RegExp>, address: string): boolean =>
  patterns.some(pattern => typeof pattern === 'string' ? pattern === address : pattern.test(address))

const READ: Array<[given: string, text: string, first: string | RegExp, count: number]> = [
  ['203.0.113.9', '203.0.113.9', '203.0.113.9', 1],
  [' 203.0.113.9:443\n', '203.0.113.9', '203.0.113.9', 1],
  ['2001:DB8:0::7', '2001:db8::7', '2001:db8::7', 1],
  ['::ffff:203.0.113.9', '203.0.113.9', '203.0.113.9', 1],
  ['203.0.113.9/24', '203.0.113.0/24', /^203\.0\.113\./, 1],
  ['10.0.0.0/8', '10.0.0.0/8', /^10\./, 1],
  ['10.130.0.0/9', '10.128.0.0/9', /^10\.128\./, 128],
  ['203.0.113.200/26', '203.0.113.192/26', '203.0.113.192', 64],
  ['203.0.113.9/32', '203.0.113.9/32', '203.0.113.9', 1],
  ['::ffff:203.0.113.9/120', '203.0.113.0/24', /^203\.0\.113\./, 1],
  ['2001:db8:7::1/48', '2001:db8:7::/48', /^2001:db8:7:/, 1],
  ['2001:db8:7::1/128', '2001:db8:7::1/128', '2001:db8:7::1', 1],
  ['[2001:db8:7::1]/48', '2001:db8:7::/48', /^2001:db8:7:/, 1]
]

for (const [given, text, first, count] of READ) {
  t.test(`${JSON.stringify(given)} is read as ${text}`, async t => {
    const found = addressPatterns(given)
    t.equal(found?.text, text)
    t.strictSame([found?.patterns[0], found?.patterns.length], [first, count])
  })
}

t.test('what is neither an address nor a network that can be searched is null', async t => {
  const others = [
    '', ' ', 'ada', 'localhost', '10.', '10.0.0', '10.0.0.0/', '10.0.0.0/7', '10.0.0.0/33', '10.0.0.0/-8', '10.0.0.0/8/8', '10.0.0.0/255.0.0.0', '0.0.0.0/0', '/8',
    '2001:db8::/15', '2001:db8::/129', '::/0', '::ffff:10.0.0.0/103', '::ffff:10.0.0.0/129', '010.8.8.8/8', '.*', '^/8', '(a+)+$'
  ]
  for (const other of others) t.equal(addressPatterns(other), null, other)
})

/** Parts of addresses, zeros above all: they have several spellings. */
const part = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(1, 0xf, 0x10, 0xff, 0x100, 0xfff, 0x1000, 0xffff) }, { weight: 1, arbitrary: fc.nat(0xffff) })
const ipv6 = fc.array(part, { minLength: 8, maxLength: 8 }).map(parts => new ipaddr.IPv6(parts))
const ipv4 = fc.array(fc.oneof(fc.constantFrom(0, 1, 127, 128, 255), fc.nat(255)), { minLength: 4, maxLength: 4 }).map(octets => new ipaddr.IPv4(octets))

/** Random bits, then the bits of a network in front of them: half of the addresses are in it. */
function * neighbours (bytes: number[], bits: number, random: number[]): Generator<number[]> {
  const at = (source: number[], bit: number): number => (source[bit >> 3]! >> (7 - bit % 8)) & 1
  const inside = random.map((_, index) => [0, 1, 2, 3, 4, 5, 6, 7]
    .reduce((byte, offset) => byte * 2 + at(index * 8 + offset < bits ? bytes : random, index * 8 + offset), 0))
  yield inside
  yield random
  // Next to it: another bit at the very end of the network's own.
  yield inside.map((byte, index) => index === (bits - 1) >> 3 ? byte ^ (1 << (7 - (bits - 1) % 8)) : byte)
}

for (const [name, address, shortest, longest] of [['IPv4', ipv4, 8, 32], ['IPv6', ipv6, 16, 128]] as const) {
  t.test(`${name}: an address is found exactly if it is in the network`, async t => {
    const addresses: fc.Arbitrary<ipaddr.IPv4 | ipaddr.IPv6> = address
    fc.assert(fc.property(addresses, fc.integer({ min: shortest, max: longest }), addresses, (network, bits, other) => {
      const found = addressPatterns(`${network.toString()}/${bits}`)
      // Network addresses of IPv4 inside IPv6 are IPv4.
      fc.pre(found !== null && found.text.includes(':') === (name === 'IPv6'))
      for (const bytes of neighbours(network.toByteArray(), bits, other.toByteArray())) {
        const kept = safeAddress(ipaddr.fromByteArray(bytes).toString())!
        const parsed = ipaddr.parse(kept)
        const isInside = parsed.kind() === network.kind() && (parsed as ipaddr.IPv6).match(network as ipaddr.IPv6, bits)
        if (isFound(found!.patterns, kept) !== isInside) throw new Error(`${kept} is ${isInside ? '' : 'not '}in ${found!.text}, but ${String(found!.patterns)}`)
      }
    }), { numRuns: 5000 })
  })
}

t.test('every expression begins with fixed characters, is one of few, and has no choice between words', async t => {
  fc.assert(fc.property(fc.oneof(ipv4, ipv6), fc.integer({ min: 8, max: 128 }), (network, bits) => {
    const found = addressPatterns(`${network.toString()}/${bits}`)
    fc.pre(found !== null)
    return found!.patterns.length <= 256 && found!.patterns.every(pattern =>
      typeof pattern === 'string' || (/^\^[0-9a-f:]+[0-9a-f:.\\[({$]/.test(`${pattern.source}$`) && !/[|*+]/.test(pattern.source) && pattern.flags === ''))
  }))
})

t.test('a shortened address is found by its network', async t => {
  fc.assert(fc.property(fc.oneof(ipv4, ipv6), address => {
    const kept = safeAddress(address.toString())!
    const network = addressPatterns(`${kept}/${kept.includes(':') ? 48 : 24}`)!
    return isFound(network.patterns, shorten(kept, 'shortened')!)
  }))
})
