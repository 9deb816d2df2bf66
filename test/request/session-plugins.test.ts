/**
 * Plugins that hosts put on top of @fastify/session, used for real: they must find in `request.session` what they expect.
 */
import { createRequire } from 'node:module'
import csrfProtection from '@fastify/csrf-protection'
import flash from '@fastify/flash'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest, preValidationAsyncHookHandler } from 'fastify'
import t, { type Test } from 'tap'
import { type LoginSessionStore, memoryStore, mongoStore } from '../../plugin/index.js'
import { createShop, PASSWORD } from '../support/app.js'
import { browser, type JarBrowser, setCookies } from '../support/browser-jar.js'
import { parallel } from '../support/gate.js'
import { journey } from '../support/journey.js'
import { database } from '../support/mongo.js'
import { answer, createShopWithPages, PAGE } from '../support/page.js'
import { breakable } from '../support/stores.js'

type MakeStore = (t: Test) => Promise<LoginSessionStore>
const STORES: Record<string, MakeStore> = {
  memoryStore: async () => memoryStore(),
  mongoStore: async t => mongoStore((await database(t)).collection())
}

/** The session data of this browser, as JSON. */
const dataIn = async (chrome: JarBrowser): Promise<Record<string, unknown>> => (await chrome.get('/data')).json()

// --- @fastify/flash ---

async function shopWithFlash (t: Test, makeStore: MakeStore): Promise<FastifyInstance> {
  return await createShopWithPages(t, {
    store: await makeStore(t),
    async routes (app) {
      await app.register(flash)
      app.post<{ Body: { type: string, messages: string[] } }>('/say', async request => ({ count: request.flash(request.body.type, request.body.messages) }))
      app.get<{ Querystring: { type?: string } }>('/hear', async ({ query }, reply) => ({ heard: reply.flash(query.type) }))
    }
  })
}

for (const [name, makeStore] of Object.entries(STORES)) {
  t.test(`flash, on ${name}: messages come once, in order, and by type`, async t => {
    const app = await shopWithFlash(t, makeStore)
    const visitor = browser(app)
    const user = browser(app)
    await user.signIn('ada')
    for (const chrome of [visitor, user]) {
      const say = async (type: string, ...messages: string[]): Promise<number> => (await chrome.post('/say', { type, messages })).json().count
      const hear = async (query = ''): Promise<unknown> => (await chrome.get(`/hear${query}`)).json().heard

      t.strictSame(await hear('?type=info'), [])
      t.equal(await say('info', 'Saved.'), 1)
      t.equal(await say('info', 'Sent.', 'Paid.'), 3)
      t.equal(await say('error', 'Too many.'), 1)
      t.strictSame(await hear('?type=info'), ['Saved.', 'Sent.', 'Paid.'])
      t.strictSame(await hear('?type=info'), [])
      t.strictSame(await hear(), { error: ['Too many.'] })
      t.strictSame(await hear(), {})
    }
    t.strictSame(await user.user(), 'ada')
  })
}

t.test('@fastify/flash: register it after; messages stay at sign-in and go at sign-out', async t => {
  const app = await shopWithFlash(t, STORES.memoryStore!)
  const chrome = browser(app)
  await chrome.post('/say', { type: 'info', messages: ['Please sign in.'] })
  await chrome.signIn('ada')
  t.strictSame((await chrome.get('/hear?type=info')).json().heard, ['Please sign in.'])
  await chrome.post('/say', { type: 'info', messages: ['For ada only.'] })
  await chrome.signOut()
  t.strictSame((await chrome.get('/hear?type=info')).json().heard, [])
  await journey(t, app)
})

// --- @fastify/passport ---

interface ShopUser { name: string }

type PassportRequest = Omit<FastifyRequest<{ Querystring: { user?: string } }>, 'user'> & {
  user: ShopUser | null
  isAuthenticated(): boolean
  logout(): Promise<void>
}

interface Passport {
  use(name: string, strategy: object): void
  registerUserSerializer(serialize: (user: ShopUser) => Promise<string>): void
  registerUserDeserializer(deserialize: (name: string) => Promise<ShopUser | false>): void
  initialize(): FastifyPluginAsync
  secureSession(): FastifyPluginAsync
  authenticate(strategy: string, options: object): preValidationAsyncHookHandler
}

/** Typed here, since its own types declare `request.user`, and so do the example's. */
const { Authenticator, Strategy } = createRequire(import.meta.url)('@fastify/passport') as {
  Authenticator: new () => Passport
  Strategy: new (name: string) => { fail(challenge: string, status: number): void, success(user: ShopUser): void }
}

const own = (request: FastifyRequest): PassportRequest => request as unknown as PassportRequest

/** Everybody is believed. */
class NamedUser extends Strategy {
  authenticate (request: PassportRequest): void {
    const { user } = request.query
    if (user === undefined) this.fail('who?', 401)
    else this.success({ name: user })
  }
}

