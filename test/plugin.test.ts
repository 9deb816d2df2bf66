/**
 * The plugin as a whole: how it is registered, what stops the boot, and how it closes.
 */
import { Agent } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { inspect } from 'node:util'
import cookie from '@fastify/cookie'
import secureSession from '@fastify/secure-session'
import session from '@fastify/session'
import { hash } from 'bcrypt'
import Fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify'
import { MongoClient } from 'mongodb'
import t, { type Test } from 'tap'
import { startMongod } from '../example/mongod.js'
import loginSessions, { currentLoginSession, loginSessionApi, loginSessionPages, loginSessions as named, memoryStore, requireLoginSession } from '../plugin/index.js'
import { keyOf, userKeyOf } from '../plugin/sessions/key.js'
import type { LoginSessionStore } from '../plugin/sessions/store.js'
import { createVisitor, type Visitor } from './bench/visitor.js'
import { createShop, PASSWORD, SECRET, type ShopOptions } from './support/app.js'
import { browser, COOKIE, setCookies } from './support/browser-jar.js'
import { createClock, MINUTE, NOW } from './support/clock.js'
import { createGate, parallel, turns } from './support/gate.js'
import { poll } from './support/poll.js'
import { randomId } from './support/records.js'
import { startShopProcess } from './support/shop-process.js'
import { onBothStores } from './support/stores.js'

// --- registration ---

const RIGHT = { secret: SECRET, store: memoryStore() }

function server (t: Test): FastifyInstance {
  const app = Fastify()
  t.teardown(() => app.close())
  return app
}

/** Registers, as `await app.register` does in a host. */
const register = async (app: FastifyInstance): Promise<void> => { await app.register(loginSessions, RIGHT) }

t.test('the default export and the named one are the same', async t => {
  t.equal(loginSessions, named)
})

t.test('registered twice: the boot stops and says so', async t => {
  const app = server(t)
  await register(app)
  await t.rejects(register(app), { code: 'FST_LOGIN_SESSION_OPTION', message: /registered already: register it once/ })
})

t.test('registered again in a child: the boot stops and says so', async t => {
  const app = server(t)
  await register(app)
  await t.rejects(async () => await app.register(async child => { await child.register(loginSessions, RIGHT) }), { code: 'FST_LOGIN_SESSION_OPTION' })
})

t.test('two siblings, each with its own sessions, do not see each other\'s', async t => {
  const app = server(t)
  for (const side of ['shop', 'admin']) {
    await app.register(async child => {
      await child.register(loginSessions, { ...RIGHT, store: memoryStore(), cookie: { name: `__Host-${side}` } })
      child.post(`/${side}/login`, request => request.startLoginSession(`${side} user`))
      child.get(`/${side}`, async request => ({ user: request.loginSession?.userId ?? null }))
    })
  }
  const visitor = browser(app)
  await visitor.post('/shop/login')
  t.strictSame((await visitor.get('/shop')).json(), { user: 'shop user' })
  t.strictSame((await visitor.get('/admin')).json(), { user: null })
  await visitor.post('/admin/login')
  t.strictSame((await visitor.get('/shop')).json(), { user: 'shop user' })
  t.strictSame((await visitor.get('/admin')).json(), { user: 'admin user' })
})

t.test('@fastify/session there already: the boot stops and says what to remove', async t => {
  const app = server(t)
  await app.register(cookie)
  await app.register(session, { secret: SECRET })
  await t.rejects(register(app), { code: 'FST_LOGIN_SESSION_OPTION', message: /@fastify\/session is registered already: remove that registration/ })
})

t.test('another maker of request.session there already: the boot stops and says which name to choose', async t => {
  const app = server(t)
  await app.register(secureSession, { key: Buffer.alloc(32) })
  await t.rejects(register(app), { code: 'FST_LOGIN_SESSION_OPTION', message: /another plugin also makes request\.session: .* sessionName: 'oauth'/ })
})

