/**
 * `requireDeviceBinding`: a new proof for each request of a sensitive route.
 */
import t from 'tap'
import { boundBrowser, boundShop, REFRESH_EVERY, transfer } from '../../support/bound.js'
import { browser, COOKIE, setCookies } from '../../support/browser-jar.js'
import { MINUTE, SECOND } from '../../support/clock.js'
import { BOUND_COOKIE, DEMAND_COOKIE, softwareDevice } from '../../support/software-device.js'
import { onBothStores } from '../../support/stores.js'

await onBothStores(t, async (t, makeStore) => {
  t.test('the owner proves the device each time, and a copied cookie is refused from its first request', async t => {
    const shop = await boundShop(t, { store: makeStore() })
    const owner = await boundBrowser(shop)
    const thief = owner.twin()
    t.equal((await transfer(thief, shop.clock)).statusCode, 503)
    for (let count = 0; count < 3; count++) {
      const reply = await transfer(owner, shop.clock)
      t.strictSame(reply.json(), { sent: { to: 'bob' } })
      // Of two answers that cross, the one could clear what the other has set.
      t.strictSame(setCookies(reply), [])
      shop.clock.advance(10 * SECOND)
      t.equal((await transfer(thief, shop.clock)).statusCode, 503)
      t.equal((await transfer(owner.twin(), shop.clock)).statusCode, 503, 'a copy of now')
    }
  })
})

t.test('a copy that ignores what the demand clears does not pass either', async t => {
  const shop = await boundShop(t)
  const owner = await boundBrowser(shop)
  const cookies = `${COOKIE}=${owner.cookieValue()}; ${BOUND_COOKIE}=${owner.boundValue()}`
  const demanded = await shop.app.inject({ method: 'POST', url: '/transfer', headers: { cookie: cookies } })
  const demand = setCookies(demanded)[0]!.split(';')[0]
  for (let count = 0; count < 3; count++) {
    t.equal((await shop.app.inject({ method: 'POST', url: '/transfer', headers: { cookie: `${cookies}; ${demand}` } })).statusCode, 307)
    shop.clock.advance(1)
  }
})

t.test('the demand sends the browser to the same URL, with the same method, without its bound cookie', async t => {
  const shop = await boundShop(t, { routes: app => app.get('/shop/:name/', async () => 'x') })
  const owner = await boundBrowser(shop)
  const reply = await owner.post('/strict/transfer?id=1&x=?')
  t.equal(reply.statusCode, 307)
  t.equal(reply.headers.location, './transfer?id=1&x=?')
  t.match(setCookies(reply), [
    new RegExp(`^${DEMAND_COOKIE}=[\\w-]{30}\\.[\\da-z]+\\.[\\w+/]{43}; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax$`),
    new RegExp(`^${BOUND_COOKIE}=; Max-Age=0; Path=/;`)
  ])
})

t.test('the demand is kept by no cache, and names the URL that the browser asked for', async t => {
  const shop = await boundShop(t, {
    server: { rewriteUrl: ({ url = '' }: { url?: string }) => url.replace(/^\/pay\b/, '/transfer') },
    between: app => app.addHook('onRequest', async (_request, reply) => { reply.header('cache-control', 'private, max-age=300') })
  })
  const owner = await boundBrowser(shop)
  const reply = await owner.post('/pay?x=1')
  t.equal(reply.statusCode, 307)
  t.equal(reply.headers.location, './pay?x=1')
  t.equal(reply.headers['cache-control'], 'no-store')
})

t.test('another site cannot be the target', async t => {
  const shop = await boundShop(t)
  const owner = await boundBrowser(shop)
  const reply = await owner.post('//evil.example/transfer')
  t.not(reply.statusCode, 307)
})

t.test('a session that is not bound passes, or is refused where the host says so', async t => {
  const shop = await boundShop(t)
  const plain = browser(shop.app)
  await plain.signIn('ada')
  t.strictSame((await plain.post('/transfer', { to: 'bob' })).json(), { sent: { to: 'bob' } })
  const refused = await plain.post('/strict/transfer')
  t.equal(refused.statusCode, 403)
  t.match(refused.json(), { code: 'FST_LOGIN_SESSION_NOT_BOUND' })
  t.equal((await transfer(await boundBrowser(shop), shop.clock, '/strict/transfer')).statusCode, 200)
})

