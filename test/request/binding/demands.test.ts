/**
 * `requireDeviceBinding`: a new proof for each request of a sensitive route.
 */
import t from 'tap'
import { boundBrowser, boundShop, BOUND_COOKIE, DEMAND_COOKIE, REFRESH_EVERY, transfer } from '../../support/bound.js'
import { browser, COOKIE, setCookies } from '../../support/browser-jar.js'
import { MINUTE, SECOND } from '../../support/clock.js'
import { softwareDevice } from '../../support/software-device.js'
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
      t.match(setCookies(reply), [new RegExp(`^${DEMAND_COOKIE}=; Max-Age=0`)])
      t.equal(reply.headers['cache-control'], 'private')
      t.equal((await transfer(thief, shop.clock)).statusCode, 503)
      t.equal((await transfer(owner.twin(), shop.clock)).statusCode, 503, 'a copy of now')
    }
  })

  t.test('a proof lets one request pass', async t => {
    const shop = await boundShop(t, { store: makeStore() })
    const owner = await boundBrowser(shop)
    t.equal((await owner.post('/transfer')).statusCode, 307)
    shop.clock.advance(1)
    await owner.get('/')
    const copies = [owner.twin(), owner.twin(), owner.twin()]
    const replies = await Promise.all([owner, ...copies].map(async client => await client.post('/transfer', { to: 'bob' })))
    t.strictSame(replies.map(({ statusCode }) => statusCode).sort(), [200, 307, 307, 307])
  })
})

t.test('only the last proof counts, and a proof that was used up does not', async t => {
  const shop = await boundShop(t)
  const owner = await boundBrowser(shop)
  await owner.post('/transfer')
  shop.clock.advance(1)
  await owner.get('/')
  const earlier = owner.twin()
  shop.clock.advance(1)
  const bound = owner.boundValue()!
  owner.forgetBound()
  await owner.get('/')
  t.not(owner.boundValue(), bound)
  const last = owner.twin()
  t.equal((await earlier.post('/transfer')).statusCode, 307)
  t.equal((await owner.post('/transfer')).statusCode, 200)
  t.equal((await last.post('/transfer')).statusCode, 307)
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
  t.equal(reply.headers['cache-control'], 'private')
  t.match(setCookies(reply), [
    new RegExp(`^${DEMAND_COOKIE}=[\\w-]{30}\\.[\\da-z]+\\.[\\da-z]+\\.[\\w+/]{43}; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax$`),
    new RegExp(`^${BOUND_COOKIE}=; Max-Age=0; Path=/;`)
  ])
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

t.test('a demand can be met for two minutes', async t => {
  const shop = await boundShop(t)
  const owner = await boundBrowser(shop)
  t.equal((await owner.post('/transfer')).statusCode, 307)
  shop.clock.advance(1)
  await owner.get('/')
  shop.clock.advance(2 * MINUTE - 2)
  const late = owner.twin()
  t.equal((await late.post('/transfer')).statusCode, 200)
  await owner.post('/transfer')
  shop.clock.advance(1)
  await owner.get('/')
  shop.clock.advance(2 * MINUTE - 1)
  t.equal((await owner.post('/transfer')).statusCode, 307)
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

t.test('parallel requests of one browser all pass in the end', async t => {
  // Each challenge needs a time of its own.
  const shop = await boundShop(t, { now: () => new Date() })
  const owner = await boundBrowser(shop)
  const statuses = await Promise.all([1, 2, 3].map(async () => {
    for (let tries = 0; tries < 6; tries++) {
      const reply = await transfer(owner, shop.clock)
      if (reply.statusCode !== 307) return reply.statusCode
    }
    return 307
  }))
  t.strictSame(statuses, [200, 200, 200])
})

// Browsers let a request wait for one refresh. If its bound cookie was over, it has waited already when it arrives.
t.test('a request that comes after a pause passes with the proof that it waited for, and only once', async t => {
  const shop = await boundShop(t)
  const owner = await boundBrowser(shop)
  shop.clock.advance(REFRESH_EVERY)
  const sent = await owner.post('/transfer')
  t.equal(sent.statusCode, 200)
  t.strictSame(setCookies(sent), [], 'there was no demand to clear')
  const thief = owner.twin()
  t.equal((await owner.post('/transfer')).statusCode, 307)
  t.equal((await transfer(thief, shop.clock)).statusCode, 503, 'a copy of a proof that is used up')
})

for (const [age, status] of [[10 * SECOND - 1, 200], [10 * SECOND, 307]] as const) {
  t.test(`without a demand, a proof of ${age} ms ago is answered ${status}`, async t => {
    const shop = await boundShop(t)
    const owner = await boundBrowser(shop)
    shop.clock.advance(REFRESH_EVERY)
    t.equal(await owner.accountStatus(), 200)
    shop.clock.advance(age)
    t.equal((await owner.post('/transfer')).statusCode, status)
  })
}