t.test('@fastify/cookie, @fastify/session or another maker of request.session after this plugin: the boot stops and says what to do', async t => {
  // Called as Fastify calls them: their errors are thrown outside of any promise, which would end this process.
  const late: Array<[add: (app: FastifyInstance) => unknown, message: RegExp]> = [
    [app => cookie(app, {}, () => {}), /@fastify\/cookie is registered after this plugin.*: register it before, or leave it out$/],
    [app => session(app, { secret: SECRET }, () => {}), /@fastify\/session is registered after this plugin.*: leave it out; request\.session comes with this plugin$/],
    [app => secureSession(app, { key: Buffer.alloc(32) }, () => {}), /another plugin also makes request\.session: .* sessionName: 'oauth'/]
  ]
  for (const [add, message] of late) {
    const app = server(t)
    await register(app)
    t.throws(() => add(app), { code: 'FST_LOGIN_SESSION_OPTION', message })
  }
})

t.test('the error of another decorator that is there already stays Fastify\'s', async t => {
  const app = server(t)
  await register(app)
  t.throws(() => app.decorate('loginSessions', null as never), { code: 'FST_ERR_DEC_ALREADY_PRESENT' })
  t.throws(() => app.decorateRequest('loginSession', null as never), { code: 'FST_ERR_DEC_ALREADY_PRESENT' })
  t.throws(() => app.decorateRequest('serializeCookie', {}), { code: 'FST_ERR_DEC_REFERENCE_TYPE' })
})

for (const hook of ['preHandler', false] as const) {
  t.test(`@fastify/cookie that is told ${hook === false ? 'to read no cookies' : 'to read cookies later'}: no request passes, and the error says what to change`, async t => {
    const app = server(t)
    await app.register(cookie, { hook })
    await register(app)
    app.get('/', async () => 'open')
    t.match((await app.inject('/')).json(), { statusCode: 500, code: 'FST_LOGIN_SESSION_OPTION', message: /register it without its option 'hook'/ })
  })
}

t.test('what the host makes of its own cookies does not reach ours', async t => {
  const plain = await createShop(t, { onSessionStart () {} })
  const strange = await createShop(t, {
    onSessionStart () {},
    before: app => app.register(cookie, {
      secret: 'the secret of the host\'s own cookies',
      parseOptions: { signed: true, maxAge: 5, expires: new Date(0), domain: 'evil.example', path: '/elsewhere', partitioned: true, priority: 'low', sameSite: 'none', secure: false, httpOnly: false }
    })
  })
  const lines = async (app: FastifyInstance) => {
    const told: string[] = []
    const visitor = browser(app)
    const note = async (reply: ReturnType<typeof visitor.post>) => {
      const cookies = setCookies(await reply)
      told.push(...cookies.map(line => line.replace(/=[^;]*;/, '=…;')))
    }
    await note(visitor.post('/login', { user: 'ada' }))
    await note(visitor.post('/login', { user: 'ada', remember: true }))
    t.equal(await visitor.user(), 'ada')
    await note(visitor.post('/logout'))
    t.equal(visitor.cookie(), undefined, 'the cookie is cleared')
    return told
  }
  const told = await lines(strange)
  t.strictSame(told, await lines(plain))
  t.equal(told.length, 7, 'where a login is over, the cookie changes twice')
})

for (const cookieBefore of [false, true]) {
  t.test(`a hook of the host's that answers before ours ${cookieBefore ? 'and after the cookies ' : ''}keeps its answer, and the visitor signed in`, async t => {
    let closed = false
    const app = await createShop(t, {
      async before (app) {
        if (cookieBefore) await app.register(cookie)
        app.addHook('onRequest', async (_request, reply) => { if (closed) return await reply.code(429).send({ busy: true }) })
      }
    })
    const laptop = browser(app)
    await laptop.signIn('ada')
    const value = laptop.cookieValue()
    closed = true
    for (const visitor of [laptop, browser(app)]) {
      const reply = await visitor.get('/account')
      t.strictSame([reply.statusCode, reply.json()], [429, { busy: true }])
    }
    t.equal(laptop.cookieValue(), value)
    closed = false
    t.equal(await laptop.user(), 'ada')
  })
}