async function shopWithPassport (t: Test, makeStore: MakeStore): Promise<FastifyInstance> {
  const passport = new Authenticator()
  passport.use('named', new NamedUser('named'))
  passport.registerUserSerializer(async user => user.name)
  passport.registerUserDeserializer(async name => name === 'nobody' ? false : { name })
  return await createShopWithPages(t, {
    store: await makeStore(t),
    async routes (app) {
      await app.register(passport.initialize())
      await app.register(passport.secureSession())
      const named = (options = {}) => ({ preValidation: passport.authenticate('named', { authInfo: false, ...options }) })
      app.get('/me', async request => ({ me: own(request).user?.name ?? null, is: own(request).isAuthenticated() }))
      app.post('/enter', named(), async () => ({}))
      app.post('/enter-and-keep', named({ keepSessionInfo: true }), async () => ({}))
      app.post('/enter-and-sign-in', named({ keepSessionInfo: true }), async request => await request.startLoginSession(own(request).user!.name))
      app.post('/exit', async request => { await own(request).logout(); return {} })
    }
  })
}

const me = async (chrome: JarBrowser): Promise<string | null> => (await chrome.get('/me')).json().me

for (const [name, makeStore] of Object.entries(STORES)) {
  t.test(`passport, on ${name}: who logs in is known on later requests, under a new cookie, until logging out`, async t => {
    const app = await shopWithPassport(t, makeStore)
    const chrome = browser(app)
    await chrome.post('/data', { cart: ['book'] })
    const planted = chrome.twin()

    t.equal((await chrome.post('/enter')).statusCode, 401)
    t.equal((await chrome.post('/enter?user=ada')).statusCode, 200)
    t.strictSame((await chrome.get('/me')).json(), { me: 'ada', is: true })
    t.equal(await me(chrome), 'ada')
    t.strictSame(await dataIn(chrome), { passport: 'ada' }, 'the data from before is gone')
    t.not(chrome.cookieValue(), planted.cookieValue())
    t.equal(await me(planted), null, 'and who planted the cookie is not logged in')
    t.strictSame(await dataIn(planted), {})

    const thief = chrome.twin()
    t.equal((await chrome.post('/exit')).statusCode, 200)
    t.strictSame((await chrome.get('/me')).json(), { me: null, is: false })
    t.strictSame(await dataIn(chrome), {})
    t.equal(await me(thief), null, 'the session has ended, not only the cookie')
  })
}

t.test('passport: keepSessionInfo keeps the host\'s data, and nothing else of the session', async t => {
  const app = await shopWithPassport(t, STORES.memoryStore!)
  const chrome = browser(app)
  await chrome.post('/data', { cart: ['book'], shoes: 1 })
  const before = chrome.cookieValue()
  await chrome.post('/enter-and-keep?user=ada')
  t.equal(await me(chrome), 'ada')
  t.strictSame(await dataIn(chrome), { cart: ['book'], shoes: 1, passport: 'ada' })
  t.not(chrome.cookieValue(), before)
})

t.test('@fastify/passport: register it after; call `startLoginSession` in the handler behind `authenticate`', async t => {
  const app = await shopWithPassport(t, STORES.memoryStore!)
  const chrome = browser(app)
  await chrome.post('/data', { cart: ['book'] })
  const { id } = (await chrome.post('/enter-and-sign-in?user=ada')).json()
  t.equal(await chrome.user(), 'ada')
  t.equal(await me(chrome), 'ada')
  t.strictSame(await dataIn(chrome), { cart: ['book'], passport: 'ada' })
  t.strictSame((await app.loginSessions.list('ada')).map(session => session.id), [id], 'one session, and it is listed')

  const elsewhere = chrome.twin()
  await chrome.post('/exit')
  t.equal(await chrome.user(), null, 'logging out of one is signing out of the other')
  t.equal(await elsewhere.user(), null)
  t.equal(await me(elsewhere), null)
  t.strictSame(await app.loginSessions.list('ada'), [])
  await journey(t, app)
})

t.test('passport: a login session that is revoked takes the passport with it', async t => {
  const app = await shopWithPassport(t, STORES.memoryStore!)
  const chrome = browser(app)
  const { id } = (await chrome.post('/enter-and-sign-in?user=ada')).json()
  await app.loginSessions.revoke('ada', id)
  t.equal(await me(chrome), null)
  t.equal(await chrome.user(), null)
})

t.test('passport: a user who no longer exists is logged out', async t => {
  const app = await shopWithPassport(t, STORES.memoryStore!)
  const chrome = browser(app)
  await chrome.post('/enter?user=nobody')
  t.equal(await me(chrome), null)
  t.strictSame(await dataIn(chrome), {})
})

