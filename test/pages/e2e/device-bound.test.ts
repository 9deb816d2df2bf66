/**
 * Sessions that are bound to their browser, in a real Chromium over TLS: what people do.
 */
import t from 'tap'
import { browser, COOKIE } from '../../support/browser-jar.js'
import {
  cookieOf, expireProof, fetchStatus, waitUntilBound, openOwner, RENEWED, REFUSED, settle, signIn
} from '../../support/bound-scene.js'
import { setBoundStage } from '../../support/bound-stage.js'
import { MINUTE } from '../../support/clock.js'
import { PAGE } from '../../support/page.js'
import { poll } from '../../support/poll.js'
import { BOUND_COOKIE, softwareDevice } from '../../support/software-device.js'

const REGISTER = 'POST /device-bound-session/register 200'

const stage = await setBoundStage(t)

t.test('a sign-in by form binds the session', async t => {
  const site = await stage.openSite(t)
  const page = await stage.openPage(t, site, '/sign-in')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: `Hello ${site.user}` }).waitFor()
  await waitUntilBound(page)
  t.strictSame(site.calls.take().sort(), ['GET /hello 200', 'GET /sign-in 200', REGISTER, 'POST /sign-in 303'])
  await settle(page, site)
  const [session] = await site.app.loginSessions.list(site.user)
  t.equal(session!.deviceBound, true)
  await page.goto(`${site.origin}${PAGE}`)
  await page.locator('.ls-fact', { hasText: 'Bound to this device' }).waitFor()
})

t.test('a sign-in by a script binds the session', async t => {
  const site = await stage.openSite(t)
  const page = await stage.openPage(t, site, '/hello')
  await signIn(page, site)
  t.strictSame(site.calls.take(), ['GET /hello 200', 'POST /login 200', REGISTER])
})

t.test('a sign-in that another site leads to binds the session, though the registration comes without cookies', async t => {
  const site = await stage.openSite(t)
  const page = await stage.openPage(t, site, '/hello')
  await page.goto(stage.elsewhere('/link', { to: stage.elsewhere('/authorize', { then: `${site.origin}/signed-in-elsewhere` }) }))
  await page.getByRole('link').click()
  await page.getByRole('heading', { name: `Hello ${site.user}` }).waitFor()
  await waitUntilBound(page)
  const registration = site.calls.takeWhole().find(call => call.startsWith(REGISTER))
  t.match(registration, /^POST \/device-bound-session\/register 200 secure-session-response/, 'no cookie')
  await settle(page, site)
  await expireProof(page)
  t.equal(await fetchStatus(page, '/account'), 200)
  t.strictSame(site.calls.take(), [...RENEWED, 'GET /account 200'])
})

t.test('a request whose bound cookie is over waits for a new one', async t => {
  const { site, page } = await openOwner(t, stage)
  await expireProof(page)
  t.equal(await fetchStatus(page, '/account'), 200)
  t.strictSame(site.calls.take(), [...RENEWED, 'GET /account 200'])
})

t.test('a bound cookie that is nearly over is renewed beside a request', async t => {
  const { site, page } = await openOwner(t, stage)
  const { value, ...cookie } = (await cookieOf(page, BOUND_COOKIE))!
  await page.context().addCookies([{ ...cookie, value, expires: Date.now() / 1000 + 60 }])
  t.equal(await fetchStatus(page, '/account'), 200)
  await poll('another bound cookie', async () => (await cookieOf(page, BOUND_COOKIE))!.value !== value || undefined)
  t.strictSame(site.calls.take().sort(), ['GET /account 200', ...RENEWED].sort())
})

t.test('parallel requests wait for one refresh, and all are answered', async t => {
  const { site, page } = await openOwner(t, stage)
  await expireProof(page)
  const statuses = await Promise.all(Array.from({ length: 8 }, () => fetchStatus(page, '/account')))
  t.strictSame(statuses, Array(8).fill(200))
  t.strictSame(site.calls.take(), [...RENEWED, ...Array(8).fill('GET /account 200')])
})

