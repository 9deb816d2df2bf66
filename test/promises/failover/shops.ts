/**
 * Servers of one shop over one replica set in this process, each with a client of its own, set as the README advises. Tests
 * can stand between them and their store.
 * @module
 */
import type { FastifyInstance } from 'fastify'
import { type Db, MongoClient, type MongoClientOptions } from 'mongodb'
import type { Test } from 'tap'
import { type LoginSessionStore, mongoStore } from '../../../plugin/index.js'
import { verifyPassword } from '../../support/app.js'
import { createShopWithPages, type ShopWithPagesOptions } from '../../support/page.js'
import { countConnections, noteCalls } from '../../support/pending.js'
import { COLLECTION, DRIVER_OPTIONS } from './faults.js'

/** A server and what it talks through. */
export interface Server {
  app: FastifyInstance
  client: MongoClient
  db: Db
  /** The calls of its store that have not settled. */
  callsUnderWay(): string[]
  /** How many connections are out of the client's pools. */
  connections(): number
}

export interface ServerOptions extends ShopWithPagesOptions {
  /** Over what the README advises. */
  mongo?: MongoClientOptions
  /** What stands between the plugin and `mongoStore`. */
  around?(store: LoginSessionStore): LoginSessionStore
}

/** Starts one in this process; the real clock runs, and every request is a reason for a touch. */
export async function startServer (t: Test, uri: string, { mongo, around = store => store, ...options }: ServerOptions = {}): Promise<Server> {
  const client = new MongoClient(uri, { ...DRIVER_OPTIONS, monitorCommands: true, ...mongo })
  const connections = countConnections(client)
  const db = client.db('shop')
  t.teardown(() => client.close())
  const { store, underWay } = noteCalls(around(mongoStore(db.collection(COLLECTION))))
  const app = await createShopWithPages(t, {
    store,
    // The database's clock, as on a host's servers.
    now: undefined,
    verifyPassword,
    touchEvery: 1,
    maxSessionsPerUser: null,
    deviceBound: true,
    ...options
  })
  return { app, client, db, callsUnderWay: underWay, connections }
}

/** One announces endings, which it then does one by one; the other ends many with one write. */
export async function startServers (t: Test, uri: string, options: ServerOptions = {}): Promise<[Server, Server]> {
  return [await startServer(t, uri, options), await startServer(t, uri, { ...options, onSessionEnd () {} })]
}
