/**
 * Codes that are mailed: six digits for one person, one browser and one purpose, once, for ten minutes.
 * @module
 */
import { createHmac, randomInt, randomUUID, timingSafeEqual } from 'node:crypto'
import type { Db } from 'mongodb'
import { FieldError } from './field-error.js'
import { inTime } from './in-time.js'

/** What a code is for. One for signing in confirms nothing. */
export type CodePurpose = 'sign-in' | 'confirm'

/** Who a code is for. Nobody (null) has the address: all goes on as if, so that nobody learns who has an account. */
export interface Recipient {
  /** As `goodEmail` returns it. */
  email: string
  userId: string | null
}

/** A new code. The id is for the session of the browser that asked for it; the code itself only for the mail. */
export interface NewCode {
  id: string
  code: string
}

/** The collection's documents. */
interface CodeDocument {
  _id: string
  purpose: CodePurpose
  /** The address, hashed: an hour's mails are counted, for addresses without an account, too. */
  recipient: string
  userId: string | null
  hash: string
  tries: number
  sentAt: Date
}

/** Everything the example does with codes. */
export type Codes = Awaited<ReturnType<typeof createCodes>>

const LIFETIME = 10 * 60_000
/** Of each code. */
const TRIES = 5
/** More tries than there are: the code has been used. */
const USED = 1000
/** To each address. A real site also limits what one network may ask for, say with @fastify/rate-limit. */
const CODES_PER_HOUR = 5
const HOUR = 60 * 60_000

/**
 * @param db the codes are in its collection `codes`, for an hour
 * @param secret the server's. Six digits are found in a moment from a plain hash of them, but not without this key
 * @param timeout how long a query may take, in ms
 */
export async function createCodes (db: Db, secret: string, timeout = 2000) {
  const collection = db.collection<CodeDocument>('codes')
  await collection.createIndex({ sentAt: 1 }, { expireAfterSeconds: HOUR / 1000 })
  await collection.createIndex({ recipient: 1 })
  const hashOf = (what: string, text: string): string => createHmac('sha256', secret).update(`mailed code, ${what}: ${text}`).digest('base64url')

  return {
    /** @throws FieldError if this address has been sent enough */
    async create (purpose: CodePurpose, { email, userId }: Recipient): Promise<NewCode> {
      const id = randomUUID()
      const code = String(randomInt(1_000_000)).padStart(6, '0')
      const recipient = hashOf('recipient', email)
      await inTime(collection.insertOne({ _id: id, purpose, recipient, userId, hash: hashOf(id, code), tries: 0, sentAt: new Date() }), timeout)
      // Counted afterwards: of requests at the same moment none slips through.
      const sent = await inTime(collection.countDocuments({ recipient, sentAt: { $gt: ago(HOUR) } }), timeout)
      if (sent > CODES_PER_HOUR) {
        await inTime(collection.deleteOne({ _id: id }), timeout)
        throw new FieldError('form', 'Too many codes have been sent to this address. Try again in an hour.')
      }
      return { id, code }
    },

    /** Whose code this is; null: it is wrong, or no longer valid. A try is counted before anything is compared. */
    async userOf (purpose: CodePurpose, id: string, code: string): Promise<string | null> {
      const usable = { _id: id, purpose, tries: { $lt: TRIES }, sentAt: { $gt: ago(LIFETIME) } }
      const kept = await inTime(collection.findOneAndUpdate(usable, { $inc: { tries: 1 } }), timeout)
      if (kept === null || !isEqual(kept.hash, hashOf(id, code.replace(/\D/g, '')))) return null
      const { modifiedCount } = await inTime(collection.updateOne({ _id: id, tries: { $lt: USED } }, { $set: { tries: USED } }), timeout)
      return modifiedCount === 1 ? kept.userId : null
    }
  }
}

function ago (milliseconds: number): Date {
  return new Date(Date.now() - milliseconds)
}

/** In a time that tells nothing. Both are hashes of the same length. */
function isEqual (a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a), Buffer.from(b))
}
