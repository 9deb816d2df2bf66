/**
 * The token before a confirmed password: it stays until the new one has been seen, since the answer that brings the new
 * one may be lost on its way.
 */
import { Signer } from '@fastify/cookie'
import t, { type Test } from 'tap'
import { memoryStore } from '../../plugin/stores/memory.js'
import { hashToken, newToken } from '../../plugin/sessions/tokens.js'
import { createShop, OLD_SECRET, PASSWORD, SECRET, type ShopOptions } from '../support/app.js'
import { browser, type JarBrowser, setCookies } from '../support/browser-jar.js'
import { after, createClock, DAY, HOUR, MINUTE, SECOND } from '../support/clock.js'
import { createGate, parallel, turns } from '../support/gate.js'
import { aRecord } from '../support/records.js'
import { breakable, type MakeStore, onBothStores, watched } from '../support/stores.js'

async function setup (t: Test, makeStore: MakeStore, options: ShopOptions = {}) {
  const clock = createClock()
  const store = watched(makeStore())
  const app = await createShop(t, { store, now: clock.now, ...options })
  const laptop = browser(app)
  await laptop.signIn('ada', { remember: true })
  return { app, clock, laptop, store }
}

/** The browser confirms, and never gets the answer. Returns a browser that did. */
async function confirmInVain (laptop: JarBrowser): Promise<JarBrowser> {
  const other = laptop.twin()
  const reply = await other.post('/confirm', { password: PASSWORD })
  if (setCookies(reply).length !== 1) throw new Error(`no new token: ${reply.statusCode}`)
  return other
}

