/**
 * Sessions that are bound to their browser, in a real Chromium over TLS: thieves, outages, restarts and lost keys.
 */
import t from 'tap'
import { COOKIE } from '../../support/browser-jar.js'
import {
  cookieOf, copyOf, expireProof, fetchStatus, waitUntilBound, openOwner, type Owner, RENEWED, REFUSED, settle, signIn
} from '../../support/bound-scene.js'
import { setBoundStage } from '../../support/bound-stage.js'
import { MINUTE } from '../../support/clock.js'
import { needCertificatePrograms } from '../../support/lab-ca.js'
import { poll } from '../../support/poll.js'
import { BOUND_COOKIE } from '../../support/software-device.js'

const OLD = 'the secret that these servers had at first'
const NEW = 'the secret that these servers have from now on'

const stage = await setBoundStage(t)

t.test('a missing program says what to install', async t => {
  await t.rejects(needCertificatePrograms({ PATH: '' }), { message: /need openssl: install .*apt-get install openssl libnss3-tools/ })
})

// --- copied cookies ---

t.test('a copied cookie works until refreshEvery is over, and its owner goes on', async t => {
  const { site, page } = await openOwner(t, stage)
  const thief = await copyOf(page, site)
  t.equal(await thief.accountStatus(), 200)
  site.advance(10 * MINUTE)
  t.equal(await thief.accountStatus(), 401)
  t.equal(await thief.user(), null)
  await expireProof(page)
  t.equal(await fetchStatus(page, '/account'), 200)
  t.equal(await thief.accountStatus(), 401)
})

t.test('a sensitive route refuses a copied cookie at its first request, and its owner passes with every method', async t => {
  const { site, page } = await openOwner(t, stage)
  const thief = await copyOf(page, site)
  t.strictSame([(await thief.post('/transfer')).statusCode, (await thief.post('/transfer')).statusCode], [307, 503])

  const passed = ['/transfer 307', ...RENEWED, '/transfer 200']
  const callsOf = (method: string): string[] => passed.map(call => call.startsWith('/') ? `${method} ${call}` : call)
  site.calls.take()
  t.equal((await page.goto(`${site.origin}/transfer`))!.status(), 200)
  t.strictSame(site.calls.take(), callsOf('GET'))
  site.advance(10_000)
  await page.goto(`${site.origin}/hello`)
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('{"method":"POST","body":{"amount":"5"}}').waitFor()
  t.strictSame(site.calls.take(), ['GET /hello 200', ...callsOf('POST')])
  site.advance(10_000)
  t.equal(await fetchStatus(page, '/transfer', { method: 'POST', body: { amount: 5 } }), 200)
  t.strictSame(site.calls.take(), callsOf('POST'))
  t.equal((await thief.post('/transfer')).statusCode, 503)
})

t.test('a sensitive request whose bound cookie is over passes with the proof that it has waited for', async t => {
  const { site, page } = await openOwner(t, stage)
  await expireProof(page)
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('{"method":"POST","body":{"amount":"5"}}').waitFor()
  t.strictSame(site.calls.take(), [...RENEWED, 'POST /transfer 200'])
})

t.test('parallel sensitive requests all pass, with one proof', async t => {
  const { site, page } = await openOwner(t, stage)
  const transfer = (): Promise<number> => fetchStatus(page, '/transfer', { method: 'POST', body: { amount: 5 } })
  t.strictSame(await Promise.all([transfer(), transfer(), transfer()]), [200, 200, 200])
  t.equal(site.calls.take().filter(call => call === RENEWED[1]).length, 1)
})

// As after a restart that ended the session cookie: the browser has kept its binding, and the record lives on.
t.test('a sign-in beside a former binding is bound, and the former one is forgotten', async t => {
  const { site, page } = await openOwner(t, stage)
  await page.context().clearCookies({ name: COOKIE })
  await signIn(page, site)
  await settle(page, site)
  for (let count = 0; count < 2; count++) {
    await expireProof(page)
    t.equal(await fetchStatus(page, '/account'), 200)
  }
  t.equal((await site.app.loginSessions.list(site.user)).filter(({ deviceBound }) => deviceBound).length, 2)
})

t.test('a session that is revoked elsewhere during a refresh is over, and the next sign-in is bound', async t => {
  let revoke = async (): Promise<void> => {}
  const { site, page } = await openOwner(t, stage, {
    between (app) {
      app.addHook('onSend', async ({ url }, reply) => { if (url.endsWith('/refresh') && reply.statusCode === 403) await revoke() })
    }
  })
  revoke = async () => { await site.app.loginSessions.revokeAll(site.user) }
  await expireProof(page)
  t.equal((await page.goto(`${site.origin}/account`))!.status(), 401)
  t.strictSame(site.calls.take(), [...REFUSED, 'GET /account 401'])
  t.equal(await cookieOf(page, COOKIE), undefined)
  await signIn(page, site)
  t.equal(await fetchStatus(page, '/account'), 200)
})

