/**
 * The room `stores/`: where records are kept.
 * This file: the store's contract on a MongoDB collection, with one document for each session. Every command names an `_id`
 * or a range of them, so a collection that is sharded by `_id` sends each to the shard that has the records. The commands of
 * `mongo-overview.ts` are the exception.
 * @module
 */
import type { Collection, Db, Filter } from 'mongodb'
import { userKeyOf } from '../sessions/key.js'
import type { LoginSessionRecord, RecordWithoutData, Touch } from '../sessions/record.js'
import type { LoginSessionStore } from '../sessions/store.js'
import { countAttempt, uncountAttempt } from './mongo-attempts.js'
import { copyOf, dataUpdate, keepable, toDocument, toRecord, WITHOUT_DATA } from './mongo-document.js'
import { readExpiries, readRemovals } from './mongo-changes.js'
import { type DriverCollection, prepareCollection, requireCollection } from './mongo-collection.js'
import { ofUser, ownedBy, rangeOf } from './mongo-filters.js'
import { mongoOverview } from './mongo-overview.js'

/**
 * These override the preferences of the host's client. A secondary may still show a revoked session, and a revocation
 * without a majority may be rolled back by a failover.
 */
const SAFE = { readPreference: 'primary', writeConcern: { w: 'majority' } } as const

/**
 * Keeps login sessions in this collection. The plugin makes its TTL index while it registers, unless it exists; the other
 * index is that of `_id`; the operators' page makes two more. Works on MongoDB 4.4 and later. On a replica set, sign-ins and
 * revocations wait for the majority. The collection can be sharded by `{ _id: 1 }`.
 *
 * @param collection give sessions a collection of their own; its client stays yours to close
 * @throws FST_LOGIN_SESSION_OPTION if it is not a collection of the MongoDB driver
 * @example
 * const client = new MongoClient(process.env.MONGODB_URI, { serverSelectionTimeoutMS: 2000, waitQueueTimeoutMS: 2000 })
 * const store = mongoStore(client.db('shop').collection('loginSessions'))
 */
