/**
 * Fills a collection with records like the one that the plugin has just written.
 * @module
 */
import { randomBytes } from 'node:crypto'
import type { Collection } from 'mongodb'
import { keyOf } from '../../../plugin/sessions/key.js'
import { userAt } from '../compare/visitors.js'
import { short } from '../statistics.js'

const TEMPLATES = 200
const BATCH = 2000
/** Batches that are under way at the same moment. */
const PARALLEL = 6
const SIGN_OF_LIFE = 5000

/** How a collection is filled. */
export interface Filling {
  users: number
  /** Sessions of each user. */
  each: number
  /** Sessions that are there already: one of each of the first users. */
  signedIn: number
  /** What is special about the record with this number. */
  changes?: (index: number) => object
}

/** Gives every user the same number of sessions, like those that are there already. */
export async function fill (collection: Collection<any>, { users, each, signedIn, changes = () => ({}) }: Filling): Promise<void> {
  // Browsers of many kinds, as the plugin has written them.
  const templates = await collection.find().limit(TEMPLATES).toArray()
  const missing = users * each - signedIn
  const began = performance.now()
  let [next, done, said] = [0, 0, began]

  /** As if users signed in one after another, several times in turn; the plugin has made the first of these records. */
  const recordAt = (index: number): object => ({ ...recordLike(templates[index % templates.length], userAt((index + signedIn) % users)), ...changes(index) })

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
