import t, { type Test } from 'tap'
import type { Actor, FailedConfirmation, LoginSession, SessionEndReason } from '../../plugin/index.js'
import { keyOf } from '../../plugin/sessions/key.js'
import type { LoginSessionStore } from '../../plugin/sessions/store.js'
import { memoryStore } from '../../plugin/stores/memory.js'
import { PASSWORD, type ShopOptions } from '../support/app.js'
import { browser, clearsCookie } from '../support/browser-jar.js'
import { createClock, MINUTE } from '../support/clock.js'
import { parallel } from '../support/gate.js'
import { API, createShopWithPages, formOf, HTMX, PAGE, submit } from '../support/page.js'
import { breakable, onBothStores } from '../support/stores.js'

/** A shop, a laptop of ada's there, and what the hooks were told. */
async function setup (t: Test, store: LoginSessionStore = memoryStore(), options: ShopOptions = {}) {
  const clock = createClock()
  const failed: Array<[LoginSession, FailedConfirmation]> = []
  const ended: Array<[id: string, reason: SessionEndReason, actor: Actor]> = []
  const app = await createShopWithPages(t, {
    store,
    now: clock.now,
    onConfirmationFailed: (session, failure) => { failed.push([session, failure]) },
    onSessionEnd: ({ id }, reason, { actor }) => { ended.push([id, reason, actor]) },
    ...options
  })
  const laptop = browser(app)
  const session = await laptop.signIn('ada')
  const key = keyOf('ada', session.id)
  return {
    app,
    clock,
    failed,
    ended,
    laptop,
    session,
    /** So many confirmations of this session have failed so far, in a row. */
    async failBefore (total: number): Promise<void> {
      const { tokens } = (await store.findWithoutData(key))!
      await store.setTokens(key, tokens, tokens, { failures: 0, total })
    },
    find: () => store.findWithoutData(key)
  }
}

await onBothStores(t, async (t, makeStore) => {
  t.test('onConfirmationFailed is called once for each wrong password, with both counts, the lock and the request', async t => {
    const { clock, laptop, session, failed } = await setup(t, makeStore())
    for (let i = 0; i < 6; i++) await laptop.post('/confirm', { password: 'wrong' })
    t.strictSame(failed.map(([, { failures, total }]) => [failures, total]), [[1, 1], [2, 2], [3, 3], [4, 4], [5, 5]], 'what the lock refuses is not looked at')
    t.strictSame(failed.map(([, { lockedUntil }]) => lockedUntil), [null, null, null, null, new Date(clock.now().getTime() + 15 * MINUTE)])
    t.ok(failed.every(([{ id, userId }, { request }]) => id === session.id && userId === 'ada' && request.url === '/confirm'))
    clock.advance(15 * MINUTE)
    await laptop.post(`${API}/others/revoke`, { password: 'wrong' })
    t.match(failed.at(-1)![1], { failures: 1, total: 6, lockedUntil: null })
    await laptop.post('/confirm', { password: PASSWORD })
    await laptop.post('/confirm', {})
    await laptop.post('/confirm', { password: 'wrong' })
    t.match(failed.at(-1)![1], { failures: 1, total: 1 }, 'a right one ends the row')
    t.equal(failed.length, 7, 'no password is no wrong one')
  })

  t.test('a hundred wrong passwords in a row, over all locks, end the session', async t => {
    const { app, laptop, session, failed, ended, failBefore, find } = await setup(t, makeStore())
    await failBefore(98)
    t.equal((await laptop.post('/confirm', { password: 'wrong' })).statusCode, 422)
    const reply = await laptop.post('/confirm', { password: 'wrong' })
    t.strictSame([reply.statusCode, reply.json().code], [401, 'FST_LOGIN_SESSION_REQUIRED'])
    t.ok(clearsCookie(reply))
    t.strictSame(failed.map(([, { total }]) => total), [99, 100])
    t.strictSame(ended, [[session.id, 'attempts-exhausted', { kind: 'session', userId: 'ada', id: session.id }]])
    t.equal(await find(), null)
    t.equal(await laptop.user(), null)
    t.equal(await app.loginSessions.count('ada'), 0)
  })
})

t.test('it ends once, also where several servers look at wrong passwords at the same moment', async t => {
  const store = memoryStore()
  const { app, laptop, ended, failBefore } = await setup(t, store)
  const other = await setup(t, store)
  await failBefore(98)
  const elsewhere = browser(other.app)
  elsewhere.forge(laptop.cookieValue()!)
  const replies = await parallel(4, index => [laptop, elsewhere][index % 2]!.twin().post('/confirm', { password: 'wrong' }))
  t.strictSame(replies.map(({ statusCode }) => statusCode).sort(), [401, 401, 401, 422])
  t.equal(ended.length + other.ended.length, 1)
  t.equal(await app.loginSessions.count('ada'), 1, 'the session of the other laptop')
})

t.test('on the page it leads to the sign-in', async t => {
  const { laptop, app, failBefore } = await setup(t)
  const { id } = await browser(app).signIn('ada')
  await failBefore(99)
  const form = formOf(await laptop.get(`${PAGE}/${id}/revoke`))
  const reply = await submit(laptop, form, 'wrong', HTMX)
  t.strictSame([reply.statusCode, reply.headers['hx-redirect']], [401, '/login'])
})

