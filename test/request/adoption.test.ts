/**
 * The recipe for hosts that come from @fastify/session or express-session with connect-mongo: the block of RECIPES.md runs here as it
 * stands, and old servers of the real libraries have signed the people in.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import fastifyCookie, { fastifyCookie as cookies } from '@fastify/cookie'
import fastifyMiddie from '@fastify/middie'
import fastifySession from '@fastify/session'
import { MongoStore } from 'connect-mongo'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { CookieJar } from 'tough-cookie'
import { loginSessionApi, memoryStore, mongoStore, rejectCrossOrigin, requireRecentConfirmation } from '../../plugin/index.js'
import { createShop, dataOf, PASSWORD, type ShopOptions } from '../support/app.js'
import { browser, COOKIE, type JarBrowser, setCookies } from '../support/browser-jar.js'
import { after, createClock, DAY, HOUR, MINUTE, NOW } from '../support/clock.js'
import { database } from '../support/mongo.js'
import { root } from '../support/root.js'
import { breakable } from '../support/stores.js'

const { client, db, collection } = await database(t)
const oldSecret = 'the secret of the sessions that the shop had before'
const oldSessions = db.collection<any>('sessions')
Object.assign(globalThis, { adoptionOfTheTest: { oldSecret, oldSessions } })

// --- the recipe ---

const folder = `${root}.tap/recipes/adoption-${process.pid}`
mkdirSync(folder, { recursive: true })
t.teardown(() => rmSync(folder, { recursive: true }))
writeFileSync(`${folder}/yours.ts`, 'export const { oldSecret, oldSessions } = (globalThis as any).adoptionOfTheTest\n')

/** The recipe, for an old cookie of this name. */
async function recipeFor (name: string): Promise<(app: FastifyInstance) => void> {
  const section = readFileSync(`${root}RECIPES.md`, 'utf8').split('\n## Coming from @fastify/session and connect-mongo\n')[1]!
  const [, block] = section.match(/```ts\n([\s\S]*?)```/)!
  writeFileSync(`${folder}/${name}.ts`, block!.replace("OLD_COOKIE = 'sessionId'", `OLD_COOKIE = '${name}'`).replace("'fastify-login-sessions'", "'../../../plugin/index.js'"))
  return (await import(`${folder}/${name}.ts`)).adoptOldSessions
}

