/**
 * A database of its own for each test file, on a real mongod.
 * @module
 */
import { type Collection, type Db, MongoClient, type MongoClientOptions } from 'mongodb'
import type { Test } from 'tap'
import { startMongod } from '../../example/mongod.js'
import './key-scan.js'
import { randomId } from './records.js'
import { tokenScan } from './token-scan.js'
import { watchCommands, watchDocuments } from './token-watch.js'

export interface Database {
  client: MongoClient
  db: Db
  /** An empty collection of its own for each test. */
  collection(): Collection<any>
  /** Another client of the same mongod, closed with the test. */
  connect(t: Test, options?: MongoClientOptions): Promise<MongoClient>
}

/** Connects with command monitoring; drops the database and closes the client when the test is over. */
export async function database (t: Test): Promise<Database> {
  const mongod = await startMongod()
  t.teardown(() => mongod.stop())
  const client = await new MongoClient(mongod.uri, { monitorCommands: true }).connect()
  // Each test counts commands of its own.
  client.setMaxListeners(0)
  watchCommands(client, tokenScan)
  const db = client.db(`test-${randomId()}`)
  t.teardown(async () => {
    await watchDocuments(db, tokenScan)
    await db.dropDatabase()
    await client.close()
  })
  return {
    client,
    db,
    collection: () => db.collection(`loginSessions-${randomId()}`),
    async connect (t, options) {
      const other = await new MongoClient(mongod.uri, { monitorCommands: true, ...options }).connect()
      watchCommands(other, tokenScan)
      t.teardown(() => other.close())
      return other
    }
  }
}