t.test('a hook of the host\'s that fails before ours keeps its error, and the visitor signed in', async t => {
  let broken = false
  const app = await createShop(t, {
    before: app => app.addHook('onRequest', async () => { if (broken) throw Object.assign(new Error('teapot'), { statusCode: 418 }) })
  })
  const laptop = browser(app)
  await laptop.signIn('ada')
  broken = true
  t.equal((await laptop.get('/')).statusCode, 418)
  broken = false
  t.equal(await laptop.user(), 'ada')
})

t.test('errors of the host\'s routes keep the session', async t => {
  const app = await createShop(t, { routes: app => app.get('/broken', async () => { throw new Error('out of order') }) })
  const laptop = browser(app)
  await laptop.signIn('ada')
  t.equal((await laptop.get('/broken')).statusCode, 500)
  t.equal((await laptop.post('/login', undefined, { payload: '{', headers: { 'content-type': 'application/json' } })).statusCode, 400)
  t.equal(await laptop.user(), 'ada')
})

t.test('streams and redirects carry the cookie', async t => {
  const app = await createShop(t, {
    routes: app => {
      app.post('/enter', async (request, reply) => {
        await request.startLoginSession('ada')
        return reply.redirect('/', 303)
      })
    }
  })
  const laptop = browser(app)
  const reply = await laptop.post('/enter')
  t.strictSame([reply.statusCode, reply.headers.location], [303, '/'])
  t.equal(await laptop.user(), 'ada')
})

t.test('request.loginSession cannot be set', async t => {
  const app = await createShop(t, {
    routes: app => app.get('/forge', async request => {
      Object.assign(request, { loginSession: { userId: 'ada' } })
      return {}
    })
  })
  t.equal((await browser(app).get('/forge')).statusCode, 500)
})

const NOT_HERE = { statusCode: 500, code: 'FST_LOGIN_SESSION_OPTION', message: /register loginSessions on the root instance, before/ }

t.test('the guard without the core plugin lets nobody in, and says why', async t => {
  const app = server(t)
  app.get('/account', { onRequest: requireLoginSession }, async () => 'secret')
  app.get('/current', async request => currentLoginSession(request))
  for (const url of ['/account', '/current']) {
    t.match((await app.inject(url)).json(), NOT_HERE)
  }
})

t.test('the guard on routes of another branch than the core plugin lets nobody in, and says why', async t => {
  const app = server(t)
  await app.register(async child => { await child.register(loginSessions, RIGHT) })
  app.get('/account', { onRequest: requireLoginSession }, async () => 'secret')
  t.match((await app.inject('/account')).json(), NOT_HERE)
})

t.test('the guard as a hook that comes before the core plugin lets nobody in, and says why', async t => {
  const app = server(t)
  app.addHook('onRequest', requireLoginSession)
  await register(app)
  app.get('/account', async () => 'secret')
  t.match((await app.inject('/account')).json(), NOT_HERE)
})

t.test('the guard lets signed-in users in and others not, as a hook of a route or of a whole branch', async t => {
  const app = await createShop(t, {
    routes: app => app.register(async branch => {
      branch.addHook('onRequest', requireLoginSession)
      branch.get('/inside', async request => ({ user: currentLoginSession(request).userId }))
    })
  })
  const laptop = browser(app)
  t.equal((await laptop.get('/inside')).statusCode, 401)
  await laptop.signIn('ada')
  t.strictSame((await laptop.get('/inside')).json(), { user: 'ada' })
  t.equal(await laptop.accountStatus(), 200)
})

t.test('routes that were there before the plugin have sessions too', async t => {
  const app = server(t)
  app.get('/early', async request => ({ user: request.loginSession ?? null }))
  await register(app)
  t.equal((await app.inject('/early')).statusCode, 200)
})

