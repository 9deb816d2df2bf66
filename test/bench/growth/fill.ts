/**
 * Fills a collection with records like the one that the plugin has just written.
 * @module
 */
import { randomBytes } from 'node:crypto'
import type { Collection } from 'mongodb'
import { userAt } from '../compare/visitors.js'
import { short } from '../statistics.js'
import { keyOf } from './keys.js'

/** Sessions of each user. */
export const EACH = 3

const BATCH = 2000
/** Batches that are under way at the same moment. */
const PARALLEL = 6
const SIGN_OF_LIFE = 5000

/** Users of a collection of this size. */
export const usersOf = (size: number): number => Math.floor(size / EACH)

/**
 * Gives every user three sessions. The first users have one already, which the plugin made.
 * @param signedIn number of these
 */
export async function fill (collection: Collection<any>, size: number, signedIn: number): Promise<void> {
  const template = await collection.findOne()
  const users = usersOf(size)
  const missing = users * EACH - signedIn
  const began = performance.now()
  let [next, done, said] = [0, 0, began]

  /** The sessions of the first round are those that the plugin made, for as many users as there are. */
  const recordAt = (index: number): object => recordLike(template, userAt((index + signedIn) % users))

  await Promise.all(Array.from({ length: PARALLEL }, async () => {
    while (next < missing) {
      const from = next
      next = Math.min(missing, from + BATCH)
      const batch = Array.from({ length: next - from }, (_, index) => recordAt(from + index))
      await collection.insertMany(batch, { ordered: false, writeConcern: { w: 1 } })
      done += batch.length
      const now = performance.now()
      if (now - said > SIGN_OF_LIFE) {
        said = now
        console.log(`  ${short(done)} of ${short(missing)} records, ${short(done / (now - began) * 1000)} a second`)
      }
    }
  }))
}

/** Another session of this user: its own key and token, and active at another time within a month. */
function recordLike (template: any, userId: string): object {
  const ago = Math.random() * 29 * 24 * 60 * 60_000
  const earlier = (date: Date): Date => new Date(date.getTime() - ago)
  return {
    ...template,
    _id: keyOf(userId, randomBytes(16).toString('base64url')),
    tokens: template.tokens.map((token: object) => ({ ...token, hash: randomBytes(32).toString('base64url') })),
    userId,
    createdAt: earlier(template.createdAt),
    lastActiveAt: earlier(template.lastActiveAt),
    expiresAt: earlier(template.expiresAt),
    endsAt: earlier(template.endsAt)
  }
}
