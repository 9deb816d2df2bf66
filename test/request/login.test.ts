import { inspect, promisify } from 'node:util'
import { signerFactory } from '@fastify/cookie'
import t from 'tap'
import { currentLoginSession, requireLoginSession } from '../../plugin/index.js'
import { keysFor } from '../../plugin/request/keys.js'
import { newVisitorKey } from '../../plugin/sessions/key.js'
import { newToken } from '../../plugin/sessions/tokens.js'
import { memoryStore } from '../../plugin/stores/memory.js'
import { createShop, dataOf, PASSWORD, SECRET } from '../support/app.js'
import { browser, clearsCookie, COOKIE, setCookies } from '../support/browser-jar.js'
import { after, DAY, HOUR, MINUTE, NOW } from '../support/clock.js'
import { bindsEverything } from '../support/device-binding.js'
import { createGate } from '../support/gate.js'
import { CHROME } from '../support/records.js'
import { breakable, holding, onBothStores } from '../support/stores.js'

const SESSION_COOKIE = new RegExp(`^${COOKIE}=[^;]+; Path=/; HttpOnly; Secure; SameSite=Lax$`)
const PERSISTENT_COOKIE = new RegExp(`^${COOKIE}=[^;]+; Path=/; Expires=Thu, 01 Apr 2100 12:00:00 GMT; HttpOnly; Secure; SameSite=Lax$`)