t.test('signing in over plain http on another host is logged, because browsers drop the cookie', async t => {
  const LOST = /sign-in cookie is Secure but this request came over http for shop\.example, so browsers will drop it: use https; behind a proxy .*trustProxy/
  const warnings = async (headers: Record<string, string>, options = {}) => {
    const logs: string[] = []
    const app = await createShop(t, { logs, ...options })
    const reply = await app.inject({ method: 'POST', url: '/login', payload: { user: 'ada' }, headers })
    t.equal(reply.statusCode, 200)
    // Of the boot's own warnings, see addresses.test.ts.
    return logs.filter(line => JSON.parse(line).level === 40 && JSON.parse(line).reqId !== undefined).map(line => JSON.parse(line).msg)
  }
  const [warning, ...more] = await warnings({ host: 'shop.example' })
  t.match(warning, LOST)
  t.strictSame(more, [])
  t.match(await warnings({ host: 'shop.example:8080' }), [LOST])
  for (const host of ['localhost', 'localhost:3000', 'shop.localhost', '127.0.0.1', '127.0.0.1:3000', '127.8.8.8', '[::1]', '[::1]:3000']) {
    t.strictSame(await warnings({ host }), [], host)
  }
  for (const host of ['notlocalhost', 'localhost.example', '127.0.0.1.example', '1.127.0.0.1']) t.equal((await warnings({ host })).length, 1, host)
  t.strictSame(await warnings({ host: 'shop.example', 'x-forwarded-proto': 'https' }), [])
  t.strictSame(await warnings({ host: 'shop.example' }, { cookie: { name: 'sid', secure: false } }), [])
})

t.test('on localhost the Secure cookie is sent over http too: browsers take it there', async t => {
  const app = await createShop(t)
  const reply = await app.inject({ method: 'POST', url: '/login', payload: { user: 'ada' } })
  t.match(reply.headers['set-cookie'], new RegExp(`^${COOKIE}=.*; Secure`))
})

t.test('a sign-in in a hook that comes before the plugin\'s is a mistake that says so', async t => {
  const app = await createShop(t, {
    before: app => app.addHook('onRequest', async request => { await request.startLoginSession('ada') })
  })
  const reply = await app.inject('/')
  t.equal(reply.statusCode, 500)
  t.match(reply.json().message, /too early: this plugin's onRequest hook has not run/)
})

t.test('requests whose target is no path have no session, and keep their cookie', async t => {
  const app = await createShop(t)
  const laptop = browser(app)
  await laptop.signIn('ada')
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo

  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.on('data', chunk => { text += chunk }).on('end', () => resolve(text)).on('error', reject)
    socket.end(`OPTIONS * HTTP/1.1\r\nHost: shop.example\r\nCookie: ${COOKIE}=${laptop.cookieValue()}\r\nConnection: close\r\n\r\n`)
  })

  t.match(answer, /^HTTP\/1\.1 404/)
  t.notMatch(answer, /set-cookie/i)
})

// --- where pages and API are put: below a fixed path, after the core plugin; anything else stops the boot ---

const PLUGINS: Array<[name: string, plugin: FastifyPluginAsync<any>, example: string]> = [
  ['api', loginSessionApi, '/api/account/sessions'],
  ['pages', loginSessionPages, '/account/sessions']
]

const NO_FIXED_PATHS = [
  '', null, 5, 'api', 'account', '/api/', '/slash/', '/:id', '/:tenant/sessions', '/api/*', '/account/*',
  '//account/sessions', '/account//sessions', '//', '/a?x=1', '/a#b', '/x y', '/x\\y'
]