t.test('a session that could not be ended ends with the next wrong password', async t => {
  const store = breakable(memoryStore())
  const { laptop, session, ended, failBefore } = await setup(t, store)
  await failBefore(99)
  store.fail('remove')
  t.equal((await laptop.post('/confirm', { password: 'wrong' })).statusCode, 503)
  store.recover()
  t.equal(await laptop.user(), 'ada')
  t.equal((await laptop.post('/confirm', { password: 'wrong' })).statusCode, 401)
  t.strictSame(ended.map(([id, reason]) => [id, reason]), [[session.id, 'attempts-exhausted']])
})

t.test('an error of onConfirmationFailed is logged, and changes no answer', async t => {
  const logs: string[] = []
  const { laptop } = await setup(t, memoryStore(), { logs, onConfirmationFailed () { throw new Error('the mails are away') } })
  t.equal((await laptop.post('/confirm', { password: 'wrong' })).statusCode, 422)
  t.match(logs.join(''), /onConfirmationFailed failed/)
})

t.test('a wrong password says how many more can be wrong, the last time in words on the form', async t => {
  const { app, laptop } = await setup(t)
  const { id } = await browser(app).signIn('ada')
  const left: unknown[] = []
  for (let i = 0; i < 3; i++) left.push((await laptop.post(`${API}/others/revoke`, { password: 'wrong' })).json().attemptsLeft)
  t.strictSame(left, [4, 3, 2])
  const form = formOf(await laptop.get(`${PAGE}/${id}/revoke`))
  t.match((await submit(laptop, form, 'wrong')).body, 'One attempt is left before you have to wait 15 minutes.')
  const last = (await laptop.post(`${API}/others/revoke`, { password: 'wrong' })).json()
  t.strictSame([last.code, last.attemptsLeft], ['FST_LOGIN_SESSION_PASSWORD_WRONG', 0])
  t.equal((await laptop.post(`${API}/others/revoke`, { password: 'wrong' })).json().attemptsLeft, undefined)
})

t.test('a form that is asked again links the page for forgotten passwords if a password was wrong, and only then', async t => {
  const { app, laptop } = await setup(t, memoryStore(), { pages: { forgotPasswordPath: '/forgot' } } as ShopOptions)
  const { id } = await browser(app).signIn('ada')
  const link = /<a href="\/forgot">Forgot your password\?<\/a>/
  const url = `${PAGE}/${id}/revoke`
  const asked = await laptop.get(url)
  t.notMatch(asked.body, link)
  t.notMatch((await submit(laptop, formOf(asked), '')).body, link)
  for (let i = 0; i < 5; i++) t.match((await submit(laptop, formOf(asked), 'wrong')).body, link, 'wrong')
  t.match((await submit(laptop, formOf(asked), 'wrong')).body, link, 'locked')
  t.match((await laptop.get(url)).body, link, 'locked, before a password is typed')
  t.notMatch((await laptop.get(`${PAGE}/others/revoke`, HTMX)).body, /href="null"/)
})

t.test('a page that has to wait for too many others says so in its form, which can be sent again', async t => {
  let letGo = (): void => {}
  const held = new Promise<void>(resolve => { letGo = resolve })
  const { app, laptop } = await setup(t, memoryStore(), { verifyPassword: () => async password => { await held; return password === PASSWORD } })
  const { id } = await browser(app).signIn('ada')
  const form = formOf(await laptop.get(`${PAGE}/${id}/revoke`))
  const waiting = Array.from({ length: 11 }, () => laptop.twin().post('/confirm', { password: PASSWORD }))
  const reply = await submit(laptop, form, PASSWORD, HTMX)
  t.strictSame([reply.statusCode, reply.headers['retry-after']], [429, '2'])
  t.match(reply.body, 'Too many attempts are being checked right now. Try again in a moment.')
  t.match(reply.body, 'type="password"')
  letGo()
  t.strictSame((await Promise.all(waiting)).map(({ statusCode }) => statusCode), Array(11).fill(200))
})

t.test('a verifyPassword of the wrong shape is told in a sentence: at boot, or at its first answer', async t => {
  const store = memoryStore()
  const two = (userId: string, password: string) => userId === 'ada' && password === PASSWORD
  await t.rejects(setup(t, store, { verifyPassword: two as never }), {
    code: 'FST_LOGIN_SESSION_OPTION',
    message: /verifyPassword must take the user id alone, and return a function that takes the password: write verifyPassword: bcryptPassword\(/
  })
  const logs: string[] = []
  const { laptop } = await setup(t, store, { logs, verifyPassword: (async () => true) as never })
  const reply = await laptop.post('/confirm', { password: PASSWORD })
  t.strictSame([reply.statusCode, reply.json().code], [500, 'FST_LOGIN_SESSION_OPTION'])
  t.equal(logs.filter(line => line.includes('verifyPassword answered with a boolean') && JSON.parse(line).level >= 50).length, 1)
  t.equal((await laptop.get(PAGE)).statusCode, 200, 'the list is shown all the same')
})
