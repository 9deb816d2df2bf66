/**
 * Sessions that are bound to the browser that signed in: what its requests, and those with a copied cookie, may do.
 */
import { exportJWK, generateKeyPair } from 'jose'
import t from 'tap'
import { memoryStore, requireLoginSession } from '../../../plugin/index.js'
import { BINDING_GRACE } from '../../../plugin/sessions/binding.js'
import { createShop, dataOf } from '../../support/app.js'
import { browser, clearsCookie, COOKIE, setCookies } from '../../support/browser-jar.js'
import { boundBrowser, boundShop, REFRESH_EVERY, transfer } from '../../support/bound.js'
import { MINUTE } from '../../support/clock.js'
import { BOUND_COOKIE, DEMAND_COOKIE, offerIn, proofOf, REFRESH, softwareDevice } from '../../support/software-device.js'
import { breakable, onBothStores } from '../../support/stores.js'

const lines = (reply: Parameters<typeof setCookies>[0], name: string): string[] => setCookies(reply).filter(line => line.startsWith(`${name}=`))

await onBothStores(t, async (t, makeStore) => {
  t.test('a browser that can be bound is, and stays signed in for as long as its keys work', async t => {
    const shop = await boundShop(t, { store: makeStore() })
    const owner = await boundBrowser(shop)
    for (let time = 0; time < 50 * MINUTE; time += 5 * MINUTE) {
      t.equal(await owner.accountStatus(), 200)
      shop.clock.advance(5 * MINUTE)
    }
    const [session, ...others] = await shop.app.loginSessions.list('ada')
    t.equal(session!.deviceBound, true)
    t.strictSame(others, [])
  })

  t.test('a copied cookie is refused when the proof that was copied with it is over, to the millisecond', async t => {
    const shop = await boundShop(t, { store: makeStore() })
    const owner = await boundBrowser(shop)
    const thief = owner.twin()
    shop.clock.advance(REFRESH_EVERY - MINUTE - 1)
    t.equal(await thief.accountStatus(), 200)
    shop.clock.advance(1)
    t.equal(await thief.accountStatus(), 401)
    t.equal(await thief.user(), null)
    t.equal(await owner.accountStatus(), 200)
    t.equal(await owner.user(), 'ada')
  })

  t.test('the session cookie alone is refused immediately', async t => {
    const shop = await boundShop(t, { store: makeStore() })
    const owner = await boundBrowser(shop)
    const thief = browser(shop.app)
    thief.forge(owner.cookieValue()!)
    t.equal(await thief.accountStatus(), 401)
  })
})

t.test('until its browser has used the bound cookie, and for 30 seconds more, a session needs none', async t => {
  const shop = await boundShop(t)
  const owner = browser(shop.app, { device: softwareDevice() })
  await owner.signIn('ada')
  const early = browser(shop.app)
  early.forge(owner.cookieValue()!)
  shop.clock.advance(50 * MINUTE)
  t.equal(await early.accountStatus(), 200, 'the response with the bound cookie may have been lost')
  t.equal((await shop.app.loginSessions.list('ada'))[0]!.deviceBound, false)
  t.equal(await owner.accountStatus(), 200)
  await shop.app.loginSessions.settled()
  shop.clock.advance(BINDING_GRACE - 1)
  t.equal(await early.accountStatus(), 200)
  shop.clock.advance(1)
  t.equal(await early.accountStatus(), 401)
  t.equal(await owner.accountStatus(), 200)
})

t.test('a request with a copied cookie changes nothing: not the cookie, not the session, no data', async t => {
  const logs: string[] = []
  const shop = await boundShop(t, { logs })
  const owner = await boundBrowser(shop)
  const [before] = await shop.app.loginSessions.list('ada')
  const thief = browser(shop.app, { ip: '203.0.113.66' })
  thief.forge(owner.cookieValue()!)
  shop.clock.advance(5 * MINUTE)
  const reply = await thief.post('/data', { cart: 'stolen' })
  t.strictSame(setCookies(reply), [])
  await shop.app.loginSessions.settled()
  t.strictSame((await shop.app.loginSessions.list('ada'))[0], before)
  t.strictSame((await owner.get('/data')).json().cart, undefined)
  t.match(logs.find(line => line.includes('another browser')), `"loginSession":"${before!.id}"`, 'the log says so')
})

t.test('the bound cookie of another session counts for nothing', async t => {
  const shop = await boundShop(t)
  const [owner, other] = [await boundBrowser(shop), await boundBrowser(shop)]
  const cookie = `${COOKIE}=${owner.cookieValue()}; ${BOUND_COOKIE}=${other.boundValue()}`
  t.equal((await shop.app.inject({ url: '/account', headers: { cookie } })).statusCode, 401)
})

