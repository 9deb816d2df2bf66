import { type AddressInfo, connect } from 'node:net'
import cookie from '@fastify/cookie'
import session from '@fastify/session'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import loginSessions, { currentLoginSession, loginSessions as named, memoryStore, requireLoginSession } from '../plugin/index.js'
import { createShop, SECRET } from './support/app.js'
import { browser, COOKIE, setCookies } from './support/browser-jar.js'

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

t.test('@fastify/cookie there already: it works, and the host\'s own cookies go on working', async t => {
  const app = await createShop(t, {
    before: app => app.register(cookie, { secret: 'the secret of the host\'s own cookies' }),
    routes: app => {
      app.post('/theme', async (_request, reply) => reply.setCookie('theme', 'dark', { signed: true, path: '/' }).send({}))
      app.get('/theme', async request => request.unsignCookie(request.cookies.theme ?? ''))
    }
  })
  const laptop = browser(app)
  await laptop.signIn('ada')
  await laptop.post('/theme')
  t.equal((await laptop.get('/theme')).json().value, 'dark')
  t.equal(await laptop.user(), 'ada')
  await laptop.signOut()
  t.equal(await laptop.user(), null)
  t.equal((await laptop.get('/theme')).json().value, 'dark')
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
  t.equal(told.length, 5)
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
