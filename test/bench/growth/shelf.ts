/**
 * A collection of a certain size, with a server: what can be measured on it.
 * @module
 */
import { randomBytes } from 'node:crypto'
import type { MongoClient } from 'mongodb'
import type { Kind } from '../compare/kinds.js'
import type { Loader, LoadResult } from '../compare/load.js'
import { checkAnswers, signInAll, userAt } from '../compare/visitors.js'
import { pluginUrl, startChild } from '../processes.js'
import { median } from '../verdict.js'
import { sizeWords } from './arguments.js'
import { fill } from './fill.js'
import { COLLECTION, EACH, type GrowthServerOptions, type Order, type OrderAnswer, usersOf, type Verb } from './orders.js'

/** The file that runs in the server's process, from `test/bench/`. */
export const SERVER_FILE = 'growth/server.ts'

/** What is compared between sizes: times in ms. */
export type GrowthFigure = 'request' | 'request at 100' | Verb

/** Sizes in bytes for each record. */
export interface Storage {
  records: number
  document: number
  storage: number
  indexes: number
}

/** How long one figure is measured: seconds of load, or users whose sessions are listed or revoked. */
export interface Effort {
  seconds: number
  users: number
}

export interface Shelf {
  size: number
  /** A median in ms. Of requests at 100 connections, it is the time between two answers. */
  measure(figure: GrowthFigure, effort: Effort): Promise<number>
  storage(): Promise<Storage>
  end(): Promise<void>
}

export interface Library {
  uri: string
  client: MongoClient
  loader: Loader
  writeCookies(name: string, cookies: string[]): Promise<string>
}

/** The most users who sign in through the plugin, and whose requests are measured; spread evenly over all keys. */
const MOST_SIGNED_IN = 20_000

/** How the answers are checked. */
const KIND: Kind = { name: 'growth', label: 'growth', server: 'growth', path: '/', cookies: 'own' }

/** Starts a server on a new collection, signs users in and adds records until there are so many. */
export async function startShelf ({ uri, client, loader, writeCookies }: Library, size: number): Promise<Shelf> {
  const database = `bench-growth-${size}`
  const db = client.db(database)
  await db.dropDatabase()
  const options: GrowthServerOptions = { uri, database, secret: randomBytes(32).toString('base64'), plugin: pluginUrl }
  const { child, first: { url } } = await startChild<{ url: string }>(SERVER_FILE, options)
  console.log(`filling a collection with ${sizeWords(size)} records`)
  const cookies = await signInAll(url, Math.min(usersOf(size), MOST_SIGNED_IN))
  await fill(db.collection(COLLECTION), { users: usersOf(size), each: EACH, signedIn: cookies.length })
  await checkpoint()
  await checkAnswers(KIND, url, cookies)
  const file = await writeCookies(database, cookies)

  /** Writes what is in memory into the files: it is not measured later, and the files get their sizes. */
  async function checkpoint (): Promise<void> {
    await client.db('admin').command({ fsync: 1 })
  }

  async function load (connections: number, seconds: number): Promise<LoadResult> {
    const result = await loader.load({ url: new URL('/', url), connections, seconds, cookies: file })
    if (result.refused > 0 || result.broken > 0) throw new Error(`WRONG ANSWERS at ${size} records: ${result.refused} of ${result.requests} were refused, ${result.broken} connections broke`)
    return result
  }

  async function time (verb: Verb, count: number): Promise<number> {
    const users = Array.from({ length: count }, () => userAt(Math.floor(Math.random() * usersOf(size))))
    const order: Order = { verb, users }
    const answer = await child.ask<OrderAnswer>(order)
    if ('error' in answer) throw new Error(answer.error)
    return median(answer.times)
  }

  return {
    size,
    async measure (figure, effort) {
      if (figure === 'request') return (await load(1, effort.seconds)).latency
      if (figure !== 'request at 100') return await time(figure, effort.users)
      const { seconds, requests } = await load(100, effort.seconds)
      return seconds * 1000 / requests
    },
    async storage () {
      await checkpoint()
      const { count, avgObjSize, storageSize, totalIndexSize } = await db.command({ collStats: COLLECTION })
      return { records: count, document: avgObjSize, storage: storageSize / count, indexes: totalIndexSize / count }
    },
    async end () {
      await child.end()
      await db.dropDatabase()
    }
  }
}
