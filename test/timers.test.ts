/**
 * Hosts test with fake timers, which nobody lets run out. What this package waits for must not wait for them.
 */
import { mock } from 'node:test'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { memoryStore } from '../plugin/index.js'
import { createShop } from './support/app.js'
import { browser } from './support/browser-jar.js'
import { after, createClock, MINUTE, NOW } from './support/clock.js'
import { breakable, onBothStores } from './support/stores.js'

await onBothStores(t, async (t, makeStore) => {
  t.test('with fake timers, people sign in and are looked up, touches are written, and close() returns', async t => {
    const clock = createClock()
    const routes = (app: FastifyInstance) => app.get('/ada', async request => await request.startLoginSession('ada'))
    const app = await createShop(t, { store: makeStore(), now: clock.now, onSessionStart: async () => {}, routes })
    mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate'] })
    t.teardown(() => mock.timers.reset())
    const laptop = browser(app)
    // Without a body: `app.inject` itself sends one with a global timer.
    await laptop.get('/ada')
    t.equal(await laptop.user(), 'ada')
    clock.advance(MINUTE)
    t.equal(await laptop.user(), 'ada')
    await app.close()
    mock.timers.reset()
    t.strictSame((await app.loginSessions.list('ada'))[0]?.lastActiveAt, after(NOW, MINUTE))
  })
})

t.test('with fake timers, a store that never answers is given up all the same', async t => {
  const store = breakable(memoryStore())
  const app = await createShop(t, { store, storeTimeout: 20, routes: app => app.get('/ada', async request => await request.startLoginSession('ada')) })
  const laptop = browser(app)
  await laptop.get('/ada')
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate'] })
  t.teardown(() => mock.timers.reset())
  store.hang('find')
  t.equal(await laptop.accountStatus(), 503)
  await app.close()
})
