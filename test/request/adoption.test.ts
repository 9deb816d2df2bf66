/**
 * The recipe for hosts that come from @fastify/session or express-session with connect-mongo: the block of RECIPES.md runs here as it
 * stands, and old servers of the real libraries have signed the people in.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import fastifyCookie, { fastifyCookie as cookies } from '@fastify/cookie'
import fastifyMiddie from '@fastify/middie'
import fastifySession from '@fastify/session'
import { MongoStore } from 'connect-mongo'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { CookieJar } from 'tough-cookie'
import { loginSessionApi, memoryStore, mongoStore, type OnSessionEnd, rejectCrossOrigin, requireRecentConfirmation } from '../../plugin/index.js'
import { createShop, dataOf, PASSWORD, type ShopOptions } from '../support/app.js'
import { browser, COOKIE, type JarBrowser, setCookies } from '../support/browser-jar.js'
import { after, createClock, DAY, HOUR, MINUTE, NOW } from '../support/clock.js'
import { codeBlocks, documentNamed, sectionOf } from '../support/documents.js'
import { database } from '../support/mongo.js'
import { root } from '../support/root.js'
import { breakable } from '../support/stores.js'

const { client, db, collection } = await database(t)
const oldSecret = 'the secret of the sessions that the shop had before'
const oldSessions = db.collection<any>('sessions')

/** What a test does before the recipe's calls: it may fail instead. */
let beforeCall: (method: 'findOne' | 'deleteOne') => Promise<unknown> = async () => {}
const watchedOld = Object.assign(Object.create(oldSessions), {
  findOne: async (...args: Parameters<typeof oldSessions.findOne>) => await beforeCall('findOne').then(() => oldSessions.findOne(...args)),
  deleteOne: async (...args: Parameters<typeof oldSessions.deleteOne>) => await beforeCall('deleteOne').then(() => oldSessions.deleteOne(...args))
})
t.afterEach(() => { beforeCall = async () => {} })
Object.assign(globalThis, { adoptionOfTheTest: { oldSecret, oldSessions: watchedOld } })

// --- the recipe ---

const folder = `${root}.tap/recipes/adoption-${process.pid}`
mkdirSync(folder, { recursive: true })
t.teardown(() => rmSync(folder, { recursive: true }))
writeFileSync(`${folder}/yours.ts`, 'export const { oldSecret, oldSessions } = (globalThis as any).adoptionOfTheTest\n')

interface Recipe {
  adoptOldSessions(app: FastifyInstance): void
  prepareOldSessions(): Promise<number>
  endOldSessions(userId: string): Promise<void>
  onSessionEnd: OnSessionEnd
}

/** The recipe, for an old cookie of this name. */
async function recipeFor (name: string): Promise<Recipe> {
  const [block] = codeBlocks(sectionOf(documentNamed('RECIPES.md'), '## Coming from @fastify/session and connect-mongo'), 'ts')
  writeFileSync(`${folder}/${name}.ts`, block!.replace("OLD_COOKIE = 'sessionId'", `OLD_COOKIE = '${name}'`).replace("'fastify-login-sessions'", "'../../../plugin/index.js'"))
  return await import(`${folder}/${name}.ts`)
}

const recipe = await recipeFor('sessionId')

// --- the old servers, and the new one ---

interface OldOptions {
  maxAge?: number
  stringify?: boolean
}

const storeOf = (stringify = true): MongoStore => MongoStore.create({ client, dbName: db.databaseName, collectionName: 'sessions', stringify })

/** Where people were signed in before: @fastify/session with connect-mongo. */
async function oldServer (t: Test, { maxAge, stringify }: OldOptions = {}): Promise<FastifyInstance> {
  const app = Fastify({ trustProxy: true })
  t.teardown(() => app.close())
  await app.register(fastifyCookie)
  const cookie = { secure: true, ...(maxAge !== undefined && { maxAge }) }
  await app.register(fastifySession, { secret: oldSecret, store: storeOf(stringify) as never, cookie, saveUninitialized: false })
  app.post<{ Body: { user: string } }>('/login', async request => Object.assign(dataOf(request), { userId: request.body.user }) && {})
  app.get('/', async request => ({ user: dataOf(request).userId ?? null }))
  return app
}

