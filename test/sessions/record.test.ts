import t from 'tap'
import { dueTouch, isLive, type Lifetime, startRecord } from '../../plugin/sessions/record.js'
import { dueRetirement, hashToken, isNewest, lostBefore, newToken, rotatedTokens, ROTATION_GRACE } from '../../plugin/sessions/tokens.js'
import { createShop } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { after, createClock, DAY, HOUR, MINUTE, NOW, SECOND } from '../support/clock.js'
import { CHROME } from '../support/records.js'
import { onBothStores, watched } from '../support/stores.js'

const LIFETIME: Lifetime = { absoluteTimeout: 90 * DAY, idleTimeout: HOUR, rememberIdleTimeout: null, touchEvery: MINUTE }
const VISIT = { ip: '203.0.113.9', userAgent: CHROME, device: { browser: 'Chrome', browserVersion: '149', os: 'Windows', osVersion: null, kind: 'desktop', model: null } } as const

const start = (remember: boolean, lifetime: Partial<Lifetime> = {}) =>
  startRecord({ token: 'the token', userId: 'ada', remember, visit: VISIT, data: { cart: ['book'] } }, { ...LIFETIME, ...lifetime }, NOW)

const HASH = hashToken('the token')

t.test('a record starts with the hash of its token, never with the token', async t => {
  const { id, ...record } = start(false)
  t.strictSame(record, {
    tokens: [{ hash: HASH }],
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
  t.notMatch(JSON.stringify(record), /the token/)
})

t.test('an anonymous record has no userId at all', async t => {
  const record = startRecord({ token: 'the token', remember: false, visit: VISIT, data: {} }, LIFETIME, NOW)
  t.notOk('userId' in record)
})

t.test('an id has 128 random bits and a token 256, both fit for URLs and cookies', async t => {
  const ids = Array.from({ length: 100 }, () => start(false).id)
  for (const id of ids) t.match(id, /^[\w-]{22}$/)
  t.equal(new Set(ids).size, 100)
  const tokens = Array.from({ length: 100 }, newToken)
  for (const token of tokens) t.match(token, /^[\w-]{43}$/)
  t.equal(new Set(tokens).size, 100)
})

t.test('a hash is SHA-256, and different tokens have different ones', async t => {
  t.equal(hashToken('abc'), 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0')
  t.not(hashToken('abc'), hashToken('abd'))
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

  t.test('the idle timeout never reaches past the absolute end', async t => {
    const record = start(false, { absoluteTimeout: HOUR + MINUTE - 1 })
    t.strictSame(record.expiresAt, record.endsAt)
    t.strictSame(record.endsAt, after(NOW, HOUR + MINUTE - 1))
  })
})

t.test('isLive', async t => {
  const record = start(false)

  t.test('knows the expiry to the millisecond', async t => {
    t.equal(isLive(record, HASH, after(record.expiresAt, -1)), true)
    t.equal(isLive(record, HASH, record.expiresAt), false)
    t.equal(isLive(record, HASH, after(record.expiresAt, 1)), false)
  })

  t.test('refuses a hash that is none of the record\'s', async t => {
    t.equal(isLive(record, hashToken('another'), NOW), false)
  })

  t.test('takes the former token as long as the new one has not been seen, and then until its end, to the millisecond', async t => {
    const next = hashToken('next')
    const unseen = { ...record, tokens: rotatedTokens(HASH, next) }
    t.equal(isLive(unseen, HASH, after(record.expiresAt, -1)), true)
    t.equal(isLive(unseen, next, NOW), true)
    const end = after(NOW, 30_000)
    const seen = { ...record, tokens: [{ hash: next }, { hash: HASH, until: end }] }
    t.equal(isLive(seen, HASH, after(end, -1)), true)
    t.equal(isLive(seen, HASH, end), false)
    t.equal(isLive(seen, next, end), true)
  })

  t.test('refuses the former token of a record that has expired meanwhile', async t => {
    const rotated = { ...record, expiresAt: NOW, tokens: rotatedTokens(HASH, hashToken('next')) }
    t.equal(isLive(rotated, HASH, NOW), false)
    t.equal(isLive(rotated, hashToken('next'), NOW), false)
  })
})

t.test('rotatedTokens puts the new token first and leaves the former one without an end', async t => {
  t.strictSame(rotatedTokens('old', 'new'), [{ hash: 'new' }, { hash: 'old' }])
})

t.test('only the first token is the newest, with or without an end on the other', async t => {
  for (const former of [{ hash: HASH }, { hash: HASH, until: NOW }]) {
    const record = { ...start(false), tokens: [{ hash: hashToken('next') }, former] }
    t.equal(isNewest(record, 'next'), true)
    t.equal(isNewest(record, 'the token'), false)
    t.equal(isNewest(record, 'another'), false)
  }
})

t.test('dueRetirement is due at the new token\'s first request, thirty seconds ahead, once', async t => {
  const rotated = { ...start(false), tokens: rotatedTokens(HASH, hashToken('next')) }
  t.equal(ROTATION_GRACE, 30_000)
  t.strictSame(dueRetirement(rotated, 'next', NOW), { id: rotated.id, newest: hashToken('next'), until: after(NOW, 30_000) })
  t.equal(dueRetirement(rotated, 'the token', NOW), null, 'a request with the former token is no sign of the new one')
  t.equal(dueRetirement({ ...rotated, tokens: [{ hash: hashToken('next') }, { hash: HASH, until: after(NOW, 1) }] }, 'next', NOW), null)
  t.equal(dueRetirement(start(false), 'the token', NOW), null)
  t.equal(dueRetirement({ ...rotated, tokens: [] }, 'next', NOW), null)
})

t.test('a rotation thirty seconds ago is old enough to have been lost', async t => {
  t.strictSame(lostBefore(NOW), after(NOW, -30_000))
})

t.test('dueTouch', async t => {
  const seen = () => ({ ip: '203.0.113.9' })

  t.test('is due when touchEvery has passed, to the millisecond', async t => {
    const record = start(false)
    t.equal(dueTouch(record, seen, LIFETIME, after(NOW, MINUTE - 1)), null)
    t.strictSame(dueTouch(record, seen, LIFETIME, after(NOW, MINUTE)), {
      id: record.id, lastActiveAt: after(NOW, MINUTE), expiresAt: after(NOW, MINUTE + HOUR + MINUTE), ip: '203.0.113.9'
    })
  })

  t.test('is not due when the clock went back', async t => {
    t.equal(dueTouch(start(false), seen, LIFETIME, after(NOW, -DAY)), null)
  })

  t.test('carries what the request shows: its address, and the device if that is told better', async t => {
    const device = { ...VISIT.device, osVersion: '11' }
    t.strictSame(dueTouch(start(false), () => ({ ip: null, device }), LIFETIME, after(NOW, MINUTE))?.device, device)
    t.equal(dueTouch(start(false), () => ({ ip: '198.51.100.7' }), LIFETIME, after(NOW, MINUTE))?.ip, '198.51.100.7')
    t.equal(dueTouch(start(false), () => ({ ip: null }), LIFETIME, after(NOW, MINUTE))?.ip, null)
  })

  t.test('does not look at a request for which no touch is due', async t => {
    let looks = 0
    const look = () => { looks++; return { ip: null } }
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

  t.test('somebody who comes once an idle timeout stays signed in until the absolute end', async t => {
    let record = start(false)
    let now = NOW
    let visits = 0
    while (isLive(record, HASH, now) && visits < 3000) {
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
    t.equal(isLive(record, HASH, after(lastRequest, HOUR)), true)
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
