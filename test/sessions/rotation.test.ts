/**
 * The token before a confirmed password: it stays until the new one has been seen, since the answer that brings the new
 * one may be lost on its way.
 */
import { signerFactory } from '@fastify/cookie'
import t, { type Test } from 'tap'
import { keysFor } from '../../plugin/request/keys.js'
import type { LoginSessionStore } from '../../plugin/sessions/store.js'
import { hashToken, newToken } from '../../plugin/sessions/tokens.js'
import { memoryStore } from '../../plugin/stores/memory.js'
import { createShop, OLD_SECRET, PASSWORD, SECRET, type ShopOptions } from '../support/app.js'
import { browser, type JarBrowser, setCookies } from '../support/browser-jar.js'
import { userKeyOf } from '../../plugin/sessions/key.js'
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

/** The same store, but retirements wait for the gate. */
function holdingRetirements (store: LoginSessionStore) {
  const gate = createGate()
  const held = { writes: 0 }
  return {
    gate,
    held,
    store: {
      ...store,
      async setTokens (...args: Parameters<LoginSessionStore['setTokens']>) {
        // Only a retirement leaves the attempts alone.
        if (args[3] === undefined) {
          held.writes++
          await gate.passed
        }
        return await store.setTokens(...args)
      }
    }
  }
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

  t.test('the answer was lost: the next confirmation brings a new token, and the one that was never seen works as long as that', async t => {
    const { app, clock, laptop, store } = await setup(t, makeStore)
    const lost = await confirmInVain(laptop)
    const before = laptop.twin()
    clock.advance(30 * SECOND)
    const reply = await laptop.post('/confirm', { password: PASSWORD })
    t.equal(reply.statusCode, 200)
    t.equal(setCookies(reply).length, 1)
    t.not(laptop.cookieValue(), before.cookieValue())
    t.not(laptop.cookieValue(), lost.cookieValue())
    t.equal(await before.user(), 'ada', 'this answer has not been seen to arrive either')
    t.equal(await laptop.user(), 'ada')
    await store.touched()
    t.equal(await lost.user(), 'ada', 'it may only have been late')
    clock.advance(30 * SECOND)
    t.equal(await before.user(), null)
    t.equal(await laptop.user(), 'ada')
    t.equal(await lost.user(), 'ada')
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

  t.test('a second confirmation within thirty seconds is taken, brings a token of its own, and signs nobody out', async t => {
    const { clock, laptop } = await setup(t, makeStore)
    const other = await confirmInVain(laptop)
    clock.advance(30 * SECOND - 1)
    const reply = await laptop.post('/confirm', { password: PASSWORD })
    t.strictSame([reply.statusCode, setCookies(reply).length], [200, 1])
    t.not(laptop.cookieValue(), other.cookieValue())
    t.equal(await laptop.user(), 'ada')
    clock.advance(HOUR)
    t.equal(await laptop.user(), 'ada')
    t.equal(await other.user(), 'ada')
  })

  t.test('many confirmations at the same moment after a lost answer: all are taken, each brings a token while there is room for eight, none locks', async t => {
    const { clock, laptop } = await setup(t, makeStore)
    await confirmInVain(laptop)
    clock.advance(30 * SECOND)
    const before = laptop.twin()
    const replies = await parallel(10, () => before.twin().post('/confirm', { password: PASSWORD }))
    t.strictSame(replies.map(({ statusCode }) => statusCode), Array(10).fill(200))
    t.equal(replies.flatMap(setCookies).length, 6)
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
    const reply = await thief.twin().post('/confirm', { password: 'wrong' })
    t.strictSame([reply.statusCode, setCookies(reply)], [422, []], 'he does not know the password')
    await store.touched()
    clock.advance(15 * SECOND)
    t.equal(await thief.user(), null)
    t.equal(await laptop.user(), 'ada')
  })

  t.test('a confirmation as the new token\'s first request: the first token has thirty seconds, the second one stays until the third is used', async t => {
    const { clock, laptop, store } = await setup(t, makeStore)
    const first = laptop.twin()
    await laptop.post('/confirm', { password: PASSWORD })
    const second = laptop.twin()
    t.equal(setCookies(await laptop.post('/confirm', { password: PASSWORD })).length, 1)
    await store.touched()
    clock.advance(30 * SECOND - 1)
    t.equal(await first.user(), 'ada')
    clock.advance(1)
    t.equal(await first.user(), null)
    clock.advance(HOUR)
    t.equal(await second.user(), 'ada', 'the newest has not been seen')
    t.equal(await laptop.user(), 'ada')
    await store.touched()
    clock.advance(30 * SECOND)
    t.equal(await second.user(), null)
    t.equal(await laptop.user(), 'ada')
  })

  t.test('several rotations within two seconds: what left with the first token is signed in for thirty seconds after the second one\'s first use', async t => {
    const { clock, laptop, store } = await setup(t, makeStore)
    const first = laptop.twin()
    for (let i = 0; i < 4; i++) {
      t.equal(setCookies(await laptop.post('/confirm', { password: PASSWORD })).length, 1)
      clock.advance(500)
    }
    await store.touched()
    // The second token was used for the first time 1.5 s ago.
    clock.advance(28_500 - 1)
    t.equal(await first.user(), 'ada')
    clock.advance(1)
    t.equal(await first.user(), null)
    t.equal(await laptop.user(), 'ada')
  })

  t.test('confirmations at the same moment: whichever answer the browser gets last, it stays signed in', async t => {
    for (let last = 0; last < 3; last++) {
      const { clock, laptop, store } = await setup(t, makeStore)
      const tabs = Array.from({ length: 3 }, () => laptop.twin())
      await Promise.all(tabs.map(tab => tab.post('/confirm', { password: PASSWORD })))
      t.equal(new Set(tabs.map(tab => tab.cookieValue())).size, 3)
      for (const tab of tabs) t.equal(await tab.user(), 'ada')
      await store.touched()
      clock.advance(HOUR)
      t.equal(await tabs[last]!.user(), 'ada')
      t.equal(await laptop.twin().user(), null)
    }
  })

  t.test('a confirmation with a former token is taken while that has its thirty seconds', async t => {
    const { clock, laptop, store } = await setup(t, makeStore)
    const late = laptop.twin()
    await laptop.post('/confirm', { password: PASSWORD })
    await laptop.user()
    await store.touched()
    clock.advance(30 * SECOND - 1)
    t.equal(setCookies(await late.post('/confirm', { password: PASSWORD })).length, 1)
    clock.advance(HOUR)
    t.strictSame([await late.user(), await laptop.user()], ['ada', 'ada'])
  })

  t.test('a token whose time is over signs nobody in, confirms nothing, and its cookie stays: the browser may have a newer one', async t => {
    const { clock, laptop, store } = await setup(t, makeStore)
    const late = laptop.twin()
    await laptop.post('/confirm', { password: PASSWORD })
    await laptop.user()
    await store.touched()
    clock.advance(30 * SECOND)
    for (const reply of [await late.get('/'), await late.get('/account'), await late.post('/confirm', { password: PASSWORD }), await late.post('/data', { cart: ['book'] })]) {
      t.strictSame(setCookies(reply), [])
    }
    t.equal(await late.user(), null)
    t.equal(await laptop.user(), 'ada')
  })

  t.test('signing out with a token whose time is over ends the session, and signing in replaces it', async t => {
    for (const leave of [(one: JarBrowser) => one.signOut(), (one: JarBrowser) => one.signIn('eve')]) {
      const { app, clock, laptop, store } = await setup(t, makeStore)
      const late = laptop.twin()
      await laptop.post('/confirm', { password: PASSWORD })
      await laptop.user()
      await store.touched()
      clock.advance(10 * MINUTE)
      t.equal(await late.accountStatus(), 401)
      await leave(late)
      t.equal(await laptop.user(), null)
      t.strictSame(await app.loginSessions.list('ada'), [])
    }
  })

  t.test('a revocation ends both tokens immediately, seen or not', async t => {
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

  t.test('a former token that has its end already keeps it', async t => {
    const clock = createClock()
    const store = watched(makeStore())
    const app = await createShop(t, { store, now: clock.now })
    const record = aRecord()
    const [newest, former] = [newToken(record._id), newToken(record._id)]
    await store.insert({
      ...record,
      tokens: [{ hash: hashToken(newest), generation: 1 }, { hash: hashToken(former), generation: 0, until: after(clock.now(), 10 * SECOND) }],
      confirmation: { failures: 0, at: after(clock.now(), -20 * SECOND) }
    })
    const holder = (token: string): JarBrowser => {
      const one = browser(app)
      one.forge(encodeURIComponent(signerFactory(keysFor('session cookie', [SECRET])).sign(token)))
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
  const { gate, held, store } = holdingRetirements(memoryStore())
  const { laptop } = await setup(t, () => store)
  await laptop.post('/confirm', { password: PASSWORD })
  t.strictSame(await parallel(20, () => laptop.user()), Array(20).fill('ada'))
  t.equal(await laptop.user(), 'ada')
  t.equal(held.writes, 1)
  gate.open()
  await turns()
  t.equal(await laptop.user(), 'ada')
  t.equal(held.writes, 1)
})

t.test('a retirement that fails is logged as a warning, and the next request makes up for it', async t => {
  const logs: string[] = []
  const store = breakable(memoryStore())
  const { clock, laptop, store: seen } = await setup(t, () => store, { logs })
  const old = laptop.twin()
  await laptop.post('/confirm', { password: PASSWORD })
  store.fail('setTokens')
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
  store.hang('setTokens')
  t.equal(await laptop.user(), 'ada')
  await app.close()
})

t.test('while one session\'s retirement is under way, another session\'s begins; closing the server waits for both', async t => {
  const { gate, held, store } = holdingRetirements(memoryStore())
  const { app, laptop } = await setup(t, () => store)
  const phone = browser(app)
  await phone.signIn('eve')
  for (const one of [laptop, phone]) {
    await one.post('/confirm', { password: PASSWORD })
    await one.get('/')
  }
  t.equal(held.writes, 2)
  let closed = false
  const closing = app.close().then(() => { closed = true })
  await turns(50)
  t.equal(closed, false)
  gate.open()
  await closing
  for (const user of ['ada', 'eve']) t.ok((await store.page('', 1, userKeyOf(user)))[0]?.tokens[1]?.until)
})
