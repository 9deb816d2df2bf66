/**
 * The room `stores/`: where records are kept.
 * This file: the store's contract on a MongoDB collection, with one document for each session.
 * @module
 */
import { BSON, type Collection, type Document, type Filter } from 'mongodb'
import DataLoader from 'dataloader'
import { optionError } from '../errors.js'
import type { LoginSessionRecord, Touch } from '../sessions/record.js'
import type { LoginSessionStore } from '../sessions/store.js'
import { dataUpdate, type LoginSessionDocument, toDocument, toRecord } from './mongo-document.js'

/**
 * These override the preferences of the host's client. A secondary may still show a revoked session, and a revocation
 * without a majority may be rolled back by a failover.
 */
const SAFE = { readPreference: 'primary', writeConcern: { w: 'majority' } } as const

/** The most tokens that one `find` looks up. */
const LOOKUPS_PER_FIND = 1000

/**
 * Keeps login sessions in this collection. The plugin makes its three indexes while it registers, unless they exist.
 * Works on MongoDB 4.4 and later. On a replica set, sign-ins and revocations wait for the majority.
 *
 * @param collection give sessions a collection of their own; its client stays yours to close
 * @throws FST_LOGIN_SESSION_OPTION if it is not a collection
 * @example
 * const client = new MongoClient(process.env.MONGODB_URI, { serverSelectionTimeoutMS: 2000, waitQueueTimeoutMS: 2000 })
 * const store = mongoStore(client.db('shop').collection('loginSessions'))
 */
export function mongoStore (collection: Collection<any>): LoginSessionStore {
  // A client or a database, the likeliest mistakes, has no collectionName.
  if (typeof collection?.collectionName !== 'string') {
    throw optionError("mongoStore takes a collection: write mongoStore(client.db('shop').collection('loginSessions'))")
  }
  const sessions: Collection<LoginSessionDocument> = collection.db.collection(collection.collectionName, SAFE)
  const lookups = sharedLookups(sessions)

  return {
    async prepare () {
      await ensureIndex(sessions, { 'tokens.hash': 1 }, { unique: true })
      await ensureIndex(sessions, { userId: 1 }, {})
      await ensureIndex(sessions, { expiresAt: 1 }, { expireAfterSeconds: 0 })
    },

    async insert (record) {
      await sessions.insertOne(toDocument(record))
    },

    findByToken (hash) {
      return lookups.load(hash)
    },

    async find (userId, id, now) {
      return toRecord(await sessions.findOne(liveOf(userId, now, { _id: id })))
    },

    async listByUser (userId, now) {
      const documents = await sessions.find(liveOf(userId, now)).toArray()
      return documents.map(document => toRecord(document))
    },

    async updateData (id, changes) {
      const { matchedCount } = await sessions.updateOne({ _id: id }, dataUpdate(changes))
      return matchedCount === 1
    },

    async touch (touches) {
      await sessions.bulkWrite(touches.map(touchUpdate), { ordered: false, writeConcern: { w: 1 } })
    },

    async rotate (id, current, tokens, now, lostBefore) {
      const responseWasLost = { 'tokens.1.hash': current, 'tokens.1.until': { $exists: false }, 'confirmation.at': { $lte: lostBefore } }
      const { matchedCount } = await sessions.updateOne(
        { _id: id, $or: [{ 'tokens.0.hash': current }, responseWasLost] },
        { $set: { tokens, confirmation: { failures: 0, at: now } } })
      return matchedCount === 1
    },

    async retireFormer (id, newest, until) {
      await sessions.updateOne(
        { _id: id, 'tokens.0.hash': newest, 'tokens.1': { $exists: true }, 'tokens.1.until': { $exists: false } },
        { $set: { 'tokens.1.until': until } })
    },

    async takeAttempt (id, limit, lockUntil, now) {
      const document = await sessions.findOneAndUpdate(
        { _id: id, $or: [{ 'confirmation.lockedUntil': { $exists: false } }, { 'confirmation.lockedUntil': { $lte: now } }] },
        countAttempt(limit, lockUntil),
        { returnDocument: 'after', projection: { confirmation: 1 } })
      return document?.confirmation ?? null
    },

    async returnAttempt (id) {
      await sessions.updateOne(
        { _id: id, 'confirmation.failures': { $gt: 0 } },
        { $inc: { 'confirmation.failures': -1 }, $unset: { 'confirmation.lockedUntil': '' } })
    },

    async attempts (id) {
      const document = await sessions.findOne({ _id: id }, { projection: { confirmation: 1 } })
      return document?.confirmation ?? null
    },

    async remove (userId, id, now) {
      const removed = await sessions.findOneAndDelete(ofUser(userId, { _id: id }))
      return removed !== null && removed.expiresAt > now ? toRecord(removed) : null
    },

    async removeByToken (hash) {
      return toRecord(await sessions.findOneAndDelete({ 'tokens.hash': hash }))
    },

    async idsByUser (userId) {
      const documents = await sessions.find(ofUser(userId), { projection: { _id: 1 } }).toArray()
      return documents.map(({ _id }) => _id)
    },

    async removeMany (userId, ids, now) {
      const { deletedCount } = await sessions.deleteMany(liveOf(userId, now, { _id: { $in: ids } }))
      await sessions.deleteMany(ofUser(userId, { _id: { $in: ids } }))
      return deletedCount
    },

    async barrier () {
      // A write that changes nothing also waits for the majority, and for every earlier write.
      await sessions.deleteOne({ _id: { $in: [] } })
    }
  }
}