await onBothStores(t, async (t, makeStore) => {
  t.test('the answer was lost: the browser is still signed in an hour later, and every day after', async t => {
    const { clock, laptop, store } = await setup(t, makeStore)
    await confirmInVain(laptop)
    for (const later of [30 * SECOND, HOUR, DAY, 30 * DAY]) {
      clock.advance(later)
      t.equal(await laptop.user(), 'ada')
      await store.touched()
    }
    t.equal(await laptop.accountStatus(), 200)
  })

  t.test('the answer was lost: the next confirmation brings a new token, and what was never seen is dropped', async t => {
    const { app, clock, laptop, store } = await setup(t, makeStore)
    const lost = await confirmInVain(laptop)
    const before = laptop.twin()
    clock.advance(30 * SECOND)
    const reply = await laptop.post('/confirm', { password: PASSWORD })
    t.equal(reply.statusCode, 200)
    t.equal(setCookies(reply).length, 1)
    t.not(laptop.cookieValue(), before.cookieValue())
    t.not(laptop.cookieValue(), lost.cookieValue())
    t.equal(await lost.user(), null)
    t.equal(await before.user(), 'ada', 'nor has this answer been seen to arrive')
    t.equal(await laptop.user(), 'ada')
    await store.touched()
    clock.advance(30 * SECOND)
    t.equal(await before.user(), null)
    t.equal(await laptop.user(), 'ada')
    t.equal((await app.loginSessions.list('ada')).length, 1)
  })

  t.test('answers may be lost again and again', async t => {
    const { clock, laptop } = await setup(t, makeStore)
    for (let i = 0; i < 4; i++) {
      await confirmInVain(laptop)
      clock.advance(MINUTE)
      t.equal(await laptop.user(), 'ada')
    }
    await laptop.post('/confirm', { password: PASSWORD })
    t.equal(await laptop.user(), 'ada')
  })

  t.test('a second confirmation within thirty seconds is taken, brings no token, and signs nobody out', async t => {
    const { clock, laptop } = await setup(t, makeStore)
    const other = await confirmInVain(laptop)
    clock.advance(30 * SECOND - 1)
    const reply = await laptop.post('/confirm', { password: PASSWORD })
    t.strictSame([reply.statusCode, setCookies(reply)], [200, []])
    t.equal(await laptop.user(), 'ada')
    clock.advance(HOUR)
    t.equal(await laptop.user(), 'ada')
    t.equal(await other.user(), 'ada')
  })

  t.test('many confirmations at the same moment after a lost answer: all are taken, one brings a token, none locks', async t => {
    const { clock, laptop } = await setup(t, makeStore)
    await confirmInVain(laptop)
    clock.advance(30 * SECOND)
    const before = laptop.twin()
    const replies = await parallel(10, () => before.twin().post('/confirm', { password: PASSWORD }))
    t.strictSame(replies.map(({ statusCode }) => statusCode), Array(10).fill(200))
    t.equal(replies.flatMap(setCookies).length, 1)
    clock.advance(HOUR)
    t.equal(await laptop.user(), 'ada')
    t.equal((await laptop.post('/confirm', { password: 'wrong' })).statusCode, 422)
    t.equal((await laptop.post('/confirm', { password: PASSWORD })).statusCode, 200)
  })

  t.test('the new token was used: thirty seconds later the former one is dead, to the millisecond', async t => {
    const { clock, laptop, store } = await setup(t, makeStore)
    const [old, late] = [laptop.twin(), laptop.twin()]
    await laptop.post('/confirm', { password: PASSWORD })
    clock.advance(HOUR)
    t.equal(await laptop.user(), 'ada')
    await store.touched()
    clock.advance(20 * SECOND)
    t.equal(await laptop.user(), 'ada', 'a later request moves nothing')
    await store.touched()
    clock.advance(10 * SECOND - 1)
    t.equal(await old.user(), 'ada')
    clock.advance(1)
    t.equal(await late.user(), null)
    t.equal(await laptop.user(), 'ada')
  })

  t.test('a thief of the former token is out thirty seconds after its owner\'s first request, whatever he does meanwhile', async t => {
    const { clock, laptop, store } = await setup(t, makeStore)
    const thief = laptop.twin()
    await laptop.post('/confirm', { password: PASSWORD })
    for (let i = 0; i < 3; i++) {
      clock.advance(MINUTE)
      t.equal(await thief.twin().user(), 'ada', 'it is not his request that ends it')
      await store.touched()
    }
    t.equal(await laptop.user(), 'ada')
    await store.touched()
    clock.advance(15 * SECOND)
    t.equal(await thief.twin().user(), 'ada')
    const reply = await thief.twin().post('/confirm', { password: PASSWORD })
    t.strictSame(setCookies(reply), [], 'a retired token brings none, though the rotation is long ago')
    await store.touched()
    clock.advance(15 * SECOND)
    t.equal(await thief.user(), null)
    t.equal(await laptop.user(), 'ada')
  })

  t.test('a confirmation as the new token\'s first request: only the two newest are left', async t => {
    const { clock, laptop, store } = await setup(t, makeStore)
    const first = laptop.twin()
    await laptop.post('/confirm', { password: PASSWORD })
    const second = laptop.twin()
    t.equal(setCookies(await laptop.post('/confirm', { password: PASSWORD })).length, 1)
    await store.touched()
    t.equal(await first.user(), null)
    clock.advance(HOUR)
    t.equal(await second.user(), 'ada', 'the newest has not been seen')
    t.equal(await laptop.user(), 'ada')
    await store.touched()
    clock.advance(30 * SECOND)
    t.equal(await second.user(), null)
    t.equal(await laptop.user(), 'ada')
  })

  t.test('a revocation ends both tokens at once, seen or not', async t => {
    for (const seen of [false, true]) {
      const { app, laptop, store } = await setup(t, makeStore)
      const old = laptop.twin()
      await laptop.post('/confirm', { password: PASSWORD })
      if (seen) await laptop.user()
      await app.loginSessions.revokeAll('ada')
      t.equal(await old.user(), null)
      t.equal(await laptop.user(), null)
      await store.touched()
      t.strictSame(await app.loginSessions.list('ada'), [])
    }
  })

  t.test('a session revoked at the new token\'s first request stays dead', async t => {
    const { app, laptop, store } = await setup(t, makeStore)
    await laptop.post('/confirm', { password: PASSWORD })
    const twin = laptop.twin()
    await Promise.all([laptop.user(), app.loginSessions.revokeAll('ada')])
    await store.touched()
    t.equal(await twin.user(), null)
    t.strictSame(await app.loginSessions.list('ada'), [])
  })

  t.test('records from before this rule, whose former token has its end already, keep it', async t => {
    const clock = createClock()
    const store = watched(makeStore())
    const app = await createShop(t, { store, now: clock.now })
    const [newest, former] = [newToken(), newToken()]
    await store.insert(aRecord({
      tokens: [{ hash: hashToken(newest) }, { hash: hashToken(former), until: after(clock.now(), 10 * SECOND) }],
      confirmation: { failures: 0, at: after(clock.now(), -20 * SECOND) }
    }))
    const holder = (token: string): JarBrowser => {
      const one = browser(app)
      one.forge(encodeURIComponent(new Signer(SECRET).sign(token)))
      return one
    }
    t.equal(await holder(newest).user(), 'ada')
    await store.touched()
    clock.advance(10 * SECOND - 1)
    t.equal(await holder(former).user(), 'ada')
    clock.advance(1)
    t.equal(await holder(former).user(), null)
    t.equal(setCookies(await holder(newest).post('/confirm', { password: PASSWORD })).length, 1)
  })

  t.test('after a change of secrets only the newest token is issued anew, used or not', async t => {
    const store = makeStore()
    const { laptop } = await setup(t, () => store, { secret: OLD_SECRET })
    const old = laptop.twin()
    await laptop.post('/confirm', { password: PASSWORD })
    const app = await createShop(t, { store, secret: [SECRET, OLD_SECRET] })
    const moved = (one: JarBrowser): JarBrowser => {
      const there = browser(app)
      there.forge(one.cookieValue()!)
      return there
    }
    const reply = await moved(old).get('/')
    t.equal(reply.json().user, 'ada')
    t.strictSame(setCookies(reply), [])
    t.equal(setCookies(await moved(laptop).get('/')).length, 1)
  })

  t.test('closing the server waits for a retirement', async t => {
    const { app, clock, laptop, store } = await setup(t, makeStore)
    const old = laptop.twin()
    await laptop.post('/confirm', { password: PASSWORD })
    await laptop.user()
    await app.close()
    clock.advance(30 * SECOND)
    const again = browser(await createShop(t, { store, now: clock.now }))
    again.forge(old.cookieValue()!)
    t.equal(await again.user(), null)
  })
})