await onBothStores(t, async (t, makeStore) => {
  t.test('signing in makes a record of who, when, where and with what', async t => {
    const app = await createShop(t, { store: makeStore() })
    t.strictSame(await app.loginSessions.list('ada'), [])
    const laptop = browser(app, { ip: '203.0.113.9' })
    const session = await laptop.signIn('ada')
    t.equal(await laptop.user(), 'ada')
    const [listed, ...others] = await app.loginSessions.list('ada')
    t.strictSame(listed, {
      id: session.id,
      userId: 'ada',
      createdAt: NOW,
      lastActiveAt: NOW,
      expiresAt: after(NOW, HOUR + MINUTE),
      endsAt: after(NOW, 90 * DAY),
      remember: false,
      ip: '203.0.113.9',
      formerIp: null,
      userAgent: CHROME,
      device: { browser: 'Chrome', browserVersion: '149', os: 'Windows', osVersion: null, kind: 'desktop', model: null },
      newDevice: false,
      adopted: false,
      deviceBound: bindsEverything(),
      confirmedAt: null
    })
    t.strictSame(others, [])
  })

  t.test('request.loginSession is what startLoginSession answered, at once and on later requests', async t => {
    const app = await createShop(t, {
      store: makeStore(),
      routes: app => app.post('/both', async request => {
        const before = request.loginSession
        const started = await request.startLoginSession('ada')
        return { before, started, current: request.loginSession }
      })
    })
    const laptop = browser(app)
    const { before, started, current } = (await laptop.post('/both')).json()
    t.equal(before, null)
    t.strictSame(current, started)
    t.strictSame((await laptop.get('/account')).json(), started)
  })

  t.test('the cookie ends with the browser', async t => {
    const app = await createShop(t, { store: makeStore() })
    const laptop = browser(app)
    const reply = await laptop.post('/login', { user: 'ada' })
    t.match(setCookies(reply), [SESSION_COOKIE])
    t.equal(setCookies(reply).length, 1)
    laptop.restart()
    t.equal(await laptop.user(), null)
  })

  t.test('"keep me signed in": the cookie outlives the browser, until the session ends', async t => {
    const app = await createShop(t, { store: makeStore() })
    const laptop = browser(app)
    const reply = await laptop.post('/login', { user: 'ada', remember: true })
    t.match(setCookies(reply), [PERSISTENT_COOKIE])
    t.equal(setCookies(reply).length, 1)
    laptop.restart()
    t.equal(await laptop.user(), 'ada')
  })

  t.test('signing in again gives one new cookie and a new record, and ends what this browser had', async t => {
    const app = await createShop(t, { store: makeStore() })
    const [laptop, phone] = [browser(app), browser(app)]
    const first = await laptop.signIn('ada')
    const other = await phone.signIn('ada')
    const old = laptop.twin()

    const reply = await laptop.post('/login', { user: 'ada' })
    t.equal(setCookies(reply).length, 2)
    t.match(setCookies(reply), [/=ended;/, SESSION_COOKIE])
    const second = reply.json()
    t.not(second.id, first.id)
    t.not(laptop.cookieValue(), old.cookieValue())

    t.equal(await old.user(), null)
    t.equal(await laptop.user(), 'ada')
    t.equal(await phone.user(), 'ada', 'another browser of the user is left alone')
    t.strictSame((await app.loginSessions.list('ada')).map(({ id }) => id).sort(), [second.id, other.id].sort())
  })

  t.test('signing in as somebody else ends what this browser was signed in as', async t => {
    const app = await createShop(t, { store: makeStore() })
    const laptop = browser(app)
    await laptop.signIn('ada')
    await laptop.signIn('bob')
    t.equal(await laptop.user(), 'bob')
    t.strictSame(await app.loginSessions.list('ada'), [])
  })

  t.test('a cookie planted before sign-in is worthless after it', async t => {
    const app = await createShop(t, { store: makeStore() })
    const [thief, victim] = [browser(app), browser(app)]
    await thief.post('/data', { cart: ['book'] })
    const planted = thief.cookieValue()!
    victim.forge(planted)
    await victim.signIn('ada')
    t.equal(await victim.user(), 'ada')
    t.equal(await thief.user(), null)
    const held = victim.cookieValue()!
    t.not(held.slice(8, 30), planted.slice(8, 30), 'another id')
    t.not(held.slice(30, 73), planted.slice(30, 73), 'another secret')
  })

  for (const [what, value] of [['stale', 'stale'], ['forged', 'no.signature'], ['empty', '']] as const) {
    t.test(`signing in with a ${what} cookie sets one cookie, the new one`, async t => {
      const app = await createShop(t, { store: makeStore() })
      const laptop = browser(app)
      if (value === 'stale') {
        await laptop.signIn('ada')
        await app.loginSessions.revokeAll('ada')
      } else laptop.forge(value)
      const reply = await laptop.post('/login', { user: 'ada' })
      t.equal(setCookies(reply).length, 1)
      t.match(setCookies(reply), [SESSION_COOKIE])
      t.equal(await laptop.user(), 'ada')
    })
  }

  t.test('signing out removes the record and clears the cookie with its own attributes', async t => {
    const app = await createShop(t, { store: makeStore() })
    const [laptop, phone] = [browser(app), browser(app)]
    await laptop.signIn('ada', { remember: true })
    const { id } = await phone.signIn('ada')
    const old = laptop.twin()
    const reply = await laptop.signOut()
    t.equal(clearsCookie(reply), true)
    t.equal(laptop.cookie(), undefined)
    t.equal(await old.user(), null)
    t.strictSame((await app.loginSessions.list('ada')).map(session => session.id), [id])
  })

  t.test('signing out is harmless when nobody is signed in', async t => {
    const app = await createShop(t, { store: makeStore() })
    const reply = await browser(app).signOut()
    t.equal(reply.statusCode, 200)
    t.strictSame(setCookies(reply), [])
  })

  t.test('after signing out, the same request is anonymous and its session empty', async t => {
    const app = await createShop(t, {
      store: makeStore(),
      routes: app => app.post('/leave', async request => {
        await request.endLoginSession()
        return { session: request.loginSession, data: Object.keys(request.session).filter(key => key !== 'cookie') }
      })
    })
    const laptop = browser(app)
    await laptop.signIn('ada')
    await laptop.post('/data', { cart: ['book'] })
    t.strictSame((await laptop.post('/leave')).json(), { session: null, data: [] })
    t.strictSame((await laptop.get('/data')).json(), {})
  })

  t.test('signing out and in within one request leaves one cookie and one record', async t => {
    const app = await createShop(t, {
      store: makeStore(),
      routes: app => app.post('/switch', async request => {
        await request.endLoginSession()
        return await request.startLoginSession('bob')
      })
    })
    const laptop = browser(app)
    await laptop.signIn('ada')
    const reply = await laptop.post('/switch')
    t.equal(setCookies(reply).length, 2)
    t.match(setCookies(reply), [/=ended;/, SESSION_COOKIE])
    t.equal(await laptop.user(), 'bob')
    t.strictSame(await app.loginSessions.list('ada'), [])
  })

  t.test('signing in twice within one request leaves the second', async t => {
    const app = await createShop(t, {
      store: makeStore(),
      routes: app => app.post('/twice', async request => {
        await request.startLoginSession('ada')
        return await request.startLoginSession('bob', { remember: true })
      })
    })
    const laptop = browser(app)
    const reply = await laptop.post('/twice')
    t.equal(setCookies(reply).length, 1)
    t.match(setCookies(reply), [PERSISTENT_COOKIE])
    t.equal(await laptop.user(), 'bob')
    t.strictSame(await app.loginSessions.list('ada'), [])
    t.equal((await app.loginSessions.list('bob')).length, 1)
  })

  t.test('signing in and out within one request leaves nothing', async t => {
    const app = await createShop(t, {
      store: makeStore(),
      routes: app => app.post('/visit', async request => {
        await request.startLoginSession('ada')
        await request.endLoginSession()
        return {}
      })
    })
    const laptop = browser(app)
    await laptop.post('/visit')
    t.equal(laptop.cookie(), undefined)
    t.strictSame(await app.loginSessions.list('ada'), [])
  })

  t.test('a cookie with other attributes, as the host wants it', async t => {
    const cookie = { name: 'sid', secure: false, sameSite: 'strict', domain: 'shop.example' } as const
    const app = await createShop(t, { store: makeStore(), cookie })
    const laptop = browser(app, { cookie: 'sid' })
    const signedIn = await laptop.post('/login', { user: 'ada' })
    t.match(setCookies(signedIn), [/^sid=[^;]+; Domain=shop\.example; Path=\/; HttpOnly; SameSite=Strict$/])
    t.equal(await laptop.user(), 'ada')
    const signedOut = await laptop.signOut()
    t.equal(clearsCookie(signedOut, 'sid', 'HttpOnly; SameSite=Strict'), true)
    t.strictSame(setCookies(signedOut).map(line => line.includes('Domain=shop.example')), [true, false, true], 'that of this host only is cleared, too')
    t.equal(laptop.cookie(), undefined)
  })
})