export function mongoStore (collection: DriverCollection): LoginSessionStore {
  requireCollection(collection)
  const { collectionName } = collection
  const db = collection.db as Db
  const sessions: Collection<LoginSessionRecord> = db.collection(collectionName, SAFE)

  return {
    ...mongoOverview(sessions),

    prepare: () => prepareCollection(db, sessions),

    async time () {
      const { localTime } = await db.command({ hello: 1 }, { readPreference: 'primary' })
      return localTime
    },

    async insert (record) {
      await keepable(() => sessions.insertOne(toDocument(record)))
    },

    async find (keys) {
      const wanted = [...new Set(keys)]
      const byKey = new Map((await findAll(sessions, wanted)).map(document => [document._id, document]))
      // What was used once is a record already, and in its own hands.
      const used = new Set<string>()
      return keys.map(key => {
        const document = byKey.get(key)
        if (document === undefined) return null
        if (used.has(key)) return copyOf(document)
        used.add(key)
        return toRecord(document)
      })
    },

    async findWithoutData (key) {
      return await sessions.findOne({ _id: key }, WITHOUT_DATA)
    },

    async listByUser (userId, now, limit) {
      // Session data leave before the sort, which holds the records in memory.
      const pipeline = [{ $match: liveOf(userId, now) }, { $unset: 'data' }, { $sort: { lastActiveAt: -1 } }]
      const first = limit === Infinity ? [] : [{ $limit: limit }]
      return await sessions.aggregate<RecordWithoutData>([...pipeline, ...first], { batchSize: MOST_IN_REPLY }).toArray()
    },

    async countByUser (userId, now) {
      return await sessions.countDocuments(liveOf(userId, now))
    },

    async keysOfUser (userId, after, limit) {
      const filter = { ...ofUser(userId), _id: rangeOf(userKeyOf(userId), after) }
      const keys = await sessions.find(filter, { projection: { _id: 1 }, ...pageOf(limit) }).toArray()
      return keys.map(({ _id }) => _id)
    },

    async page (after, limit, prefix = '') {
      return await sessions.find({ _id: rangeOf(prefix, after) }, { ...WITHOUT_DATA, ...pageOf(limit) }).toArray()
    },

    async updateData (key, changes) {
      const { matchedCount } = await keepable(() => sessions.updateOne({ _id: key }, dataUpdate(changes)))
      return matchedCount === 1
    },

    async touch (touches) {
      await sessions.bulkWrite(touches.map(touchUpdate), { ordered: false, writeConcern: { w: 1 } })
    },

    async setTokens (key, expected, tokens, attempts) {
      const { matchedCount } = await sessions.updateOne(
        { _id: key, tokens: expected },
        { $set: { tokens, ...(attempts && { confirmation: attempts }) } })
      return matchedCount === 1
    },

    async setBinding (key, expected, binding) {
      const { matchedCount } = await sessions.updateOne(
        { _id: key, binding: expected ?? { $exists: false } } as Filter<LoginSessionRecord>,
        { $set: { binding } })
      return matchedCount === 1
    },

    async takeAttempt (key, limit, lockUntil, now) {
      const document = await sessions.findOneAndUpdate(
        { _id: key, $or: [{ 'confirmation.lockedUntil': { $exists: false } }, { 'confirmation.lockedUntil': { $lte: now } }] },
        countAttempt(limit, lockUntil),
        { returnDocument: 'after', projection: { confirmation: 1 } })
      return document?.confirmation ?? null
    },

    async returnAttempt (key) {
      await sessions.updateOne({ _id: key, 'confirmation.failures': { $gt: 0 } }, uncountAttempt())
    },

    async remove (key, userId) {
      return await sessions.findOneAndDelete({ _id: key, ...ownedBy(userId) }, WITHOUT_DATA)
    },

    async removeMany (keys, userId, now) {
      const these = { _id: { $in: keys }, ...ownedBy(userId) }
      const { deletedCount } = await sessions.deleteMany({ ...these, expiresAt: { $gt: now } })
      await sessions.deleteMany(these)
      return deletedCount
    },

    async barrier (prefix) {
      // A write that changes nothing also waits for the majority, and for every earlier write. No record lacks a start.
      await sessions.deleteMany({ _id: rangeOf(prefix), createdAt: { $exists: false } })
    },

    expiriesOf: keys => readExpiries(sessions, keys),

    watchRemovals: events => readRemovals(sessions, events)
  }
}

/**
 * Reads by one bare command, which costs a tenth less CPU per request than the driver's cursor (measured). After any error the
 * driver's own `find` is asked once, because it repeats a read that a failover interrupted. It is also asked if the
 * documents exceed one reply (16 MB): a missing record would sign its user out.
 */
async function findAll (sessions: Collection<LoginSessionRecord>, keys: string[]): Promise<LoginSessionRecord[]> {
  const filter = { _id: { $in: keys } }
  // Without `batchSize` the first reply would have 101 documents at most.
  const size = { limit: keys.length, batchSize: keys.length }
  const byDriver = (): Promise<LoginSessionRecord[]> => sessions.find(filter, size).toArray()
  try {
    // A bare command takes nothing from the client, not even the types that the host wants its values to have.
    const options = { ...sessions.bsonOptions, readPreference: 'primary' } as const
    const { cursor } = await sessions.db.command({ find: sessions.collectionName, filter, ...size }, options)
    if (String(cursor.id) === '0') return cursor.firstBatch
    await sessions.db.command({ killCursors: sessions.collectionName, cursors: [cursor.id] })
  } catch (error) {
    // The first error says more: the second may be that the client has given up meanwhile.
    return await byDriver().catch(() => { throw error })
  }
  return await byDriver()
}

/** The most records in one reply. A cursor asks again for the others. */
const MOST_IN_REPLY = 1000

/** In the order of the keys, in one reply. */
const pageOf = (limit: number) => ({ sort: { _id: 1 }, limit, batchSize: limit }) as const

const liveOf = (userId: string, now: Date): Filter<LoginSessionRecord> => ({ ...ofUser(userId), expiresAt: { $gt: now } })

function touchUpdate ({ _id, lastActiveAt, ...change }: Touch) {
  return {
    updateOne: {
      filter: { _id, lastActiveAt: { $lt: lastActiveAt }, expiresAt: { $gt: lastActiveAt } },
      update: { $set: { lastActiveAt, ...change } }
    }
  }
}