t.test('no response waits for a retirement, and parallel requests make one', async t => {
  const gate = createGate()
  const store = memoryStore()
  let writes = 0
  const { laptop } = await setup(t, () => ({ ...store, async retireFormer (...args) { writes++; await gate.passed; await store.retireFormer(...args) } }))
  await laptop.post('/confirm', { password: PASSWORD })
  t.strictSame(await parallel(20, () => laptop.user()), Array(20).fill('ada'))
  t.equal(await laptop.user(), 'ada')
  t.equal(writes, 1)
  gate.open()
  await turns()
  t.equal(await laptop.user(), 'ada')
  t.equal(writes, 1)
})

t.test('a retirement that fails is logged as a warning, and the next request makes up for it', async t => {
  const logs: string[] = []
  const store = breakable(memoryStore())
  const { clock, laptop, store: seen } = await setup(t, () => store, { logs })
  const old = laptop.twin()
  await laptop.post('/confirm', { password: PASSWORD })
  store.fail('retireFormer')
  const reply = await laptop.get('/')
  t.strictSame([reply.statusCode, reply.json().user], [200, 'ada'])
  await turns()
  const warnings = logs.filter(line => /a former token could not be retired/.test(line)).map(line => JSON.parse(line))
  t.match(warnings, [{ level: 40, err: { code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE' } }])
  t.equal(warnings.length, 1)
  store.recover()
  clock.advance(HOUR)
  t.equal(await old.user(), 'ada')
  t.equal(await laptop.user(), 'ada')
  await seen.touched()
  clock.advance(30 * SECOND)
  t.equal(await old.user(), null)
  t.equal(await laptop.user(), 'ada')
})

t.test('a store that never answers a retirement holds up neither requests nor close()', async t => {
  const store = breakable(memoryStore())
  const { app, laptop } = await setup(t, () => store, { storeTimeout: 20 })
  await laptop.post('/confirm', { password: PASSWORD })
  store.hang('retireFormer')
  t.equal(await laptop.user(), 'ada')
  await app.close()
})

t.test('while one session\'s retirement is under way, another session\'s begins; closing the server waits for both', async t => {
  const gate = createGate()
  const store = memoryStore()
  let writes = 0
  const { app, laptop } = await setup(t, () => ({ ...store, async retireFormer (...args) { writes++; await gate.passed; await store.retireFormer(...args) } }))
  const phone = browser(app)
  await phone.signIn('eve')
  for (const one of [laptop, phone]) {
    await one.post('/confirm', { password: PASSWORD })
    await one.get('/')
  }
  t.equal(writes, 2)
  let closed = false
  const closing = app.close().then(() => { closed = true })
  await turns(50)
  t.equal(closed, false)
  gate.open()
  await closing
  for (const user of ['ada', 'eve']) t.ok((await store.listByUser(user, new Date(0)))[0]?.tokens[1]?.until)
})

t.test('who holds a token that has run out ends nobody\'s session by signing out with it', async t => {
  const clock = createClock()
  const store = watched(memoryStore())
  const { app, laptop } = await setup(t, () => store, { now: clock.now })
  const thief = laptop.twin()
  await laptop.post('/confirm', { password: PASSWORD })
  await laptop.get('/')
  await store.touched()
  clock.advance(10 * MINUTE)
  t.equal(await thief.twin().accountStatus(), 401)
  t.equal((await thief.signOut()).statusCode, 200)
  t.equal(await laptop.user(), 'ada')
  t.equal((await app.loginSessions.list('ada')).length, 1)
})