t.test('a user id that is no text is a clear mistake, and signs nobody in', async t => {
  const app = await createShop(t)
  for (const user of [7, '', null, { $ne: null }, ['ada'], true]) {
    const laptop = browser(app)
    const reply = await laptop.post('/login', { user })
    t.equal(reply.statusCode, 500)
    t.match(reply.json().message, /user id as a string that is not empty: write startLoginSession\(String\(user\._id\)\)/)
    t.equal(laptop.cookie(), undefined)
  }
  const missing = await browser(app).post('/login', {})
  t.match(missing.json().message, /write startLoginSession\(String\(user\._id\)\)/)
})

t.test('the mistake is a TypeError', async t => {
  t.plan(1)
  const app = await createShop(t, {
    routes: app => app.post('/number', async request => {
      await t.rejects(request.startLoginSession(7 as unknown as string), TypeError)
    })
  })
  await browser(app).post('/number')
})

t.test('signing in when the response is on its way is a clear mistake, and leaves no session behind', async t => {
  const said: string[] = []
  const { store, letGo } = holding(memoryStore(), 'insert')
  const app = await createShop(t, {
    store,
    routes (app) {
      const note = (error: Error): void => { said.push(error.message) }
      app.post('/after', async (request, reply) => {
        await reply.send({})
        await request.startLoginSession('ada').catch(note)
      })
      app.post('/not-awaited', async request => {
        request.startLoginSession('ada').catch(note)
        return {}
      })
    }
  })
  for (const url of ['/after', '/not-awaited']) t.strictSame(setCookies(await browser(app).post(url)), [])
  await letGo()
  t.equal(said.length, 2)
  for (const message of said) t.match(message, /^the response has already been sent, .*: await startLoginSession before replying$/)
  t.strictSame(await app.loginSessions.list('ada'), [])
})

