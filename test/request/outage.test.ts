import t, { type Test } from 'tap'
import { memoryStore } from '../../plugin/stores/memory.js'
import { createShop, dataOf, PASSWORD } from '../support/app.js'
import { browser, setCookies } from '../support/browser-jar.js'
import { parallel } from '../support/gate.js'
import { breakable, onBothStores } from '../support/stores.js'

const UNAVAILABLE = { statusCode: 503, error: 'Service Unavailable', code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE', message: 'Sign-in is temporarily unavailable' }

for (const trouble of ['fail', 'hang'] as const) {
  const what = trouble === 'fail' ? 'fails' : 'never answers'

  t.test(`a store that ${what}`, async t => {
    async function setup (t: Test, options: Parameters<typeof createShop>[1] = {}) {
      const store = breakable(memoryStore())
      const app = await createShop(t, { store, storeTimeout: 20, ...options })
      const laptop = browser(app)
      await laptop.signIn('ada', { remember: true })
      return { store, app, laptop, cookie: laptop.cookieValue() }
    }

    t.test('signs nobody out: the cookie stays, public pages work, and recovery needs no new sign-in', async t => {
      const { store, laptop, cookie } = await setup(t)
      store[trouble]()
      const reply = await laptop.get('/')
      t.strictSame([reply.statusCode, reply.json()], [200, { user: null }])
      t.strictSame(setCookies(reply), [])
      t.equal(laptop.cookieValue(), cookie)
      store.recover()
      t.equal(await laptop.user(), 'ada')
    })

    t.test('makes protected pages answer 503 with Retry-After, never 401', async t => {
      const { store, laptop, cookie } = await setup(t)
      store[trouble]()
      const reply = await laptop.get('/account')
      t.equal(reply.statusCode, 503)
      t.strictSame(reply.json(), UNAVAILABLE)
      t.equal(reply.headers['retry-after'], '2')
      t.strictSame(setCookies(reply), [])
      t.equal(laptop.cookieValue(), cookie)
      store.recover()
      t.equal(await laptop.accountStatus(), 200)
    })

    t.test('answers every one of many requests at the same moment', async t => {
      const { store, laptop } = await setup(t)
      store[trouble]()
      const statuses = await parallel(20, async index => (await laptop.get(index % 2 === 0 ? '/' : '/account')).statusCode)
      t.strictSame(statuses, Array.from({ length: 20 }, (_, index) => index % 2 === 0 ? 200 : 503))
    })

    t.test('is no matter for visitors without a cookie', async t => {
      const { store, app } = await setup(t)
      store[trouble]()
      const visitor = browser(app)
      t.equal(await visitor.user(), null)
      t.equal(await visitor.accountStatus(), 401, 'known not to be signed in')
    })

    t.test('lets nobody in: signing in answers 503 and sets no cookie', async t => {
      const { store, app } = await setup(t)
      store[trouble]()
      const visitor = browser(app)
      const reply = await visitor.post('/login', { user: 'ada' })
      t.strictSame([reply.statusCode, reply.json(), reply.headers['retry-after']], [503, UNAVAILABLE, '2'])
      t.strictSame(setCookies(reply), [])
    })

    t.test('does not let signing in end what this browser had', async t => {
      const { store, laptop } = await setup(t)
      store[trouble]()
      t.equal((await laptop.post('/login', { user: 'bob' })).statusCode, 503)
      store.recover()
      t.equal(await laptop.user(), 'ada')
    })

    t.test('does not pretend to sign out: 503, cookie and record stay', async t => {
      const { store, laptop, cookie } = await setup(t)
      store[trouble]()
      t.equal((await laptop.signOut()).statusCode, 503)
      t.equal(laptop.cookieValue(), cookie)
      store.recover()
      t.equal(await laptop.user(), 'ada')
    })

    t.test('does not pretend to sign out when it breaks between reading and removing', async t => {
      const { store, laptop, cookie } = await setup(t)
      store[trouble]('remove', 'remove')
      const reply = await laptop.signOut()
      t.equal(reply.statusCode, 503)
      t.strictSame(setCookies(reply), [])
      t.equal(laptop.cookieValue(), cookie)
      store.recover()
      t.equal(await laptop.user(), 'ada')
    })

    t.test('does not pretend to destroy() the session either', async t => {
      const { store, laptop, cookie } = await setup(t, {
        routes: app => app.post('/destroy', async request => { await request.session.destroy(); return {} })
      })
      store[trouble]('remove', 'remove')
      const reply = await laptop.post('/destroy')
      t.equal(reply.statusCode, 503)
      t.equal(laptop.cookieValue(), cookie)
      store.recover()
      t.equal(await laptop.user(), 'ada')
    })

    t.test('is an error for a request whose data could not be saved, and loses nothing that was there', async t => {
      const { store, laptop, cookie } = await setup(t)
      await laptop.post('/data', { cart: ['book'] })
      store[trouble]('updateData')
      const reply = await laptop.post('/data', { cart: [] })
      t.strictSame([reply.statusCode, reply.json(), reply.headers['retry-after']], [503, UNAVAILABLE, '2'])
      t.equal(laptop.cookieValue(), cookie)
      store.recover()
      t.strictSame((await laptop.get('/data')).json(), { cart: ['book'] })
      t.equal(await laptop.user(), 'ada')
    })

    t.test('makes no second session of data written meanwhile', async t => {
      const { store, app, laptop, cookie } = await setup(t)
      store[trouble]('find')
      await laptop.post('/data', { cart: ['pen'] })
      t.equal(laptop.cookieValue(), cookie)
      store.recover()
      t.equal(await laptop.user(), 'ada')
      t.equal((await app.loginSessions.list('ada')).length, 1)
      t.strictSame((await laptop.get('/data')).json(), {})
    })

    t.test('leaves no session behind when somebody signs in over one that could not be read', async t => {
      const { store, app, laptop } = await setup(t, {
        routes: app => app.post('/late-login', async request => {
          store.recover()
          return await request.startLoginSession('ada')
        })
      })
      const old = laptop.twin()
      store[trouble]('find')
      const reply = await laptop.post('/late-login')
      if (reply.statusCode === 200) {
        t.equal(await laptop.user(), 'ada')
        t.equal(await old.user(), null)
      } else t.equal(reply.statusCode, 503)
      t.equal((await app.loginSessions.list('ada')).length, 1)
    })

    t.test('closes the confirmation', async t => {
      const { store, laptop } = await setup(t)
      for (const method of ['takeAttempt', 'setTokens'] as const) {
        store[trouble](method)
        const reply = await laptop.post('/confirm', { password: PASSWORD })
        t.strictSame([reply.statusCode, reply.json().code], [503, 'FST_LOGIN_SESSION_STORE_UNAVAILABLE'], method)
        t.strictSame(setCookies(reply), [])
      }
      store.recover()
      t.equal(await laptop.user(), 'ada')
    })

    t.test('rejects whatever is asked of app.loginSessions', async t => {
      const { store, app } = await setup(t)
      store[trouble]()
      const { list, find, revoke, revokeOthers, revokeAll, revokeEveryone } = app.loginSessions
      const verbs: Array<() => Promise<unknown>> = [
        () => list('ada'), () => find('ada', 'id'), () => revoke('ada', 'id'), () => revokeOthers({ userId: 'ada', id: 'id' }), () => revokeAll('ada'), () => revokeEveryone()
      ]
      for (const verb of verbs) {
        await t.rejects(verb, { code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE' })
      }
    })

    t.test('is no matter for reload(): cannot-know, not signed out', async t => {
      const { store, laptop, cookie } = await setup(t, {
        routes: app => app.post('/reload', async request => {
          store[trouble]('find')
          await request.session.reload()
          return { keys: Object.keys(dataOf(request)).filter(key => key !== 'cookie') }
        })
      })
      await laptop.post('/data', { cart: ['book'] })
      await laptop.post('/reload')
      t.equal(laptop.cookieValue(), cookie)
      store.recover()
      t.equal(await laptop.user(), 'ada')
      t.strictSame((await laptop.get('/data')).json(), { cart: ['book'] })
    })
  })
}

for (const trouble of ['fail', 'hang'] as const) {
  t.test(`a store that ${trouble === 'fail' ? 'fails' : 'never answers'} at startup stops the boot, and says so`, async t => {
    const store = breakable(memoryStore())
    store[trouble]()
    const cause = trouble === 'fail' ? 'connection refused' : 'find took longer than 20 ms'
    await t.rejects(createShop(t, { store, storeTimeout: 20 }), {
      code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE',
      message: `fastify-login-sessions: the store cannot be read at startup (${cause}): is the database running and its address right? ` +
        'If connecting takes longer, await client.connect() first or raise storeTimeout',
      cause: { message: cause }
    })
  })
}

t.test('a store that cannot prepare stops the boot', async t => {
  const store = { ...memoryStore(), async prepare () { throw new Error('not authorised to make indexes') } }
  await t.rejects(createShop(t, { store }), { message: 'not authorised to make indexes' })
})

await onBothStores(t, async (t, makeStore) => {
  t.test('after an outage everything is as it was', async t => {
    const store = breakable(makeStore())
    const app = await createShop(t, { store })
    const laptop = browser(app)
    const { id } = await laptop.signIn('ada')
    await laptop.post('/data', { cart: ['book'] })
    store.fail()
    t.equal(await laptop.accountStatus(), 503)
    store.recover()
    t.equal((await laptop.get('/account')).json().id, id)
    t.strictSame((await laptop.get('/data')).json(), { cart: ['book'] })
  })
})
