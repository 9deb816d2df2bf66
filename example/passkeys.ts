/**
 * Passkeys (WebAuthn), with the library SimpleWebAuthn: what the browser is asked, and whether its answer is right.
 * @module
 */
import {
  type AuthenticationResponseJSON, generateAuthenticationOptions, generateRegistrationOptions, type RegistrationResponseJSON,
  verifyAuthenticationResponse, verifyRegistrationResponse
} from '@simplewebauthn/server'
import { Binary, type Db, MongoServerError } from 'mongodb'
import { inTime } from './in-time.js'

/** A user as a passkey is made for. */
export interface PasskeyUser {
  id: string
  email: string
}

/** What the browser answered, and the challenge that it was given. */
export interface PasskeyAnswer {
  /** JSON, as the browser sent it: anything at all. */
  response: string
  challenge: string
}

/** The collection's documents. The id is the credential's. No secret: the private key never leaves its owner's device. */
interface PasskeyDocument {
  _id: string
  userId: string
  publicKey: Binary
  /** How often it was used, if the authenticator counts. One that counts backwards is a copy, and the library refuses it. */
  counter: number
  transports: string[]
  createdAt: Date
}

/** Everything the example does with passkeys. */
export type Passkeys = Awaited<ReturnType<typeof createPasskeys>>

const SITE_NAME = 'Login sessions example'

/** Only for the user's own finger, face or PIN: a passkey is all that they sign in with. */
const VERIFIED = 'required'

/** How long the browser waits for the user, in ms. */
const PATIENCE = 2 * 60_000

/**
 * @param db the passkeys are in its collection `passkeys`
 * @param origin the site's, such as 'https://shop.example'. A fixed value, never the request's Host header: a passkey that
 * answers to whatever host is asked for can be used on somebody else's site.
 * @param timeout how long a query may take, in ms
 */
export async function createPasskeys (db: Db, origin: string, timeout = 2000) {
  const collection = db.collection<PasskeyDocument>('passkeys')
  const site = { origin, id: new URL(origin).hostname }
  await collection.createIndex({ userId: 1 })
  const listOf = (userId: string) => inTime(collection.find({ userId }).sort({ createdAt: 1 }).toArray(), timeout)

  return {
    /** For `navigator.credentials.create()`: a passkey that its device finds by itself, so that nobody types an email. */
    async creationOptions ({ id, email }: PasskeyUser) {
      return await generateRegistrationOptions({
        rpName: SITE_NAME,
        rpID: site.id,
        userID: new TextEncoder().encode(id),
        userName: email,
        timeout: PATIENCE,
        excludeCredentials: (await listOf(id)).map(descriptorOf),
        authenticatorSelection: { residentKey: 'required', userVerification: VERIFIED }
      })
    },

    /** For `navigator.credentials.get()`. @param userId whose passkeys; undefined: the person chooses one of their own */
    async requestOptions (userId?: string) {
      const own = userId === undefined ? {} : { allowCredentials: (await listOf(userId)).map(descriptorOf) }
      return await generateAuthenticationOptions({ rpID: site.id, userVerification: VERIFIED, timeout: PATIENCE, ...own })
    },

    /** Keeps a new passkey of this user's. False: the answer is not right. */
    async add ({ id: userId }: PasskeyUser, { response, challenge }: PasskeyAnswer): Promise<boolean> {
      const { registrationInfo: made } = await attempt(() => verifyRegistrationResponse({
        response: JSON.parse(response) as RegistrationResponseJSON,
        expectedChallenge: challenge,
        expectedOrigin: site.origin,
        expectedRPID: site.id
      })) ?? {}
      if (made === undefined) return false
      const { id, publicKey, counter, transports = [] } = made.credential
      const passkey = { _id: id, userId, publicKey: new Binary(publicKey), counter, transports, createdAt: new Date() }
      return await inTime(collection.insertOne(passkey), timeout).then(() => true, falseIfTaken)
    },

    /** The user whose passkey gave this answer, or null. */
    async userOf ({ response, challenge }: PasskeyAnswer): Promise<string | null> {
      const answer = parse(response) as AuthenticationResponseJSON | null
      const passkey = typeof answer?.id === 'string' ? await inTime(collection.findOne({ _id: answer.id }), timeout) : null
      if (answer === null || passkey === null) return null
      const result = await attempt(() => verifyAuthenticationResponse({
        response: answer,
        expectedChallenge: challenge,
        expectedOrigin: site.origin,
        expectedRPID: site.id,
        credential: { id: passkey._id, publicKey: Uint8Array.from(passkey.publicKey.buffer), counter: passkey.counter }
      }))
      if (result?.verified !== true) return null
      await inTime(collection.updateOne({ _id: passkey._id }, { $set: { counter: result.authenticationInfo.newCounter } }), timeout)
      return passkey.userId
    },

    /** When this user's passkeys were made. */
    async list (userId: string): Promise<Date[]> {
      return (await listOf(userId)).map(({ createdAt }) => createdAt)
    }
  }
}

/** The same passkey cannot be another user's, too. */
function falseIfTaken (error: unknown): false {
  if (error instanceof MongoServerError && error.code === 11000) return false
  throw error
}

function descriptorOf ({ _id, transports }: PasskeyDocument) {
  return { id: _id, transports }
}

/** The library throws for an answer that is not right, whatever is wrong with it. */
async function attempt<T> (verify: () => Promise<T>): Promise<T | null> {
  try {
    return await verify()
  } catch {
    return null
  }
}

function parse (json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}