t.test('passport: parallel requests of one browser', async t => {
  const app = await shopWithPassport(t, STORES.memoryStore!)
  const chrome = browser(app)
  await chrome.post('/enter?user=ada')
  t.strictSame(new Set(await parallel(10, () => me(chrome))), new Set(['ada']))
})

// --- @fastify/csrf-protection ---

async function shopWithCsrf (t: Test, makeStore: MakeStore): Promise<FastifyInstance> {
  return await createShopWithPages(t, {
    store: await makeStore(t),
    async routes (app) {
      await app.register(csrfProtection, { sessionPlugin: '@fastify/session' })
      app.get('/form', async (_request, reply) => ({ token: reply.generateCsrf() }))
      app.post('/transfer', { onRequest: app.csrfProtection }, async () => ({ transferred: true }))
    }
  })
}

const tokenFor = async (chrome: JarBrowser): Promise<string> => (await chrome.get('/form')).json().token
const transfer = async (chrome: JarBrowser, token?: string): Promise<number> =>
  (await chrome.post('/transfer', {}, { headers: token === undefined ? {} : { 'csrf-token': token } })).statusCode

for (const [name, makeStore] of Object.entries(STORES)) {
  t.test(`csrf-protection, on ${name}: a token is good for its session, again and again, and for no other`, async t => {
    const app = await shopWithCsrf(t, makeStore)
    const [visitor, user, other] = [browser(app), browser(app), browser(app)]
    await user.signIn('ada')
    await other.signIn('bob')
    const foreign = await tokenFor(other)
    for (const chrome of [visitor, user]) {
      t.equal(await transfer(chrome), 403)
      const [first, second] = [await tokenFor(chrome), await tokenFor(chrome)]
      t.not(first, second)
      for (const token of [first, second, first]) t.equal(await transfer(chrome, token), 200)
      t.equal(await transfer(chrome, foreign), 403)
      t.equal(await transfer(chrome, 'forged'), 403)
    }
  })
}

t.test('@fastify/csrf-protection: set `sessionPlugin: \'@fastify/session\'`; protect your own routes only: our forms have their own tokens', async t => {
  const app = await shopWithCsrf(t, STORES.memoryStore!)
  const chrome = browser(app)
  const token = await tokenFor(chrome)
  await chrome.signIn('ada')
  t.equal(await transfer(chrome, token), 200)
  await chrome.signOut()
  t.equal(await transfer(chrome, token), 403)
  await journey(t, app)
})

t.test('csrf-protection as a hook of the whole server refuses the forms of our pages', async t => {
  const app = await createShopWithPages(t, {
    async between (app) {
      await app.register(csrfProtection, { sessionPlugin: '@fastify/session' })
      app.addHook('preHandler', (request, reply, done) => {
        if (request.url.startsWith(PAGE) && request.method === 'POST') app.csrfProtection(request, reply, done)
        else done()
      })
    }
  })
  const [laptop, phone] = [browser(app), browser(app)]
  await laptop.signIn('ada')
  await phone.signIn('ada')
  t.equal((await answer(laptop, `${PAGE}/others/revoke`, PASSWORD)).statusCode, 403)
  t.equal(await phone.user(), 'ada')
})

// --- the order ---

t.test('flash or passport before this plugin: the boot stops, because they need request.session', async t => {
  for (const add of [flash, new Authenticator().initialize()]) {
    await t.rejects(createShop(t, { before: app => app.register(add) }), { code: 'FST_ERR_PLUGIN_NOT_PRESENT_IN_INSTANCE', message: /'session'.*@fastify\/flash/ })
  }
})

// --- app.decryptSession, as hosts use it for sockets ---

/** What `app.decryptSession` puts on the object that it is given. */
interface Decrypted {
  sessionId: string
  encryptedSessionId: string
  save(callback?: (error?: unknown) => void): Promise<void> | undefined
  destroy(callback?: (error?: unknown) => void): Promise<void> | undefined
  regenerate(callback?: (error?: unknown) => void): Promise<void> | undefined
  [key: string]: unknown
}

/** @param request a plain object, or a real request */
async function decrypt (app: FastifyInstance, value: string, request: object = {}): Promise<Decrypted> {
  await new Promise<void>((resolve, reject) => {
    app.decryptSession(decodeURIComponent(value), request as FastifyRequest, error => { if (error != null) reject(error); else resolve() })
  })
  return (request as { session: Decrypted }).session
}

const dataKeys = (session: object): string[] => Object.keys(session).filter(key => key !== 'cookie')

