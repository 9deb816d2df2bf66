/**
 * What could come back while its owner leaves: a session whose time is over, but that a touch on its way would prolong, and
 * one that seems gone until a failover. Who leaves, or signs in as somebody else, is done with it.
 */
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { createShop, PASSWORD } from '../support/app.js'
import { browser, type JarBrowser } from '../support/browser-jar.js'
import { createClock, HOUR, MINUTE, SECOND } from '../support/clock.js'
import { turns } from '../support/gate.js'
import { aroundCalls, holding, onBothStores } from '../support/stores.js'

const LEAVING: Record<string, (visitor: JarBrowser) => Promise<{ statusCode: number }>> = {
  'signing out': visitor => visitor.signOut(),
  'destroying the session': visitor => visitor.post('/destroy'),
  'regenerating it': visitor => visitor.post('/regenerate'),
  'signing in again': visitor => visitor.post('/login', { user: 'bob' })
}

function routes (app: FastifyInstance): void {
  app.post('/destroy', async request => { await request.session.destroy(); return {} })
  app.post('/regenerate', async request => { await request.session.regenerate(); return {} })
}

await onBothStores(t, async (t, makeStore) => {
  for (const [what, leave] of Object.entries(LEAVING)) {
    t.test(`${what} just after the session's end: a late touch does not bring it back`, async t => {
      const clock = createClock()
      const { store, arrived, letGo } = holding(makeStore(), 'touch')
      const app = await createShop(t, { store, now: clock.now, idleTimeout: HOUR, touchEvery: MINUTE, routes })
      const laptop = browser(app)
      await laptop.signIn('ada')
      const thief = laptop.twin()

      clock.advance(HOUR + MINUTE - SECOND)
      t.equal(await laptop.user(), 'ada')
      await arrived
      clock.advance(2 * SECOND)
      t.equal(await thief.twin().user(), null, 'its time is over')
      t.equal((await leave(laptop)).statusCode, 200)
      await letGo()

      t.equal(await thief.user(), null)
      t.strictSame(await app.loginSessions.list('ada'), [])
    })
  }

  for (const [what, leave] of Object.entries(LEAVING).filter(([what]) => what !== 'signing in again')) {
    t.test(`${what}: what a failover brings back meanwhile is ended, too`, async t => {
      // A removal that was refused shows all the same, until the failover that undoes it.
      let hidden = false
      const store = aroundCalls(makeStore(), async (method, call) => {
        if (method === 'barrier') hidden = false
        return hidden && method === 'findByToken' ? null : await call()
      })
      const app = await createShop(t, { store, routes })
      const laptop = browser(app)
      await laptop.signIn('ada')
      const thief = laptop.twin()
      hidden = true
      t.equal((await leave(laptop)).statusCode, 200)
      t.equal(await thief.user(), null)
      t.strictSame(await app.loginSessions.list('ada'), [])
    })
  }

  t.test('a former token that has run out ends nobody\'s session, whatever is done with it', async t => {
    const clock = createClock()
    let lost = false
    const store = aroundCalls(makeStore(), async (method, call) => {
      if (!lost || method !== 'findByToken') return await call()
      lost = false
      throw new Error('connection reset')
    })
    const app = await createShop(t, { store, now: clock.now, routes })
    const laptop = browser(app)
    await laptop.signIn('ada')
    const former = laptop.twin()
    await laptop.post('/confirm', { password: PASSWORD })
    t.equal(await laptop.user(), 'ada')
    await turns()
    clock.advance(31 * SECOND)
    for (const [what, leave] of Object.entries(LEAVING)) {
      await leave(former.twin())
      t.equal(await laptop.user(), 'ada', what)
    }
    lost = true
    t.equal((await former.twin().post('/login', { user: 'mallory' })).statusCode, 200)
    t.equal(await laptop.user(), 'ada', 'nor when its lookup has failed')
  })
})
