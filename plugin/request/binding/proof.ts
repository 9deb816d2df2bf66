/**
 * Proofs: JSON web tokens that a browser has signed (W3C Device Bound Session Credentials, "DBSC Proof JWT Syntax"). jose checks them.
 * @module
 */
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from 'jose'
import type { DeviceKey } from '../../sessions/binding.js'

/** 256 bits: a coordinate of a point on P-256. */
const COORDINATE = /^[\w-]{43}$/

/** 2048 to 4096 bits. Larger keys take long to check. */
const MODULUS = /^[\w-]{342,683}$/

/** 65537. A large exponent takes long to check. */
const EXPONENT = 'AQAB'

/** The algorithms that are offered, the better one first. */
export const ALGORITHMS = ['ES256', 'RS256'] as const

/** The challenge that this proof signs; null if it is malformed. The signature is not checked. */
export function challengeIn (proof: string): string | null {
  try {
    const { jti }: { jti?: unknown } = decodeJwt(proof)
    return typeof jti === 'string' ? jti : null
  } catch {
    return null
  }
}

/** The public key that this proof brings; null if it brings none that we accept. The signature is not checked. */
export function keyIn (proof: string): DeviceKey | null {
  try {
    return acceptableKey(decodeProtectedHeader(proof).jwk ?? {})
  } catch {
    return null
  }
}

/** A private key is refused: whoever reads the request could prove the device. */
function acceptableKey ({ kty, crv, x, y, n, e, d }: Record<string, unknown>): DeviceKey | null {
  if (d !== undefined) return null
  const is = (value: unknown, pattern: RegExp): value is string => typeof value === 'string' && pattern.test(value)
  if (kty === 'EC' && crv === 'P-256' && is(x, COORDINATE) && is(y, COORDINATE)) return { kty, crv, x, y }
  if (kty === 'RSA' && e === EXPONENT && is(n, MODULUS)) return { kty, n, e }
  return null
}

/** Has the private key of this public key signed the proof? */
export async function isSignedBy (key: DeviceKey, proof: string): Promise<boolean> {
  const algorithm = key.kty === 'EC' ? 'ES256' : 'RS256'
  try {
    await jwtVerify(proof, await importJWK(key, algorithm), { algorithms: [algorithm], typ: 'dbsc+jwt' })
    return true
  } catch {
    // Whatever is wrong with it, also with the key itself, it proves nothing.
    return false
  }
}