t.test('a wrong option of the sign-in is a clear mistake, and signs nobody in', async t => {
  const mistakes: Array<[options: object, says: RegExp]> = [
    [{ remember: 'on' }, /^startLoginSession: remember must be true or false, not 'on': write remember: request\.body\.remember === 'on', or leave remember out$/],
    [{ remember: null }, /^startLoginSession: remember must be true or false, not null:/],
    [{ remember: 1 }, /^startLoginSession: remember must be true or false, not 1:/],
    [null as never, /^startLoginSession takes its options as an object, not null: write startLoginSession\(user\.id, \{ remember: true \}\)$/],
    [true as never, /^startLoginSession takes its options as an object, not true:/],
    [[], /^startLoginSession takes its options as an object, not \[\]:/],
    [{ rememberMe: true }, /^unknown option startLoginSession: rememberMe \(did you mean remember\?\): the options of startLoginSession are remember, absoluteTimeout, idleTimeout, newAccount, adopted$/],
    [{ absoluteTimeout: '8h' }, /^startLoginSession: absoluteTimeout must be a positive number of milliseconds, not '8h': write absoluteTimeout: 8 \* 60 \* 60_000 for eight hours, or leave absoluteTimeout out$/],
    [{ absoluteTimeout: null }, /^startLoginSession: absoluteTimeout must be a positive number of milliseconds, not null/],
    [{ idleTimeout: 0 }, /^startLoginSession: idleTimeout must be a positive number of milliseconds, not 0/],
    [{ idleTimeout: MINUTE }, /^startLoginSession: idleTimeout \(60000 ms\) must be longer than touchEvery \(60000 ms\): write idleTimeout: 15 \* 60_000 for 15 minutes, or null for none$/],
    [{ absoluteTimeout: MINUTE, idleTimeout: null }, /^startLoginSession: absoluteTimeout \(60000 ms\) must be longer than touchEvery/],
    [{ prefix: '/' }, /^unknown option startLoginSession: prefix:/]
  ]
  for (const [options, says] of mistakes) {
    const app = await createShop(t, {
      routes: app => app.post('/choose', request => request.startLoginSession('ada', options))
    })
    const laptop = browser(app)
    const reply = await laptop.post('/choose')
    t.equal(reply.statusCode, 500)
    t.match(reply.json().message, says)
    t.strictSame(await app.loginSessions.list('ada'), [])
  }
})

t.test('the device is what the browser said at sign-in, cut at 512 characters', async t => {
  const app = await createShop(t)
  const hostile = browser(app, { userAgent: '<script>alert(1)</script>' + 'x'.repeat(1000) })
  const { userAgent, device } = await hostile.signIn('ada')
  t.equal(userAgent.length, 512)
  t.strictSame(device, { browser: null, browserVersion: null, os: null, osVersion: null, kind: 'unknown', model: null })
  const silent = await app.inject({ method: 'POST', url: '/login', payload: { user: 'bob' }, headers: { 'user-agent': '' } })
  t.equal(silent.json().userAgent, '')
})

