import t from 'tap'
import { coreOf } from '../../plugin/core.js'
import { createShop, PASSWORD, verifyPassword } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { createClock, MINUTE } from '../support/clock.js'
import { parallel } from '../support/gate.js'
import { onBothStores } from '../support/stores.js'

await onBothStores(t, async (t, makeStore) => {
  t.test('eight right passwords at the same moment, on two servers, are all taken', async t => {
    const store = makeStore()
    const [one, other] = await parallel(2, () => createShop(t, { store }))
    const laptop = browser(one!)
    await laptop.signIn('ada')
    const elsewhere = browser(other!)
    elsewhere.forge(laptop.cookieValue()!)
    const statuses = (await parallel(8, index => [laptop, elsewhere][index % 2]!.post('/confirm', { password: PASSWORD }))).map(({ statusCode }) => statusCode)
    t.strictSame(statuses, Array(8).fill(200))
  })

  t.test('fifty wrong ones at the same moment, on two servers, reach five checks, and lock', async t => {
    const store = makeStore()
    let checks = 0
    const counting = (userId: string) => async (password: string) => { checks++; return await (await verifyPassword(userId))!(password) }
    const [one, other] = await parallel(2, () => createShop(t, { store, verifyPassword: counting }))
    const laptop = browser(one!)
    await laptop.signIn('ada')
    const elsewhere = browser(other!)
    elsewhere.forge(laptop.cookieValue()!)
    const replies = await parallel(50, index => [laptop, elsewhere][index % 2]!.post('/confirm', { password: 'wrong' }))
    t.equal(checks, 5)
    t.strictSame(replies.map(({ statusCode }) => statusCode).sort(), [...Array(5).fill(422), ...Array(45).fill(429)])
    for (const { headers } of replies.filter(({ statusCode }) => statusCode === 429)) t.equal(headers['retry-after'], '900')
  })

  t.test('the page can tell a lock before a password is typed', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now })
    const laptop = browser(app)
    const session = await laptop.signIn('ada')
    t.equal(await coreOf(app, '').lockedFor(session), 0)
    for (let i = 0; i < 5; i++) await laptop.post('/confirm', { password: 'wrong' })
    clock.advance(MINUTE)
    t.equal(await coreOf(app, '').lockedFor(session), 14 * MINUTE)
    await app.loginSessions.revokeAll('ada')
    t.equal(await coreOf(app, '').lockedFor(session), 0)
  })
})