/** The same with express-session. */
async function expressServer (t: Test): Promise<FastifyInstance> {
  const expressSession = createRequire(import.meta.url)('express-session')
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(fastifyMiddie)
  app.use(expressSession({ secret: oldSecret, store: storeOf(), resave: false, saveUninitialized: false }))
  app.post<{ Body: { user: string } }>('/login', async request => {
    (request.raw as any).session.userId = request.body.user
    return {}
  })
  return app
}

/** A browser that has signed in at the old server, as the new one sees it. */
async function comingFrom (old: FastifyInstance, app: FastifyInstance, user = 'ada', jar = new CookieJar()): Promise<JarBrowser> {
  const reply = await browser(old, {}, jar).post('/login', { user })
  t.equal(reply.statusCode, 200)
  t.equal(setCookies(reply).length, 1)
  return browser(app, {}, jar)
}

const clearsOld = (reply: Awaited<ReturnType<JarBrowser['get']>>): boolean =>
  setCookies(reply).some(line => line.startsWith('sessionId=; Max-Age=0;'))

/** The new server. */
async function newServer (t: Test, { adopt = recipe.adoptOldSessions, ...options }: ShopOptions & { adopt?: Recipe['adoptOldSessions'] } = {}) {
  await oldSessions.deleteMany({})
  const events: string[] = []
  const app = await createShop(t, {
    store: mongoStore(collection()),
    onSessionStart: (session, { newDevice }) => { events.push(`start ${session.adopted} ${newDevice}`) },
    async onSessionEnd (session, reason, context) {
      events.push(`${reason} ${context.actor.kind === 'host' ? context.actor.name : 'session'}`)
      await recipe.onSessionEnd(session, reason, context)
    },
    ...options,
    before: app => app.addHook('onRequest', rejectCrossOrigin),
    async routes (app) {
      adopt(app)
      app.get('/delete', { onRequest: requireRecentConfirmation(DAY) }, async () => 'deleted')
      app.get('/public.css', async (_request, reply) => reply.header('cache-control', 'public, max-age=600').send(''))
      await app.register(loginSessionApi, { prefix: '/sessions' })
    }
  })
  return { app, events }
}

// --- the tests ---

t.test('a person who was signed in before stays signed in, once, and no mail is sent', async t => {
  const { app, events } = await newServer(t)
  const laptop = await comingFrom(await oldServer(t), app)
  const reply = await laptop.get('/account')
  t.equal(reply.json().adopted, true, 'behind a guard')
  t.ok(clearsOld(reply))
  t.strictSame(setCookies(await laptop.get('/account')), [])
  const [session, ...others] = await app.loginSessions.list('ada')
  t.match(session, { adopted: true, newDevice: false, remember: false, confirmedAt: null, endsAt: after(NOW, 90 * DAY), expiresAt: after(NOW, HOUR + MINUTE) })
  t.strictSame(others, [])
  t.strictSame(events, ['start true false'])
  t.strictSame(setCookies(await laptop.get('/account')), [])
  await laptop.signOut()
  t.equal((await laptop.signIn('ada')).newDevice, false, 'the device is known from then on')
  t.strictSame((await laptop.get('/sessions')).json().sessions.map((session: any) => session.adopted), [false])
})

t.test('what connect-mongo keeps as an object, and how long an old session lived, are understood', async t => {
  const { app } = await newServer(t)
  const laptop = await comingFrom(await oldServer(t, { maxAge: 3 * HOUR, stringify: false }), app)
  t.type((await oldSessions.findOne())!.session, 'object')
  t.match((await laptop.get('/account')).json(), { remember: true, expiresAt: after(NOW, 3 * HOUR + MINUTE).toJSON() })
  t.ok(laptop.cookie()?.expires instanceof Date, 'the cookie outlives the browser')

  const short = await comingFrom(await oldServer(t, { maxAge: MINUTE / 2 }), app)
  t.equal(await short.accountStatus(), 200, 'a shorter life than touchEvery allows becomes two minutes')
})

