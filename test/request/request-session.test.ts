import { inspect } from 'node:util'
import type { FastifyInstance, FastifyReply } from 'fastify'
import t from 'tap'
import { idOf, KEY_LENGTH, keyOf } from '../../plugin/sessions/key.js'
import { memoryStore } from '../../plugin/stores/memory.js'
import { createShop, dataOf, SECRET } from '../support/app.js'
import { browser, clearsCookie, type JarBrowser, setCookies } from '../support/browser-jar.js'
import { createClock, DAY, HOUR, MINUTE } from '../support/clock.js'
import { parallel } from '../support/gate.js'
import { observed } from '../support/observed-store.js'
import { breakable, onBothStores } from '../support/stores.js'

/** Names that the session object has itself: some that data may hide, and some that cannot be assigned to. */
const METHODS = ['save', 'get', 'set', 'destroy', 'reload', 'constructor']
const ACCESSORS = ['cookie', 'sessionId', 'encryptedSessionId']

const dataIn = async (browser: JarBrowser) => (await browser.get('/data')).json()

await onBothStores(t, async (t, makeStore) => {
  t.test('the host\'s data stays from request to request, and in this browser', async t => {
    const app = await createShop(t, { store: makeStore() })
    const [laptop, phone] = [browser(app), browser(app)]
    await laptop.signIn('ada')
    await phone.signIn('ada')
    const data = { cart: ['book'], theme: 'dark', 'a.b': 1, $x: 2, '': 3, '100%': { 'c.d': [null] } }
    await laptop.post('/data', data)
    t.strictSame(await dataIn(laptop), data)
    t.strictSame(await dataIn(phone), {})
    await laptop.post('/data', { theme: 'light', 'a.b': null, '': null })
    t.strictSame(await dataIn(laptop), { cart: ['book'], theme: 'light', $x: 2, '100%': { 'c.d': [null] } })
  })

  t.test('a change deep inside a value is saved', async t => {
    const app = await createShop(t, {
      store: makeStore(),
      routes: app => app.post('/push', async request => { (dataOf(request).cart as string[]).push('pen'); return {} })
    })
    const laptop = browser(app)
    await laptop.signIn('ada')
    await laptop.post('/data', { cart: ['book'] })
    await laptop.post('/push')
    t.strictSame(await dataIn(laptop), { cart: ['book', 'pen'] })
  })

  t.test('dates are dates again', async t => {
    const app = await createShop(t, {
      store: makeStore(),
      routes: app => {
        app.post('/seen', async request => { dataOf(request).seen = new Date(1234); return {} })
        app.get('/seen', async request => ({ isDate: dataOf(request).seen instanceof Date, at: dataOf(request).seen }))
      }
    })
    const laptop = browser(app)
    await laptop.post('/seen')
    t.strictSame((await laptop.get('/seen')).json(), { isDate: true, at: new Date(1234).toJSON() })
  })

  t.test('an anonymous visitor gets a record and a cookie with the first data, and not before', async t => {
    const store = makeStore()
    let inserted = 0
    const app = await createShop(t, { store: { ...store, async insert (record) { inserted++; await store.insert(record) } } })
    const visitor = browser(app)
    t.strictSame(setCookies(await visitor.get('/')), [])
    t.equal(inserted, 0)
    const reply = await visitor.post('/data', { cart: ['book'] })
    t.equal(inserted, 1)
    t.equal(setCookies(reply).length, 1)
    t.match(setCookies(reply), [/^__Host-login-session=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/])
    t.strictSame(await dataIn(visitor), { cart: ['book'] })
    t.equal(await visitor.user(), null)
    t.equal(await visitor.accountStatus(), 401)
    t.strictSame(setCookies(await visitor.post('/data', { cart: ['pen'] })), [])
    t.strictSame(await dataIn(visitor), { cart: ['pen'] })
    t.equal(inserted, 1)
  })

  t.test('an anonymous session expires like one without "keep me signed in"', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now })
    const visitor = browser(app)
    await visitor.post('/data', { cart: ['book'] })
    clock.advance(HOUR + MINUTE)
    t.strictSame(await dataIn(visitor), {})
    t.equal(visitor.cookie(), undefined)
  })

  t.test('what an anonymous visitor gathered comes along into the login, and the anonymous record goes', async t => {
    const app = await createShop(t, { store: makeStore() })
    const visitor = browser(app)
    await visitor.post('/data', { cart: ['book'] })
    const before = visitor.twin()
    await visitor.signIn('ada')
    t.strictSame(await dataIn(visitor), { cart: ['book'] })
    t.strictSame(await dataIn(before), {})
  })

  t.test('what is written in the request that signs in is kept', async t => {
    const app = await createShop(t, {
      store: makeStore(),
      routes: app => app.post('/welcome', async request => {
        dataOf(request).before = 1
        await request.startLoginSession('ada')
        dataOf(request).after = 2
        return {}
      })
    })
    const laptop = browser(app)
    const reply = await laptop.post('/welcome')
    t.equal(setCookies(reply).length, 1)
    t.strictSame(await dataIn(laptop), { before: 1, after: 2 })
    t.equal(await laptop.user(), 'ada')
  })

  t.test('what another login left in this browser stays behind', async t => {
    const app = await createShop(t, { store: makeStore() })
    const laptop = browser(app)
    await laptop.signIn('ada')
    await laptop.post('/data', { secret: 'ada\'s' })
    await laptop.signIn('bob')
    t.strictSame(await dataIn(laptop), {})
    await laptop.post('/data', { secret: 'bob\'s' })
    await laptop.signOut()
    t.strictSame(await dataIn(laptop), {})
  })

  t.test('what is written after signing out is a new anonymous session: one cookie, no user', async t => {
    const app = await createShop(t, {
      store: makeStore(),
      routes: app => app.post('/goodbye', async request => {
        await request.endLoginSession()
        dataOf(request).flash = 'see you'
        return {}
      })
    })
    const laptop = browser(app)
    await laptop.signIn('ada')
    const old = laptop.twin()
    const reply = await laptop.post('/goodbye')
    t.equal(setCookies(reply).length, 2)
    t.match(setCookies(reply)[0], /=ended;/)
    t.strictSame(await dataIn(laptop), { flash: 'see you' })
    t.equal(await laptop.user(), null)
    t.not(laptop.cookieValue(), old.cookieValue())
    t.strictSame(await dataIn(old), {})
  })

  t.test('parallel requests that write different keys all keep theirs', async t => {
    const app = await createShop(t, { store: makeStore() })
    const laptop = browser(app)
    await laptop.signIn('ada')
    await laptop.post('/data', { 'key-0': 'old', gone: true })
    const replies = await parallel(20, index => laptop.post('/data', index === 19 ? { gone: null } : { [`key-${index}`]: index }))
    t.strictSame(replies.map(({ statusCode }) => statusCode), Array(20).fill(200))
    t.strictSame(await dataIn(laptop), Object.fromEntries(Array.from({ length: 19 }, (_, index) => [`key-${index}`, index])))
  })

  t.test('parallel requests of one browser do not see each other\'s unsaved data', async t => {
    const app = await createShop(t, {
      store: makeStore(),
      routes: app => app.post('/count', async request => {
        const cart = dataOf(request).cart as string[]
        cart.push('pen')
        await new Promise(resolve => { setImmediate(resolve) })
        return { length: cart.length }
      })
    })
    const laptop = browser(app)
    await laptop.signIn('ada')
    await laptop.post('/data', { cart: ['book'] })
    const replies = await parallel(10, () => laptop.post('/count'))
    t.strictSame(replies.map(reply => reply.json().length), Array(10).fill(2))
  })

  t.test('a remembered session keeps its persistent cookie when data is saved', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now, routes: addSave })
    const laptop = browser(app)
    await laptop.signIn('ada', { remember: true })
    clock.advance(DAY)
    t.strictSame(setCookies(await laptop.post('/data', { theme: 'dark' })), [])
    const saved = setCookies(await laptop.post('/save', { theme: 'light' }))
    for (const cookie of saved) t.match(cookie, /Expires=Thu, 01 Apr 2100 12:00:00 GMT; HttpOnly; Secure; SameSite=Lax$/)
    laptop.restart()
    t.equal(await laptop.user(), 'ada')
  })

  t.test('what the host calls on request.session itself', async t => {
    t.test('save() saves at once', async t => {
      const app = await createShop(t, { store: makeStore(), routes: addSave })
      const laptop = browser(app)
      await laptop.signIn('ada')
      t.equal((await laptop.post('/save', { theme: 'dark' })).statusCode, 200)
      t.strictSame(await dataIn(laptop), { theme: 'dark' })
      t.equal(await laptop.user(), 'ada')
    })

    t.test('save() by an anonymous visitor makes the record and issues one cookie', async t => {
      const app = await createShop(t, { store: makeStore(), routes: addSave })
      const visitor = browser(app)
      const reply = await visitor.post('/save', { cart: ['book'] })
      t.equal(setCookies(reply).length, 1)
      t.match(setCookies(reply), [/^__Host-login-session=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/])
      t.strictSame(await dataIn(visitor), { cart: ['book'] })
    })

    t.test('save() with nothing to save makes no record and leaves no cookie that leads nowhere', async t => {
      const app = await createShop(t, { store: makeStore(), routes: addSave })
      const visitor = browser(app)
      t.strictSame(setCookies(await visitor.post('/save')), [])
    })

    t.test('save() right after sign-in changes nothing about it', async t => {
      const app = await createShop(t, {
        store: makeStore(),
        routes: app => app.post('/enter', async request => {
          await request.startLoginSession('ada')
          dataOf(request).theme = 'dark'
          await request.session.save()
          return {}
        })
      })
      const laptop = browser(app)
      const reply = await laptop.post('/enter')
      t.equal(setCookies(reply).length, 1)
      t.equal(await laptop.user(), 'ada')
      t.strictSame(await dataIn(laptop), { theme: 'dark' })
    })

    t.test('reload() gives the stored data back', async t => {
      const app = await createShop(t, {
        store: makeStore(),
        routes: app => app.post('/reload', async request => {
          dataOf(request).theme = 'unsaved'
          await request.session.reload()
          return { user: request.loginSession?.userId, theme: dataOf(request).theme, keys: Object.keys(request.session).sort() }
        })
      })
      const laptop = browser(app)
      await laptop.signIn('ada')
      await laptop.post('/data', { theme: 'dark' })
      const reply = await laptop.post('/reload')
      t.strictSame(reply.json(), { user: 'ada', theme: 'dark', keys: ['theme'] })
      t.strictSame(setCookies(reply), [])
      t.strictSame(await dataIn(laptop), { theme: 'dark' })
    })

    t.test('reload() right after sign-in stays signed in', async t => {
      const app = await createShop(t, {
        store: makeStore(),
        routes: app => app.post('/enter', async request => {
          await request.startLoginSession('ada')
          await request.session.reload()
          return { user: request.loginSession?.userId ?? null }
        })
      })
      const laptop = browser(app)
      t.strictSame((await laptop.post('/enter')).json(), { user: 'ada' })
      t.equal(await laptop.user(), 'ada')
    })

    t.test('destroy() is a sign-out: record gone, cookie cleared', async t => {
      const app = await createShop(t, { store: makeStore(), routes: addDestroy })
      const laptop = browser(app)
      await laptop.signIn('ada', { remember: true })
      const old = laptop.twin()
      const reply = await laptop.post('/destroy')
      t.strictSame(reply.json(), { user: null })
      t.equal(clearsCookie(reply), true)
      t.equal(laptop.cookie(), undefined)
      t.equal(await old.user(), null)
      t.strictSame(await app.loginSessions.list('ada'), [])
    })

    t.test('destroy() by an anonymous visitor is harmless', async t => {
      const app = await createShop(t, { store: makeStore(), routes: addDestroy })
      const reply = await browser(app).post('/destroy')
      t.strictSame([reply.statusCode, setCookies(reply)], [200, []])
    })

    t.test('destroy() right after sign-in leaves no record behind', async t => {
      const app = await createShop(t, {
        store: makeStore(),
        routes: app => app.post('/enter', async request => {
          await request.startLoginSession('ada')
          await request.session.destroy()
          return {}
        })
      })
      const laptop = browser(app)
      await laptop.post('/enter')
      t.equal(laptop.cookie(), undefined)
      t.strictSame(await app.loginSessions.list('ada'), [])
    })

    t.test('destroy() and then endLoginSession() is a sign-out like any other', async t => {
      const app = await createShop(t, {
        store: makeStore(),
        routes: app => app.post('/leave', async request => {
          await request.session.destroy()
          await request.endLoginSession()
          return {}
        })
      })
      const laptop = browser(app)
      await laptop.signIn('ada')
      t.equal((await laptop.post('/leave')).statusCode, 200)
      t.equal(laptop.cookie(), undefined)
    })

    t.test('destroy() and then startLoginSession() is a sign-in like any other', async t => {
      const app = await createShop(t, {
        store: makeStore(),
        routes: app => app.post('/again', async request => {
          await request.session.destroy()
          await request.startLoginSession('bob')
          return {}
        })
      })
      const laptop = browser(app)
      await laptop.signIn('ada')
      t.equal((await laptop.post('/again')).statusCode, 200)
      t.equal(await laptop.user(), 'bob')
    })

    t.test('regenerate() ends the login with its record; the keys it is told to keep begin an anonymous session', async t => {
      const app = await createShop(t, {
        store: makeStore(),
        routes: app => app.post('/regenerate', async request => {
          await request.session.regenerate(['cart'])
          return { user: request.loginSession?.userId ?? null }
        })
      })
      const laptop = browser(app)
      await laptop.signIn('ada')
      await laptop.post('/data', { cart: ['book'], theme: 'dark' })
      const old = laptop.twin()
      const reply = await laptop.post('/regenerate')
      t.strictSame(reply.json(), { user: null })
      t.equal(setCookies(reply).length, 2)
      t.strictSame(await dataIn(laptop), { cart: ['book'] })
      t.equal(await laptop.user(), null)
      t.equal(await old.user(), null)
      t.strictSame(await app.loginSessions.list('ada'), [])
    })

    t.test('regenerate() that keeps nothing clears the cookie', async t => {
      const app = await createShop(t, {
        store: makeStore(),
        routes: app => app.post('/regenerate', async request => { await request.session.regenerate(); return {} })
      })
      const laptop = browser(app)
      await laptop.signIn('ada')
      t.equal(clearsCookie(await laptop.post('/regenerate')), true)
      t.equal(laptop.cookie(), undefined)
    })

    t.test('regenerate() before sign-in, as hosts of @fastify/session do it', async t => {
      const app = await createShop(t, {
        store: makeStore(),
        routes: app => app.post('/enter', async request => {
          await request.session.regenerate(['cart'])
          await request.startLoginSession('ada')
          return {}
        })
      })
      const visitor = browser(app)
      await visitor.post('/data', { cart: ['book'] })
      const before = visitor.twin()
      const reply = await visitor.post('/enter')
      t.equal(setCookies(reply).length, 1)
      t.equal(await visitor.user(), 'ada')
      t.strictSame(await dataIn(visitor), { cart: ['book'] })
      t.strictSame(await dataIn(before), {})
    })

    t.test('regenerate() right after sign-in leaves no record behind', async t => {
      const app = await createShop(t, {
        store: makeStore(),
        routes: app => app.post('/enter', async request => {
          await request.startLoginSession('ada')
          await request.session.regenerate()
          return {}
        })
      })
      const laptop = browser(app)
      await laptop.post('/enter')
      t.equal(await laptop.user(), null)
      t.strictSame(await app.loginSessions.list('ada'), [])
    })

    t.test('callbacks do what promises do, and are told of errors', async t => {
      const store = breakable(makeStore())
      const app = await createShop(t, {
        store,
        routes (app) {
          const done = (reply: FastifyReply) => (error?: unknown) => { reply.code(error === undefined || error === null ? 200 : 503).send({}) }
          app.post<{ Body: object }>('/save', (request, reply) => { Object.assign(request.session, request.body).save(done(reply)) })
          app.post('/reload', (request, reply) => { request.session.reload(done(reply)) })
          app.post('/keep', (request, reply) => { request.session.regenerate(['cart'], done(reply)) })
          app.post('/regenerate', (request, reply) => { request.session.regenerate(done(reply)) })
          app.post('/destroy', (request, reply) => { request.session.destroy(done(reply)) })
        }
      })
      const laptop = browser(app)
      const status = async (url: string, data?: object) => (await laptop.post(url, data)).statusCode
      await laptop.signIn('ada')
      t.equal(await status('/save', { cart: ['book'], theme: 'dark' }), 200)
      t.equal(await status('/reload'), 200)
      t.strictSame(await dataIn(laptop), { cart: ['book'], theme: 'dark' })
      store.fail('remove', 'updateData')
      t.equal(await status('/save', { theme: 'light' }), 503)
      t.equal(await status('/destroy'), 503)
      store.recover()
      t.equal(await laptop.user(), 'ada')
      t.equal(await status('/keep'), 200)
      t.equal(await laptop.user(), null)
      t.strictSame(await dataIn(laptop), { cart: ['book'] })
      t.equal(await status('/regenerate'), 200)
      t.strictSame(await dataIn(laptop), {})
      await laptop.signIn('ada')
      t.equal(await status('/destroy'), 200)
      t.equal(await laptop.user(), null)
      t.strictSame(await app.loginSessions.list('ada'), [])
    })

    t.test('get() and set() are the same data', async t => {
      const app = await createShop(t, {
        store: makeStore(),
        routes: app => app.post('/set', async request => {
          request.session.set('theme' as never, 'dark' as never)
          return { theme: request.session.get('theme' as never) }
        })
      })
      const laptop = browser(app)
      t.strictSame((await laptop.post('/set')).json(), { theme: 'dark' })
      t.strictSame(await dataIn(laptop), { theme: 'dark' })
    })
  })

  t.test('data that cannot be stored is an error of this request only', async t => {
    const app = await createShop(t, {
      store: makeStore(),
      routes: app => app.post('/circle', async request => {
        const circle: Record<string, unknown> = {}
        dataOf(request).circle = circle.self = circle
        return {}
      })
    })
    const laptop = browser(app)
    await laptop.signIn('ada')
    t.equal((await laptop.post('/circle')).statusCode, 500)
    t.equal(await laptop.user(), 'ada')
    t.strictSame(await dataIn(laptop), {})
  })
})

