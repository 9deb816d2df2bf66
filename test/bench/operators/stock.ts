/**
 * A collection of sessions of a certain size, and what operators see and do on it, timed.
 * @module
 */
import type { Collection, Document, MongoClient } from 'mongodb'
import { addressPatterns } from '../../../plugin/client/network.js'
import { describeDevice } from '../../../plugin/client/device.js'
import { keyOf, newId, userKeyOf } from '../../../plugin/sessions/key.js'
import { createLoginSessions } from '../../../plugin/sessions/login-sessions.js'
import { createOverview, overviewStoreOf } from '../../../plugin/sessions/overview.js'
import { startRecord } from '../../../plugin/sessions/record.js'
import type { SessionSearch } from '../../../plugin/sessions/store.js'
import { newToken } from '../../../plugin/sessions/tokens.js'
import { mongoStore } from '../../../plugin/stores/mongo.js'
import { SAMPLES } from '../../support/user-agents.js'
import { userAt } from '../compare/visitors.js'
import { sizeWords } from '../growth/arguments.js'
import { fill } from '../growth/fill.js'

/** Sessions of each user. */
const EACH = 5

/** The first users' sessions are made as the plugin makes them; all others are like these. */
const SIGNED_IN = 200

/** How many sessions the searches find, whatever the size of the collection. */
const FOUND = { kind: 100, network: 200, address: 50 }

/** What is special about the sessions that the searches find. They are spread over all. */
const NETWORK = '198.51.100.'
const ADDRESS = '203.0.113.7'
const RAREST = 'tv'

const DAY = 24 * 3600 * 1000
const LIFETIME = { absoluteTimeout: 90 * DAY, idleTimeout: 90 * DAY, rememberIdleTimeout: null, visitorTimeout: DAY, touchEvery: 60_000 }

/** Sessions of a page. */
const PAGE = 50

const HOST = { actor: { kind: 'host', name: 'bench' } } as const

/** What is measured, and what the table calls it. */
export const FIGURES = [
  'first page', 'a page deep inside', 'by the rarest kind', 'by address', 'by network', 'kind and network', 'by user', 'by age', 'count of a search',
  'count of kind and network', 'numbers',
  "one user's list", 'end one', 'end all of a user', 'end what a search finds'
] as const

export type Figure = typeof FIGURES[number]

/** Bytes for each session. */
export interface IndexSizes {
  kind: number
  address: number
  /** Of `_id` and of the expiry. */
  others: number
}

export interface Stock {
  size: number
  /** Milliseconds, once. Numbers: for a thousand records that are read. What has ended is put back. */
  time(figure: Figure): Promise<number>
  indexes(): Promise<IndexSizes>
  /** Ends sessions of everybody. @param announcedUntil so many are announced one by one @returns sessions a second */
  endEveryone(announcedUntil: number): Promise<{ announced: number, unannounced: number }>
}