// --- servers ---

/** Renews the proof and uses it. */
async function renew ({ page, site }: Owner): Promise<string[]> {
  await expireProof(page)
  await fetchStatus(page, '/account')
  return site.calls.take()
}

t.test('a binding outlives a restart of the server', async t => {
  const owner = await openOwner(t, stage)
  const { site } = owner
  const app = await site.start()
  site.serve(app)
  await site.app.close()
  t.strictSame(await renew(owner), [...RENEWED, 'GET /account 200'])
})

t.test('a binding outlives a change of the secret', async t => {
  const owner = await openOwner(t, stage, { secret: OLD })
  const { page, site } = owner
  site.serve(await site.start({ secret: [NEW, OLD] }))
  t.equal(await fetchStatus(page, '/account'), 200, 'the bound cookie was signed with the former secret')
  t.strictSame(site.calls.take(), ['GET /account 200'])
  t.strictSame(await renew(owner), [...RENEWED, 'GET /account 200'])
  site.serve(await site.start({ secret: NEW }))
  t.equal(await fetchStatus(page, '/account'), 200)
  t.strictSame(site.calls.take(), ['GET /account 200'])
  t.strictSame(await renew(owner), [...RENEWED, 'GET /account 200'])
})

t.test('two servers take turns: one sends the challenge, the other takes the proof', async t => {
  const owner = await openOwner(t, stage)
  const { app, serve, start } = owner.site
  serve(await start(), app)
  for (let times = 0; times < 3; times++) t.strictSame(await renew(owner), [...RENEWED, 'GET /account 200'])
  t.equal(await fetchStatus(owner.page, '/transfer', { method: 'POST', body: { amount: 5 } }), 200)
})

t.test('a database that is away during a refresh signs nobody out', async t => {
  const { site, page } = await openOwner(t, stage)
  await expireProof(page)
  site.store.fail()
  t.equal(await fetchStatus(page, '/account'), 503)
  t.equal(await fetchStatus(page, '/hello'), 200)
  t.ok(await cookieOf(page, COOKIE))
  site.store.recover()
  await poll('the browser to try again', async () => await fetchStatus(page, '/account') === 200 || undefined)
  t.notOk(site.calls.take().some(call => /sign-in|register/.test(call)))
})

// --- the browser ---

const installed = stage.install(t)

t.test('a binding outlives a restart of the browser', async t => {
  const site = await stage.openSite(t)
  const before = await installed.open(`${site.origin}/hello`)
  await signIn(before, site)
  await settle(before, site)
  const page = await installed.open(`${site.origin}/hello`)
  t.strictSame(await renew({ page, site }), ['GET /hello 200', ...RENEWED, 'GET /account 200'])
})

t.test('a user of a browser whose quota is used up is asked to come later, and stays signed in', async t => {
  const site = await stage.openSite(t)
  const page = await installed.open(`${site.origin}/hello`)
  await signIn(page, site)
  await settle(page, site)
  for (let times = 0; times < 5; times++) t.strictSame(await renew({ page, site }), [...RENEWED, 'GET /account 200'])
  await expireProof(page)
  t.equal(await fetchStatus(page, '/account'), 503)
  t.equal(await fetchStatus(page, '/hello'), 200)
  const [challenge, ...requests] = site.calls.takeWhole()
  t.match(challenge, /^POST \/device-bound-session\/refresh 403/, 'it asks, and does not sign')
  t.match(requests, [/^GET \/account 503 .*secure-session-skipped: quota_exceeded/, /^GET \/hello 200 .*secure-session-skipped: quota_exceeded/])
  t.ok(await cookieOf(page, COOKIE))
})

t.test('a browser that has lost its key is signed out, and its next sign-in ends the old session', async t => {
  const site = await stage.openSite(t)
  const before = await installed.open(`${site.origin}/hello`)
  await signIn(before, site)
  await settle(before, site)
  const [former] = await site.app.loginSessions.list(site.user)
  await installed.close()
  installed.loseKeys()

  const page = await installed.open(`${site.origin}/hello`)
  await expireProof(page)
  t.equal(await fetchStatus(page, '/account'), 401)
  t.ok(await cookieOf(page, COOKIE), 'the cookie stays')
  await signIn(page, site)
  t.equal(await fetchStatus(page, '/account'), 200)
  await waitUntilBound(page)
  const [session, ...others] = await site.app.loginSessions.list(site.user)
  t.strictSame(others, [])
  t.not(session!.id, former!.id)
  t.ok(await cookieOf(page, BOUND_COOKIE))
})
