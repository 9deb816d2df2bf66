/**
 * What the command line works on: a collection of sessions, found by a URI.
 * @module
 */
import type { Collection, MongoClient } from 'mongodb'
import { createSharedClock } from '../sessions/clock.js'
import { createLoginSessions, type LoginSessions } from '../sessions/login-sessions.js'
import { createOverview, type Overview, overviewStoreOf } from '../sessions/overview.js'
import { boundedStore } from '../stores/bounded.js'
import { mongoStore } from '../stores/mongo.js'
import { EXIT, Failure, withoutCredentials } from './failure.js'
import { type Io, say } from './terminal.js'
import { withoutControls } from './words.js'

/** The options of every command. */
export interface CommonOptions {
  uri?: string
  database?: string
  collection: string
  json?: boolean
  yes?: boolean
}

/** A collection that exists, and what can be done with it. */
export interface Target {
  /** `shop.loginSessions`, for people. */
  where: string
  sessions: Collection<any>
  verbs: LoginSessions
  overview: Overview
}

/** How long the server may take to answer at all, in ms. */
const REACHED_WITHIN = 2000

/** How long one call of the store may take, in ms. Nobody waits for a page meanwhile. */
const CALL_WITHIN = 30_000

/** Does this with the collection that the options name, and closes the connection. @throws Failure if it does not exist */
export async function withTarget<T> (io: Io, options: CommonOptions, work: (target: Target) => Promise<T>): Promise<T> {
  const uri = options.uri ?? io.env.MONGODB_URI ?? ''
  if (uri === '') {
    throw new Failure(EXIT.wrong, 'There is no database to ask: set MONGODB_URI, or write --uri mongodb://127.0.0.1:27017/shop.')
  }
  const database = options.database ?? databaseOf(uri)
  const client = clientOf(await driverOf(io), uri)
  if (database === '') {
    throw new Failure(EXIT.wrong,
      'The URI names no database: write it after the host (mongodb://127.0.0.1:27017/shop), or write --database shop.')
  }
  try {
    return await work(await targetOf(io, client, database, options.collection))
  } finally {
    await client.close()
  }
}

/** The URI's database; '' if it has none. A password has no slash that is not escaped. */
const databaseOf = (uri: string): string => decodeURIComponent(/^[^/]*\/\/[^/]+\/([^?]*)/.exec(uri)?.[1] ?? '')

async function driverOf ({ loadDriver }: Io): Promise<typeof import('mongodb')> {
  return await loadDriver().catch(error => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new Failure(EXIT.wrong, 'The MongoDB driver is not installed: npm install mongodb@7')
  })
}

function clientOf ({ MongoClient }: typeof import('mongodb'), uri: string): MongoClient {
  try {
    const times = { serverSelectionTimeoutMS: REACHED_WITHIN, connectTimeoutMS: REACHED_WITHIN }
    return new MongoClient(uri, { appName: 'fastify-login-sessions', ...times })
  } catch (error) {
    throw new Failure(EXIT.wrong, `The URI cannot be read: ${withoutCredentials((error as Error).message)}`)
  }
}

async function targetOf (io: Io, client: MongoClient, database: string, name: string): Promise<Target> {
  const where = withoutControls(`${database}.${name}`)
  const db = client.db(database)
  const found = await db.listCollections({ name }, { nameOnly: true, authorizedCollections: true }).toArray()
  if (found.length === 0) {
    throw new Failure(EXIT.wrong, `There is no collection ${where}: check --database and --collection. A server makes it when it starts.`)
  }
  const sessions = db.collection<any>(name)
  const store = boundedStore(mongoStore(sessions), CALL_WITHIN)
  const clock = createSharedClock(store.time, Date.now, () => { say(io, "The database's clock could not be read: this machine's counts.") })
  await clock.adjust()
  const parts = { store, now: clock.now }
  const overview = createOverview({ ...parts, store: overviewStoreOf(store)! })
  return { where, sessions, verbs: createLoginSessions(parts), overview }
}