function addSave (app: FastifyInstance): void {
  app.post<{ Body: Record<string, unknown> }>('/save', async request => {
    Object.assign(request.session, request.body)
    await request.session.save()
    return {}
  })
}

function addDestroy (app: FastifyInstance): void {
  app.post('/destroy', async request => {
    await request.session.destroy()
    return { user: request.loginSession?.userId ?? null }
  })
}

t.test('destroy() and regenerate() of a session that cannot be read do not pretend: 503, and cookie and login stay', async t => {
  const store = breakable(memoryStore())
  const app = await createShop(t, {
    store,
    routes (app) {
      app.post('/destroy', async request => { await request.session.destroy(); return {} })
      app.post('/regenerate', async request => { await request.session.regenerate(); return {} })
    }
  })
  const laptop = browser(app)
  await laptop.signIn('ada')
  const cookie = laptop.cookieValue()
  for (const url of ['/destroy', '/regenerate']) {
    store.fail('find')
    const reply = await laptop.post(url)
    store.recover()
    t.strictSame([reply.statusCode, setCookies(reply)], [503, []], url)
    t.equal(laptop.cookieValue(), cookie, url)
    t.equal(await laptop.user(), 'ada', url)
  }
})

t.test('a visitor who signs out was not signed in, and keeps what he gathered', async t => {
  const app = await createShop(t)
  const visitor = browser(app)
  await visitor.post('/data', { cart: ['book'] })
  const cookie = visitor.cookieValue()
  await visitor.signOut()
  t.equal(visitor.cookieValue(), cookie)
  t.strictSame(await dataIn(visitor), { cart: ['book'] })
})