t.test('an address that is none is not kept: the connection\'s is', async t => {
  const app = await createShop(t)
  const laptop = browser(app, { ip: '::ffff:203.0.113.9' })
  const addresses = ['<script>alert(1)</script>', '010.8.8.8', 'unknown', '']
  for (const address of addresses) {
    const reply = await laptop.post('/login', { user: 'ada' }, { headers: { 'x-forwarded-for': address } })
    t.equal(reply.json().ip, '203.0.113.9', address)
  }
  const forwarded = await laptop.post('/login', { user: 'ada' }, { headers: { 'x-forwarded-for': '2001:DB8:0:0::1' } })
  t.equal(forwarded.json().ip, '2001:db8::1')
})

t.test('the guard alone keeps strangers out: the handler behind it, which looks at nothing, does not run', async t => {
  let runs = 0
  const app = await createShop(t, {
    routes: app => app.get('/members', { onRequest: requireLoginSession }, async () => ({ runs: ++runs }))
  })
  const laptop = browser(app)
  t.equal((await laptop.get('/members')).statusCode, 401)
  t.equal(runs, 0)
  await laptop.signIn('ada')
  t.strictSame((await laptop.get('/members')).json(), { runs: 1 })
})

t.test('the cookie of a remembered session lives as long as the session may, not until its next idle end', async t => {
  const app = await createShop(t, { rememberIdleTimeout: DAY })
  const laptop = browser(app)
  t.match(setCookies(await laptop.post('/login', { user: 'ada', remember: true })), [PERSISTENT_COOKIE])
})

t.test('whoever signs in as somebody else is somebody else from that moment on, for the same request too', async t => {
  const app = await createShop(t, {
    routes: app => app.post('/change', async request => {
      const before = request.loginSession?.userId
      await request.startLoginSession('bob')
      return [before, request.loginSession?.userId]
    })
  })
  const laptop = browser(app)
  await laptop.signIn('ada')
  t.strictSame((await laptop.post('/change')).json(), ['ada', 'bob'])
})

// --- a sign-in or sign-out that fails half-way, or comes at an odd moment ---

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
  store.fail('find')
  t.equal((await laptop.post('/enter')).statusCode, 200)
  t.strictSame((await laptop.get('/data')).json(), { theme: 'dark' })
  store.fail('find')
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
  store.fail('find')
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
  store.fail('remove')
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

t.test('app.decryptSession reads a session for others than requests, and can end it, but not change it', async t => {
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
  t.equal(session.sessionId, (await laptop.get('/account')).json().id)
  t.notMatch(inspect(session, { depth: 9, showHidden: true }), laptop.cookieValue()!.slice(30, 60))
  await t.rejects(session.save(), /a session of app\.decryptSession cannot be saved: change request\.session in a request/)
  t.equal(await laptop.user(), 'ada')
  await session.destroy()
  t.equal(await laptop.user(), null)
})

t.test('a session that was decrypted before ten thousand others says how else to end it', async t => {
  const app = await createShop(t)
  const laptop = browser(app)
  await laptop.signIn('ada')
  const decrypt = async (value: string) => {
    const request = { session: null as any }
    await promisify((done: (error?: unknown) => void) => app.decryptSession(value, request as any, {} as any, done))()
    return request.session
  }
  const session = await decrypt(laptop.cookieValue()!)
  const signer = signerFactory(keysFor('session cookie', [SECRET]))
  await Promise.all(Array.from({ length: 10_000 }, () => decrypt(signer.sign(newToken(newVisitorKey())))))
  await t.rejects(session.destroy(), /cannot be ended, it is too long ago that it was decrypted: .* end the session with app\.loginSessions\.revoke/)
  t.equal(await laptop.user(), 'ada')
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

t.test('a session that app.decryptSession made for a cookie that is not ours is empty, also when it is loaded again', async t => {
  const app = await createShop(t)
  const request = { session: null as any }
  await promisify((done: (error?: unknown) => void) => app.decryptSession('forged', request as any, {} as any, done))()
  await request.session.reload()
  t.strictSame(Object.keys(request.session), ['cookie'])
})