t.test('a browser whose keys are lost signs in again, and its old session ends', async t => {
  const shop = await boundShop(t)
  const owner = (await boundBrowser(shop)).twin()
  shop.clock.advance(REFRESH_EVERY)
  t.equal(await owner.accountStatus(), 401)
  t.ok(owner.cookie(), 'the session cookie is kept')
  const [old] = await shop.app.loginSessions.list('ada')
  const session = await owner.signIn('ada')
  t.strictSame((await shop.app.loginSessions.list('ada')).map(({ id }) => id), [session.id])
  t.not(session.id, old!.id)
  t.equal(await owner.accountStatus(), 200)
})

t.test('a store that is away while a proof is renewed signs nobody out', async t => {
  const store = breakable(memoryStore())
  const shop = await boundShop(t, { store })
  const owner = await boundBrowser(shop)
  shop.clock.advance(REFRESH_EVERY)
  store.fail()
  t.equal(await owner.accountStatus(), 503)
  store.recover()
  t.equal(await owner.accountStatus(), 200)
})

t.test('Secure-Session-Skipped: nobody knows whose request it is', async t => {
  const shop = await boundShop(t)
  const owner = await boundBrowser(shop)
  const unlucky = owner.twin()
  shop.clock.advance(REFRESH_EVERY)
  const headers = { 'secure-session-skipped': 'quota_exceeded;session_identifier="x"' }
  const reply = await unlucky.get('/account', { headers })
  t.equal(reply.statusCode, 503)
  t.match(reply.json(), { code: 'FST_LOGIN_SESSION_DEVICE_UNPROVEN' })
  t.equal(reply.headers['retry-after'], '60')
  t.equal((await unlucky.get('/account', { headers: { 'secure-session-skipped': 'server_error' } })).headers['retry-after'], '2')
  t.strictSame(setCookies(reply), lines(reply, BOUND_COOKIE), 'the session cookie is kept')
  t.strictSame((await unlucky.get('/', { headers })).json(), { user: null }, 'public routes work')
  t.equal(await owner.accountStatus(), 200)
  t.equal((await unlucky.post('/logout', {}, { headers })).statusCode, 200, 'and it may sign out')
  t.equal(await owner.accountStatus(), 401)
})

t.test('a bound cookie that is worthless here is cleared, so that the browser renews its proof', async t => {
  const shop = await boundShop(t)
  const owner = await boundBrowser(shop)
  const worthless = { cookie: `${COOKIE}=${owner.cookieValue()}; ${BOUND_COOKIE}=worthless` }
  const reply = await shop.app.inject({ url: '/', headers: worthless })
  t.strictSame(setCookies(reply), [`${BOUND_COOKIE}=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax`])
  t.equal(reply.headers['cache-control'], 'private')
})

t.test('but not on a response that a shared cache may keep', async t => {
  const shop = await boundShop(t, { routes: app => app.get('/public', async (_request, reply) => reply.header('cache-control', 'public').send('for all')) })
  const owner = await boundBrowser(shop)
  const reply = await shop.app.inject({ url: '/public', headers: { cookie: `${COOKIE}=${owner.cookieValue()}; ${BOUND_COOKIE}=worthless` } })
  t.strictSame(setCookies(reply), [])
})

t.test('a refresh with a worthless bound cookie brings a new one, and does not clear it', async t => {
  const shop = await boundShop(t)
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const owner = browser(shop.app)
  const { id, offer } = await signInByHand(owner)
  const jwk = await exportJWK(publicKey)
  const register = { 'secure-session-response': await proofOf(offer.challenge, privateKey, 'ES256', jwk) }
  const registered = await owner.post(offer.path, {}, { headers: register })
  const key = registered.json().session_identifier
  t.ok(key.endsWith(id))
  await owner.accountStatus()
  await shop.app.loginSessions.settled()
  shop.clock.advance(BINDING_GRACE)
  const cookie = `${COOKIE}=${owner.cookieValue()}; ${BOUND_COOKIE}=worthless`
  const asked = await shop.app.inject({ method: 'POST', url: REFRESH, headers: { cookie, 'sec-secure-session-id': key } })
  const [, challenge] = /^"([^"]+)"/.exec(String(asked.headers['secure-session-challenge']))!
  const proof = await proofOf(challenge!, privateKey, 'ES256')
  const renewed = await shop.app.inject({
    method: 'POST', url: REFRESH, headers: { cookie, 'sec-secure-session-id': key, 'secure-session-response': proof }
  })
  t.equal(renewed.statusCode, 200)
  t.equal(lines(renewed, BOUND_COOKIE).length, 1)
  t.match(lines(renewed, BOUND_COOKIE)[0], /Max-Age=585;/)
})

async function signInByHand (client: ReturnType<typeof browser>) {
  const reply = await client.post('/login', { user: 'ada' })
  return { id: reply.json().id as string, offer: offerIn(reply)! }
}

t.test('signing out clears the bound cookie and the demand cookie, too', async t => {
  const shop = await boundShop(t)
  const owner = await boundBrowser(shop)
  await owner.post('/transfer')
  await owner.get('/')
  const reply = await owner.signOut()
  t.ok(clearsCookie({ ...reply, headers: { 'set-cookie': lines(reply, COOKIE) } } as typeof reply))
  t.match(lines(reply, BOUND_COOKIE), [/Max-Age=0/])
  t.match(lines(reply, DEMAND_COOKIE), [/Max-Age=0/])
  t.equal(await owner.user(), null)
})

