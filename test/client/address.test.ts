import fc from 'fast-check'
import t from 'tap'
import { addressKind, isSameAtSight, safeAddress, shorten } from '../../plugin/client/address.js'
import { isElsewhere } from '../../plugin/sessions/former-ip.js'

const CANONICAL: Array<[string, string]> = [
  ['203.0.113.9', '203.0.113.9'],
  ['0.0.0.0', '0.0.0.0'],
  ['255.255.255.255', '255.255.255.255'],
  ['127.0.0.1', '127.0.0.1'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['::FFFF:CB00:7109', '203.0.113.9'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['2001:0db8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
  ['::1', '::1'],
  ['::', '::'],
  ['fe80::1%eth0', 'fe80::1'],
  ['fe80::1%<script>', 'fe80::1'],
  ['100.64.1.1', '100.64.1.1'],
  ['10.1.1.1', '10.1.1.1'],
  ['fd00::1', 'fd00::1'],
  ['203.0.113.9:51008', '203.0.113.9'],
  ['203.0.113.9:0', '203.0.113.9'],
  ['[2001:db8::7]:51008', '2001:db8::7'],
  ['[2001:DB8::7]', '2001:db8::7'],
  ['[::ffff:203.0.113.9]:51008', '203.0.113.9'],
  ['[fe80::1%eth0]:80', 'fe80::1'],
  ['2001:db8::7:5100', '2001:db8::7:5100']
]

const REFUSED = [
  '', ' ', '010.8.8.8', '1.2.3', '0x7f.1', '0x7f000001', '2130706433', '256.1.1.1', '1.2.3.4.5',
  '1.2.3.4:', '1.2.3.4:port', '1.2.3.4:123456', '1.2.3.4:80:80', '1.2.3.4:80 ', '1.2.3:80', '010.8.8.8:80', '256.1.1.1:80', '[1.2.3.4]', '[1.2.3.4]:80',
  '[]', '[]:80', '[::1', '::1]', '[::1]80', '[::1]:', '[::1]:x', '[[::1]]', '[::1]:80\n', 'a.b.c.d:80', '[:]', '::1:80:', '2001:db8::7:51008',
  ' 1.2.3.4', '1.2.3.4 ', '1.2.3.4\n', '1.2.3.4, 5.6.7.8', 'localhost', 'unknown', 'unix:', '_hidden', ':::', '2001:db8::1::1',
  '<script>alert(1)</script>', '%eth0', '%', '１.２.３.４', '1.2.3.4\0', '"1.2.3.4"', 'a'.repeat(10_000), '1'.repeat(10_000), ':'.repeat(10_000)
]

for (const [given, canonical] of CANONICAL) {
  t.test(`${given} is kept as ${canonical}`, async t => {
    t.equal(safeAddress(given), canonical)
  })
}

for (const given of REFUSED) {
  t.test(`${JSON.stringify(given.slice(0, 40))} is no address`, async t => {
    t.equal(safeAddress(given), null)
  })
}

t.test('no address is no address', async t => {
  t.equal(safeAddress(undefined), null)
})

t.test('a canonical address is its own canonical form', async t => {
  for (const [, canonical] of CANONICAL) t.equal(safeAddress(canonical), canonical)
})

const SHORTENED: Array<[string, string]> = [
  ['203.0.113.9', '203.0.113.0'],
  ['203.0.113.255', '203.0.113.0'],
  ['203.0.112.255', '203.0.112.0'],
  ['10.1.2.3', '10.1.2.0'],
  ['0.0.0.1', '0.0.0.0'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::'],
  ['2001:db8:1:ffff::', '2001:db8:1::'],
  ['2001:db8:ffff::1', '2001:db8:ffff::'],
  ['fe80::1', 'fe80::'],
  ['::1', '::1'],
  ['127.0.0.1', '127.0.0.1'],
  ['127.8.9.10', '127.8.9.10'],
  ['192.168.1.7', '192.168.1.0'],
  ['fd00:1:2:3::4', 'fd00:1:2::']
]

for (const [given, network] of SHORTENED) {
  t.test(`of ${given} the network ${network} is kept, when addresses are shortened`, async t => {
    t.equal(shorten(given, 'shortened'), network)
    t.equal(shorten(network, 'shortened'), network, 'and stays')
  })
}

t.test('a whole address stays as it is, and none is none', async t => {
  t.equal(shorten('203.0.113.9', 'whole'), '203.0.113.9')
  t.equal(shorten('203.0.113.9', 'none'), null)
  for (const mode of ['whole', 'shortened', 'none'] as const) t.equal(shorten(null, mode), null)
})

const KINDS: Record<ReturnType<typeof addressKind>, string[]> = {
  public: ['8.8.8.8', '1.1.1.0', '2606:4700::1111', '2002:808:808::1', '2001:0:808:808::1', '::ffff:8.8.8.8'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.7', '192.168.1.0', 'fd00::1', 'fc00::'],
  loopback: ['127.0.0.1', '127.8.8.8', '127.0.0.0', '::1', '::ffff:127.0.0.1'],
  linkLocal: ['169.254.1.1', 'fe80::1', 'fe80::'],
  carrier: ['100.64.1.1', '100.127.255.255'],
  reserved: [
    '0.0.0.0', '255.255.255.255', '224.0.0.1', '240.0.0.1', '203.0.113.9', '198.18.0.1', '::', 'ff02::1', '2001:db8::1', '100::1',
    '::2', '::808:808', '64:ff9b::8.8.8.8', '64:ff9b:0:1::1', '100:0:0:1::1', '4000::1',
    '', 'unknown', 'localhost', '010.8.8.8', '8.8.8.8.8'
  ]
}

for (const [kind, addresses] of Object.entries(KINDS)) {
  t.test(`${kind}: ${addresses.join(' ')}`, async t => {
    for (const address of addresses) t.equal(addressKind(address), kind, address)
  })
}

t.test('a shortened address keeps its kind', async t => {
  const kept = (given: string): boolean => {
    const address = safeAddress(given)!
    const network = shorten(address, 'shortened')!
    return addressKind(network) === addressKind(address) && safeAddress(network) === network && shorten(network, 'shortened') === network
  }
  for (const given of [...CANONICAL, ...SHORTENED].flat()) t.ok(kept(given), given)
  for (const given of Object.values(KINDS).flat().filter(one => safeAddress(one) !== null)) t.ok(kept(given), given)
  // Where the ranges with names of their own begin, and just beside.
  const starts = ['', '64:ff9b:', '64:ff9b:1:', '100:', '1fff:', '2000:', '2001:', '2001:2:', '2001:4:112:', '2001:10:', '2001:1ff:', '2001:200:', '2001:db8:', '2002:', '2620:4f:8000:', '3fff:', '3fff:fff:', '5f00:', 'fc00:', 'fe80:', 'febf:', 'fec0:', 'ff00:']
  const word = fc.integer({ min: 0, max: 0xffff }).map(number => number.toString(16))
  const beside = fc.tuple(fc.constantFrom(...starts), fc.array(word, { maxLength: 4 })).map(([start, words]) => `${start}:${words.join(':')}`)
  const firsts = fc.constantFrom('0', '10', '100', '127', '169', '172', '192', '198', '203', '224', '255')
  const octet = fc.integer({ min: 0, max: 255 })
  const v4 = fc.tuple(firsts, octet, octet, octet).map(octets => octets.join('.'))
  fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), v4, beside), given => safeAddress(given) === null || kept(given)), { numRuns: 20_000 })
})

t.test('most requests need no parser: the same address, and one of the same network, are known at first sight', async t => {
  const same = [
    ['203.0.113.9', '203.0.113.9'], ['::ffff:203.0.113.9', '203.0.113.9'], ['203.0.113.9', '203.0.113.0'], ['::ffff:203.0.113.9', '203.0.113.0'],
    ['2001:db8:1:2::9', '2001:db8:1:2::9'], ['2001:db8:1:2::9', '2001:db8:1::'], ['2001:db8:1::9', '2001:db8:1::'], ['::1', '::1']
  ] as const
  t.strictSame(same.filter(([told, kept]) => !isSameAtSight(told, kept)), [])
  const others = [
    ['203.0.114.9', '203.0.113.0'], ['203.0.113.9', '203.0.113.8'], ['203.0.113.<script>', '203.0.113.0'], ['203.0.113.9:51008', '203.0.113.0'], ['2001:db8:2::9', '2001:db8:1::'],
    ['2001:db8:1:2::9', '2001:db8::'], ['2001:db8:1:x', '2001:db8:1::'], ['2001:db8:1:2::9', '2001:db8:1:2::8'], ['', '::1'], ['fe80::1', 'fe80::']
  ] as const
  t.strictSame(others.filter(([told, kept]) => isSameAtSight(told, kept)), [])
})

t.test('what is the same at first sight is the same when it is parsed', async t => {
  const modes = fc.constantFrom('whole', 'shortened')
  t.doesNotThrow(() => fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.oneof(fc.ipV4(), fc.ipV6()), modes, modes, (one, other, before, now) => {
    for (const [told, last] of [[one, one], [one, other]] as const) {
      const kept = shorten(safeAddress(last), before)!
      if (isSameAtSight(told, kept) && isElsewhere(kept, shorten(safeAddress(told), now), now)) return false
    }
    return true
  })))
})
