/**
 * An authenticator in software: passkeys that a test makes, uses, and misuses as no browser would.
 * @module
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'

/** What the site asks for, of the options that it sends. */
interface Options {
  challenge: string
  rp?: { id?: string }
  rpId?: string
}

/** What an answer says, if not the truth. */
interface Lies {
  challenge?: string
  origin?: string
  rpId?: string
  /** Was it its owner's finger, face or PIN? */
  userVerified?: boolean
  counter?: number
}

export interface Authenticator {
  /** The answer to `navigator.credentials.create()`, as JSON. */
  create(options: Options, lies?: Lies): string
  /** The answer to `navigator.credentials.get()`, as JSON. */
  get(options: Options, lies?: Lies): string
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const sha256 = (text: string | Buffer): Buffer => createHash('sha256').update(text).digest()

/** One passkey of a person who opens this origin. */
export function authenticator (origin: string): Authenticator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const id = randomBytes(16)
  let uses = 0

  function answerTo (type: 'webauthn.create' | 'webauthn.get', options: Options, lies: Lies) {
    const { challenge = options.challenge, rpId = options.rp?.id ?? options.rpId ?? '', userVerified = true, counter = ++uses } = lies
    const clientData = Buffer.from(JSON.stringify({ type, challenge, origin: lies.origin ?? origin, crossOrigin: false }))
    const flags = 0x01 | (userVerified ? 0x04 : 0) | (type === 'webauthn.create' ? 0x40 : 0)
    const numbers = Buffer.alloc(5)
    numbers.writeUInt8(flags)
    numbers.writeUInt32BE(counter, 1)
    return { clientData, data: Buffer.concat([sha256(rpId), numbers]) }
  }

  const json = (response: object): string =>
    JSON.stringify({ id: base64url(id), rawId: base64url(id), type: 'public-key', clientExtensionResults: {}, response })

  return {
    create (options, lies = {}) {
      const { clientData, data } = answerTo('webauthn.create', options, lies)
      const length = Buffer.alloc(2)
      length.writeUInt16BE(id.length)
      const authData = Buffer.concat([data, Buffer.alloc(16), length, id, coseKey(publicKey)])
      const attestation = isoCBOR.encode(new Map<string, unknown>([['fmt', 'none'], ['attStmt', new Map()], ['authData', Uint8Array.from(authData)]]) as never)
      return json({ clientDataJSON: base64url(clientData), attestationObject: base64url(attestation), transports: ['internal'] })
    },

    get (options, lies = {}) {
      const { clientData, data } = answerTo('webauthn.get', options, lies)
      const signature = sign('sha256', Buffer.concat([data, sha256(clientData)]), privateKey)
      return json({ clientDataJSON: base64url(clientData), authenticatorData: base64url(data), signature: base64url(signature) })
    }
  }
}

/** A P-256 key for ES256 (RFC 9053): kty, alg, crv, x, y. */
function coseKey (key: KeyObject): Uint8Array {
  const { x, y } = key.export({ format: 'jwk' })
  const bytes = (text?: string) => Uint8Array.from(Buffer.from(text!, 'base64url'))
  return isoCBOR.encode(new Map<number, unknown>([[1, 2], [3, -7], [-1, 1], [-2, bytes(x)], [-3, bytes(y)]]) as never)
}
