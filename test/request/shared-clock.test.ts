/**
 * The clock that all servers share: that of the store.
 */
import t from 'tap'
import { memoryStore } from '../../plugin/index.js'
import { createShop } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { HOUR, SECOND } from '../support/clock.js'
import { turns } from '../support/gate.js'

const START = Date.parse('2100-01-01T12:00:00.000Z')

t.test('the times of a session are the store\'s, however wrong the server\'s own clock is, and also when that changes', async t => {
  let [ownNow, storeNow] = [START, START + HOUR]
  t.intercept(Date, 'now', { value: () => ownNow })
  const app = await createShop(t, { store: { ...memoryStore(), time: async () => new Date(storeNow) }, now: undefined })
  const laptop = browser(app)
  t.strictSame((await laptop.signIn('ada')).createdAt, new Date(storeNow).toJSON())

  // The server's clock is set forward by an hour, and measured with the next request.
  ownNow += HOUR + 10 * SECOND
  storeNow += 10 * SECOND
  await laptop.user()
  await turns()
  t.strictSame((await laptop.signIn('ada')).createdAt, new Date(storeNow).toJSON())
})
