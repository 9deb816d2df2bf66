/**
 * Revocation, rotation, expiry, limits, outages and former tokens are the same where sessions are bound to their browsers: the files
 * about races, outages, clocks and rotation once more, in shops that bind sessions and with browsers that have keys.
 */
import t from 'tap'
import { createShop } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { createClock, HOUR, MINUTE } from '../support/clock.js'
import { bindEverything } from '../support/device-binding.js'

bindEverything()

t.test('here every session is bound to its browser', async t => {
  const app = await createShop(t)
  const laptop = browser(app)
  await laptop.signIn('ada')
  await laptop.user()
  await app.loginSessions.settled()
  t.match(await app.loginSessions.list('ada'), [{ deviceBound: true }])
})

t.test('a bound session expires to the millisecond, and no refresh prolongs it', async t => {
  const clock = createClock()
  const app = await createShop(t, { now: clock.now })
  const laptop = browser(app)
  await laptop.signIn('ada')
  clock.advance(HOUR + MINUTE - 1)
  t.equal(await laptop.user(), 'ada')
  await app.loginSessions.settled()
  clock.advance(HOUR + MINUTE)
  t.equal(await laptop.user(), null)
  t.strictSame(await app.loginSessions.list('ada'), [])
})

t.test('a sign-in beyond the limit ends the bound session that was least recently active', async t => {
  const clock = createClock()
  const app = await createShop(t, { now: clock.now, maxSessionsPerUser: 2 })
  const [first, second, third] = [browser(app), browser(app), browser(app)]
  for (const one of [first, second, third]) {
    await one.signIn('ada')
    clock.advance(MINUTE)
    await one.user()
    await app.loginSessions.settled()
  }
  t.strictSame([await first.user(), await second.user(), await third.user()], [null, 'ada', 'ada'])
})

await import('../request/outage.test.js')
await import('../request/races.test.js')
await import('../request/shared-clock.test.js')
await import('../sessions/rotation.test.js')