/**
 * The lookups of one event-loop turn share one `find`: at 100 connections that gives 7 times the throughput of one
 * `findOne` each, and mongod does a twentieth of the work (measured). Nothing is cached: each turn reads from the primary.
 */
function sharedLookups (sessions: Collection<LoginSessionDocument>): DataLoader<string, LoginSessionRecord | null> {
  return new DataLoader<string, LoginSessionRecord | null>(
    hashes => findAll(sessions, hashes),
    { cache: false, maxBatchSize: LOOKUPS_PER_FIND, batchScheduleFn: run => { setImmediate(run) } })
}

async function findAll (sessions: Collection<LoginSessionDocument>, hashes: readonly string[]): Promise<Array<LoginSessionRecord | null>> {
  const wanted = [...new Set(hashes)]
  // toArray reads all of them, even if they exceed one reply (16 MB): a missing record would sign its user out. Usually
  // this takes one round trip; without `batchSize` the first reply would have 101 documents at most.
  const documents = await sessions
    .find({ 'tokens.hash': { $in: wanted } }, { limit: wanted.length, batchSize: wanted.length })
    .toArray()
  const byHash = new Map(documents.flatMap(document => document.tokens.map(({ hash }) => [hash, document] as const)))
  const used = new Set<LoginSessionDocument>()
  return hashes.map(hash => {
    const document = byHash.get(hash)
    if (document === undefined) return null
    // Parallel requests of one browser must not share their session data.
    const own = used.has(document) ? BSON.deserialize(BSON.serialize(document)) as LoginSessionDocument : document
    used.add(document)
    return toRecord(own)
  })
}

function ofUser (userId: string, more: Filter<LoginSessionDocument> = {}): Filter<LoginSessionDocument> {
  // `$eq`: the value is compared, and never read as an operator.
  return { ...more, userId: { $eq: userId } }
}

function liveOf (userId: string, now: Date, more: Filter<LoginSessionDocument> = {}): Filter<LoginSessionDocument> {
  return { ...ofUser(userId, more), expiresAt: { $gt: now } }
}

function touchUpdate ({ id, lastActiveAt, ...change }: Touch) {
  return {
    updateOne: {
      filter: { _id: id, lastActiveAt: { $lt: lastActiveAt }, expiresAt: { $gt: lastActiveAt } },
      update: { $set: { lastActiveAt, ...change } }
    }
  }
}

/** Counts and locks in one step, so that parallel attempts on several servers get no more than `limit`. */
function countAttempt (limit: number, lockUntil: Date): Document[] {
  const counted = { $add: [{ $cond: [{ $eq: [{ $type: '$confirmation.lockedUntil' }, 'missing'] }, '$confirmation.failures', 0] }, 1] }
  return [
    { $set: { 'confirmation.failures': counted, 'confirmation.lockedUntil': '$$REMOVE' } },
    { $set: { 'confirmation.lockedUntil': { $cond: [{ $gte: ['$confirmation.failures', limit] }, lockUntil, '$$REMOVE'] } } }
  ]
}

async function ensureIndex (sessions: Collection<LoginSessionDocument>, key: Record<string, 1>, options: Document): Promise<void> {
  try {
    await sessions.createIndex(key, options)
  } catch (error) {
    const field = Object.keys(key)[0]
    throw Object.assign(
      optionError(`the index on "${field}" of ${sessions.namespace} could not be made: ${(error as Error).message}. ` +
        'An index on the same key with other options must be dropped first; otherwise check that the user may create indexes.'),
      { cause: error })
  }
}