for (const [name, makeStore] of Object.entries(STORES)) {
  t.test(`decryptSession, on ${name}: the data and the public id of a signed-in session and of a visitor's`, async t => {
    const app = await createShop(t, { store: await makeStore(t) })
    const [user, visitor] = [browser(app), browser(app)]
    const { id } = await user.signIn('ada')
    for (const chrome of [user, visitor]) await chrome.post('/data', { cart: ['book'], 'a.b': 1 })

    const session = await decrypt(app, user.cookieValue()!)
    t.equal(session.sessionId, id)
    t.strictSame(session.cart, ['book'])
    t.strictSame(dataKeys(session).sort(), ['a.b', 'cart'])
    const ofVisitor = await decrypt(app, visitor.cookieValue()!)
    t.strictSame(ofVisitor.cart, ['book'])
    t.match(ofVisitor.sessionId, /^[\w-]{22}$/)
    for (const one of [session, ofVisitor]) {
      for (const value of [user.cookieValue()!, visitor.cookieValue()!]) {
        t.notMatch(JSON.stringify(one), decodeURIComponent(value).slice(30, 73), 'no secret in it')
      }
    }
  })
}

t.test('decryptSession: two calls at once on one cookie do not share their data', async t => {
  const app = await createShop(t)
  const user = browser(app)
  await user.signIn('ada')
  await user.post('/data', { cart: ['book'] })
  const [one, other] = await parallel(2, () => decrypt(app, user.cookieValue()!))
  ;(one!.cart as string[]).push('pen')
  t.strictSame(other!.cart, ['book'])
})

t.test('decryptSession: what is forged, or over, has no data and nobody\'s id', async t => {
  const app = await createShop(t)
  const user = browser(app)
  const { id } = await user.signIn('ada')
  await user.post('/data', { cart: ['book'] })
  const value = user.cookieValue()!
  const forged = [`${value.slice(0, -3)}AAA`, value.slice(0, 30), '', '.', 'a.b', '__proto__']
  await app.loginSessions.revoke('ada', id)
  for (const cookie of [...forged, value]) {
    const session = await decrypt(app, cookie)
    t.strictSame(dataKeys(session), [], cookie.slice(0, 4))
    t.not(session.sessionId, id)
  }
})

t.test('decryptSession: while the store is away it is an error, and nobody is let in', async t => {
  const store = breakable(memoryStore())
  const app = await createShop(t, { store })
  const user = browser(app)
  await user.signIn('ada')
  store.fail()
  const socket: { session?: object } = {}
  await t.rejects(decrypt(app, user.cookieValue()!, socket), { code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE' })
  t.strictSame(dataKeys(socket.session ?? {}), [])
  store.recover()
  t.match((await decrypt(app, user.cookieValue()!)).sessionId, /^[\w-]{22}$/)
})

t.test('decryptSession: the session cannot be saved, and says so', async t => {
  const app = await createShop(t)
  const user = browser(app)
  await user.signIn('ada')
  await user.post('/data', { cart: ['book'] })
  const session = await decrypt(app, user.cookieValue()!)
  session.cart = []
  await t.rejects(async () => await session.save(), /cannot be saved/)
  const error = await new Promise<unknown>(resolve => { session.save(resolve) })
  t.match((error as Error).message, /cannot be saved/)
  t.equal(await user.user(), 'ada')
  t.strictSame(await dataIn(user), { cart: ['book'] })
})

t.test('decryptSession: the session can be ended', async t => {
  const app = await createShop(t)
  for (const method of ['destroy', 'regenerate'] as const) {
    const user = browser(app)
    await user.signIn('ada')
    const session = await decrypt(app, user.cookieValue()!)
    const error = await new Promise<unknown>(resolve => { session[method](resolve) })
    if (method === 'destroy') t.notOk(error)
    else t.match((error as Error).message, /cannot be saved/, 'and nothing comes in its place')
    t.equal(await user.user(), null)
    t.strictSame(await app.loginSessions.list('ada'), [])
  }
})

t.test('decryptSession on a real request: what is signed in there stays signed in', async t => {
  const app = await createShop(t, {
    routes (app) {
      app.get('/socket', async request => {
        const session = await decrypt(app, String(request.headers['x-cookie']), request)
        return { id: session.sessionId, cart: session.cart ?? null, user: request.loginSession?.userId ?? null }
      })
    }
  })
  const [ada, bob] = [browser(app), browser(app)]
  await ada.signIn('ada')
  const { id } = await bob.signIn('bob')
  await bob.post('/data', { cart: ['book'] })
  for (const [chrome, user] of [[ada, 'ada'], [bob, 'bob'], [browser(app), null]] as const) {
    const reply = await chrome.get('/socket', { headers: { 'x-cookie': bob.cookieValue()! } })
    t.equal(reply.statusCode, 200)
    t.strictSame(reply.json(), { id, cart: ['book'], user })
    t.strictSame(setCookies(reply), [])
    t.equal(await chrome.user(), user)
  }
  t.strictSame(await dataIn(ada), {}, 'nothing of bob\'s got into ada\'s session')
  t.strictSame(await dataIn(bob), { cart: ['book'] })
})