t.test('a person who comes from express-session stays signed in', async t => {
  const { adoptOldSessions } = await recipeFor('connect.sid')
  const { app } = await newServer(t, { adopt: adoptOldSessions })
  const laptop = await comingFrom(await expressServer(t), app)
  const reply = await laptop.get('/')
  t.equal(reply.json().user, 'ada')
  t.ok(setCookies(reply).some(line => line.startsWith('connect.sid=; Max-Age=0;')))
  t.equal(await laptop.user(), 'ada')
})

t.test('an adopted session is no recent sign-in: its user confirms first', async t => {
  const clock = createClock()
  const confirm = () => ({ way: 'answer', label: 'Code', validFor: HOUR, check: (answer: string) => answer === '42' }) as const
  const { app } = await newServer(t, { now: clock.now, confirm })
  const laptop = await comingFrom(await oldServer(t), app)
  t.equal((await laptop.get('/delete')).statusCode, 403)
  t.equal((await laptop.get('/sessions')).json().confirmation.recent, false)
  t.equal((await laptop.post('/sessions/others/revoke', {})).statusCode, 422)
  await laptop.post('/confirm', { password: PASSWORD })
  t.equal((await laptop.get('/delete')).statusCode, 200)
  t.equal((await laptop.get('/sessions')).json().confirmation.recent, true)
  clock.advance(DAY + 1)
  t.not((await laptop.get('/delete')).statusCode, 200)
})

t.test('of parallel requests one adopts, and the others are answered as a visitor\'s once', async t => {
  const { app, events } = await newServer(t)
  const laptop = await comingFrom(await oldServer(t), app)
  const replies = await Promise.all(['/account', '/account?tab=1', '/account?tab=2'].map(url => laptop.get(url)))
  t.strictSame(replies.map(({ statusCode }) => statusCode).sort(), [200, 401, 401])
  t.strictSame(replies.filter(({ statusCode }) => statusCode === 401).flatMap(setCookies), [])
  t.equal(await laptop.accountStatus(), 200)
  t.equal(await app.loginSessions.count('ada'), 1)
  t.strictSame(events, ['start true false'])
})

t.test('an old session is adopted once: after a lost response, or by a copy of the cookie, nobody is signed in', async t => {
  const { app, events } = await newServer(t)
  const laptop = await comingFrom(await oldServer(t), app)
  const copy = laptop.twin()
  t.equal((await copy.get('/account')).statusCode, 200)
  t.equal(await laptop.accountStatus(), 401)
  t.equal(await app.loginSessions.count('ada'), 1)
  t.strictSame(events, ['start true false'])
})

t.test('a failure of the old collection fails no request, and the next one adopts', async t => {
  const { app } = await newServer(t)
  const laptop = await comingFrom(await oldServer(t), app)
  for (const failing of ['findOne', 'deleteOne']) {
    beforeCall = async method => { if (method === failing) throw new Error('connection refused') }
    t.equal(await laptop.user(), null, failing)
    t.equal(await laptop.accountStatus(), 401)
    beforeCall = async () => {}
  }
  const visitor = await laptop.twin().post('/data', { cart: 'tea' })
  t.equal(visitor.statusCode, 200)
  t.equal(await app.loginSessions.count('ada'), 1, 'the twin has adopted it')
})

t.test('a visitor cookie does not keep a browser from adopting', async t => {
  const { app } = await newServer(t)
  const laptop = await comingFrom(await oldServer(t), app)
  beforeCall = async () => { throw new Error('connection refused') }
  t.notOk(clearsOld(await laptop.post('/data', { cart: 'tea' })), 'a visitor session clears no old cookie')
  beforeCall = async () => {}
  t.equal(await laptop.accountStatus(), 200)
})