t.test('a link of another site finds its reader signed in, also if the bound cookie is over', async t => {
  const { site, page } = await openOwner(t, stage)
  await page.goto(stage.elsewhere('/link', { to: `${site.origin}/hello` }))
  await expireProof(page)
  await page.getByRole('link').click()
  await page.getByRole('heading', { name: `Hello ${site.user}` }).waitFor()
  t.strictSame(site.calls.take(), [...RENEWED, 'GET /hello 200'])
})

t.test('a picture that another site shows of ours makes no browser renew its proof', async t => {
  const { site, page } = await openOwner(t, stage)
  await expireProof(page)
  await page.goto(stage.elsewhere('/picture', { of: `${site.origin}/account` }))
  t.strictSame(site.calls.takeWhole(), ['GET /account 401'], 'no refresh, no cookies')
})

t.test('the handshake of a WebSocket waits for the refresh', async t => {
  const { site, page } = await openOwner(t, stage)
  await expireProof(page)
  const greeting = await page.evaluate(() => new Promise(resolve => {
    const socket = new WebSocket(`wss://${location.host}/live`)
    socket.onmessage = event => { resolve(event.data); socket.close() }
    socket.onclose = () => { resolve('closed') }
  }))
  t.equal(greeting, site.user)
  t.strictSame(site.calls.take(), [...RENEWED, 'GET /live'])
})

t.test('after a sign-out the browser forgets its binding at the next request', async t => {
  const { site, page } = await openOwner(t, stage)
  t.equal(await fetchStatus(page, '/logout', { method: 'POST' }), 200)
  t.equal(await cookieOf(page, BOUND_COOKIE), undefined)
  t.equal(await cookieOf(page, COOKIE), undefined)
  for (let times = 0; times < 3; times++) t.equal(await fetchStatus(page, '/hello'), 200)
  t.strictSame(site.calls.take(), ['POST /logout 200', ...REFUSED, ...Array(3).fill('GET /hello 200')])
})

t.test('a sign-in as somebody else binds the new session, and ends the old one', async t => {
  const { site, page } = await openOwner(t, stage)
  const [former] = await site.app.loginSessions.list(site.user)
  await signIn(page, { user: `${site.user}-again` })
  t.strictSame(await site.app.loginSessions.list(site.user), [])
  await settle(page, site)
  await expireProof(page)
  t.equal(await fetchStatus(page, '/account'), 200)
  const [session] = await site.app.loginSessions.list(`${site.user}-again`)
  t.equal(session!.deviceBound, true)
  t.not(session!.id, former!.id)
})

t.test('the browser of the other tests calls what Chromium calls', async t => {
  const site = await stage.openSite(t)
  const page = await stage.openPage(t, site, '/hello')
  site.calls.take()
  const inChromium = async (method: string, url: string, body?: object): Promise<unknown> => await fetchStatus(page, url, { method, ...(body && { body }) })
  await play(inChromium, () => waitUntilBound(page), () => expireProof(page))
  const real = site.calls.takeWhole()

  const { get, post, forgetBound } = browser(site.app, { host: site.host, device: softwareDevice() })
  await play(async (method, url, body) => method === 'GET' ? await get(url) : await post(url, body), async () => {}, async () => { forgetBound() })
  t.strictSame(site.calls.takeWhole(), real)
  t.ok(real.length > 10)

  /** One journey: signs in, renews the proof, and signs out. */
  async function play (send: (method: string, url: string, body?: object) => Promise<unknown>, bound: () => Promise<unknown>, expire: () => Promise<unknown>): Promise<void> {
    await send('POST', '/login', { user: site.user })
    await bound()
    await send('GET', '/account')
    await site.app.loginSessions.settled()
    site.advance(11 * MINUTE)
    await expire()
    await send('GET', '/account')
    await send('GET', '/account')
    await send('POST', '/logout', {})
    await send('GET', '/')
    await send('GET', '/')
  }
})