t.test('a save that failed is not tried again by the response that says so', async t => {
  const store = memoryStore()
  let writes = 0
  const app = await createShop(t, { store: { ...store, async updateData () { writes++; throw new Error('away') } } })
  const laptop = browser(app)
  await laptop.signIn('ada')
  t.equal((await laptop.post('/data', { cart: ['book'] })).statusCode, 503)
  t.equal(writes, 1)
})

t.test('printed, it shows the host\'s data and the id, and never a token, a hash or a secret', async t => {
  const shown: string[] = []
  const app = await createShop(t, {
    routes: app => app.get('/print', async request => {
      shown.push(inspect(request.session), inspect(request.session, { depth: 9, showHidden: true, getters: true }), JSON.stringify(request.session), inspect({ ...request.session }))
      return { id: request.session.sessionId }
    })
  })
  const laptop = browser(app)
  await laptop.signIn('ada')
  await laptop.post('/data', { cart: ['book'] })
  const { id } = (await laptop.get('/print')).json()
  t.equal(shown[0], `RequestSession { sessionId: '${id}', cart: [ 'book' ] }`)
  const secret = decodeURIComponent(laptop.cookieValue()!).slice(KEY_LENGTH, KEY_LENGTH + 43)
  for (const text of shown) {
    t.match(text, 'book')
    for (const hidden of [secret, SECRET, 'tokens', 'hash']) t.notOk(text.includes(hidden), hidden)
  }
})

