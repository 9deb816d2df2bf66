/**
 * Saves of session data that nobody waits for: all of them are done before the response, in their order, and none of them
 * gets in the way of a sign-in.
 */
import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { memoryStore } from '../../plugin/stores/memory.js'
import { createShop, dataOf } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { createGate, type Gate, turns } from '../support/gate.js'
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
  const tokens: string[] = []
  const { insert } = store
  store.insert = async record => { tokens.push(record.tokens[0]!.hash); await insert(record) }
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
  const records = await Promise.all(tokens.map(hash => store.findByToken(hash)))
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