t.test('the first request after the registration is asked for a proof, too', async t => {
  const shop = await boundShop(t)
  const owner = browser(shop.app, { device: softwareDevice() })
  await owner.signIn('ada')
  shop.clock.advance(10 * SECOND)
  t.equal((await owner.post('/transfer')).statusCode, 307)
})

t.test('nobody gets a proof that was not shown: a copy without the bound cookie, within the first 30 seconds', async t => {
  const shop = await boundShop(t)
  const owner = browser(shop.app, { device: softwareDevice() })
  await owner.signIn('ada')
  await owner.accountStatus()
  await shop.app.loginSessions.settled()
  const thief = browser(shop.app)
  thief.forge(owner.cookieValue()!)
  t.equal((await transfer(thief, shop.clock)).statusCode, 503)
  shop.clock.advance(30 * SECOND)
  t.equal(await thief.accountStatus(), 401)
})

t.test('a browser that cannot sign now: this route answers 503, and others go on working', async t => {
  const shop = await boundShop(t)
  const owner = (await boundBrowser(shop)).twin()
  t.equal((await owner.post('/transfer')).statusCode, 307)
  const headers = { 'secure-session-skipped': 'quota_exceeded;session_identifier="x"' }
  const refused = await owner.post('/transfer', {}, { headers })
  t.equal(refused.statusCode, 503)
  t.match(refused.json(), { code: 'FST_LOGIN_SESSION_DEVICE_UNPROVEN' })
  t.equal(await owner.accountStatus(), 200, 'the former proof counts')
  shop.clock.advance(REFRESH_EVERY - MINUTE - 1)
  t.equal(await owner.accountStatus(), 200)
  shop.clock.advance(1)
  t.equal(await owner.accountStatus(), 401, 'for as long as it would have')
})

t.test('the demand of another session, and one that we did not sign, count for nothing', async t => {
  const shop = await boundShop(t)
  const [ada, bob] = [await boundBrowser(shop), await boundBrowser(shop)]
  const demand = setCookies(await bob.post('/transfer'))[0]!.split(';')[0]!
  shop.clock.advance(1)
  await ada.get('/')
  for (const cookie of [demand, `${DEMAND_COOKIE}=x`, demand.replace(/\w$/, letter => letter === 'A' ? 'B' : 'A')]) {
    const reply = await shop.app.inject({ method: 'POST', url: '/transfer', headers: { cookie: `${COOKIE}=${ada.cookieValue()}; ${cookie}` } })
    t.equal(reply.statusCode, 401)
  }
})

t.test('parallel requests of one browser all pass with one proof', async t => {
  const shop = await boundShop(t)
  const owner = await boundBrowser(shop)
  const replies = await Promise.all([1, 2, 3].map(async () => await transfer(owner, shop.clock)))
  t.strictSame(replies.map(({ statusCode }) => statusCode), [200, 200, 200])
})

// Browsers let a request wait for one refresh. If its bound cookie was over, it has waited already when it arrives.
t.test('a request that comes after a pause passes with the proof that it waited for', async t => {
  const shop = await boundShop(t)
  const owner = await boundBrowser(shop)
  shop.clock.advance(REFRESH_EVERY)
  const sent = await owner.post('/transfer')
  t.equal(sent.statusCode, 200)
})

for (const [age, status] of [[10 * SECOND - 1, 200], [10 * SECOND, 307]] as const) {
  t.test(`a proof of ${age} ms ago is answered ${status}`, async t => {
    const shop = await boundShop(t)
    const owner = await boundBrowser(shop)
    shop.clock.advance(REFRESH_EVERY)
    t.equal(await owner.accountStatus(), 200)
    shop.clock.advance(age)
    t.equal((await owner.post('/transfer')).statusCode, status)
  })
}
