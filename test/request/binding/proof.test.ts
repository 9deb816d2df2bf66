/**
 * The keys that a registration may bring. They are refused before a signature is checked, because checking one could take long.
 */
import t from 'tap'
import { keyIn } from '../../../plugin/request/binding/proof.js'

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token with this key in its header, signed by nobody. */
const proofWith = (jwk: unknown): string => `${part({ alg: 'RS256', typ: 'dbsc+jwt', jwk })}.${part({ jti: 'a challenge' })}.AAAA`

const EC = { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) }
/** So many base64url characters: 342 are 2048 bits, 683 are 4096. */
const rsa = (length: number): { kty: string, n: string, e: string } => ({ kty: 'RSA', n: 'n'.repeat(length), e: 'AQAB' })

t.test('a point on P-256 and an RSA key of 2048 to 4096 bits are taken, without what else the key says', t => {
  for (const key of [EC, rsa(342), rsa(512), rsa(683)]) t.strictSame(keyIn(proofWith({ ...key, kid: 'x', use: 'sig', alg: 'none' })), key)
  t.end()
})

const REFUSED: Array<[what: string, jwk: unknown]> = [
  ['none', undefined],
  ['a name', 'key'],
  ['an RSA key of less than 2048 bits', rsa(341)],
  ['an RSA key of more than 4096 bits', rsa(684)],
  ['an RSA key with a large exponent', { ...rsa(342), e: 'AQABAQAB' }],
  ['an RSA key with the exponent 3', { ...rsa(342), e: 'Aw' }],
  ['a modulus that is no text', { ...rsa(342), n: ['n'.repeat(342)] }],
  ['a point with a coordinate that is too short', { ...EC, x: 'x'.repeat(42) }],
  ['a point with a coordinate that is too long', { ...EC, y: 'y'.repeat(44) }],
  ['a point on another curve', { ...EC, crv: 'P-384' }],
  ['a symmetric key', { kty: 'oct', k: 'AAAA' }],
  ['a private point', { ...EC, d: 'd'.repeat(43) }],
  ['a private RSA key', { ...rsa(342), d: 'd'.repeat(342) }]
]

for (const [what, jwk] of REFUSED) {
  t.test(`${what} is no key`, async t => {
    t.equal(keyIn(proofWith(jwk)), null)
  })
}
