import t from 'tap'
import { mongoStore } from '../../plugin/index.js'
import { keyOf, newId, userKeyOf } from '../../plugin/sessions/key.js'
import { createLookups } from '../../plugin/sessions/lookups.js'
import { TOKEN_LENGTH } from '../../plugin/sessions/tokens.js'
import { createShop, PASSWORD, type ShopOptions } from '../support/app.js'
import { browser, COOKIE } from '../support/browser-jar.js'
import { createClock, MINUTE } from '../support/clock.js'
import { commandsOn } from '../support/commands.js'
import { parallel } from '../support/gate.js'
import { database } from '../support/mongo.js'
import { watched } from '../support/stores.js'

const { client, collection } = await database(t)

/** A shop on MongoDB, and what it says to it. */
async function setup (t: Parameters<typeof createShop>[0], options: ShopOptions = {}) {
  const clock = createClock()
  const sessions = collection()
  const store = watched(mongoStore(sessions))
  const app = await createShop(t, { store, now: clock.now, ...options })
  const commands = commandsOn(sessions, client)
  const laptop = browser(app)
  return {
    app,
    clock,
    commands,
    laptop,
    sessions,
    touched: store.touched,
    async signIn () {
      await laptop.signIn('ada')
      commands.forget()
    }
  }
}

t.test('an anonymous request: nothing', async t => {
  const { laptop, commands } = await setup(t)
  await laptop.get('/')
  await laptop.get('/account')
  await laptop.get('/nowhere')
  await laptop.signOut()
  t.strictSame(commands.names(), [])
})

t.test('a forged cookie: nothing', async t => {
  const { app, commands } = await setup(t)
  for (const value of ['forged.signature', 'x'.repeat(5000), '%zz', `${'x'.repeat(TOKEN_LENGTH)}.${'A'.repeat(43)}`]) {
    await app.inject({ url: '/', headers: { cookie: `${COOKIE}=${value}` } })
  }
  t.strictSame(commands.names(), [])
})

t.test('signing in: one insert, and one look at how many sessions the user has', async t => {
  const { laptop, commands } = await setup(t)
  await laptop.signIn('ada', { remember: true })
  t.strictSame(commands.names(), ['insert', 'aggregate'])
})

t.test('signing in without a limit of sessions: one insert', async t => {
  const { laptop, commands } = await setup(t, { maxSessionsPerUser: null })
  await laptop.signIn('ada')
  t.strictSame(commands.names(), ['insert'])
})

t.test('signing in with data written in the same request: still one insert', async t => {
  const { laptop, commands } = await setup(t, {
    routes: app => app.post('/welcome', async request => {
      Object.assign(request.session, { cart: ['book'] })
      return await request.startLoginSession('ada')
    })
  })
  await laptop.post('/welcome')
  t.strictSame(commands.names(), ['insert', 'aggregate'])
})

t.test('signing in again: one read, one insert, one removal, and the look', async t => {
  const { laptop, commands, signIn } = await setup(t)
  await signIn()
  await laptop.signIn('ada')
  t.strictSame(commands.names(), ['find', 'insert', 'findAndModify', 'aggregate'])
})

t.test('a signed-in request: one find, whatever it looks at', async t => {
  const { laptop, commands, signIn } = await setup(t)
  await signIn()
  await laptop.get('/account')
  t.strictSame(commands.names(), ['find'])
  commands.forget()
  await laptop.get('/data')
  t.strictSame(commands.names(), ['find'])
})

t.test('a request of a revoked session: one find, and none when the cookie is cleared', async t => {
  const { app, laptop, commands, signIn } = await setup(t)
  await signIn()
  await app.loginSessions.revokeAll('ada')
  commands.forget()
  await laptop.get('/')
  await laptop.get('/')
  t.strictSame(commands.names(), ['find'])
})

t.test('a page that is not there, asked for with a cookie: one find at the most', async t => {
  const { laptop, commands, signIn } = await setup(t)
  await signIn()
  t.equal((await laptop.get('/nowhere')).statusCode, 404)
  t.ok(commands.count() <= 1)
  t.equal(commands.count(), commands.count('find'))
})

t.test('twenty parallel requests in one window of touchEvery: one write', async t => {
  const { clock, laptop, commands, signIn, touched, sessions } = await setup(t)
  await signIn()
  clock.advance(MINUTE)
  await parallel(20, () => laptop.user())
  await touched()
  await parallel(20, () => laptop.user())
  await touched()
  t.equal(commands.count('update'), 1)
  t.equal(commands.count(), commands.count('find') + 1)
  t.strictSame((await sessions.findOne())?.lastActiveAt, clock.now())
  clock.advance(MINUTE)
  await parallel(20, () => laptop.user())
  await touched()
  t.equal(commands.count('update'), 2)
})