t.test('its id is that of the login session; a visitor\'s is that of the session that the first data start', async t => {
  const store = observed()
  const app = await createShop(t, {
    store,
    routes: app => app.post('/write', async request => {
      const { sessionId } = request.session
      dataOf(request).cart = ['book']
      await request.session.save()
      return [sessionId, request.session.sessionId, request.session.isSaved(), request.session.isModified()]
    })
  })
  const laptop = browser(app)
  const [before, after, ...state] = (await laptop.post('/write')).json()
  t.strictSame([after, state], [before, [true, false]])
  t.strictSame((await store.records()).map(({ _id }) => idOf(_id)), [before])
  const { id } = await laptop.signIn('ada')
  t.equal((await laptop.post('/write')).json()[0], id)
})

t.test('what @fastify/session makes of cookies and expiry is the plugin\'s: touch() and options() change nothing', async t => {
  const app = await createShop(t, {
    routes: app => app.get('/cookie', async request => {
      request.session.touch()
      request.session.options({ maxAge: 1, domain: 'evil.example' })
      request.session.cookie.domain = 'evil.example'
      return { cookie: request.session.cookie, encrypted: request.session.encryptedSessionId, modified: request.session.isModified() }
    })
  })
  const laptop = browser(app)
  const { endsAt } = await laptop.signIn('ada', { remember: true })
  const reply = await laptop.get('/cookie')
  t.strictSame(setCookies(reply), [])
  t.strictSame(reply.json(), {
    cookie: { path: '/', httpOnly: true, secure: true, sameSite: 'lax', originalMaxAge: null, expires: endsAt },
    encrypted: '',
    modified: false
  })
})

