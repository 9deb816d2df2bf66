/**
 * Codes that are mailed: six digits for one person, one browser and one purpose. Each works once, within ten minutes.
 * @module
 */
import { createHmac, randomInt, randomUUID, timingSafeEqual } from 'node:crypto'
import type { Db } from 'mongodb'
import { FieldError } from './field-error.js'
import { inTime } from './in-time.js'

/** The purpose of a code. A code for signing in confirms nothing. */
export type CodePurpose = 'sign-in' | 'confirm'

/** The recipient of a code. If no account has the address, `userId` is null and everything else is the same, so nobody learns who has an account. */
export interface Recipient {
  /** As `goodEmail` returns it. */
  email: string
  userId: string | null
}

/** A new code. The id goes into the session of the browser that asked for it, the code into the mail only. */
export interface NewCode {
  id: string
  code: string
}

/** The collection's documents. */
interface CodeDocument {
  _id: string
  purpose: CodePurpose
  /** The purpose, and the address or the user, hashed. The codes of an hour are counted by it. */
  recipient: string
  userId: string | null
  hash: string
  tries: number
  sentAt: Date
}

/** Everything the example does with codes. */
export type Codes = Awaited<ReturnType<typeof createCodes>>

const LIFETIME = 10 * 60_000
const TRIES = 5
/** Set as the number of tries when the code has been used. */
const USED = 1000
/**
 * For each address that signs in, and for each user who confirms. They are counted apart, because everybody can ask for codes
 * for signing in with an address of yours, and must not keep you from confirming. They can keep you from signing in with a code,
 * so a real site also limits each network, for example with @fastify/rate-limit.
 */
const CODES_PER_HOUR = 5
const HOUR = 60 * 60_000

/**
 * @param db the codes are in its collection `codes`, for an hour
 * @param secret the server's. A thief of the database could undo a plain hash of six digits in a moment, but not one with this key
 * @param timeout how long a query may take, in ms
 */
export async function createCodes (db: Db, secret: string, timeout = 2000) {
  const collection = db.collection<CodeDocument>('codes')
  await collection.createIndex({ sentAt: 1 }, { expireAfterSeconds: HOUR / 1000 })
  await collection.createIndex({ recipient: 1 })
  const hashOf = (what: string, text: string): string => createHmac('sha256', secret).update(`mailed code, ${what}: ${text}`).digest('base64url')

  return {
    /** @throws FieldError if enough codes have been sent for this purpose */
    async create (purpose: CodePurpose, { email, userId }: Recipient): Promise<NewCode> {
      const id = randomUUID()
      const code = String(randomInt(1_000_000)).padStart(6, '0')
      const recipient = hashOf('recipient', purpose === 'confirm' ? `${purpose} user ${userId}` : `${purpose} address ${email}`)
      await inTime(collection.insertOne({ _id: id, purpose, recipient, userId, hash: hashOf(id, code), tries: 0, sentAt: new Date() }), timeout)
      // Counted after the insert, so that parallel requests cannot pass the limit together.
      const sent = await inTime(collection.countDocuments({ recipient, sentAt: { $gt: ago(HOUR) } }), timeout)
      if (sent > CODES_PER_HOUR) {
        await inTime(collection.deleteOne({ _id: id }), timeout)
        throw new FieldError('form', 'Too many codes have been sent to this address. Try again in an hour.')
      }
      return { id, code }
    },

    /** The user of this code; null: it is wrong, or no longer valid. The try is counted before the code is compared. */
    async userOf (purpose: CodePurpose, id: string, code: string): Promise<string | null> {
      const usable = { _id: id, purpose, tries: { $lt: TRIES }, sentAt: { $gt: ago(LIFETIME) } }
      const hash = hashOf(id, code.replace(/\D/g, ''))
      // In one step, so that parallel tries are all counted and only one of them can use the code.
      const tries = { $cond: [{ $eq: ['$hash', hash] }, USED, { $add: ['$tries', 1] }] }
      const before = await inTime(collection.findOneAndUpdate(usable, [{ $set: { tries } }]), timeout)
      return before !== null && isEqual(before.hash, hash) ? before.userId : null
    }
  }
}

function ago (milliseconds: number): Date {
  return new Date(Date.now() - milliseconds)
}

/** Compares in constant time. Both are hashes of the same length. */
function isEqual (a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a), Buffer.from(b))
}
