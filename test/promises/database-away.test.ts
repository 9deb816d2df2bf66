/**
 * A database that is killed, hangs or is slow, under load: nobody is signed out by it, every answer comes, and nothing
 * that was acknowledged is lost.
 */
import { MongoClient } from 'mongodb'
import { keyOf } from '../../plugin/sessions/key.js'
import t, { type Test } from 'tap'
import { COMMANDS, SUFFERER } from './failover/faults.js'
import { settleAccounts, startLoad, worldOf } from './failover/load.js'
import { COLLECTION } from './failover/faults.js'
import { type Server, startServer } from './failover/shops.js'
import { mongoStore } from '../../plugin/stores/mongo.js'
import { createShop, PASSWORD } from '../support/app.js'
import { browser, type JarBrowser, type Reply, setCookies } from '../support/browser-jar.js'
import { failCommands } from '../support/fail-command.js'
import { freePort } from '../support/free-port.js'
import { parallel } from '../support/gate.js'
import type { Member } from '../support/mongod-process.js'
import { API, PAGE } from '../support/page.js'
import { poll } from '../support/poll.js'
import { startReplicaSet } from '../support/replica-set.js'
import { collectUnhandled } from '../support/unhandled.js'

const UNAVAILABLE = { code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE' }

/** `storeTimeout` of the servers, in ms. */
const BOUND = 1000

/** Longer than that, in ms. */
const TOO_LONG = 1300

const set = await startReplicaSet(t, { members: 1 })
const mongod = set.members[0]!

/** A way to be away: begins it, and returns how it ends. */
type Outage = (mongod: Member) => Promise<() => Promise<void>>

const killed: Outage = async mongod => {
  await mongod.kill()
  return async () => await mongod.start()
}

const hung: Outage = async mongod => {
  mongod.suspend()
  return async () => mongod.resume()
}

const slow: Outage = async mongod => {
  const { disarm } = await failCommands(mongod, SUFFERER, COMMANDS, { blockConnection: true, blockTimeMS: TOO_LONG })
  return disarm
}

/** What everybody asks while it is away. */
const QUESTIONS: Array<[what: string, ask: (visitor: JarBrowser) => Promise<Reply>, status: number]> = [
  ['a public page', visitor => visitor.get('/'), 200],
  ['a protected page', visitor => visitor.get('/account'), 503],
  ['the sessions page', visitor => visitor.get(PAGE), 503],
  ['the API', visitor => visitor.get(API), 503],
  ['saving data', visitor => visitor.post('/data', { cart: ['late'] }), 503],
  ['a confirmation', visitor => visitor.post('/confirm', { password: PASSWORD }), 503],
  ['signing out', visitor => visitor.signOut(), 503]
]

/** What was given up is over, for better or worse, and so is what was done about it. */
async function settled ({ callsUnderWay }: Server): Promise<void> {
  await poll('all calls to settle', () => callsUnderWay().length === 0 || undefined)
    .catch(error => { throw new Error(`${error.message}: ${callsUnderWay().join()}`) })
}

/** Asks all of it at the same moment; resolves to how long the slowest answer took, in ms. */
async function askAll (t: Test, visitors: JarBrowser[]): Promise<number> {
  const times = await Promise.all(visitors.flatMap(visitor => QUESTIONS.map(async ([what, ask, status]) => {
    const began = performance.now()
    const reply = await ask(visitor)
    const took = performance.now() - began
    t.strictSame([reply.statusCode, setCookies(reply)], [status, []], what)
    if (status === 200) t.strictSame(reply.json(), { user: null }, 'anonymous')
    else t.ok(Number(reply.headers['retry-after']) > 0, 'says when to ask again')
    return took
  })))
  return Math.max(...times)
}

for (const [what, begin] of [['is killed and started again', killed], ['hangs', hung], ['is too slow', slow]] as const) {
  t.test(`a database that ${what} signs nobody out, leaves nobody without an answer, and loses nothing`, async t => {
    const unhandled = collectUnhandled(t)
    const server = await startServer(t, set.uri, { storeTimeout: BOUND })
    const visitors = await parallel(10, async index => {
      const visitor = browser(server.app)
      await visitor.signIn(`visitor-${index}`, { remember: true })
      await visitor.post('/data', { cart: [index] })
      return visitor
    })
    const cookies = visitors.map(visitor => visitor.cookieValue())
    const world = worldOf([server], 1)
    const load = await startLoad(world, 5)
    await poll('the load to have ended sessions', () => world.ledger.dead.length > 5 || undefined)

    const end = await begin(mongod)
    const slowest = await askAll(t, visitors)
    const again = await askAll(t, visitors)
    t.equal((await browser(server.app).post('/login', { user: 'late' })).statusCode, 503, 'nobody is let in')
    await end()

    for (const [index, visitor] of visitors.entries()) {
      await poll('the account', async () => await visitor.accountStatus() === 200 || undefined)
      t.strictSame((await visitor.get('/data')).json().cart, [index])
    }
    t.strictSame(visitors.map(visitor => visitor.cookieValue()), cookies, 'without a new sign-in')
    await load.stop()
    await settleAccounts(world)
    t.strictSame(world.ledger.broken.slice(0, 20), [])
    // The driver (7.9) loses what it writes to a socket that has just ended: it waits for a "drain" that never comes. The
    // caller has its 503 all the same; the call and its connection are lost.
    if (begin !== killed) {
      await settled(server)
      await poll('all connections to be back in the pool', () => server.connections() === 0 || undefined)
    }
    t.strictSame(unhandled, [])
    t.comment(`the slowest of ${2 * visitors.length * QUESTIONS.length} answers: ${Math.round(Math.max(slowest, again))} ms; ${JSON.stringify(world.ledger.figures)}`)
  })
}

// --- calls that were given up, and get through later ---

const LATE: Array<[what: string, during: Outage]> = [
  ['a database that hung', hung],
  ['a slow database', slow],
  ['a database that hung and was then killed', async mongod => {
    mongod.suspend()
    return async () => {
      await mongod.kill()
      await mongod.start()
    }
  }]
]

/** Here it cannot be known whether an attempt was counted: one that was not must not be given back. */
const IN_DOUBT: typeof LATE = [
  ['a database that did it, but could not say that it lasts', async mongod => {
    const armed = await failCommands(mongod, SUFFERER, ['insert'], { writeConcernError: { code: 64, errmsg: 'waiting took too long' } }, 5)
    return armed.disarm
  }]
]

for (const [what, during] of [...LATE, ...IN_DOUBT]) {
  t.test(`a sign-in that was refused leaves no session behind: ${what}`, async t => {
    const server = await startServer(t, set.uri, { storeTimeout: BOUND })
    let stored = 0
    server.client.on('commandSucceeded', ({ commandName }) => { if (commandName === 'insert') stored++ })
    const end = await during(mongod)
    const statuses = await parallel(3, async () => (await browser(server.app).post('/login', { user: what })).statusCode)
    t.strictSame(statuses, [503, 503, 503])
    await end()
    await settled(server)
    await poll('the list to be empty', async () => (await server.app.loginSessions.list(what)).length === 0 || undefined, 15_000)
    t.comment(`${stored} of 3 had been stored`)
  })
}

for (const [what, during] of LATE) {
  t.test(`a password that nobody looked at is no attempt: ${what}`, async t => {
    let begin = async (): Promise<void> => {}
    const server = await startServer(t, set.uri, {
      storeTimeout: BOUND,
      async verifyPassword () {
        await begin()
        return password => password === PASSWORD
      }
    })
    const laptop = browser(server.app)
    const { id } = await laptop.signIn('ada')
    let end: Promise<() => Promise<void>> | undefined
    // Their session has been looked up by now: it is the counting that gets no answer.
    begin = async () => { await (end ??= during(mongod)) }
    const statuses = await parallel(5, async () => (await laptop.twin().post('/confirm', { password: PASSWORD })).statusCode)
    t.strictSame(statuses, [503, 503, 503, 503, 503])
    await (await end!)()
    begin = async () => {}
    await settled(server)
    const sessions = server.db.collection<{ _id: string, confirmation: object }>(COLLECTION)
    await poll('no attempt to be counted', async () => {
      const { confirmation } = await sessions.findOne({ _id: keyOf('ada', id) }) as { confirmation: { failures: number, lockedUntil?: Date } }
      return (confirmation.failures === 0 && confirmation.lockedUntil === undefined) || undefined
    }, 15_000)
    t.equal((await laptop.post('/confirm', { password: PASSWORD })).statusCode, 200)
  })
}

t.test('a removal of all sessions that was refused does not take along, later, who has signed in since', async t => {
  const server = await startServer(t, set.uri, { storeTimeout: BOUND })
  await browser(server.app).signIn('eve')
  const { disarm } = await failCommands(mongod, SUFFERER, ['delete'], { blockConnection: true, blockTimeMS: TOO_LONG }, 1)
  await t.rejects(server.app.loginSessions.revokeAll('eve'), UNAVAILABLE)
  const laptop = browser(server.app)
  await laptop.signIn('eve')
  await settled(server)
  await disarm()
  t.equal(await laptop.accountStatus(), 200)
})

// --- starting while it is away ---

for (const [what, uri] of [
  ['nobody listens', async () => `mongodb://127.0.0.1:${await freePort()}`],
  ['it hangs', async () => { mongod.suspend(); return set.uri }]
] as const) {
  t.test(`a server that starts while the database is away says so, long before the driver gives up: ${what}`, async t => {
    const client = new MongoClient(await uri())
    t.teardown(() => client.close())
    let gaveUp = false
    const driver = client.db().command({ ping: 1 }).catch(() => { gaveUp = true })
    await t.rejects(createShop(t, { storeTimeout: BOUND, store: mongoStore(client.db('shop').collection(COLLECTION)) }), UNAVAILABLE)
    t.equal(gaveUp, false, 'the driver was still trying')
    mongod.resume()
    await client.close()
    await driver
  })
}
