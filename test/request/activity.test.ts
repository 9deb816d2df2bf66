/**
 * Which requests keep a session active: a page that polls in a forgotten tab must not (ASVS 5.0 7.3.1).
 */
import t, { type Test } from 'tap'
import { memoryStore } from '../../plugin/index.js'
import { createShop, PASSWORD, type ShopOptions } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { after, createClock, HOUR, MINUTE, NOW, SECOND } from '../support/clock.js'
import { watched } from '../support/stores.js'

async function setup (t: Test, options: ShopOptions = {}) {
  const clock = createClock()
  const store = watched(memoryStore())
  const app = await createShop(t, {
    store,
    now: clock.now,
    routes: app => app.get('/poll', { config: { loginSessionActivity: false } }, async request => ({ user: request.loginSession?.userId ?? null })),
    ...options
  })
  const laptop = browser(app)
  await laptop.signIn('ada')
  return {
    app,
    clock,
    store,
    laptop,
    /** When it was last active, after this request. */
    async activeAfter (url: string, headers: Record<string, string> = {}) {
      clock.advance(MINUTE)
      const reply = await laptop.get(url, { headers })
      t.equal(reply.json().user, 'ada', 'signed in in any case')
      await store.touched()
      return (await app.loginSessions.list('ada'))[0]?.lastActiveAt
    }
  }
}

t.test('a route may say that its requests are no activity: they are signed in, and the session ends all the same', async t => {
  const { activeAfter, clock, laptop } = await setup(t)
  t.strictSame(await activeAfter('/poll'), NOW)
  t.strictSame(await activeAfter('/'), clock.now())
  for (let minute = 1; minute <= 60; minute++) t.strictSame(await activeAfter('/poll'), after(clock.now(), -minute * MINUTE))
  clock.advance(MINUTE)
  t.equal((await laptop.get('/poll')).json().user, null, 'an hour and the grain after the last activity')
})

t.test('isActivity says it by request: only false means no', async t => {
  const answers: Record<string, unknown> = { no: false, yes: true, nothing: undefined, null: null, zero: 0, text: '' }
  const asked: string[] = []
  const { activeAfter, clock } = await setup(t, {
    isActivity ({ headers, routeOptions }) {
      asked.push(String(routeOptions.url))
      return answers[String(headers['x-answer'])] as boolean
    }
  })
  for (const answer of Object.keys(answers)) {
    const before = clock.now()
    t.strictSame(await activeAfter('/', { 'x-answer': answer }), answer === 'no' ? before : clock.now(), answer)
  }
  t.equal(asked.length, 6, 'it is asked when a touch is due')
  t.strictSame([...new Set(asked)], ['/'])
})

t.test('the route counts before isActivity, and what finds no route is activity', async t => {
  const { activeAfter, clock, laptop, store, app } = await setup(t, { isActivity: () => true, routes: app => app.get('/poll', { config: { loginSessionActivity: false } }, async () => ({ user: 'ada' })) })
  t.strictSame(await activeAfter('/poll'), NOW)
  clock.advance(MINUTE)
  t.equal((await laptop.get('/nowhere')).statusCode, 404)
  await store.touched()
  t.strictSame((await app.loginSessions.list('ada'))[0]?.lastActiveAt, clock.now())
})

t.test('isActivity that throws or gives a promise costs a warning, and the request is activity', async t => {
  const logs: string[] = []
  const wrong: Array<() => unknown> = [() => { throw new Error('no such header') }, async () => false]
  const { activeAfter, clock } = await setup(t, { logs, isActivity: () => wrong.shift()!() as boolean })
  t.strictSame(await activeAfter('/'), clock.now())
  t.strictSame(await activeAfter('/'), clock.now())
  const warnings = logs.filter(line => /isActivity/.test(line)).map(line => JSON.parse(line))
  t.match(warnings, [{ level: 40, msg: /isActivity failed/, err: { message: 'no such header' } }, { level: 40, msg: /isActivity returned a promise/ }])
  t.equal(warnings.length, 2)
})

t.test('a request that is no activity skips the touch only: former tokens get their end, and data are saved', async t => {
  const { app, clock, laptop, store } = await setup(t, {
    isActivity: ({ url }) => url === '/confirm',
    routes: app => app.post('/poll', async request => { Object.assign(request.session, { seen: 1 }); return {} })
  })
  const former = laptop.twin()
  t.equal((await laptop.post('/confirm', { password: PASSWORD })).statusCode, 200)
  clock.advance(HOUR / 2)
  await laptop.post('/poll')
  await store.touched()
  t.strictSame((await app.loginSessions.list('ada'))[0]?.lastActiveAt, NOW)
  t.strictSame((await laptop.get('/data')).json(), { seen: 1 })
  clock.advance(31 * SECOND)
  t.equal(await former.user(), null, 'the new token was used, though no activity was noted')
  t.equal(await laptop.user(), 'ada')
})

t.test('a change of the address is not noted by a request that is no activity', async t => {
  const { app, clock, laptop, store } = await setup(t)
  clock.advance(SECOND)
  await laptop.get('/poll', { remoteAddress: '192.0.2.1' })
  await store.touched()
  t.equal((await app.loginSessions.list('ada'))[0]?.formerIp, null)
})