t.test('touches of many sessions at the same moment: one write, and none of them upserts', async t => {
  const { app, clock, commands, touched } = await setup(t)
  const browsers = Array.from({ length: 20 }, () => browser(app))
  await Promise.all(browsers.map((each, index) => each.signIn(`user-${index}`)))
  clock.advance(MINUTE)
  commands.forget()
  await Promise.all(browsers.map(each => each.user()))
  await touched()
  t.ok(commands.count('update') <= 2)
  const updates = commands.documents('update').flatMap(({ updates }) => updates)
  t.equal(updates.length, 20)
  t.ok(updates.every(({ upsert }) => upsert !== true))
})

t.test('fifty parallel signed-in requests: far fewer than fifty finds', async t => {
  const { laptop, commands, signIn } = await setup(t)
  await signIn()
  t.strictSame(await parallel(50, () => laptop.user()), Array(50).fill('ada'))
  t.ok(commands.count('find') >= 1)
  t.ok(commands.count('find') <= 5, `${commands.count('find')} finds`)
})

t.test('more than a thousand lookups of one event-loop turn: finds of a thousand keys at most', async t => {
  const { commands, sessions } = await setup(t)
  const findRecord = createLookups(mongoStore(sessions))
  await parallel(1001, () => findRecord(keyOf('ada', newId())))
  t.strictSame(commands.documents('find').map(({ filter }) => filter._id.$in.length), [1000, 1])
})

t.test('session data that did not change: no write', async t => {
  const { laptop, commands, signIn } = await setup(t)
  await signIn()
  await laptop.post('/data', { cart: ['book'] })
  commands.forget()
  await laptop.post('/data', { cart: ['book'] })
  t.strictSame(commands.names(), ['find'])
})

t.test('session data that changed: one write of the changed keys, which never upserts', async t => {
  const { laptop, commands, signIn } = await setup(t)
  await signIn()
  await laptop.post('/data', { cart: ['book'], theme: 'dark', flash: 'hello' })
  commands.forget()
  await laptop.post('/data', { theme: 'light', flash: null })
  t.strictSame(commands.names(), ['find', 'update'])
  const [{ updates: [{ u, upsert }] }] = commands.documents('update') as any
  t.strictSame(u, { $set: { 'data.theme': 'light' }, $unset: { 'data.flash': '' } })
  t.notOk(upsert)
})

t.test('the first data of an anonymous visitor: one insert; later data: one update', async t => {
  const { laptop, commands } = await setup(t)
  await laptop.post('/data', { cart: ['book'] })
  t.strictSame(commands.names(), ['insert'])
  commands.forget()
  await laptop.post('/data', { cart: ['pen'] })
  t.strictSame(commands.names(), ['find', 'update'])
})

t.test('signing out: one read, one removal', async t => {
  const { laptop, commands, signIn } = await setup(t)
  await signIn()
  await laptop.signOut()
  t.strictSame(commands.names(), ['find', 'findAndModify'])
})

t.test('listing and revoking one: one command; many: one for their ids, one for those that live, one for those that do not, and a look whether all are gone', async t => {
  const { app, laptop, commands } = await setup(t)
  const session = await laptop.signIn('ada')
  commands.forget()
  await app.loginSessions.list('ada')
  await app.loginSessions.find('ada', session.id)
  await app.loginSessions.revokeOthers(session)
  await app.loginSessions.revoke('ada', session.id)
  await app.loginSessions.revokeAll('ada')
  // Of no others, and of none at all: the write that waits for what was removed before, between two looks.
  const none = ['find', 'delete', 'find']
  t.strictSame(commands.names(), ['aggregate', 'find', ...none, 'findAndModify', ...none])
  await browser(app).signIn('ada')
  commands.forget()
  await app.loginSessions.revokeAll('ada')
  t.strictSame(commands.names(), ['find', 'delete', 'delete', 'find'])
  commands.forget()
  t.equal(await app.loginSessions.find('ada', session.id), null)
  t.strictSame(commands.names(), ['find', 'delete', 'find'])
})

t.test('the write that waits for earlier removals names keys of this user only: all of them, or the one that was not found', async t => {
  const { app, laptop, commands } = await setup(t)
  const [session, unknown] = [await laptop.signIn('ada'), newId()]
  commands.forget()
  await app.loginSessions.revokeOthers(session)
  await app.loginSessions.find('ada', unknown)
  const range = (prefix: string) => ({ $gte: prefix, $lt: `${prefix}~` })
  t.strictSame(commands.documents('delete').map(({ deletes }) => deletes[0].q._id), [range(userKeyOf('ada')), range(keyOf('ada', unknown))])
})

