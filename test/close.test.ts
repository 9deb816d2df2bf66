/**
 * `close()` under load: what nobody waited for is written, what is under way is finished, and nothing is left behind.
 */
import { Agent } from 'node:http'
import { hash } from 'bcrypt'
import { MongoClient } from 'mongodb'
import t, { type Test } from 'tap'
import { startMongod } from '../example/mongod.js'
import type { LoginSessionStore } from '../plugin/sessions/store.js'
import { createVisitor, type Visitor } from './bench/visitor.js'
import { createShop, PASSWORD, type ShopOptions } from './support/app.js'
import { browser } from './support/browser-jar.js'
import { createClock, MINUTE, NOW } from './support/clock.js'
import { createGate, parallel, turns } from './support/gate.js'
import { poll } from './support/poll.js'
import { randomId } from './support/records.js'
import { startShopProcess } from './support/shop-process.js'
import { onBothStores } from './support/stores.js'

/** Whether something has happened by now. */
function noted (promise: PromiseLike<unknown>): { done: boolean, promise: Promise<void> } {
  const note = { done: false, promise: Promise.resolve(promise).then(() => { note.done = true }) }
  return note
}

await onBothStores(t, async (t, makeStore) => {
  /** A shop on a port, whose store waits at a gate in this method once the gate is shut. */
  async function setup (t: Test, method: keyof LoginSessionStore, options: ShopOptions = {}) {
    const [clock, gate, store] = [createClock(), createGate(), makeStore()]
    let [shut, waiting] = [false, 0]
    const app = await createShop(t, {
      now: clock.now,
      storeTimeout: MINUTE,
      ...options,
      store: {
        ...store,
        async [method] (...args: unknown[]) {
          waiting++
          if (shut) await gate.passed
          return await Reflect.apply(store[method]!, store, args)
        }
      }
    })
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    const agent = new Agent({ keepAlive: true })
    t.teardown(() => agent.destroy())
    return {
      app,
      clock,
      store,
      gate,
      agent,
      visitor: (user: string) => createVisitor(url, agent, user),
      /** From now on calls wait; resolves to how many do. */
      shut () { [shut, waiting] = [true, 0] },
      waiting: () => waiting
    }
  }

  const lastActive = async (store: LoginSessionStore, users: string[], now: Date): Promise<Array<string | undefined>> =>
    await Promise.all(users.map(async user => (await store.listByUser(user, now))[0]?.lastActiveAt.toISOString()))

  t.test('it writes the touches that are under way and those that wait for them', async t => {
    const { app, clock, store, gate, agent, visitor, shut, waiting } = await setup(t, 'touch')
    const users = ['ada', 'bob', 'cy', 'dee', 'eve']
    const visitors = users.map(visitor)
    for (const each of visitors) await each.signIn()
    clock.advance(MINUTE)
    shut()
    t.equal((await visitors[0]!.get('/account')).status, 200)
    await turns()
    t.equal(waiting(), 1, 'the first is under way')
    for (const each of visitors.slice(1)) t.equal((await each.get('/account')).status, 200)
    agent.destroy()
    const closing = noted(app.close())
    await turns(20)
    t.equal(closing.done, false)
    t.strictSame(await lastActive(store, users, clock.now()), users.map(() => NOW.toISOString()), 'nothing is written yet')
    gate.open()
    await closing.promise
    t.strictSame(await lastActive(store, users, clock.now()), users.map(() => clock.now().toISOString()))
    t.equal(waiting(), 2, 'those that waited traveled together')
  })

  t.test('it writes the retirements of former tokens', async t => {
    const { app, clock, store, gate, shut } = await setup(t, 'retireFormer')
    const laptops = await parallel(3, async index => {
      const laptop = browser(app)
      await laptop.signIn(`user-${index}`)
      await laptop.post('/confirm', { password: PASSWORD })
      return laptop
    })
    shut()
    for (const laptop of laptops) t.equal(await laptop.accountStatus(), 200)
    const closing = noted(app.close())
    await turns(20)
    t.equal(closing.done, false)
    gate.open()
    await closing.promise
    const records = (await parallel(3, index => store.listByUser(`user-${index}`, clock.now()))).flat()
    t.strictSame(records.map(({ tokens }) => tokens.map(({ until }) => until !== undefined)), records.map(() => [false, true]))
    t.equal(records.length, 3)
  })

  t.test('it answers the requests that are under way, whose touches come late, and takes no new ones', async t => {
    const { app, clock, store, gate, agent, visitor, shut, waiting } = await setup(t, 'findByToken')
    const users = Array.from({ length: 10 }, (_, index) => `user-${index}`)
    const visitors = users.map(visitor)
    await Promise.all(visitors.map(each => each.signIn()))
    clock.advance(MINUTE)
    shut()
    const answers = visitors.map(each => each.get('/account'))
    await poll('all requests to be looked up', () => waiting() === users.length || undefined)
    const closing = noted(app.close())
    await turns(20)
    t.equal(closing.done, false)
    gate.open()
    t.strictSame((await Promise.all(answers)).map(({ status }) => status), users.map(() => 200))
    const late = await visitors[0]!.get('/account').then(({ status }) => status, ({ code }) => code)
    t.ok(late === 503 || late === 'ECONNREFUSED' || late === 'ECONNRESET', `a late request gets ${late}`)
    agent.destroy()
    await closing.promise
    t.strictSame(await lastActive(store, users, clock.now()), users.map(() => clock.now().toISOString()))
  })

  t.test('it waits for the hooks of those who are signed out while it closes', async t => {
    const hook = createGate()
    const told: string[] = []
    const { app, gate, agent, visitor, shut, waiting } = await setup(t, 'findByToken', {
      async onSessionEnd ({ userId }, reason) {
        await hook.passed
        told.push(`${userId} ${reason}`)
      },
      routes: app => app.get('/leave-everywhere', async request => ({ ended: await app.loginSessions.revokeAll(request.loginSession!.userId) }))
    })
    const ada = visitor('ada')
    await ada.signIn()
    await visitor('ada').signIn()
    shut()
    const answer = ada.get('/leave-everywhere')
    await poll('the request to be looked up', () => waiting() === 1 || undefined)
    const closing = noted(app.close())
    gate.open()
    t.strictSame(JSON.parse((await answer).body), { ended: 2 })
    agent.destroy()
    await turns(20)
    t.strictSame([closing.done, told], [false, []])
    hook.open()
    await closing.promise
    t.strictSame(told, ['ada revoked-all', 'ada revoked-all'])
  })
})