/** Fills a new collection. The indexes are there before, as in the life of a collection that grows. */
export async function createStock (client: MongoClient, size: number): Promise<Stock> {
  const sessions: Collection<any> = client.db(`bench-operators-${size}`).collection('loginSessions')
  const store = overviewStoreOf(mongoStore(sessions))!
  const now = (): Date => new Date()
  const users = Math.floor(size / EACH)
  console.log(`filling a collection with ${sizeWords(size)} sessions of ${sizeWords(users)} users`)
  await store.prepare?.()
  await store.prepareOverview()
  for (let index = 0; index < SIGNED_IN; index++) await store.insert(recordOf(index))
  await fill(sessions, { users, each: EACH, signedIn: SIGNED_IN, changes: changesFor(users * EACH - SIGNED_IN) })
  await client.db('admin').command({ fsync: 1 })

  const verbs = createLoginSessions({ store, now })
  const overview = createOverview({ store, now })
  const network = { addresses: addressPatterns(`${NETWORK}0/24`)!.patterns }
  /** Nearly all sessions are in the network, and few of them are of the kind. */
  const both = { kind: RAREST, addresses: addressPatterns('10.0.0.0/8')!.patterns } as const
  const ago = (days: number): Date => new Date(Date.now() - days * DAY)
  const anyUser = (): string => userAt(Math.floor(Math.random() * users))
  const page = (search: SessionSearch) => async (): Promise<number> => (await overview.page(search, PAGE, null)).sessions.length
  const count = (search: SessionSearch) => async (): Promise<number> => {
    const found = await overview.count(search, 1000)
    if (found === null) throw new Error('COUNTING TOOK TOO LONG')
    return found
  }
  const recordsOfUser = async (userId: string): Promise<Document[]> => await sessions.find({ _id: { $gte: userKeyOf(userId), $lt: `${userKeyOf(userId)}~` } }).toArray()

  /** Ends these, and puts them back afterwards. */
  const ending = async (records: Document[], work: () => Promise<number>): Promise<number> => {
    const milliseconds = await timed(work)
    const there = new Set((await sessions.find({ _id: { $in: records.map(({ _id }) => _id) } }, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id))
    await sessions.insertMany(records.filter(({ _id }) => !there.has(_id)))
    return milliseconds
  }

  /** With the number of sessions that must come of it. */
  const views: Partial<Record<Figure, [expected: number, work: () => Promise<number>]>> = {
    'first page': [PAGE, page({})],
    'a page deep inside': [PAGE, async () => (await overview.page({}, PAGE, { olderThan: { createdAt: ago(15), key: '' } })).sessions.length],
    'by the rarest kind': [PAGE, page({ kind: RAREST })],
    'by address': [PAGE, page({ addresses: [ADDRESS] })],
    'by network': [PAGE, page(network)],
    'kind and network': [PAGE, page(both)],
    'by age': [PAGE, page({ signedInFrom: ago(20), signedInBefore: ago(10) })],
    'count of a search': [FOUND.network, count(network)],
    'count of kind and network': [FOUND.kind, count(both)]
  }

  async function time (figure: Figure): Promise<number> {
    const view = views[figure]
    if (view !== undefined) return await timed(view[1], view[0])
    const userId = anyUser()
    switch (figure) {
      case 'by user': return await timed(page({ userIds: [userId] }), EACH)
      case "one user's list": return await timed(async () => (await verbs.list(userId)).length, EACH)
      case 'numbers': {
        const fresh = createOverview({ store, now })
        let read = 0
        const milliseconds = await timed(async () => { read = numbersRead((await fresh.numbers()).sample, size); return read })
        return milliseconds * 1000 / read
      }
      case 'end one': {
        const [session] = await verbs.list(userId, { limit: 1 })
        return await ending(await sessions.find({ _id: keyOf(userId, session!.id) }).toArray(), async () => await verbs.revoke(userId, session!.id) === null ? 0 : 1)
      }
      case 'end all of a user': return await ending(await recordsOfUser(userId), async () => await verbs.revokeAll(userId))
      default: return await ending(
        await sessions.find({ ip: { $gte: NETWORK, $lt: `${NETWORK}~` }, userId: { $exists: true } }, { hint: { ip: 1, createdAt: 1, _id: 1 } }).toArray(),
        async () => await overview.end(network, HOST))
    }
  }

  return {
    size,
    time,
    async indexes () {
      await client.db('admin').command({ fsync: 1 })
      const { count, indexSizes } = await sessions.db.command({ collStats: sessions.collectionName })
      const [kind, address] = ['device.kind_1_createdAt_1__id_1', 'ip_1_createdAt_1__id_1'].map(name => indexSizes[name] / count) as [number, number]
      return { kind, address, others: (indexSizes._id_ + indexSizes.expiresAt_1) / count }
    },
    async endEveryone (announcedUntil) {
      const controller = new AbortController()
      const rate = async (work: () => Promise<number>): Promise<number> => {
        const began = performance.now()
        return await work() * 1000 / (performance.now() - began)
      }
      const announcing = createLoginSessions({ store, now, announceEnd () {} })
      const announced = await rate(async () => await announcing.revokeEveryone({
        signal: controller.signal, onProgress: ended => { if (ended >= announcedUntil) controller.abort() }
      }))
      const unannounced = await rate(async () => await verbs.revokeEveryone({ onProgress: ended => { if (ended % 100_000 < 1000) console.log(`  ${ended} sessions have ended`) } }))
      return { announced, unannounced }
    }
  }
}

/** How many records are read for numbers: as many as are drawn are read in runs, too. */
const numbersRead = (sample: number | null, size: number): number => sample === null ? size : 2 * sample

/** @throws if another number of sessions comes of it */
async function timed (work: () => Promise<number>, expected?: number): Promise<number> {
  const began = performance.now()
  const count = await work()
  const milliseconds = performance.now() - began
  if (expected === undefined ? count === 0 : count !== expected) throw new Error(`WRONG ANSWER: ${count} sessions instead of ${expected ?? 'some'}`)
  return milliseconds
}

const anyOctet = (): number => Math.floor(Math.random() * 256)
const anyAddress = (): string => `10.${anyOctet()}.${anyOctet()}.${anyOctet()}`

/** A sign-in now, as the plugin writes it. */
function recordOf (index: number) {
  const { userAgent, hints = {} } = SAMPLES[index % SAMPLES.length]!
  const device = describeDevice(userAgent, hints)
  const visit = { ip: anyAddress(), userAgent, device: device.kind === RAREST ? { ...device, kind: 'desktop' as const } : device }
  const userId = userAt(index)
  return startRecord({ token: newToken(keyOf(userId, newId())), userId, remember: true, visit, data: {} }, LIFETIME, new Date())
}

/** @param missing how many records are filled in */
function changesFor (missing: number): (index: number) => object {
  const isOneOf = (count: number, index: number, offset: number): boolean => {
    const every = Math.floor(missing / count)
    return index % every === offset && index < every * count
  }
  return index => {
    if (isOneOf(FOUND.kind, index, 0)) return { ip: anyAddress(), device: { browser: 'Chrome', browserVersion: '149', os: 'Android', osVersion: null, kind: RAREST, model: null } }
    if (isOneOf(FOUND.network, index, 1)) return { ip: NETWORK + anyOctet() }
    if (isOneOf(FOUND.address, index, 2)) return { ip: ADDRESS }
    return { ip: anyAddress() }
  }
}
