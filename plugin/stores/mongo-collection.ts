/**
 * What a collection of sessions needs before it is used: a simple collation and its indexes.
 * @module
 */
import type { Collection, Db } from 'mongodb'
import { optionError } from '../errors.js'
import { settledWithin } from '../timeout.js'

/**
 * A collection of the MongoDB driver, of whatever copy of it: mongoose and @fastify/mongodb bring one of their own, whose
 * types are not those of yours.
 */
export interface DriverCollection {
  readonly collectionName: string
  readonly db: {
    collection (name: string, options?: any): any
    command (command: any, options?: any): Promise<any>
    listCollections (filter?: any, options?: any): any
  }
}

/**
 * A client or a database, the likeliest mistakes, has no collectionName. mongoose's own collections and those of old
 * drivers have no `db`.
 * @throws FST_LOGIN_SESSION_OPTION with a sentence that says what to write
 */
export function requireCollection (collection: DriverCollection | undefined): void {
  if (typeof collection?.collectionName === 'string' && typeof collection.db?.collection === 'function') return
  throw optionError('mongoStore takes a collection of the MongoDB driver: write ' +
    "mongoStore(client.db('shop').collection('loginSessions')), or with mongoose " +
    "mongoStore(mongoose.connection.db.collection('loginSessions'))")
}

/** An index of a collection of sessions. */
export interface SessionIndex {
  key: Record<string, 1>
  options: { expireAfterSeconds?: number, partialFilterExpression?: object }
  /** The expiry index is needed in any case; the others are for finding sessions of all users. */
  purpose: 'expiry' | 'operators'
}

/** Visitor sessions are in no index of the operators. */
const SIGNED_IN = { partialFilterExpression: { userId: { $exists: true } } }

/** All indexes that this package makes. That of `_id` exists anyway. */
export const INDEXES: readonly [expiry: SessionIndex, byKind: SessionIndex, byAddress: SessionIndex] = [
  { key: { expiresAt: 1 }, options: { expireAfterSeconds: 0 }, purpose: 'expiry' },
  { key: { 'device.kind': 1, createdAt: 1, _id: 1 }, options: SIGNED_IN, purpose: 'operators' },
  { key: { ip: 1, createdAt: 1, _id: 1 }, options: SIGNED_IN, purpose: 'operators' }
]

/** @throws FST_LOGIN_SESSION_OPTION with a sentence that says what to do */
export async function prepareCollection (db: Db, sessions: Collection<any>): Promise<void> {
  await requireSimpleCollation(db, sessions)
  await makeIndexes(sessions, 'expiry')
}

/** How long registering waits for the indexes of the operators, in ms. Fastify's plugin timeout is 10 seconds. */
const PATIENCE = 5000

/**
 * Makes the indexes of the operators, unless they exist. A big collection takes longer than a plugin may: after five seconds
 * this resolves, and the build goes on in the background, where its failure is not reported. Until the indexes are there,
 * searches fail.
 * @throws FST_LOGIN_SESSION_OPTION with a sentence that says what to do
 */
export async function prepareForOperators (sessions: Collection<any>): Promise<void> {
  const making = makeIndexes(sessions, 'operators')
  if (await settledWithin(PATIENCE, making)) await making
}

/**
 * Makes the indexes of a purpose. It is one command, so the collection is read once.
 * @throws FST_LOGIN_SESSION_OPTION with a sentence that says what to do
 */
export async function makeIndexes (sessions: Collection<any>, purpose: SessionIndex['purpose']): Promise<void> {
  const wanted = INDEXES.filter(index => index.purpose === purpose)
  try {
    await sessions.createIndexes(wanted.map(({ key, options }) => ({ key, ...options })))
  } catch (error) {
    const names = wanted.map(({ key }) => `"${Object.keys(key)[0]!}"`).join(' or ')
    throw Object.assign(
      optionError(`the index on ${names} of ${sessions.namespace} could not be made: ${(error as Error).message}. ` +
        'An index on the same key with other options must be dropped first; otherwise check that the user may create indexes.'),
      { cause: error })
  }
}

/** With another collation, keys that differ only in upper and lower case would be the same key. */
async function requireSimpleCollation (db: Db, { collectionName, namespace }: Collection<any>): Promise<void> {
  const [found] = await db.listCollections({ name: collectionName }).toArray()
  const { collation } = (found as { options?: { collation?: { locale: string } } } | undefined)?.options ?? {}
  if (collation === undefined) return
  throw optionError(`the collection ${namespace} has the collation "${collation.locale}": give sessions a collection of their ` +
    'own, made without a collation, so that keys are compared byte by byte')
}