t.test('if the new session cannot be started, public routes work, and nobody gets two sessions', async t => {
  const store = breakable(memoryStore())
  const { app } = await newServer(t, { store })
  const laptop = await comingFrom(await oldServer(t), app)
  store.fail('insert')
  t.equal((await laptop.get('/')).statusCode, 200)
  store.recover()
  t.equal(await laptop.accountStatus(), 401, 'this browser signs in again')
  t.equal(await app.loginSessions.count('ada'), 0)
})

t.test('a request with the new cookie needs no old session, whatever fails', async t => {
  const store = breakable(memoryStore())
  const { app } = await newServer(t, { store })
  const jar = new CookieJar()
  const laptop = await comingFrom(await oldServer(t), app, 'ada', jar)
  const [old] = jar.getCookiesSync('https://shop.example')
  t.equal(await laptop.accountStatus(), 200)
  jar.setCookieSync(old!, 'https://shop.example')
  beforeCall = async () => { throw new Error('connection refused') }
  t.equal(await laptop.user(), 'ada')
  beforeCall = async () => {}
  store.fail('find')
  t.equal((await laptop.get('/')).statusCode, 200, 'nor is it asked to come again if it is unknown who is signed in')
  t.equal(await laptop.accountStatus(), 503)
  store.recover()
  t.equal(await laptop.accountStatus(), 200)
  t.equal(await app.loginSessions.count('ada'), 1)
})

t.test('what ends all sessions of a user, or all others, ends old ones that are not adopted yet', async t => {
  const { app } = await newServer(t)
  const old = await oldServer(t)
  const stringless = await oldServer(t, { stringify: false })
  const endings: Array<(id: string) => Promise<unknown>> = [
    id => app.loginSessions.revokeOthers({ userId: 'ada', id }),
    () => app.loginSessions.revokeAll('ada'),
    () => recipe.endOldSessions('ada')
  ]
  for (const end of endings) {
    const [laptop, tablet, phone] = [await comingFrom(old, app), await comingFrom(old, app), await comingFrom(stringless, app)]
    const other = await comingFrom(old, app, 'eve')
    await recipe.prepareOldSessions()
    t.equal(await laptop.accountStatus(), 200)
    t.equal(await tablet.accountStatus(), 200)
    await end((await laptop.get('/account')).json().id)
    await app.loginSessions.settled()
    t.equal(await phone.accountStatus(), 401, String(end))
    t.equal(await other.accountStatus(), 200)
  }
  const phone = await comingFrom(old, app)
  const { id } = (await (await comingFrom(old, app)).get('/account')).json()
  await recipe.prepareOldSessions()
  await app.loginSessions.revoke('ada', id)
  await app.loginSessions.settled()
  t.equal(await phone.accountStatus(), 200, 'the end of one session ends no other')
})

t.test('an old session that ends while it is looked up is not adopted', async t => {
  const { app } = await newServer(t)
  const laptop = await comingFrom(await oldServer(t), app)
  await recipe.prepareOldSessions()
  beforeCall = async method => { if (method === 'deleteOne') await recipe.endOldSessions('ada') }
  t.equal(await laptop.accountStatus(), 401)
  t.equal(await app.loginSessions.count('ada'), 0)
})

t.test('all old sessions are prepared, however many there are', async t => {
  await oldSessions.deleteMany({})
  const expires = after(NOW, 20 * 365 * DAY)
  await oldSessions.insertMany(Array.from({ length: 1002 }, (_, index) => ({ expires, session: JSON.stringify({ cookie: {}, userId: index }) })))
  await oldSessions.insertOne({ expires, session: JSON.stringify({ cookie: {} }) })
  await oldSessions.insertOne({ expires, session: 'not JSON' })
  t.equal(await recipe.prepareOldSessions(), 1, 'those that cannot be read are counted')
  t.equal(await recipe.prepareOldSessions(), 1)
  t.equal(await oldSessions.countDocuments({ userId: { $type: 'string' } }), 1002)
  await recipe.endOldSessions('1001')
  t.equal(await oldSessions.countDocuments(), 1003)
  t.ok((await oldSessions.indexes()).some(({ key }) => key.userId === 1))
})

