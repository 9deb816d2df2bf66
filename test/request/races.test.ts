import type { FastifyInstance, FastifyRequest } from 'fastify'
import t from 'tap'
import { memoryStore } from '../../plugin/stores/memory.js'
import { createShop, dataOf, OLD_SECRET, PASSWORD, SECRET } from '../support/app.js'
import { browser, type JarBrowser, setCookies } from '../support/browser-jar.js'
import { createClock, HOUR, MINUTE, SECOND } from '../support/clock.js'
import { createGate, parallel } from '../support/gate.js'
import { aroundCalls, holding, onBothStores, watched } from '../support/stores.js'

/** A route that is under way until the test lets it go on; then it does its work. */
function slowRoute (work: (request: FastifyRequest) => unknown) {
  const [arrived, leave] = [createGate(), createGate()]
  return {
    arrived: arrived.passed,
    leave: leave.open,
    routes: (app: FastifyInstance) => app.post('/slow', async request => {
      arrived.open()
      await leave.passed
      await work(request)
      return { user: request.loginSession?.userId ?? null }
    })
  }
}

const WORKS: Array<[what: string, work: Parameters<typeof slowRoute>[0]]> = [
  ['does nothing', () => {}],
  ['writes session data', request => { dataOf(request).late = true }],
  ['deletes session data', request => { delete dataOf(request).cart }],
  ['saves by itself', async request => { dataOf(request).late = true; await request.session.save() }],
  ['reloads the session', async request => { await request.session.reload() }]
]

const NO_NEW_COOKIE = /^__Host-login-session=;/

await onBothStores(t, async (t, makeStore) => {
  for (const [what, work] of WORKS) {
    t.test(`revoked while a slow request ${what}: the session stays dead`, async t => {
      const { arrived, leave, routes } = slowRoute(work)
      const clock = createClock()
      const store = watched(makeStore())
      const app = await createShop(t, { store, now: clock.now, routes })
      const laptop = browser(app)
      const { id } = await laptop.signIn('ada', { remember: true })
      await laptop.post('/data', { cart: ['book'] })
      const thief = laptop.twin()
      clock.advance(MINUTE)

      const slow = laptop.post('/slow')
      await arrived
      t.equal((await app.loginSessions.revoke('ada', id))?.id, id)
      t.equal(await thief.twin().user(), null)
      leave()
      const reply = await slow
      await store.touched()

      t.equal(reply.statusCode, 200)
      for (const line of setCookies(reply)) t.match(line, NO_NEW_COOKIE)
      t.equal(await thief.user(), null)
      t.equal(await laptop.user(), null)
      t.strictSame(await app.loginSessions.list('ada'), [])
    })
  }

  t.test('signed out in one window while a slow request of another writes: it stays signed out', async t => {
    const { arrived, leave, routes } = slowRoute(request => { dataOf(request).late = true })
    const app = await createShop(t, { store: makeStore(), routes })
    const laptop = browser(app)
    await laptop.signIn('ada')
    const [window, old] = [laptop.twin(), laptop.twin()]
    const slow = window.post('/slow')
    await arrived
    await laptop.signOut()
    leave()
    await slow
    t.equal(await old.user(), null)
    t.strictSame(await app.loginSessions.list('ada'), [])
  })

  t.test('revoked while many requests write and touch: no request after the answer is signed in', async t => {
    const clock = createClock()
    const store = watched(makeStore())
    const app = await createShop(t, { store, now: clock.now })
    const laptop = browser(app)
    const { id } = await laptop.signIn('ada')
    clock.advance(MINUTE)
    const twins = Array.from({ length: 30 }, () => laptop.twin())
    const writing = parallel(30, index => twins[index]!.post('/data', { [`key-${index}`]: index }))
    await app.loginSessions.revoke('ada', id)
    const after = await parallel(10, () => laptop.twin().user())
    t.strictSame(after, Array(10).fill(null))
    await writing
    await store.touched()
    t.equal(await laptop.user(), null)
    t.strictSame(await app.loginSessions.list('ada'), [])
  })

  t.test('revoked while somebody else signs in with the same browser: only the new session lives', async t => {
    const app = await createShop(t, { store: makeStore() })
    const laptop = browser(app)
    const { id } = await laptop.signIn('ada')
    await Promise.all([laptop.signIn('bob'), app.loginSessions.revoke('ada', id)])
    t.equal(await laptop.user(), 'bob')
    t.strictSame(await app.loginSessions.list('ada'), [])
  })

  t.test('all devices of a user revoke each other at the same moment: at most one is left, and no error', async t => {
    const app = await createShop(t, { store: makeStore() })
    const browsers = Array.from({ length: 5 }, () => browser(app))
    const sessions = await Promise.all(browsers.map(each => each.signIn('ada')))
    const ended = await Promise.all(sessions.map(session => app.loginSessions.revokeOthers(session)))
    const left = await app.loginSessions.list('ada')
    t.ok(left.length <= 1)
    t.equal(ended.reduce((sum, count) => sum + count, 0), 5 - left.length)
  })

  t.test('a slow request with the previous token does not put it back into the browser', async t => {
    for (const [what, work] of WORKS.filter(([what]) => what !== 'reloads the session')) {
      const { arrived, leave, routes } = slowRoute(work)
      const clock = createClock()
      const app = await createShop(t, { store: makeStore(), now: clock.now, routes })
      const laptop = browser(app)
      await laptop.signIn('ada')
      await laptop.post('/data', { cart: ['book'] })
      const slow = laptop.post('/slow')
      await arrived
      await laptop.post('/confirm', { password: PASSWORD })
      const fresh = laptop.cookieValue()
      leave()
      t.equal((await slow).json().user, 'ada', what)
      t.equal(laptop.cookieValue(), fresh, what)
      clock.advance(30 * SECOND)
      t.equal(await laptop.user(), 'ada', what)
    }
  })

  t.test('a cookie of the old secret whose session ends during the request is not signed anew', async t => {
    const store = makeStore()
    const before = browser(await createShop(t, { store, secret: OLD_SECRET }))
    await before.signIn('ada')
    const app = await createShop(t, {
      store,
      secret: [SECRET, OLD_SECRET],
      routes: app => app.post('/reload', async request => {
        await app.loginSessions.revokeAll('ada')
        await request.session.reload()
        return { user: request.loginSession }
      })
    })
    const laptop = browser(app)
    laptop.forge(before.cookieValue()!)
    const reply = await laptop.post('/reload')
    t.strictSame([reply.statusCode, reply.json(), setCookies(reply)], [200, { user: null }, []])
  })

  t.test('a late answer to a cookie of the old secret does not put the previous token back', async t => {
    const clock = createClock()
    const store = makeStore()
    const before = browser(await createShop(t, { store, now: clock.now, secret: OLD_SECRET }))
    await before.signIn('ada')
    const app = await createShop(t, { store, now: clock.now, secret: [SECRET, OLD_SECRET] })
    const laptop = browser(app)
    laptop.forge(before.cookieValue()!)
    const late = laptop.twin()
    await laptop.post('/confirm', { password: PASSWORD })
    const reply = await late.get('/')
    t.equal(reply.json().user, 'ada')
    t.strictSame(setCookies(reply), [])
  })

  t.test('a request under way when its browser signs in again keeps its answer, and writes nothing into the new session', async t => {
    const { arrived, leave, routes } = slowRoute(request => { dataOf(request).late = true })
    const app = await createShop(t, { store: makeStore(), routes })
    const laptop = browser(app)
    await laptop.signIn('ada')
    const slow = laptop.twin().post('/slow')
    await arrived
    await laptop.signIn('ada')
    leave()
    t.equal((await slow).statusCode, 200)
    t.equal(await laptop.user(), 'ada')
    t.strictSame((await laptop.get('/data')).json(), {})
    t.equal((await app.loginSessions.list('ada')).length, 1)
  })

  t.test('two servers over one store: what one revokes, the other refuses at once', async t => {
    const store = makeStore()
    const [here, there] = [await createShop(t, { store }), await createShop(t, { store })]
    const laptop = browser(here)
    const { id } = await laptop.signIn('ada')
    const elsewhere = browser(there)
    elsewhere.forge(laptop.cookieValue()!)
    t.equal(await elsewhere.user(), 'ada')
    await here.loginSessions.revoke('ada', id)
    t.equal(await elsewhere.user(), null)
  })
})

