/**
 * A sensitive request that waited for a refresh of its own passes with that proof: browsers wait once for each request.
 */
import t, { type Test } from 'tap'
import type { FastifyInstance } from 'fastify'
import { CookieJar } from 'tough-cookie'
import { requireDeviceBinding } from '../../../plugin/index.js'
import { createShop } from '../../support/app.js'
import { browser, COOKIE, setCookies } from '../../support/browser-jar.js'
import { createClock, MINUTE, SECOND } from '../../support/clock.js'
import { softwareDevice } from '../../support/software-device.js'

/** An owner whose bound cookie is over, after a pause. */
async function afterPause (t: Test) {
  const clock = createClock()
  const app = await createShop(t, {
    deviceBound: true,
    now: clock.now,
    routes (app: FastifyInstance) { app.post('/transfer', { onRequest: requireDeviceBinding() }, async () => ({ sent: true })) }
  })
  const jar = new CookieJar()
  const owner = browser(app, { device: softwareDevice() }, jar)
  await owner.signIn('ada')
  await owner.accountStatus()
  await app.loginSessions.settled()
  clock.advance(11 * MINUTE)
  jar.setCookieSync(`${COOKIE}-bound=; Path=/; Secure; Max-Age=0`, 'https://shop.example')
  return { owner, clock }
}

t.test('the proof that the request waited for lets it pass, without a redirect, and only once', async t => {
  const { owner } = await afterPause(t)
  const sent = await owner.post('/transfer')
  t.equal(sent.statusCode, 200)
  t.strictSame(setCookies(sent), [], 'there was no demand to clear')
  t.equal((await owner.post('/transfer')).statusCode, 307)
})

t.test('a copy of a used proof does not pass', async t => {
  const { owner } = await afterPause(t)
  t.equal((await owner.post('/transfer')).statusCode, 200)
  const thief = owner.twin()
  t.strictSame([(await thief.post('/transfer')).statusCode, (await thief.post('/transfer')).statusCode], [307, 401])
})

for (const [age, status] of [[10 * SECOND - 1, 200], [10 * SECOND, 307]] as const) {
  t.test(`a proof of ${age} ms ago: ${status}`, async t => {
    const { owner, clock } = await afterPause(t)
    t.equal(await owner.accountStatus(), 200)
    clock.advance(age)
    t.equal((await owner.post('/transfer')).statusCode, status)
  })
}
