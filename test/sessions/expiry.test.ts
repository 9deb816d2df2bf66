import t from 'tap'
import { createShop } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { after, createClock, DAY, HOUR, MINUTE, NOW, SECOND } from '../support/clock.js'
import { onBothStores, watched } from '../support/stores.js'

/** Idle for an hour, and the grain of last-active. */
const IDLE = HOUR + MINUTE

await onBothStores(t, async (t, makeStore) => {
  t.test('a session without "keep me signed in" ends after an hour without a request, to the millisecond', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now })
    const laptop = browser(app)
    const { id } = await laptop.signIn('ada')
    const late = laptop.twin()

    clock.advance(IDLE - 1)
    t.equal((await app.loginSessions.list('ada')).length, 1)
    t.equal((await app.loginSessions.find('ada', id))?.id, id)
    clock.advance(1)
    t.strictSame(await app.loginSessions.list('ada'), [], 'not shown, though the record is still there')
    t.equal(await app.loginSessions.find('ada', id), null)
    t.equal(await app.loginSessions.revoke('ada', id), null)
    t.equal(await app.loginSessions.revokeAll('ada'), 0)
    t.equal(await late.user(), null)
    t.equal(await late.accountStatus(), 401)
    t.equal(late.cookie(), undefined)
    t.equal(await laptop.user(), null, 'a dead cookie does not come to life again')
  })

  t.test('one millisecond earlier it is still signed in, and the request starts the hour anew', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now })
    const laptop = browser(app)
    await laptop.signIn('ada')
    clock.advance(IDLE - 1)
    t.equal(await laptop.user(), 'ada')
    await app.close()
    const [session] = await app.loginSessions.list('ada')
    t.strictSame(session?.expiresAt, after(clock.now(), IDLE))
  })

  t.test('nobody who made a request within the hour is signed out, however it fell into the grain', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now })
    const laptop = browser(app)
    await laptop.signIn('ada')
    clock.advance(MINUTE - 1)
    t.equal(await laptop.user(), 'ada')
    clock.advance(HOUR)
    t.equal(await laptop.user(), 'ada')
  })

  t.test('every session ends ninety days after sign-in, however active, to the millisecond', async t => {
    const clock = createClock()
    const store = watched(makeStore())
    const app = await createShop(t, { store, now: clock.now, idleTimeout: 10 * DAY })
    const laptop = browser(app)
    await laptop.signIn('ada')
    for (let day = 9; day < 90; day += 9) {
      clock.advance(9 * DAY)
      t.equal(await laptop.user(), 'ada', `day ${day}`)
      await store.touched()
    }
    clock.advance(9 * DAY - 1)
    const late = laptop.twin()
    t.equal(await laptop.user(), 'ada')
    clock.advance(1)
    t.equal(await late.user(), null)
  })

  t.test('a remembered session needs no activity, and ends with its absolute timeout', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now })
    const laptop = browser(app)
    await laptop.signIn('ada', { remember: true })
    clock.advance(90 * DAY - 1)
    const late = laptop.twin()
    t.equal(await laptop.user(), 'ada')
    clock.advance(1)
    t.equal(await late.user(), null)
  })

  t.test('remembered sessions may have an idle timeout of their own', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now, rememberIdleTimeout: 14 * DAY })
    const [laptop, phone] = [browser(app), browser(app)]
    await laptop.signIn('ada', { remember: true })
    await phone.signIn('ada')
    clock.advance(14 * DAY + MINUTE - 1)
    t.equal(await phone.user(), null)
    t.equal(await laptop.user(), 'ada')
    clock.advance(14 * DAY + MINUTE)
    t.equal(await laptop.user(), null)
  })

  t.test('the timeouts are the host\'s', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now, absoluteTimeout: HOUR, idleTimeout: 10 * MINUTE, touchEvery: 10 * SECOND })
    const laptop = browser(app)
    const { endsAt, expiresAt } = await laptop.signIn('ada')
    t.equal(endsAt, after(NOW, HOUR).toJSON())
    t.equal(expiresAt, after(NOW, 10 * MINUTE + 10 * SECOND).toJSON())
    clock.advance(10 * MINUTE + 10 * SECOND)
    t.equal(await laptop.user(), null)
  })

  t.test('an expired session is not brought back by signing in: the new one is another', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now })
    const laptop = browser(app)
    const first = await laptop.signIn('ada')
    await laptop.post('/data', { cart: ['book'] })
    clock.advance(IDLE)
    const second = await laptop.signIn('ada')
    t.not(second.id, first.id)
    t.strictSame((await laptop.get('/data')).json(), {})
  })
})