t.test('a person who was signed out stays signed out', async t => {
  const { app } = await newServer(t)
  const old = await oldServer(t)
  const revokedBefore = await comingFrom(old, app)
  await oldSessions.deleteMany({})
  t.equal(await revokedBefore.accountStatus(), 401)

  const expired = await comingFrom(old, app)
  await oldSessions.updateMany({}, { $set: { expires: new Date() } })
  t.equal(await expired.accountStatus(), 401, 'before MongoDB removes it')

  const revokedAfter = await comingFrom(old, app)
  const { id } = (await revokedAfter.get('/account')).json()
  await app.loginSessions.revoke('ada', id)
  t.equal(await revokedAfter.accountStatus(), 401)
  const copy = await comingFrom(old, app)
  const twin = copy.twin()
  await copy.signOut()
  t.equal(await twin.accountStatus(), 401, 'nor with a copy of the old cookie')

  const signedOut = await comingFrom(old, app)
  t.equal((await signedOut.signOut()).statusCode, 200)
  t.equal((await signedOut.signOut()).statusCode, 200, 'the form is sent again')
  t.equal(await signedOut.accountStatus(), 401)

  const signedInAgain = await comingFrom(old, app)
  beforeCall = async () => { throw new Error('connection refused') }
  await signedInAgain.signIn('ada')
  beforeCall = async () => {}
  await signedInAgain.signOut()
  t.equal(await signedInAgain.accountStatus(), 401)
  t.equal(await app.loginSessions.count('ada'), 0)
})

t.test('an old session of a visitor makes nobody a user', async t => {
  const { app, events } = await newServer(t)
  const laptop = await comingFrom(await oldServer(t), app, undefined)
  await oldSessions.updateMany({}, { $set: { session: JSON.stringify({ cart: ['tea'], cookie: { originalMaxAge: null } }) } })
  const before = await oldSessions.findOne()
  for (const path of ['/account', '/public.css']) {
    const reply = await laptop.get(path)
    t.equal(reply.statusCode, path === '/account' ? 401 : 200)
    t.strictSame(setCookies(reply), [])
  }
  t.strictSame(await oldSessions.findOne(), before, 'nor is it written to')
  t.strictSame(events, [])
})

t.test('a request adopts only if the browser will keep the cookie, and the cookie is ours', async t => {
  const { app } = await newServer(t)
  const jar = new CookieJar()
  const laptop = await comingFrom(await oldServer(t), app, 'ada', jar)
  const before = await oldSessions.findOne()
  const image = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }
  for (const headers of [image, { ...image, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }, { upgrade: 'websocket' }]) {
    t.equal((await laptop.get('/account', { headers })).statusCode, 401)
  }
  t.equal((await laptop.post('/confirm', {}, { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' } })).statusCode, 403)
  const sent = jar.getCookieStringSync('https://shop.example')
  for (const forged of [sent.slice(0, -1), `sessionId=${before!._id}`, 'sessionId=', 'sessionId=s:.', `sessionId=${cookies.sign(before!._id, 'x'.repeat(32))}`]) {
    const reply = await laptop.get('/account', { headers: { cookie: forged } })
    t.equal(reply.statusCode, 401)
    t.strictSame(setCookies(reply), [], 'what is not ours is left alone')
    t.notOk(clearsOld(await laptop.post('/login', { user: 'eve' }, { headers: { cookie: forged } })))
  }
  t.strictSame(await oldSessions.findOne(), before)
  t.equal((await laptop.get('/account', { headers: { ...image, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' } })).statusCode, 200, 'a link')
})

t.test('no shared cache keeps a response that adopts or clears the old cookie', async t => {
  const { app } = await newServer(t)
  const laptop = await comingFrom(await oldServer(t), app)
  const reply = await laptop.get('/public.css')
  t.equal(reply.headers['cache-control'], 'private, max-age=600')
  t.match(setCookies(reply)[0], RegExp(`^${COOKIE}=`))
  t.ok(clearsOld(reply))
  const next = await laptop.get('/public.css')
  t.equal(next.headers['cache-control'], 'public, max-age=600')
  t.strictSame(setCookies(next), [])
  t.equal(await laptop.user(), 'ada')
})
