/**
 * Revocation, rotation, expiry, limits, outages and former tokens are the same where sessions are bound to their browsers: the files
 * that test them once more, in shops that bind sessions and with browsers that have keys.
 */
import t from 'tap'
import { createShop } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
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

await import('../request/cookie.test.js')
await import('../request/login.test.js')
await import('../request/outage.test.js')
await import('../request/races.test.js')
await import('../request/shared-clock.test.js')
await import('../sessions/rotation.test.js')
