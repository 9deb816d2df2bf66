import t from 'tap'
import { keyOf, newId, newVisitorKey } from '../../plugin/sessions/key.js'
import { dueTouch, isLive, type Lifetime, type LoginSessionRecord, type Sighting, startRecord } from '../../plugin/sessions/record.js'
import { hashToken, newToken } from '../../plugin/sessions/tokens.js'
import { createShop } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { after, createClock, DAY, HOUR, MINUTE, NOW, SECOND } from '../support/clock.js'
import { CHROME } from '../support/records.js'
import { onBothStores, watched } from '../support/stores.js'

const LIFETIME: Lifetime = { absoluteTimeout: 90 * DAY, idleTimeout: HOUR, rememberIdleTimeout: null, visitorTimeout: 30 * MINUTE, touchEvery: MINUTE }
const VISIT = { ip: '203.0.113.9', userAgent: CHROME, device: { browser: 'Chrome', browserVersion: '149', os: 'Windows', osVersion: null, kind: 'desktop', model: null } } as const

const KEY = keyOf('ada', newId())
const TOKEN = newToken(KEY)

const start = (remember: boolean, lifetime: Partial<Lifetime> = {}) =>
  startRecord({ token: TOKEN, userId: 'ada', remember, visit: VISIT, data: { cart: ['book'] } }, { ...LIFETIME, ...lifetime }, NOW)

t.test('a record starts with the key and the hash of its token, never with the token', async t => {
  const record = start(false)
  t.strictSame(record, {
    _id: KEY,
    tokens: [{ hash: hashToken(TOKEN), generation: 0 }],
    userId: 'ada',
    createdAt: NOW,
    lastActiveAt: NOW,
    expiresAt: after(NOW, HOUR + MINUTE),
    endsAt: after(NOW, 90 * DAY),
    remember: false,
    ...VISIT,
    confirmation: { failures: 0 },
    data: { cart: ['book'] }
  })
  t.notOk(JSON.stringify(record).includes(TOKEN.slice(KEY.length)))
})

t.test('an anonymous record has no userId at all', async t => {
  const record = startRecord({ token: newToken(newVisitorKey()), remember: false, visit: VISIT, data: {} }, LIFETIME, NOW)
  t.notOk('userId' in record)
})

t.test('expiry', async t => {
  t.test('a session ends after the idle timeout and one grain of last-active, so that nobody is signed out early', async t => {
    t.strictSame(start(false).expiresAt, after(NOW, HOUR + MINUTE))
  })

  t.test('a remembered session has only its absolute end', async t => {
    t.strictSame(start(true).expiresAt, after(NOW, 90 * DAY))
  })

  t.test('a remembered session may have an idle timeout of its own', async t => {
    t.strictSame(start(true, { rememberIdleTimeout: 14 * DAY }).expiresAt, after(NOW, 14 * DAY + MINUTE))
    t.strictSame(start(false, { rememberIdleTimeout: 14 * DAY }).expiresAt, after(NOW, HOUR + MINUTE))
  })

  t.test('a sign-in may choose its own times, and what it does not choose follows the options', async t => {
    const own = (own: { absoluteTimeout?: number, idleTimeout?: number | null }, remember = false) =>
      startRecord({ token: TOKEN, userId: 'ada', remember, own, visit: VISIT, data: {} }, { ...LIFETIME, rememberIdleTimeout: 14 * DAY }, NOW)
    const lives = ({ expiresAt, endsAt, idleTimeout }: LoginSessionRecord) => [expiresAt, endsAt, idleTimeout]
    t.strictSame(lives(own({})), [after(NOW, HOUR + MINUTE), after(NOW, 90 * DAY), undefined])
    t.strictSame(lives(own({ absoluteTimeout: 8 * HOUR })), [after(NOW, HOUR + MINUTE), after(NOW, 8 * HOUR), undefined])
    t.strictSame(lives(own({ idleTimeout: 15 * MINUTE }, true)), [after(NOW, 16 * MINUTE), after(NOW, 90 * DAY), 15 * MINUTE])
    t.strictSame(lives(own({ absoluteTimeout: 8 * HOUR, idleTimeout: null })), [after(NOW, 8 * HOUR), after(NOW, 8 * HOUR), null])
    t.notOk('idleTimeout' in own({}))
  })

  t.test('a visitor session has its own time, whatever the others have', async t => {
    const record = startRecord({ token: newToken(newVisitorKey()), remember: false, visit: VISIT, data: {} }, LIFETIME, NOW)
    t.strictSame(record.expiresAt, after(NOW, 31 * MINUTE))
  })

  t.test('the idle timeout never reaches past the absolute end', async t => {
    const record = start(false, { absoluteTimeout: HOUR + MINUTE - 1 })
    t.strictSame(record.expiresAt, record.endsAt)
    t.strictSame(record.endsAt, after(NOW, HOUR + MINUTE - 1))
  })
})

