/**
 * What a collection of sessions needs before it is used: a simple collation and the TTL index.
 * @module
 */
import type { Collection, Db } from 'mongodb'
import { optionError } from '../errors.js'

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
    "mongoStore(client.db('shop').collection('loginSessions')), or with mongoose mongoStore(mongoose.connection.db.collection('loginSessions'))")
}

/** @throws FST_LOGIN_SESSION_OPTION with a sentence that says what to do */
export async function prepareCollection (db: Db, sessions: Collection<any>): Promise<void> {
  await requireSimpleCollation(db, sessions)
  try {
    await sessions.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 })
  } catch (error) {
    throw Object.assign(
      optionError(`the index on "expiresAt" of ${sessions.namespace} could not be made: ${(error as Error).message}. ` +
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
