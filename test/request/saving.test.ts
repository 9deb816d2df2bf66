/**
 * Saves of session data that nobody waits for: all of them are done before the response, in their order, and none of them
 * gets in the way of a sign-in.
 */
import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { changesBetween, snapshotOf } from '../../plugin/request/snapshot.js'
import { memoryStore } from '../../plugin/stores/memory.js'
import { createShop, dataOf } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { createGate, type Gate, turns } from '../support/gate.js'
import { observed } from '../support/observed-store.js'
import { aroundCalls } from '../support/stores.js'

/** A store whose writes of this kind wait until the test lets them go, one after the other. */
function heldStore (kind: 'insert' | 'updateData') {
  const held: Gate[] = []
  let most = 0
  let underWay = 0
  const store = aroundCalls(memoryStore(), async (method, call) => {
    if (method !== kind) return await call()
    most = Math.max(most, ++underWay)
    const gate = createGate()
    held.push(gate)
    await gate.passed
    underWay--
    return await call()
  })
  return { store, held, most: () => most }
}

/** As callers of @fastify/session do it. */
const saveWithoutWaiting = (request: FastifyRequest): void => { request.session.save(() => {}) }

t.test('the response waits for saves that nobody has waited for, and the last value wins', async t => {
  const { store, held, most } = heldStore('updateData')
  const app = await createShop(t, {
    store,
    routes: app => app.post('/hasty', async request => {
      for (const step of [1, 2]) {
        dataOf(request).step = step
        saveWithoutWaiting(request)
      }
      await turns()
      held.shift()!.open()
      await turns()
      dataOf(request).step = 3
      saveWithoutWaiting(request)
      return {}
    })
  })
  const laptop = browser(app)
  await laptop.signIn('ada')
  let answered = false
  const answer = laptop.post('/hasty').finally(() => { answered = true })
  for (const written of [1, 2]) {
    await turns(20)
    t.equal(answered, false, `not after ${written}`)
    held.shift()!.open()
  }
  t.equal((await answer).statusCode, 200)
  t.equal(most(), 1, 'one at a time')
  t.strictSame((await laptop.get('/data')).json(), { step: 3 })
})

t.test('a sign-in comes after the saves that are under way, and takes along what they save', async t => {
  const { store, held } = heldStore('insert')
  const app = await createShop(t, {
    store,
    routes: app => app.post('/buy', async request => {
      dataOf(request).cart = ['book']
      saveWithoutWaiting(request)
      const session = await request.startLoginSession('ada')
      await turns()
      dataOf(request).theme = 'dark'
      return { same: request.loginSession?.id === session.id }
    })
  })
  const laptop = browser(app)
  const answer = laptop.post('/buy')
  for (let inserted = 0; inserted < 2; inserted++) {
    await turns(20)
    held.shift()!.open()
  }
  t.strictSame((await answer).json(), { same: true })
  t.strictSame((await laptop.get('/data')).json(), { cart: ['book'], theme: 'dark' })
  t.equal(await laptop.user(), 'ada')
})

t.test('a save that begins while a visitor signs in leaves the login alone, and no record behind', async t => {
  const { store, held } = heldStore('insert')
  const keys: string[] = []
  const { insert } = store
  store.insert = async record => { keys.push(record._id); await insert(record) }
  const app = await createShop(t, {
    store,
    routes: app => app.post('/both', async request => {
      const signingIn = request.startLoginSession('ada')
      await turns()
      dataOf(request).cart = ['book']
      saveWithoutWaiting(request)
      await turns()
      held.shift()!.open()
      const session = await signingIn
      held.shift()!.open()
      await turns()
      return { same: request.loginSession?.id === session.id }
    })
  })
  const laptop = browser(app)
  t.strictSame((await laptop.post('/both')).json(), { same: true })
  t.equal(await laptop.user(), 'ada')
  const records = await store.find(keys)
  t.equal(records.length, 2)
  t.strictSame(records.map(record => record?.userId ?? null).sort(), ['ada', null])
  t.equal(records.filter(record => record !== null).length, 1)
})

const LEAVING: Record<string, (request: FastifyRequest) => Promise<unknown>> = {
  'signing in as somebody else': request => request.startLoginSession('bob'),
  'signing out': request => request.endLoginSession(),
  'destroying the session': request => request.session.destroy()
}