const adoptOldSessions = await recipeFor('sessionId')

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
async function newServer (t: Test, { adopt = adoptOldSessions, ...options }: ShopOptions & { adopt?: typeof adoptOldSessions } = {}) {
  await oldSessions.deleteMany({})
  const events: string[] = []
  const app = await createShop(t, {
    store: mongoStore(collection()),
    onSessionStart: (session, { newDevice }) => { events.push(`start ${session.adopted} ${newDevice}`) },
    onSessionEnd: (_session, reason, { actor }) => { events.push(`${reason} ${actor.kind === 'host' ? actor.name : 'session'}`) },
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

/** As if ten seconds had passed since the old session was claimed. */
const forgetClaims = () => oldSessions.updateMany({}, { $set: { claimedAt: new Date(0) } })

// --- the tests ---

t.test('a person who was signed in before stays signed in, once, and no mail is sent', async t => {
  const { app, events } = await newServer(t)
  const laptop = await comingFrom(await oldServer(t), app)
  t.equal((await laptop.get('/account')).json().adopted, true, 'behind a guard')
  t.equal(await oldSessions.countDocuments(), 1, 'until the new cookie arrives')
  t.ok(clearsOld(await laptop.get('/account')))
  t.equal(await oldSessions.countDocuments(), 0)
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
})

t.test('a person who comes from express-session stays signed in', async t => {
  const { app } = await newServer(t, { adopt: await recipeFor('connect.sid') })
  const laptop = await comingFrom(await expressServer(t), app)
  t.equal(await laptop.user(), 'ada')
  t.equal(await laptop.user(), 'ada')
  t.equal(await oldSessions.countDocuments(), 0)
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

t.test('parallel requests adopt once: the others come again, and are signed in then', async t => {
  const { app, events } = await newServer(t)
  const laptop = await comingFrom(await oldServer(t), app)
  const replies = await Promise.all(['/account', '/account?tab=1', '/up/..//evil.example/', '/up/..//evil.example/'].map(url => laptop.get(url)))
  const [first, ...others] = replies.sort((a, b) => Number(a.statusCode === 307) - Number(b.statusCode === 307))
  t.not(first!.statusCode, 307)
  t.strictSame(others.map(({ statusCode }) => statusCode), [307, 307, 307])
  t.ok(others.some(({ headers: { location } }) => location === '/evil.example/'), 'on this site')
  t.ok(others.some(({ headers: { location } }) => /^\/account/.test(String(location))))
  t.strictSame(others.flatMap(setCookies), [])
  t.equal(await laptop.accountStatus(), 200)
  t.equal(await app.loginSessions.count('ada'), 1)
  t.strictSame(events, ['start true false'])
})

t.test('if the response is lost, the old session is adopted again and the session that nobody has is revoked', async t => {
  const { app, events } = await newServer(t)
  const laptop = await comingFrom(await oldServer(t), app)
  t.equal((await laptop.twin().get('/account')).statusCode, 200)
  await forgetClaims()
  t.equal(await laptop.accountStatus(), 200)
  t.equal(await laptop.accountStatus(), 200)
  t.equal(await app.loginSessions.count('ada'), 1)
  t.strictSame(events, ['start true false', 'start true false', 'revoked adoption'])
})

t.test('nothing is lost if the database fails in the middle', async t => {
  const store = breakable(memoryStore())
  const { app } = await newServer(t, { store })
  const laptop = await comingFrom(await oldServer(t), app)
  store.fail('insert')
  t.equal((await laptop.get('/account')).statusCode, 503)
  store.recover()
  await forgetClaims()
  t.equal(await laptop.accountStatus(), 200)
  t.equal(await app.loginSessions.count('ada'), 1)
})

t.test('a person who was signed out stays signed out', async t => {
  const { app } = await newServer(t)
  const old = await oldServer(t)
  const revokedBefore = await comingFrom(old, app)
  await oldSessions.deleteMany({})
  const reply = await revokedBefore.get('/account')
  t.equal(reply.statusCode, 401)
  t.ok(clearsOld(reply))

  const expired = await comingFrom(old, app)
  await oldSessions.updateMany({}, { $set: { expires: new Date() } })
  t.equal(await expired.accountStatus(), 401, 'before MongoDB removes it')

  const revokedAfter = await comingFrom(old, app)
  const { id } = (await revokedAfter.get('/account')).json()
  await app.loginSessions.revoke('ada', id)
  await forgetClaims()
  t.equal(await revokedAfter.accountStatus(), 401)
  t.equal(await oldSessions.countDocuments(), 0)

  const signedOut = await comingFrom(old, app)
  t.equal((await signedOut.signOut()).statusCode, 200)
  t.equal((await signedOut.signOut()).statusCode, 200, 'the form is sent again')
  t.equal(await signedOut.accountStatus(), 401)
  t.equal(await app.loginSessions.count('ada'), 0)
})

t.test('an old session of a visitor makes nobody a user', async t => {
  const { app, events } = await newServer(t)
  const laptop = await comingFrom(await oldServer(t), app, undefined)
  await oldSessions.updateMany({}, { $set: { session: JSON.stringify({ cart: ['tea'], cookie: { originalMaxAge: null } }) } })
  const reply = await laptop.get('/account')
  t.equal(reply.statusCode, 401)
  t.ok(clearsOld(reply))
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
  }
  t.strictSame(await oldSessions.findOne(), before)
  t.equal((await laptop.get('/account', { headers: { ...image, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' } })).statusCode, 200, 'a link')
})

t.test('no shared cache keeps the response that adopts', async t => {
  const { app } = await newServer(t)
  const laptop = await comingFrom(await oldServer(t), app)
  const reply = await laptop.get('/public.css')
  t.equal(reply.headers['cache-control'], 'private, max-age=600')
  t.match(setCookies(reply)[0], RegExp(`^${COOKIE}=`))
  t.equal(await laptop.user(), 'ada')
})
