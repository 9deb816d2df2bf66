/**
 * Sessions that are bound to their browser, in a real Chromium over TLS.
 */
import t from 'tap'
import { BOUND, cookieOf, expireProof, fetchStatus, isBound, openOwner, REFRESH, settle, signIn } from '../../support/bound-scene.js'
import { setBoundStage } from '../../support/bound-stage.js'

const stage = await setBoundStage(t)

t.test('a sign-in by form binds the session, and the binding is used from then on', async t => {
  const site = await stage.openSite(t)
  const page = await stage.openPage(t, site)
  await signIn(page)
  t.strictSame(site.calls.take().sort(), ['GET /hello 200', 'GET /sign-in 200', 'POST /device-bound-session/register 200', 'POST /sign-in 303'])
  await settle(page, site)
  const [session] = await site.app.loginSessions.list(site.user)
  t.equal(session!.deviceBound, true)
})

t.test('a request whose bound cookie is over waits for a new one', async t => {
  const { site, page } = await openOwner(t, stage)
  await expireProof(page)
  t.equal(await fetchStatus(page, '/account'), 200)
  t.strictSame(site.calls.take(), [...REFRESH, 'GET /account 200'])
  t.ok(await cookieOf(page, BOUND))
  await isBound(page)
})