t.test('a process', async t => {
  const passwordHash = await hash(PASSWORD, 4)

  async function start (t: Test, uri: string) {
    const name = `test-${randomId()}`
    // It takes part in the scan for tokens.
    const shop = await startShopProcess({ uri, database: name, passwordHash, touchEvery: 1, idleTimeout: MINUTE }, ['--import=tsx', '--import=./test/support/token-scan.ts'])
    t.teardown(() => shop.kill())
    const agent = new Agent({ keepAlive: true })
    t.teardown(() => agent.destroy())
    return { name, shop, agent }
  }

  /** Keeps these visitors busy until nobody answers any more, which may not be before the server closes. */
  async function busy (visitors: Visitor[], closes: () => boolean, answered: (status: number) => void): Promise<void> {
    await Promise.all(visitors.map(async visitor => {
      for (;;) {
        const answer = await visitor.step().catch(error => {
          if (!closes()) throw error
          return null
        })
        if (answer === null) return
        answered(answer.status)
        // It says that it is closing, and ends the connection.
        if (answer.status === 503) return
      }
    }))
  }

  t.test('closes under load, loses no touch of an answered request, keeps no handle, and ends by itself', async t => {
    const mongod = await startMongod()
    t.teardown(() => mongod.stop())
    const client = await new MongoClient(mongod.uri).connect()
    t.teardown(() => client.close())
    const { name, shop, agent } = await start(t, mongod.uri)
    t.teardown(() => client.db(name).dropDatabase())
    const sessions = client.db(name).collection<any>('loginSessions')
    const guests = await parallel(20, async index => {
      const visitor = createVisitor(shop.url, agent, `guest-${index}`)
      return { visitor, id: JSON.parse((await visitor.signIn()).body).id as string }
    })
    const statuses = new Set<number>()
    let closes = false
    const visitors = Array.from({ length: 20 }, (_, index) => createVisitor(shop.url, agent, `user-${index % 5}`))
    const load = busy(visitors, () => closes, status => statuses.add(status))
    await poll('the load to be under way', () => statuses.size > 1 || undefined)

    const at = new Date()
    const answers = guests.map(async ({ visitor, id }) => ({ id, status: (await visitor.get('/account')).status }))
    await Promise.any(answers)
    closes = true
    const closing = shop.close()
    const settled = await Promise.allSettled(answers)
    await load
    // Connections that were busy at that moment would be kept for their time.
    agent.destroy()
    t.strictSame((await closing).left, [], 'no handle is left')
    t.equal(await shop.ended, 0)

    const answered = settled.flatMap(one => one.status === 'fulfilled' && one.value.status === 200 ? [one.value.id] : [])
    t.ok(answered.length > 0)
    t.equal(await sessions.countDocuments({ _id: { $in: answered }, lastActiveAt: { $gte: at } }), answered.length)
    t.strictSame([...statuses].filter(status => ![200, 303, 401, 422, 429, 503].includes(status)), [])
  })

  t.test('closes and ends by itself when its database is gone', async t => {
    const mongod = await startMongod({ args: [] })
    const { shop, agent } = await start(t, mongod.uri).catch(async error => { await mongod.stop(); throw error })
    const visitors = await parallel(20, async index => {
      const visitor = createVisitor(shop.url, agent, `user-${index}`)
      await visitor.signIn()
      return visitor
    })
    const statuses: number[] = []
    let closes = false
    const load = busy(visitors, () => closes, status => statuses.push(status))
    await poll('the load to be under way', () => statuses.length > 100 || undefined)
    await mongod.stop()
    closes = true
    const closing = shop.close()
    await load
    agent.destroy()
    t.strictSame((await closing).left, [])
    t.equal(await shop.ended, 0)
  })
})