t.test('confirming: the attempt is counted and the token rotated, each in one step', async t => {
  const { laptop, commands, signIn } = await setup(t)
  await signIn()
  await laptop.post('/confirm', { password: PASSWORD })
  t.strictSame(commands.names(), ['find', 'findAndModify', 'update'])
})

t.test('the first request with a new token: one read and one write, however many are made at the same moment', async t => {
  const { laptop, commands, signIn, touched } = await setup(t)
  await signIn()
  const old = laptop.twin()
  await laptop.post('/confirm', { password: PASSWORD })
  commands.forget()
  await parallel(10, () => old.user())
  t.equal(commands.count(), commands.count('find'), 'the former token is no occasion')
  commands.forget()
  await parallel(20, () => laptop.user())
  await touched()
  t.equal(commands.count('update'), 1)
  t.equal(commands.count(), commands.count('find') + 1)
  commands.forget()
  await laptop.user()
  await old.user()
  await touched()
  t.strictSame(commands.names(), ['find', 'find'])
})

t.test('a former token in its thirty seconds: it shares the read with the newest one, and both make one write a minute', async t => {
  const { clock, laptop, commands, signIn, touched } = await setup(t)
  await signIn()
  const old = laptop.twin()
  await laptop.post('/confirm', { password: PASSWORD })
  await laptop.user()
  await touched()
  commands.forget()
  t.strictSame(await parallel(20, index => (index % 2 === 0 ? laptop : old).user()), Array(20).fill('ada'))
  t.ok(commands.count('find') <= 5, `${commands.count('find')} finds`)
  t.equal(commands.count(), commands.count('find'))
  clock.advance(MINUTE)
  await laptop.post('/confirm', { password: PASSWORD })
  await laptop.user()
  await touched()
  commands.forget()
  await parallel(20, index => (index % 2 === 0 ? laptop : old).user())
  await touched()
  t.equal(commands.count(), commands.count('find'))
})

t.test('a token whose time is over, while its session lives on: one find, and no write', async t => {
  const { clock, laptop, commands, signIn, touched } = await setup(t)
  await signIn()
  const old = laptop.twin()
  await laptop.post('/confirm', { password: PASSWORD })
  await laptop.user()
  await touched()
  clock.advance(MINUTE)
  commands.forget()
  t.equal(await old.user(), null)
  t.equal(await old.user(), null)
  await touched()
  t.strictSame(commands.names(), ['find', 'find'])
})

t.test('several cookies of our name: one find', async t => {
  const { app, laptop, commands, signIn } = await setup(t)
  await signIn()
  const phone = browser(app)
  await phone.signIn('ada')
  commands.forget()
  const cookie = [phone, laptop].map(each => `${COOKIE}=${each.cookieValue()}`).join('; ')
  t.equal((await app.inject({ url: '/', headers: { cookie } })).json().user, 'ada')
  t.strictSame(commands.names(), ['find'])
})

t.test('a new secret: nothing is written to issue the cookie anew', async t => {
  const { clock, laptop, commands, signIn, sessions } = await setup(t)
  await signIn()
  const rotated = await createShop(t, { store: mongoStore(sessions), now: clock.now, secret: ['the newest secret of the shop, quite long', 'a secret of the shop, 32 or more characters'] })
  commands.forget()
  const moved = browser(rotated)
  moved.forge(laptop.cookieValue()!)
  t.equal(await moved.user(), 'ada')
  t.not(moved.cookieValue(), laptop.cookieValue())
  t.strictSame(commands.names(), ['find'])
})

t.test('in all of this nothing is ever upserted', async t => {
  const { app, clock, laptop, commands, touched } = await setup(t)
  await laptop.post('/data', { cart: ['book'] })
  await laptop.signIn('ada', { remember: true })
  await laptop.post('/data', { cart: ['pen'] })
  await laptop.post('/confirm', { password: 'wrong' })
  await laptop.post('/confirm', { password: PASSWORD })
  clock.advance(MINUTE)
  await laptop.user()
  await touched()
  t.match(JSON.stringify(commands.documents('update')), /"generation":0,"until"/, 'a former token got its end')
  await laptop.signOut()
  await app.loginSessions.revokeAll('ada')
  const sent = JSON.stringify(commands.documents())
  t.match(sent, /update/)
  t.notMatch(sent, /"upsert":true/)
})
