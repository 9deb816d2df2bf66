import t from 'tap'
import { createShop, PASSWORD } from '../support/app.js'
import { browser, clearsCookie, setCookies } from '../support/browser-jar.js'
import { createClock, DAY, MINUTE, SECOND } from '../support/clock.js'
import { createGate, parallel } from '../support/gate.js'
import { onBothStores, watched } from '../support/stores.js'

await onBothStores(t, async (t, makeStore) => {
  t.test('a confirmed password gives the same session a new token; once that is used, the previous one works thirty seconds more', async t => {
    const clock = createClock()
    const store = watched(makeStore())
    const app = await createShop(t, { store, now: clock.now })
    const laptop = browser(app)
    const { id } = await laptop.signIn('ada', { remember: true })
    await laptop.post('/data', { cart: ['book'] })
    const [old, later] = [laptop.twin(), laptop.twin()]

    const reply = await laptop.post('/confirm', { password: PASSWORD })
    t.equal(reply.statusCode, 200)
    t.equal(setCookies(reply).length, 1)
    t.match(setCookies(reply), [/^__Host-login-session=[^;]+; Path=\/; Expires=Thu, 01 Apr 2100 12:00:00 GMT; HttpOnly; Secure; SameSite=Lax$/])
    t.not(laptop.cookieValue(), old.cookieValue())
    t.equal((await laptop.get('/account')).json().id, id)
    t.strictSame((await laptop.get('/data')).json(), { cart: ['book'] })
    t.strictSame((await app.loginSessions.list('ada')).map(session => session.id), [id])

    await store.touched()
    clock.advance(30 * SECOND - 1)
    t.equal(await old.user(), 'ada')
    t.strictSame(setCookies(await old.get('/')), [], 'a request under way does not put the previous token back')
    clock.advance(1)
    t.equal(await later.user(), null)
    t.equal(await laptop.user(), 'ada')
  })

  t.test('a wrong password changes nothing but the count', async t => {
    const app = await createShop(t, { store: makeStore() })
    const laptop = browser(app)
    await laptop.signIn('ada')
    const reply = await laptop.post('/confirm', { password: 'wrong' })
    t.strictSame([reply.statusCode, reply.json().code], [422, 'FST_LOGIN_SESSION_PASSWORD_WRONG'])
    t.strictSame(setCookies(reply), [])
    t.equal(await laptop.user(), 'ada')
  })

  t.test('five wrong passwords lock this session\'s confirmation, on every server, and nothing else', async t => {
    const clock = createClock()
    const store = makeStore()
    const servers = [await createShop(t, { store, now: clock.now }), await createShop(t, { store, now: clock.now })]
    const [laptop, phone] = [browser(servers[0]!), browser(servers[0]!)]
    await laptop.signIn('ada')
    await phone.signIn('ada')
    const elsewhere = browser(servers[1]!)
    elsewhere.forge(laptop.cookieValue()!)

    const tries = await parallel(20, index => [laptop, elsewhere][index % 2]!.post('/confirm', { password: 'wrong' }, { remoteAddress: `203.0.113.${index}` }))
    const statuses = tries.map(({ statusCode }) => statusCode).sort()
    t.strictSame(statuses, [...Array(5).fill(422), ...Array(15).fill(429)])
    t.equal(tries.find(({ statusCode }) => statusCode === 429)?.headers['retry-after'], '900')

    for (const locked of [laptop, elsewhere]) t.equal((await locked.post('/confirm', { password: PASSWORD })).statusCode, 429)
    t.equal(await laptop.user(), 'ada', 'reading goes on')
    t.equal((await phone.post('/confirm', { password: PASSWORD })).statusCode, 200, 'another session is not locked')

    clock.advance(15 * MINUTE)
    t.equal((await laptop.post('/confirm', { password: PASSWORD })).statusCode, 200)
  })

  t.test('a confirmed password forgives earlier wrong ones', async t => {
    const app = await createShop(t, { store: makeStore() })
    const laptop = browser(app)
    await laptop.signIn('ada')
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 4; i++) t.equal((await laptop.post('/confirm', { password: 'wrong' })).statusCode, 422)
      t.equal((await laptop.post('/confirm', { password: PASSWORD })).statusCode, 200)
    }
  })

  t.test('five confirmations of one browser at the same moment all succeed, and whichever token arrives last works', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now })
    const laptop = browser(app)
    await laptop.signIn('ada')
    const replies = await parallel(5, () => laptop.post('/confirm', { password: PASSWORD }))
    t.strictSame(replies.map(({ statusCode }) => statusCode), Array(5).fill(200))
    t.equal(new Set(replies.flatMap(setCookies)).size, 5)
    for (const line of replies.flatMap(setCookies)) {
      laptop.forge(line.split(/[=;]/)[1]!)
      t.equal(await laptop.user(), 'ada')
    }
    t.equal(await laptop.user(), 'ada')
    clock.advance(30 * SECOND)
    t.equal(await laptop.user(), 'ada')
    for (let i = 0; i < 4; i++) t.equal((await laptop.post('/confirm', { password: 'wrong' })).statusCode, 422, 'no attempt was used up')
    t.equal((await laptop.post('/confirm', { password: PASSWORD })).statusCode, 200)
  })

  t.test('a session that is revoked while its password is checked stays dead', async t => {
    const [asked, answer] = [createGate(), createGate()]
    const app = await createShop(t, { store: makeStore(), verifyPassword: () => async () => { asked.open(); await answer.passed; return true } })
    const laptop = browser(app)
    await laptop.signIn('ada')
    const old = laptop.twin()
    const confirming = laptop.post('/confirm', { password: PASSWORD })
    await asked.passed
    await app.loginSessions.revokeAll('ada')
    answer.open()
    const reply = await confirming
    t.equal(reply.statusCode, 401, 'it confirms nothing any more')
    t.notOk(setCookies(reply).some(line => !line.startsWith('__Host-login-session=;')), 'no new token')
    t.equal(await laptop.user(), null)
    t.equal(await old.user(), null)
    t.strictSame(await app.loginSessions.list('ada'), [])
  })

  t.test('a confirmed password does not move the end of the session', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now })
    const laptop = browser(app)
    const { endsAt } = await laptop.signIn('ada', { remember: true })
    clock.advance(89 * DAY)
    await laptop.post('/confirm', { password: PASSWORD })
    t.equal((await laptop.get('/account')).json().endsAt, endsAt)
    clock.advance(DAY)
    t.equal(await laptop.user(), null)
  })

  t.test('signing out with the token of before ends the session too', async t => {
    const app = await createShop(t, { store: makeStore() })
    const laptop = browser(app)
    await laptop.signIn('ada')
    const old = laptop.twin()
    await laptop.post('/confirm', { password: PASSWORD })
    await old.signOut()
    t.equal(await laptop.user(), null)
  })

  t.test('confirming and reloading the session within one request still issues the new token', async t => {
    const clock = createClock()
    const app = await createShop(t, {
      store: makeStore(),
      now: clock.now,
      routes: app => app.post('/sudo', async request => {
        await request.confirmPassword(PASSWORD)
        await request.session.reload()
        return {}
      })
    })
    const laptop = browser(app)
    await laptop.signIn('ada')
    await laptop.post('/sudo')
    clock.advance(30 * SECOND)
    t.equal(await laptop.user(), 'ada')
  })

  t.test('confirming and signing out within one request', async t => {
    const app = await createShop(t, {
      store: makeStore(),
      routes: app => app.post('/close-account', async request => {
        await request.confirmPassword(PASSWORD)
        await request.endLoginSession()
        return {}
      })
    })
    const laptop = browser(app)
    await laptop.signIn('ada')
    const reply = await laptop.post('/close-account')
    t.equal(clearsCookie(reply), true)
    t.equal(laptop.cookie(), undefined)
    t.strictSame(await app.loginSessions.list('ada'), [])
  })
})