for (const [what, leave] of Object.entries(LEAVING)) {
  for (const first of ['saving', 'leaving'] as const) {
    t.test(`${what}, ${first} first: nothing that was saved before gets into the next session`, async t => {
      const { store, held } = heldStore('updateData')
      const app = await createShop(t, {
        store,
        routes: app => app.post('/leave', async request => {
          dataOf(request).first = 1
          saveWithoutWaiting(request)
          await turns()
          const left = first === 'leaving' ? leave(request) : undefined
          for (const key of ['second', 'third']) {
            dataOf(request)[key] = 1
            saveWithoutWaiting(request)
          }
          await (left ?? leave(request))
          return {}
        })
      })
      const laptop = browser(app)
      await laptop.signIn('ada')
      const answer = laptop.post('/leave')
      // As many as there can be: not all of them are writes when they come.
      for (let write = 0; write < 3; write++) {
        await turns(20)
        held.shift()?.open()
      }
      t.equal((await answer).statusCode, 200)
      t.strictSame((await laptop.get('/data')).json(), {})
    })
  }
}

// --- what has changed in the data ---

const changes = (before: Record<string, unknown>, now: Record<string, unknown>) => changesBetween(snapshotOf(before), now)

t.test('nothing changed is nothing to write', async t => {
  t.equal(changes({}, {}), null)
  t.equal(changes({ cart: ['book'], at: new Date(0) }, { cart: ['book'], at: new Date(0) }), null)
  t.equal(changes({ a: { b: 1 } }, { a: { b: 1 } }), null)
})

t.test('new and changed keys are set, missing ones unset, others left out', async t => {
  t.strictSame(
    changes({ same: 1, changed: 'a', gone: true }, { same: 1, changed: 'b', added: [1] }),
    { set: { changed: 'b', added: [1] }, unset: ['gone'] })
})

t.test('a change deep inside a value is seen, though the value is the same object', async t => {
  const data = { cart: { items: ['book'] }, list: [{ n: 1 }] }
  const before = snapshotOf(data)
  data.cart.items.push('pen')
  t.strictSame(changesBetween(before, data), { set: { cart: { items: ['book', 'pen'] } }, unset: [] })
})

t.test('undefined counts as deleted', async t => {
  t.strictSame(changes({ flash: 'hello' }, { flash: undefined }), { set: {}, unset: ['flash'] })
  t.equal(changes({}, { flash: undefined }), null)
  t.equal(changes({ theme: 'dark' }, { theme: 'dark', flash: undefined }), null)
})

t.test('null, false, 0 and the empty string are values', async t => {
  t.strictSame(changes({}, { a: null, b: false, c: 0, d: '' }), { set: { a: null, b: false, c: 0, d: '' }, unset: [] })
  t.strictSame(changes({ a: null }, {}), { set: {}, unset: ['a'] })
  t.strictSame(changes({ a: 0 }, { a: '' }), { set: { a: '' }, unset: [] })
  t.equal(changes({ a: null, b: false, c: 0, d: '' }, { a: null, b: false, c: 0, d: '' }), null)
})

t.test('numbers that JSON has no word for can be told from one another', async t => {
  t.strictSame(changes({ n: 1n }, { n: 2n }), { set: { n: 2n }, unset: [] })
  t.equal(changes({ n: 10n ** 30n }, { n: 10n ** 30n }), null)
})

t.test('a value that JSON cannot say is written once, not on every request', async t => {
  const data = { f: () => {} }
  t.equal(changes(data, data), null)
  t.strictSame(changes({}, data), { set: data, unset: [] })
})

t.test('dates are told apart to the millisecond', async t => {
  t.strictSame(changes({ at: new Date(1) }, { at: new Date(2) }), { set: { at: new Date(2) }, unset: [] })
})

t.test('keys that mean something to JavaScript are keys like any other', async t => {
  t.strictSame(changes({}, { constructor: 1, toString: 2 }), { set: { constructor: 1, toString: 2 }, unset: [] })
  t.strictSame(changes({ constructor: 1 }, {}), { set: {}, unset: ['constructor'] })
})

t.test('data that a visitor gets when the response is on its way start no session: no cookie can go with it any more', async t => {
  const store = observed()
  const app = await createShop(t, {
    store,
    routes: app => app.addHook('onResponse', async request => {
      dataOf(request).flash = 'too late'
      await request.session.save()
    })
  })
  t.equal((await app.inject('/')).statusCode, 200)
  await turns()
  t.strictSame(await store.records(), [])
})