t.test('data whose keys are names of its methods are data like any other', async t => {
  const app = await createShop(t)
  const laptop = browser(app)
  await laptop.signIn('ada')
  const data = Object.fromEntries(METHODS.map(name => [name, name]))
  await laptop.post('/data', data)
  t.strictSame(await dataIn(laptop), data)
  t.equal(await laptop.user(), 'ada')
  t.equal(clearsCookie(await laptop.signOut()), true)
})

t.test('its accessors cannot be assigned to, and data of these names that somebody else wrote do no harm', async t => {
  const store = observed()
  const app = await createShop(t, { store })
  const laptop = browser(app)
  const { id } = await laptop.signIn('ada')
  for (const name of ACCESSORS) t.equal((await laptop.post('/data', { [name]: 'mine' })).statusCode, 500)
  await store.updateData(keyOf('ada', id), { set: { ...Object.fromEntries(ACCESSORS.map(name => [name, 'theirs'])), theme: 'dark' }, unset: [] })
  t.strictSame(await dataIn(laptop), { theme: 'dark' })
  t.strictSame(setCookies(await laptop.get('/')), [])
  t.equal(await laptop.user(), 'ada')
})

t.test('a visitor who has no session yet gets nothing back from reload()', async t => {
  const app = await createShop(t, {
    routes: app => app.post('/reload', async request => {
      dataOf(request).cart = ['book']
      await request.session.reload()
      return Object.keys(request.session)
    })
  })
  const reply = await browser(app).post('/reload')
  t.strictSame([reply.json(), setCookies(reply)], [[], []])
})