t.test('nobody is asked for a password who is not signed in', async t => {
  const app = await createShop(t, { routes: app => app.get('/kind', request => request.confirmationKind()) })
  const visitor = browser(app)
  const reply = await visitor.post('/confirm', { password: PASSWORD })
  t.strictSame([reply.statusCode, reply.json().code], [401, 'FST_LOGIN_SESSION_REQUIRED'])
  t.equal((await visitor.get('/kind')).statusCode, 401)
})

t.test('what will be asked is known before', async t => {
  const kindWith = async (options: object) => {
    const app = await createShop(t, { ...options, routes: app => app.get('/kind', async request => ({ kind: await request.confirmationKind() })) })
    const laptop = browser(app)
    await laptop.signIn('ada')
    return (await laptop.get('/kind')).json().kind
  }
  t.equal(await kindWith({}), 'password')
  t.equal(await kindWith({ verifyPassword: undefined }), 'question')
  t.equal(await kindWith({ verifyPassword: () => null }), 'no-password')
})

t.test('without verifyPassword a route that asks for a password lets nobody pass, and says what to write', async t => {
  const app = await createShop(t, { verifyPassword: undefined as never })
  const laptop = browser(app)
  t.equal((await laptop.post('/confirm', { password: PASSWORD })).statusCode, 401)
  await laptop.signIn('ada')
  const reply = await laptop.post('/confirm', { password: PASSWORD })
  t.match(reply.json(), { statusCode: 500, code: 'FST_LOGIN_SESSION_OPTION', message: /nothing to check passwords with: write verifyPassword: bcryptPassword\(/ })
  t.strictSame(setCookies(reply), [])
})

t.test('a verifier that is broken is closed: 503, and no attempt is used up', async t => {
  let broken = true
  const app = await createShop(t, { verifyPassword: () => () => { if (broken) throw new Error('users are away'); return true } })
  const laptop = browser(app)
  await laptop.signIn('ada')
  for (let i = 0; i < 6; i++) {
    const reply = await laptop.post('/confirm', { password: PASSWORD })
    t.strictSame([reply.statusCode, reply.json().code, reply.headers['retry-after']], [503, 'FST_LOGIN_SESSION_CHECK_FAILED', '2'])
    t.notMatch(reply.body, /users are away/)
  }
  broken = false
  t.equal((await laptop.post('/confirm', { password: PASSWORD })).statusCode, 200)
})
