import t from 'tap'
import { safeAddress } from '../plugin/address.js'

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
  ['fd00::1', 'fd00::1']
]

const REFUSED = [
  '', ' ', '010.8.8.8', '1.2.3', '0x7f.1', '0x7f000001', '2130706433', '256.1.1.1', '1.2.3.4.5', '1.2.3.4:80', '[::1]', '[::1]:80',
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