t.test('isLive knows the expiry to the millisecond', async t => {
  const record = start(false)
  t.equal(isLive(record, after(record.expiresAt, -1)), true)
  t.equal(isLive(record, record.expiresAt), false)
  t.equal(isLive(record, after(record.expiresAt, 1)), false)
})

t.test('dueTouch', async t => {
  const looking = (sighting: Sighting | null, moved = false) => ({ hasMoved: () => moved, sight: () => sighting })
  const seen = looking({ ip: '203.0.113.9' })

  t.test('is due when touchEvery has passed, to the millisecond', async t => {
    const record = start(false)
    t.equal(dueTouch(record, seen, LIFETIME, after(NOW, MINUTE - 1)), null)
    t.strictSame(dueTouch(record, seen, LIFETIME, after(NOW, MINUTE)), {
      _id: KEY, lastActiveAt: after(NOW, MINUTE), expiresAt: after(NOW, MINUTE + HOUR + MINUTE), ip: '203.0.113.9'
    })
  })

  t.test('is not due when the clock went back', async t => {
    t.equal(dueTouch(start(false), seen, LIFETIME, after(NOW, -DAY)), null)
  })

  t.test('carries what the request shows: its address, and the device if that is told better', async t => {
    const device = { ...VISIT.device, osVersion: '11' }
    t.strictSame(dueTouch(start(false), looking({ ip: null, device }), LIFETIME, after(NOW, MINUTE))?.device, device)
    t.equal(dueTouch(start(false), looking({ ip: '198.51.100.7' }), LIFETIME, after(NOW, MINUTE))?.ip, '198.51.100.7')
    t.equal(dueTouch(start(false), looking({ ip: null }), LIFETIME, after(NOW, MINUTE))?.ip, null)
  })

  t.test('does not look at a request for which no touch is due', async t => {
    let looks = 0
    const look = { hasMoved: () => false, sight () { looks++; return { ip: null } } }
    dueTouch(start(false), look, LIFETIME, after(NOW, MINUTE - 1))
    t.equal(looks, 0)
    dueTouch(start(false), look, LIFETIME, after(NOW, MINUTE))
    t.equal(looks, 1)
  })

  t.test('never moves the expiry past the absolute end', async t => {
    const record = start(false)
    t.strictSame(dueTouch(record, seen, LIFETIME, after(record.endsAt, -1))?.expiresAt, record.endsAt)
    const remembered = start(true)
    t.strictSame(dueTouch(remembered, seen, LIFETIME, after(NOW, DAY))?.expiresAt, remembered.endsAt)
  })

  t.test('a request that is no activity touches nothing', async t => {
    t.equal(dueTouch(start(false), looking(null), LIFETIME, after(NOW, MINUTE)), null)
    t.equal(dueTouch(start(false), looking(null, true), LIFETIME, after(NOW, 1)), null)
  })

  t.test('is due at once when the address has changed, once in touchEvery, later than the last one, and not for visitors', async t => {
    const moved = looking({ ip: '198.51.100.7' }, true)
    const due = (changes: Partial<LoginSessionRecord>, at: number) => dueTouch({ ...start(false), ...changes }, moved, LIFETIME, after(NOW, at)) !== null
    t.equal(due({}, 1), true)
    t.equal(due({}, 0), false, 'the store takes no touch of the same moment')
    t.equal(due({}, -1), false, 'the clock went back')
    t.equal(due({ formerIp: null }, 1), true)
    t.equal(due({ formerIp: { ip: '203.0.113.77', until: after(NOW, 1 - MINUTE) } }, 1), true)
    t.equal(due({ formerIp: { ip: '203.0.113.77', until: after(NOW, 2 - MINUTE) } }, 1), false)
    const { userId, ...visitor } = start(false)
    t.equal(dueTouch(visitor, moved, LIFETIME, after(NOW, 1)), null)
    t.strictSame(dueTouch(visitor, moved, LIFETIME, after(NOW, MINUTE))?.expiresAt, after(NOW, MINUTE + 30 * MINUTE + MINUTE), "by the visitors' timeout")
  })

  t.test('somebody who comes once an idle timeout stays signed in until the absolute end', async t => {
    let record = start(false)
    let now = NOW
    let visits = 0
    while (isLive(record, now) && visits < 3000) {
      const touch = dueTouch(record, seen, LIFETIME, now)
      if (touch !== null) record = { ...record, lastActiveAt: touch.lastActiveAt, expiresAt: touch.expiresAt }
      now = after(now, HOUR)
      visits++
    }
    t.equal(visits, 90 * 24)
  })

  t.test('a last request just before a touch was due still counts for the whole idle timeout', async t => {
    const record = start(false)
    const lastRequest = after(NOW, MINUTE - 1)
    t.equal(dueTouch(record, seen, LIFETIME, lastRequest), null)
    t.equal(isLive(record, after(lastRequest, HOUR)), true)
  })
})

