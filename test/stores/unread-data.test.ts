import type { MongoClient } from 'mongodb'
import { BSON } from 'mongodb'
import t, { type Test } from 'tap'
import { coreOf } from '../../plugin/core.js'
import { createOverview, overviewStoreOf } from '../../plugin/sessions/overview.js'
import { idOf, keyOf, newId } from '../../plugin/sessions/key.js'
import { mongoStore } from '../../plugin/stores/mongo.js'
import { createShop, PASSWORD, type ShopOptions } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { after, HOUR, NOW } from '../support/clock.js'
import { database } from '../support/mongo.js'
import { aRecord } from '../support/records.js'

const { client, collection } = await database(t)

/** What the replies to reads bring, from now on. */
function readsOf (client: MongoClient) {
  const reads = { bytes: 0, mostDocuments: 0, withData: 0 }
  client.on('commandSucceeded', ({ commandName, reply }) => {
    if (!['find', 'aggregate', 'getMore', 'findAndModify'].includes(commandName)) return
    const { cursor, value } = reply as { cursor?: Record<string, object[]>, value?: object | null }
    const documents = cursor?.firstBatch ?? cursor?.nextBatch ?? [value ?? {}]
    reads.bytes += documents.reduce((sum, document) => sum + BSON.calculateObjectSize(document), 0)
    reads.mostDocuments = Math.max(reads.mostDocuments, documents.length)
    reads.withData += documents.filter(document => 'data' in document).length
  })
  return { reads, forget () { Object.assign(reads, { bytes: 0, mostDocuments: 0, withData: 0 }) } }
}

/** A shop over a collection that has these many sessions of ada's already, each with session data of so many bytes. */
async function setup (t: Test, count: number, bytes: number, options: ShopOptions = {}) {
  const sessions = collection()
  const data = bytes === 0 ? {} : { cart: 'x'.repeat(bytes) }
  const records = Array.from({ length: count }, (_, index) => aRecord({ createdAt: after(NOW, -HOUR), lastActiveAt: after(NOW, index), expiresAt: after(NOW, 2 * HOUR), data }))
  await sessions.insertMany(records as never[], { ordered: false })
  const app = await createShop(t, { store: mongoStore(sessions), ...options })
  return { app, sessions, ids: records.map(({ _id }) => idOf(_id)), ...readsOf(client) }
}

t.test('of a hundred sessions with 300 kB of data each, nothing is read that is not needed', async t => {
  const { app, sessions, ids, reads, forget } = await setup(t, 100, 300_000, { onSessionEnd () {} })
  const laptop = browser(app)
  await laptop.signIn('ada')
  t.equal(await app.loginSessions.count('ada'), 100, 'the sign-in has ended one')
  const last = ids.at(-1)!
  const overview = createOverview({ store: overviewStoreOf(mongoStore(sessions))!, now: () => NOW })
  await overview.prepare()
  const verbs: Array<[what: string, work: () => Promise<unknown>]> = [
    ['list', () => app.loginSessions.list('ada')],
    ['list the first ten', () => app.loginSessions.list('ada', { limit: 10 })],
    ['count', () => app.loginSessions.count('ada')],
    ['find', () => app.loginSessions.find('ada', last)],
    ['find none', () => app.loginSessions.find('ada', 'unknown')],
    ['the lock', () => coreOf(app, '').lockedFor({ userId: 'ada', id: last })],
    ['signing in at the limit', () => browser(app).signIn('ada')],
    ['a wrong password', () => laptop.post('/confirm', { password: 'wrong' })],
    ['the right password', () => laptop.post('/confirm', { password: PASSWORD })],
    ['all sessions of all users', async () => { for await (const { id } of app.loginSessions.all()) t.ok(id) }],
    ['the newest sign-ins', () => overview.page({}, 50, null)],
    ["one user's, for an operator", () => overview.page({ userIds: ['ada'] }, 50, null)],
    ['counting them', () => overview.count({}, 1000)],
    ['numbers', () => overview.numbers()],
    ['revoke', () => app.loginSessions.revoke('ada', last)],
    ['end what a search finds', () => overview.end({ signedInBefore: after(NOW, -HOUR + 50) }, { actor: { kind: 'host', name: null } })],
    ['revokeAll', () => app.loginSessions.revokeAll('ada')],
    ['revokeEveryone', () => app.loginSessions.revokeEveryone()]
  ]
  for (const [what, work] of verbs) {
    forget()
    await work()
    // The laptop's own requests read its own session data, which are empty.
    t.ok(reads.withData <= (what.includes('password') ? 1 : 0), what)
    t.ok(reads.bytes < 100 * 1000, `${what}: ${reads.bytes} bytes`)
  }
  t.equal(await app.loginSessions.count('ada'), 0)
})

t.test('of five thousand sessions of one user no reply brings more than a thousand, and their ends are complete', async t => {
  const COUNT = 5000
  const { app, sessions, reads, forget } = await setup(t, COUNT, 0, { maxSessionsPerUser: null, storeTimeout: 30_000 })
  const strict = await createShop(t, { store: mongoStore(sessions), maxSessionsPerUser: 2500, storeTimeout: 30_000 })
  const kept = await app.loginSessions.list('ada', { limit: 1 })
  await browser(app).signIn('ada')
  forget()

  t.equal(await app.loginSessions.count('ada'), COUNT + 1)
  t.equal((await app.loginSessions.list('ada', { limit: 11 })).length, 11)
  t.equal((await app.loginSessions.list('ada')).length, COUNT + 1)
  t.equal(reads.mostDocuments, 1000)

  await browser(strict).signIn('ada')
  t.equal(await app.loginSessions.count('ada'), 2500, 'a limit that is set later is met at once')
  t.equal((await app.loginSessions.find('ada', kept[0]!.id))?.id, kept[0]!.id, 'the most recently active ones stay')
  let seen = 0
  for await (const { userId } of app.loginSessions.all()) if (userId === 'ada') seen++
  t.equal(seen, 2500)
  await sessions.insertOne(aRecord({ _id: keyOf('ada', newId()), expiresAt: after(NOW, -HOUR) }) as never)
  t.equal(await app.loginSessions.revokeOthers({ userId: 'ada', id: kept[0]!.id }), 2499)
  t.equal(await sessions.countDocuments({}), 1, 'nothing is left, expired or not')
  t.equal(reads.mostDocuments, 1000)
  t.equal(reads.withData, 0)
})