t.test('signing in as somebody else binds the new session, and the former one cannot be renewed', async t => {
  const shop = await boundShop(t)
  const owner = await boundBrowser(shop)
  await owner.signIn('bob')
  t.equal(await owner.user(), 'bob')
  await shop.app.loginSessions.settled()
  shop.clock.advance(REFRESH_EVERY)
  t.equal(await owner.user(), 'bob')
  t.equal((await shop.app.loginSessions.list('bob'))[0]!.deviceBound, true)
  t.strictSame(await shop.app.loginSessions.list('ada'), [])
})

t.test('a request whose body is held back until the proof is over is not carried out', async t => {
  const shop = await boundShop(t, {
    routes: app => app.post('/slow', {
      onRequest: requireLoginSession,
      preParsing: (_request, _reply, payload, done) => { shop.clock.advance(REFRESH_EVERY); done(null, payload) }
    }, async () => ({ done: true }))
  })
  const owner = await boundBrowser(shop)
  const reply = await owner.post('/slow')
  t.equal(reply.statusCode, 401)
  t.strictSame(lines(reply, COOKIE), [], 'the cookie is kept')
  t.equal(await owner.accountStatus(), 200)
})

t.test('what a hook of the host\'s writes during a registration replaces no cookie, and its logs show no token', async t => {
  const seen: string[] = []
  const shop = await boundShop(t, {
    before: app => app.addHook('onSend', async request => {
      dataOf(request).last = request.url
      seen.push(...Object.keys(request.cookies))
    })
  })
  const owner = browser(shop.app, { device: softwareDevice() })
  await owner.signIn('ada')
  t.equal(await owner.user(), 'ada')
  t.strictSame(seen, [])
})

t.test('after a sign-out without a proof, the request goes on as a visitor\'s', async t => {
  const shop = await boundShop(t, {
    routes: app => app.post('/bye', async request => {
      await request.endLoginSession()
      dataOf(request).flash = 'bye'
      return { user: request.loginSession }
    })
  })
  const unlucky = (await boundBrowser(shop)).twin()
  shop.clock.advance(REFRESH_EVERY)
  const reply = await unlucky.post('/bye', {}, { headers: { 'secure-session-skipped': 'unreachable' } })
  t.equal(reply.statusCode, 200)
  t.equal((await unlucky.get('/data')).json().flash, 'bye')
})

t.test('the log has no warning of the owner', async t => {
  const logs: string[] = []
  const shop = await boundShop(t, { logs })
  const owner = await boundBrowser(shop)
  for (let count = 0; count < 3; count++) {
    shop.clock.advance(REFRESH_EVERY)
    t.equal(await owner.accountStatus(), 200)
    t.equal((await transfer(owner, shop.clock)).statusCode, 200)
  }
  t.strictSame(logs.filter(line => /"level":[456]0/.test(line) && !line.includes('trustProxy')), [])
})

t.test('cookies that prove the device are not among those that hosts log', async t => {
  const shop = await boundShop(t, { routes: app => app.get('/cookies', async request => request.cookies) })
  const cookie = `${BOUND_COOKIE}=x; ${DEMAND_COOKIE}=y; other=z`
  t.strictSame((await shop.app.inject({ url: '/cookies', headers: { cookie } })).json(), { other: 'z' })
})

t.test('of many bound cookies, ten are verified', async t => {
  const shop = await boundShop(t)
  const owner = await boundBrowser(shop)
  const junk = (count: number): string => Array.from({ length: count }, (_, index) => `${BOUND_COOKIE}=${index}`).join('; ')
  for (const [count, status] of [[9, 200], [10, 401]] as const) {
    const cookie = `${COOKIE}=${owner.cookieValue()}; ${junk(count)}; ${BOUND_COOKIE}=${owner.boundValue()}`
    t.equal((await shop.app.inject({ url: '/account', headers: { cookie } })).statusCode, status)
  }
})

t.test('without the option, bindings that exist are not asked for', async t => {
  const store = memoryStore()
  const shop = await boundShop(t, { store })
  const owner = await boundBrowser(shop)
  const plain = await createShop(t, { store, now: shop.clock.now })
  const client = browser(plain)
  client.forge(owner.cookieValue()!)
  t.equal(await client.accountStatus(), 200)
  t.equal((await plain.inject({ method: 'POST', url: REFRESH })).statusCode, 404)
})

t.test('app.decryptSession does not know a bound session: it cannot see where a cookie comes from', async t => {
  const shop = await boundShop(t)
  const owner = await boundBrowser(shop)
  const decrypted = await new Promise(resolve => {
    const request: any = {}
    shop.app.decryptSession(owner.cookieValue()!, request, () => resolve(request.session))
  })
  t.not((decrypted as any)?.sessionId, (await shop.app.loginSessions.list('ada'))[0]!.id)
})