// --- expiry, as requests see it ---

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

  t.test('staff sign in for eight hours and fifteen idle minutes, customers for as long as the options say', async t => {
    const clock = createClock()
    const store = watched(makeStore())
    const app = await createShop(t, {
      store,
      now: clock.now,
      routes: app => app.post<{ Body: { user: string } }>('/staff', async request =>
        await request.startLoginSession(request.body.user, { remember: true, absoluteTimeout: 8 * HOUR, idleTimeout: 15 * MINUTE }))
    })
    const [staff, customer] = [browser(app), browser(app)]
    const { endsAt, expiresAt } = (await staff.post('/staff', { user: 'ada' })).json()
    t.equal(endsAt, after(NOW, 8 * HOUR).toJSON())
    t.equal(expiresAt, after(NOW, 16 * MINUTE).toJSON())
    t.strictSame(staff.cookie()?.expires, after(NOW, 8 * HOUR), 'the cookie ends with it')
    await customer.signIn('bob')

    clock.advance(16 * MINUTE - 1)
    t.equal(await staff.user(), 'ada')
    await store.touched()
    t.strictSame((await app.loginSessions.list('ada'))[0]?.expiresAt, after(clock.now(), 16 * MINUTE), 'touches keep to it')
    clock.advance(16 * MINUTE)
    t.equal(await staff.user(), null)
    t.equal(await customer.user(), 'bob')
  })

  t.test('a visitor session ends half an hour after its last request, and sign-ins do not take after it', async t => {
    const clock = createClock()
    const store = watched(makeStore())
    const app = await createShop(t, { store, now: clock.now })
    const visitor = browser(app)
    await visitor.post('/data', { cart: ['book'] })
    clock.advance(31 * MINUTE - 1)
    t.strictSame((await visitor.get('/data')).json(), { cart: ['book'] })
    await store.touched()
    clock.advance(31 * MINUTE - 1)
    const late = visitor.twin()
    t.strictSame((await visitor.get('/data')).json(), { cart: ['book'] })
    await visitor.signIn('ada')
    clock.advance(HOUR)
    t.equal(await visitor.user(), 'ada')
    t.strictSame((await visitor.get('/data')).json(), { cart: ['book'] })
    t.strictSame((await late.get('/data')).json(), {})
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