t.test('a record that goes while its lookup is under way is judged by what was read, and writes nothing', async t => {
  const [asked, answer] = [createGate(), createGate()]
  const store = memoryStore()
  let holding = false
  const app = await createShop(t, {
    store: {
      ...store,
      async find (keys) {
        const records = await store.find(keys)
        if (holding) {
          asked.open()
          await answer.passed
        }
        return records
      }
    }
  })
  const laptop = browser(app)
  await laptop.signIn('ada')
  holding = true
  const writing = laptop.post('/data', { late: true })
  await asked.passed
  await app.loginSessions.revokeAll('ada')
  answer.open()
  t.equal((await writing).statusCode, 200)
  holding = false
  t.equal(await laptop.user(), null)
  t.strictSame(await app.loginSessions.list('ada'), [])
})

// --- a session that could come back while its owner leaves: by a late touch, or by a failover ---

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
        return hidden && method === 'find' ? [null] : await call()
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

  for (const [what, leave] of Object.entries(LEAVING)) {
    t.test(`${what} with a former token that is over ends the session all the same`, async t => {
      const clock = createClock()
      const store = watched(makeStore())
      const app = await createShop(t, { store, now: clock.now, routes })
      const laptop = browser(app)
      await laptop.signIn('ada')
      const former = laptop.twin()
      await laptop.post('/confirm', { password: PASSWORD })
      t.equal(await laptop.user(), 'ada')
      await store.touched()
      clock.advance(31 * SECOND)
      t.equal(await former.user(), null)
      t.ok(former.cookieValue(), 'the cookie was not cleared')
      t.equal((await leave(former)).statusCode, 200)
      t.equal(await laptop.user(), null)
    })
  }
})
