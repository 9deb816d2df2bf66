/**
 * What goes wrong half-way, and what comes at an odd moment: nothing is lost, nobody stays signed in by mistake.
 */
import { promisify } from 'node:util'
import t from 'tap'
import { currentLoginSession } from '../../plugin/index.js'
import { memoryStore } from '../../plugin/stores/memory.js'
import { createShop, dataOf, PASSWORD } from '../support/app.js'
import { browser, setCookies } from '../support/browser-jar.js'
import { createGate } from '../support/gate.js'
import { breakable } from '../support/stores.js'

t.test('a sign-in that fails leaves the session that was there, with its data', async t => {
  const store = breakable(memoryStore())
  const app = await createShop(t, { store })
  const laptop = browser(app)
  await laptop.signIn('ada')
  await laptop.post('/data', { cart: ['book'] })
  store.fail('insert')
  t.equal((await laptop.post('/login', { user: 'bob' })).statusCode, 503)
  store.recover()
  t.equal(await laptop.user(), 'ada')
  t.strictSame((await laptop.get('/data')).json(), { cart: ['book'] })
})

t.test('a sign-in whose former session cannot be ended leaves no second session behind', async t => {
  const store = breakable(memoryStore())
  const app = await createShop(t, { store })
  const laptop = browser(app)
  await laptop.signIn('ada')
  const { remove } = store
  let refused = false
  store.remove = async (...args) => {
    if (refused) return await remove(...args)
    refused = true
    throw new Error('connection reset')
  }
  t.equal((await laptop.post('/login', { user: 'ada' })).statusCode, 503)
  t.equal((await app.loginSessions.list('ada')).length, 1)
  t.equal(await laptop.user(), 'ada')
})

t.test('a sign-in whose clearing up fails too is still an answer', async t => {
  const store = breakable(memoryStore())
  const app = await createShop(t, { store })
  const laptop = browser(app)
  await laptop.signIn('ada')
  store.fail('remove')
  t.equal((await laptop.post('/login', { user: 'ada' })).statusCode, 503)
  store.recover()
  t.equal(await laptop.user(), 'ada')
})

t.test('after a lookup that failed, a sign-in in the same request is a sign-in: its data is saved, and it can end', async t => {
  const store = breakable(memoryStore())
  const app = await createShop(t, {
    store,
    routes: app => {
      app.post('/enter', async request => {
        store.recover()
        await request.startLoginSession('ada')
        dataOf(request).theme = 'dark'
        return {}
      })
      app.post('/enter-and-leave', async request => {
        store.recover()
        await request.startLoginSession('ada')
        await request.endLoginSession()
        return {}
      })
    }
  })
  const laptop = browser(app)
  await laptop.signIn('ada')
  store.fail('findByToken')
  t.equal((await laptop.post('/enter')).statusCode, 200)
  t.strictSame((await laptop.get('/data')).json(), { theme: 'dark' })
  store.fail('findByToken')
  t.equal((await laptop.post('/enter-and-leave')).statusCode, 200)
  t.equal(await laptop.user(), null)
})

t.test('a save that failed is no matter to the sign-in after it', async t => {
  const store = breakable(memoryStore())
  const app = await createShop(t, {
    store,
    routes: app => app.post('/enter', async request => {
      dataOf(request).theme = 'dark'
      request.session.save().catch(() => {})
      await request.startLoginSession('bob')
      return {}
    })
  })
  const laptop = browser(app)
  await laptop.signIn('ada')
  store.fail('updateData')
  t.equal((await laptop.post('/enter')).statusCode, 200)
  t.equal(await laptop.user(), 'bob')
})

t.test('a sign-in whose former session can neither be read nor ended is none, and leaves no second session behind', async t => {
  const store = breakable(memoryStore())
  const app = await createShop(t, { store })
  const laptop = browser(app)
  await laptop.signIn('ada')
  store.fail('findByToken')
  t.equal((await laptop.post('/login', { user: 'bob' })).statusCode, 503)
  store.recover()
  t.equal(await laptop.user(), 'ada')
  t.strictSame(await app.loginSessions.list('bob'), [])
})

