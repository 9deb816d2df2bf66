/**
 * Passkeys (WebAuthn), with the library SimpleWebAuthn: the options for the browser, and the check of its answer.
 * @module
 */
import {
  type AuthenticationResponseJSON, generateAuthenticationOptions, generateRegistrationOptions, type RegistrationResponseJSON,
  verifyAuthenticationResponse, verifyRegistrationResponse
} from '@simplewebauthn/server'
import { Binary, type Db } from 'mongodb'
import { inTime } from './in-time.js'

/** The user for whom a passkey is made. */
export interface PasskeyUser {
  id: string
  email: string
}

/** The browser's answer, and the challenge that it was given. */
export interface PasskeyAnswer {
  /** JSON, as the browser sent it. It can be any text. */
  response: string
  challenge: string
}

/** The collection's documents. The id is the credential's. There is no secret in it: the private key stays on its owner's device. */
interface PasskeyDocument {
  _id: string
  userId: string
  publicKey: Binary
  /** The number of its uses, if its device counts them. If it goes back, the passkey may be a copy, and the library refuses it. */
  counter: number
  transports: string[]
  createdAt: Date
}

/** The site to which the passkeys belong. */
interface Site {
  origin: string
  /** Its host name. */
  id: string
}

/** Everything the example does with passkeys. */
export type Passkeys = Awaited<ReturnType<typeof createPasskeys>>

const SITE_NAME = 'Login sessions example'

/** The device must ask for a finger, a face or a PIN, because the passkey is the only proof. */
const VERIFIED = 'required'

/** The time that the browser gives the user, in ms. */
const PATIENCE = 2 * 60_000

/**
 * @param db the passkeys are in its collection `passkeys`
 * @param origin the site's, such as 'https://shop.example'. Never take it from the request's Host header, because
 * another site could then use the answers that people give it.
 * @param timeout how long a query may take, in ms
 */
export async function createPasskeys (db: Db, origin: string, timeout = 2000) {
  const collection = db.collection<PasskeyDocument>('passkeys')
  const site: Site = { origin, id: new URL(origin).hostname }
  await collection.createIndex({ userId: 1 })
  const listOf = (userId: string) => inTime(collection.find({ userId }).sort({ createdAt: 1 }).toArray(), timeout)

  return {
    /** For `navigator.credentials.create()`. The device will find this passkey by itself, so people sign in without typing an email. */
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

    /** For `navigator.credentials.get()`. @param userId the passkeys of this user; undefined: the person chooses one */
    async requestOptions (userId?: string) {
      const own = userId === undefined ? {} : { allowCredentials: (await listOf(userId)).map(descriptorOf) }
      return await generateAuthenticationOptions({ rpID: site.id, userVerification: VERIFIED, timeout: PATIENCE, ...own })
    },

    /**
     * Keeps a new passkey of this user. False: the answer is not right.
     *
     * If the email is not proven, the user can be somebody else than its owner, so proven-email.ts removes the passkey later.
     */
    async add ({ id: userId }: PasskeyUser, answer: PasskeyAnswer): Promise<boolean> {
      const made = await madeBy(answer, site)
      if (made === null) return false
      const { id, publicKey, counter, transports = [] } = made
      const passkey = { userId, publicKey: new Binary(publicKey), counter, transports, createdAt: new Date() }
      // The same passkey cannot belong to two users.
      const { upsertedCount } = await inTime(collection.updateOne({ _id: id }, { $setOnInsert: passkey }, { upsert: true }), timeout)
      return upsertedCount === 1
    },

    /** The user whose passkey gave this answer. null: the answer is not right. It throws only if the database does not answer. */
    async userOf (answer: PasskeyAnswer): Promise<string | null> {
      const id = credentialIdOf(answer)
      const passkey = id === null ? null : await inTime(collection.findOne({ _id: id }), timeout)
      const counter = passkey && await counterAfter(answer, passkey, site)
      if (passkey === null || counter === null) return null
      await inTime(collection.updateOne({ _id: passkey._id }, { $set: { counter } }), timeout)
      return passkey.userId
    },

    /** Removes the passkeys of this user. True: there were some. */
    async removeAll (userId: string): Promise<boolean> {
      const { deletedCount } = await inTime(collection.deleteMany({ userId }), timeout)
      return deletedCount > 0
    },

    /** The time at which each passkey of this user was made. */
    async list (userId: string): Promise<Date[]> {
      return (await listOf(userId)).map(({ createdAt }) => createdAt)
    }
  }
}

/** The new passkey in this answer; null: the answer is not right. */
async function madeBy ({ response, challenge }: PasskeyAnswer, site: Site) {
  const result = await attempt(() => verifyRegistrationResponse({
    response: JSON.parse(response) as RegistrationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.id
  }))
  return result?.registrationInfo?.credential ?? null
}

/** The passkey's counter after this answer; null: the answer is not right. */
async function counterAfter ({ response, challenge }: PasskeyAnswer, passkey: PasskeyDocument, site: Site): Promise<number | null> {
  const result = await attempt(() => verifyAuthenticationResponse({
    response: JSON.parse(response) as AuthenticationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.id,
    credential: { id: passkey._id, publicKey: Uint8Array.from(passkey.publicKey.buffer), counter: passkey.counter }
  }))
  return result?.verified === true ? result.authenticationInfo.newCounter : null
}

/** The id of the passkey that the answer names. The answer can be any text. */
function credentialIdOf ({ response }: PasskeyAnswer): string | null {
  const { id } = Object(parse(response)) as { id?: unknown }
  return typeof id === 'string' ? id : null
}

function descriptorOf ({ _id, transports }: PasskeyDocument) {
  return { id: _id, transports }
}

/**
 * The library throws if an answer is not right: another site's, for another challenge, or malformed. The answer is the client's,
 * so this is a wrong answer, which the plugin counts, and no outage, which it does not count.
 */
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
