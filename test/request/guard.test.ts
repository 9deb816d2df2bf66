import t from 'tap'
import { requireLoginSession, requireRecentConfirmation } from '../../plugin/index.js'
import { keyOf } from '../../plugin/sessions/key.js'
import { MOST_TOKENS } from '../../plugin/sessions/tokens.js'
import { createShop, PASSWORD } from '../support/app.js'
import { browser, setCookies } from '../support/browser-jar.js'
import { createClock, MINUTE, NOW } from '../support/clock.js'
import { aToken } from '../support/records.js'
import { onBothStores } from '../support/stores.js'

await onBothStores(t, async (t, makeStore) => {
  t.test('requireRecentConfirmation lets pass who has signed in or confirmed within the time, to the millisecond', async t => {
    const clock = createClock()
    const app = await createShop(t, {
      store: makeStore(),
      now: clock.now,
      routes: app => app.get('/delete', { onRequest: requireRecentConfirmation(10 * MINUTE) }, async () => 'deleted')
    })
    const [laptop, phone] = [browser(app), browser(app)]
    const statusOf = async (): Promise<unknown[]> => {
      const reply = await laptop.get('/delete')
      return [reply.statusCode, reply.statusCode === 200 ? undefined : reply.json().code]
    }
    t.strictSame(await statusOf(), [401, 'FST_LOGIN_SESSION_REQUIRED'])
    await laptop.signIn('ada')
    await phone.signIn('ada')
    clock.advance(10 * MINUTE)
    t.equal((await statusOf())[0], 200)
    clock.advance(1)
    t.strictSame(await statusOf(), [403, 'FST_LOGIN_SESSION_CONFIRMATION_REQUIRED'])
    await phone.post('/confirm', { password: PASSWORD })
    await laptop.post('/confirm', { password: 'wrong' })
    t.equal((await statusOf())[0], 403, 'neither another session nor a wrong password confirms this one')
    await laptop.post('/confirm', { password: PASSWORD })
    clock.advance(10 * MINUTE)
    t.equal((await statusOf())[0], 200)
    clock.advance(1)
    t.equal((await statusOf())[0], 403)
  })

  t.test('confirmedAt is the time of the last confirmation, at once in the same request, in lists and at other servers', async t => {
    const clock = createClock()
    const store = makeStore()
    const app = await createShop(t, {
      store,
      now: clock.now,
      routes: app => app.post<{ Body: { password: string } }>('/both', async request => {
        const before = request.loginSession!.confirmedAt
        await request.confirmPassword(request.body.password)
        return [before, request.loginSession!.confirmedAt]
      })
    })
    const laptop = browser(app)
    const { id } = await laptop.signIn('ada')
    clock.advance(MINUTE)
    const first = clock.now().toISOString()
    t.strictSame((await laptop.post('/both', { password: PASSWORD })).json(), [null, first])
    clock.advance(MINUTE)
    t.strictSame((await laptop.post('/both', { password: PASSWORD })).json(), [first, clock.now().toISOString()])
    const other = await createShop(t, { store, now: clock.now })
    t.strictSame((await other.loginSessions.find('ada', id))?.confirmedAt, clock.now())
  })

  t.test('a confirmation is noted where there is no room for another token, too, and the browser keeps its own', async t => {
    const store = makeStore()
    const clock = createClock()
    const app = await createShop(t, { store, now: clock.now })
    const laptop = browser(app)
    const { id } = await laptop.signIn('ada')
    const key = keyOf('ada', id)
    const { tokens } = (await store.findWithoutData(key))!
    const full = [...tokens, ...Array.from({ length: MOST_TOKENS - 1 }, () => aToken(0))]
    await store.setTokens(key, tokens, full, { failures: 3, total: 7 })
    clock.advance(MINUTE)
    const reply = await laptop.post('/confirm', { password: PASSWORD })
    t.equal(reply.statusCode, 200)
    t.strictSame(setCookies(reply), [])
    const record = (await store.findWithoutData(key))!
    t.strictSame(record.tokens, full)
    t.strictSame(record.confirmation, { failures: 0, at: clock.now() })
    t.strictSame((await laptop.get('/account')).json().confirmedAt, clock.now().toISOString())
  })
})

t.test('requireRecentConfirmation takes milliseconds, and says so at once', async t => {
  for (const wrong of [undefined, null, 0, -1, NaN, '15 minutes', {}] as any[]) {
    t.throws(() => requireRecentConfirmation(wrong), { name: 'TypeError', message: /write requireRecentConfirmation\(15 \* 60_000\) for 15 minutes/ })
  }
})

t.test('after a body that took its time, the time counts when the handler starts, not when the request came', async t => {
  const clock = createClock()
  const app = await createShop(t, {
    now: clock.now,
    routes (app) {
      const wait = async () => { clock.advance(10 * MINUTE) }
      app.post('/slow', { onRequest: requireLoginSession, preParsing: wait, preHandler: requireRecentConfirmation(5 * MINUTE) }, async () => 'done')
    }
  })
  const laptop = browser(app)
  await laptop.signIn('ada')
  t.strictSame(clock.now(), NOW)
  t.equal((await laptop.post('/slow', {})).statusCode, 403)
})