t.test('a visitor whose session cannot be ended is told so', async t => {
  const store = breakable(memoryStore())
  const app = await createShop(t, { store, routes: app => app.post('/destroy', async request => { await request.session.destroy(); return {} }) })
  const visitor = browser(app)
  await visitor.post('/data', { cart: ['book'] })
  store.fail('removeByToken')
  t.equal((await visitor.post('/destroy')).statusCode, 503)
  store.recover()
  t.strictSame((await visitor.get('/data')).json(), { cart: ['book'] })
})

t.test('a slow sign-out ends the session, however often its token has changed meanwhile', async t => {
  const [arrived, leave] = [createGate(), createGate()]
  const app = await createShop(t, {
    routes: app => app.post('/slow-logout', async request => {
      arrived.open()
      await leave.passed
      await request.endLoginSession()
      return {}
    })
  })
  const laptop = browser(app)
  await laptop.signIn('ada')
  const leaving = laptop.twin().post('/slow-logout')
  await arrived.passed
  await laptop.post('/confirm', { password: PASSWORD })
  await laptop.post('/confirm', { password: PASSWORD })
  leave.open()
  t.equal((await leaving).statusCode, 200)
  t.strictSame(await app.loginSessions.list('ada'), [])
  t.equal(await laptop.user(), null)
})

t.test('data written after a reload found the session revoked begins a session under a token nobody has seen', async t => {
  const app = await createShop(t, {
    routes: app => app.post('/slow', async request => {
      const session = currentLoginSession(request)
      await app.loginSessions.revoke(session.userId, session.id)
      await request.session.reload()
      dataOf(request).late = true
      return { user: request.loginSession }
    })
  })
  const laptop = browser(app)
  await laptop.signIn('ada')
  const revoked = laptop.twin()
  const reply = await laptop.post('/slow')
  t.equal(reply.json().user, null)
  t.equal(setCookies(reply).length, 1)
  t.not(laptop.cookieValue(), revoked.cookieValue())
  t.strictSame((await revoked.get('/data')).json(), {})
  t.strictSame((await laptop.get('/data')).json(), { late: true })
})

t.test('save() by the host keeps the cookie of the sign-in, over http on localhost too', async t => {
  const app = await createShop(t, {
    routes: app => app.post('/enter', async request => {
      await request.startLoginSession('ada')
      dataOf(request).theme = 'dark'
      await request.session.save()
      return {}
    })
  })
  for (const protocol of ['http', 'https']) {
    const reply = await browser(app).post('/enter', {}, { headers: { host: 'localhost', 'x-forwarded-proto': protocol } })
    t.equal(setCookies(reply).length, 1, protocol)
    t.match(setCookies(reply)[0], /; Secure;/)
  }
})

t.test('saves that nobody waits for come one after the other, and the visitor gets the cookie', async t => {
  const app = await createShop(t, {
    routes: app => app.post('/hasty', async request => {
      dataOf(request).first = 1
      request.session.save().catch(() => {})
      dataOf(request).second = 2
      request.session.save().catch(() => {})
      return {}
    })
  })
  const visitor = browser(app)
  t.equal((await visitor.post('/hasty')).statusCode, 200)
  t.strictSame((await visitor.get('/data')).json(), { first: 1, second: 2 })
})

t.test('app.decryptSession reads a session for others than requests, and can end it', async t => {
  const app = await createShop(t)
  const laptop = browser(app)
  await laptop.signIn('ada')
  await laptop.post('/data', { cart: ['book'] })
  const open = async () => {
    const request = { session: null as any }
    await promisify((done: (error?: unknown) => void) => app.decryptSession(decodeURIComponent(laptop.cookieValue()!), request as any, {} as any, done))()
    return request.session
  }
  const session = await open()
  t.strictSame(session.cart, ['book'])
  await session.save()
  t.equal(await laptop.user(), 'ada')
  await session.destroy()
  t.equal(await laptop.user(), null)
})

t.test('app.decryptSession says when a session cannot be ended', async t => {
  const store = breakable(memoryStore())
  const app = await createShop(t, { store })
  const laptop = browser(app)
  await laptop.signIn('ada')
  const request = { session: null as any }
  await promisify((done: (error?: unknown) => void) => app.decryptSession(decodeURIComponent(laptop.cookieValue()!), request as any, {} as any, done))()
  store.fail()
  await t.rejects(request.session.destroy(), { code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE' })
})