for (const [name, plugin, example] of PLUGINS) {
  for (const prefix of NO_FIXED_PATHS) {
    t.test(`${name} with the prefix ${JSON.stringify(prefix)} stop the boot and say what to write`, async t => {
      const routes = (app: FastifyInstance) => app.register(async branch => { await branch.register(plugin, { prefix }) })
      await t.rejects(createShop(t, { routes }), {
        code: 'FST_LOGIN_SESSION_OPTION',
        message: `fastify-login-sessions: ${name}: prefix must be a fixed path that begins with one slash and ends without, not ${inspect(prefix)}: ` +
          `write prefix: '${example}', or '/' for the root of the context that it is registered in`
      })
    })
  }

  const misplaced: Record<string, (app: FastifyInstance) => Promise<void>> = {
    async 'before the core plugin' (app) { await app.register(plugin, { prefix: example }) },
    async 'in another branch' (app) {
      await app.register(async branch => { await branch.register(loginSessions, { secret: SECRET, store: memoryStore() }) })
      await app.register(async branch => { await branch.register(plugin, { prefix: example }) })
    }
  }
  for (const [where, register] of Object.entries(misplaced)) {
    t.test(`${name} ${where} stop the boot and say what comes first`, async t => {
      const app = Fastify()
      t.teardown(() => app.close())
      await t.rejects(register(app), { code: 'FST_LOGIN_SESSION_OPTION', message: new RegExp(`: ${name}: register loginSessions first, on this instance or one above it$`) })
    })
  }
}

// --- close() under load: late writes are written, running requests are finished, nothing is left behind ---

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
          // A lookup is for all requests of an event-loop turn.
          waiting += method === 'find' ? (args[0] as string[]).length : 1
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

  const lastActive = async (store: LoginSessionStore, users: string[]): Promise<Array<string | undefined>> =>
    await Promise.all(users.map(async user => (await store.page('', 1, userKeyOf(user)))[0]?.lastActiveAt.toISOString()))

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
    t.strictSame(await lastActive(store, users), users.map(() => NOW.toISOString()), 'nothing is written yet')
    gate.open()
    await closing.promise
    t.strictSame(await lastActive(store, users), users.map(() => clock.now().toISOString()))
    t.equal(waiting(), 2, 'those that waited traveled together')
  })

  t.test('it writes the retirements of former tokens', async t => {
    const { app, store, gate, shut } = await setup(t, 'setTokens')
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
    const records = (await parallel(3, index => store.page('', 9, userKeyOf(`user-${index}`)))).flat()
    t.strictSame(records.map(({ tokens }) => tokens.map(({ until }) => until !== undefined)), records.map(() => [false, true]))
    t.equal(records.length, 3)
  })

  t.test('it answers the requests that are under way, whose touches come late, and takes no new ones', async t => {
    const { app, clock, store, gate, agent, visitor, shut, waiting } = await setup(t, 'find')
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
    t.strictSame(await lastActive(store, users), users.map(() => clock.now().toISOString()))
  })

  t.test('it waits for the hooks of those who are signed out while it closes', async t => {
    const hook = createGate()
    const told: string[] = []
    const { app, gate, agent, visitor, shut, waiting } = await setup(t, 'find', {
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
      const { id, userId } = JSON.parse((await visitor.signIn()).body)
      return { visitor, key: keyOf(userId, id) }
    })
    const statuses = new Set<number>()
    let closes = false
    const visitors = Array.from({ length: 20 }, (_, index) => createVisitor(shop.url, agent, `user-${index % 5}`))
    const load = busy(visitors, () => closes, status => statuses.add(status))
    await poll('the load to be under way', () => statuses.size > 1 || undefined)

    const at = new Date()
    const answers = guests.map(async ({ visitor, key }) => ({ key, status: (await visitor.get('/account')).status }))
    await Promise.any(answers)
    closes = true
    const closing = shop.close()
    const settled = await Promise.allSettled(answers)
    await load
    // Connections that were busy at that moment would be kept for their time.
    agent.destroy()
    t.strictSame((await closing).left, [], 'no handle is left')
    t.equal(await shop.ended, 0)

    const answered = settled.flatMap(one => one.status === 'fulfilled' && one.value.status === 200 ? [one.value.key] : [])
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
