import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { memoryStore } from '../../plugin/stores/memory.js'
import type { SessionStart } from '../../plugin/request/hooks.js'
import { createShop, OLD_SECRET, SECRET, type ShopOptions } from '../support/app.js'
import { browser, clearsCookie, COOKIE, setCookies } from '../support/browser-jar.js'
import { createClock, DAY } from '../support/clock.js'
import { createShopWithPages } from '../support/page.js'
import { breakable } from '../support/stores.js'

const DEVICE_COOKIE = `${COOKIE}-device`

/** A shop that notes of each sign-in whether its device was new. */
async function setup (t: Test, options: ShopOptions = {}) {
  const news: boolean[] = []
  const app = await createShop(t, { onSessionStart: (_session, { newDevice }: SessionStart) => { news.push(newDevice) }, ...options })

  /** Signs in with these cookies only; answers whether the device was new, and the device cookie it got. */
  async function signIn (user: string, cookie?: string, server: FastifyInstance = app) {
    const reply = await server.inject({
      method: 'POST', url: '/login', payload: { user }, headers: { host: 'shop.example', 'x-forwarded-proto': 'https', ...(cookie !== undefined && { cookie }) }
    })
    t.equal(reply.statusCode, 200)
    const line = setCookies(reply).find(line => line.startsWith(`${DEVICE_COOKIE}=`))
    return { newDevice: news.at(-1)!, value: /=([^;]*)/.exec(line ?? '')?.[1] ?? '' }
  }

  return { app, news, signIn }
}

const carrying = (value: string): string => `${DEVICE_COOKIE}=${value}`

t.test('a browser is new to a user once, whatever becomes of its sessions', async t => {
  const clock = createClock()
  const { app, news } = await setup(t, { now: clock.now })
  const laptop = browser(app)
  await laptop.signIn('ada')
  await laptop.signOut()
  await laptop.signIn('ada')
  await app.loginSessions.revokeAll('ada')
  await laptop.signIn('ada')
  clock.advance(91 * DAY)
  await laptop.signIn('ada')
  t.strictSame(news, [true, false, false, false])
})

t.test('another browser, a private window, a script without cookies: new each time', async t => {
  const { app, news, signIn } = await setup(t)
  await browser(app).signIn('ada')
  await browser(app).signIn('ada')
  await signIn('ada')
  await signIn('ada')
  t.strictSame(news, [true, true, true, true])
})

t.test('a browser is known to each user who signed in with it, and new to the next', async t => {
  const { app, news } = await setup(t)
  const laptop = browser(app)
  for (const user of ['ada', 'bob', 'ada', 'bob', 'eve']) await laptop.signIn(user)
  t.strictSame(news, [true, true, false, false, true])
})

t.test('it remembers the five users who signed in last', async t => {
  const { signIn } = await setup(t)
  let cookie = ''
  const visit = async (user: string) => {
    const { newDevice, value } = await signIn(user, carrying(cookie))
    cookie = value
    return newDevice
  }
  for (const user of ['1', '2', '3', '4', '5']) t.equal(await visit(user), true)
  t.equal(await visit('1'), false, 'seen again, so the first is 2 now')
  t.equal(await visit('6'), true)
  t.equal(cookie.split('.').length, 6)
  t.equal(await visit('1'), false)
  t.equal(await visit('2'), true, 'the sixth last is forgotten')
})

t.test('signing in twice within one request knows of both', async t => {
  const { app, news } = await setup(t, {
    routes: app => app.post('/twice', async request => {
      await request.startLoginSession('ada')
      return await request.startLoginSession('bob')
    })
  })
  const laptop = browser(app)
  const reply = await laptop.post('/twice')
  t.equal(setCookies(reply).length, 2)
  await laptop.signIn('ada')
  await laptop.signIn('bob')
  t.strictSame(news, [true, true, false, false])
})

t.test('a browser that is still signed in as the user is known, even if it lost the device cookie', async t => {
  const { app, signIn } = await setup(t)
  const laptop = browser(app)
  await laptop.signIn('ada')
  const session = () => `${COOKIE}=${laptop.cookieValue()}`
  t.equal((await signIn('ada', session())).newDevice, false)
  await laptop.signIn('ada')
  t.equal((await signIn('bob', session())).newDevice, true, 'not to anybody else')
})

t.test('a session that has ended does not make a browser known', async t => {
  const { app, signIn } = await setup(t)
  const laptop = browser(app)
  await laptop.signIn('ada')
  await app.loginSessions.revokeAll('ada')
  t.equal((await signIn('ada', `${COOKIE}=${laptop.cookieValue()}`)).newDevice, true)
})

t.test('the cookie has the session cookie\'s attributes and lasts 400 days, anew with each sign-in', async t => {
  const { app } = await setup(t)
  const laptop = browser(app)
  for (let i = 0; i < 2; i++) {
    const reply = await laptop.post('/login', { user: 'ada' })
    t.equal(setCookies(reply).filter(line => !line.includes('=ended;')).length, 2)
    t.match(setCookies(reply).find(line => line.startsWith(DEVICE_COOKIE)),
      /^__Host-login-session-device=[\w-]{22}\.[\w-]{22}; Max-Age=34560000; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    t.match(setCookies(reply).findLast(line => !line.startsWith(DEVICE_COOKIE)), /^__Host-login-session=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    t.equal(await laptop.user(), 'ada')
  }
})

t.test('it takes the name and the attributes that the host chose', async t => {
  const { app } = await setup(t, { cookie: { name: 'sid', secure: false, sameSite: 'strict', domain: 'shop.example' } })
  const reply = await browser(app, { cookie: 'sid' }).post('/login', { user: 'ada' })
  t.match(setCookies(reply).find(line => line.startsWith('sid-device')), /^sid-device=[^;]+; Max-Age=34560000; Domain=shop\.example; Path=\/; HttpOnly; SameSite=Strict$/)
})

t.test('it is set by sign-ins only, and only if onSessionStart is there', async t => {
  const { app } = await setup(t)
  const laptop = browser(app)
  t.strictSame(setCookies(await laptop.get('/')), [])
  await laptop.signIn('ada')
  t.strictSame(setCookies(await laptop.get('/account')), [])
  t.equal(clearsCookie(await laptop.signOut()), true, 'signing out leaves it')

  for (const hooks of [{}, { onSessionEnd () {} }]) {
    const without = await createShop(t, hooks)
    t.equal(setCookies(await browser(without).post('/login', { user: 'ada' })).length, 1)
  }
})

t.test('a sign-in that fails leaves none', async t => {
  const { app, news } = await setup(t)
  const reply = await browser(app).post('/login', { user: 7 })
  t.equal(reply.statusCode, 500)
  t.strictSame([setCookies(reply), news], [[], []])
})

t.test('a response that an error replaced on its way carries it once', async t => {
  const { app } = await setup(t, {
    routes: app => app.addHook('onSend', async (_request, reply) => { if (reply.statusCode === 200) throw new Error('out of order') })
  })
  const reply = await browser(app).post('/login', { user: 'ada' })
  t.equal(reply.statusCode, 500)
  t.equal(setCookies(reply).filter(line => line.startsWith(DEVICE_COOKIE)).length, 1)
})

t.test('the cookie names nobody: neither user nor session, and differs for each browser', async t => {
  const { signIn } = await setup(t)
  const values = await Promise.all(Array.from({ length: 20 }, async () => (await signIn('ada')).value))
  const parts = values.flatMap(value => value.split('.'))
  t.equal(new Set(parts).size, 40)
  t.notMatch(parts.map(part => Buffer.from(part, 'base64url').toString()).join(' '), /ada/)
})

t.test('a mark is worth nothing for another user, or in another browser\'s cookie', async t => {
  const { signIn } = await setup(t)
  const [one, other] = [(await signIn('ada')).value, (await signIn('eve')).value]
  const [browserId, mark] = one.split('.')
  const [foreignId, foreignMark] = other.split('.')
  t.equal((await signIn('ada', carrying(one))).newDevice, false)
  t.equal((await signIn('eve', carrying(one))).newDevice, true)
  t.equal((await signIn('ada', carrying(`${foreignId}.${mark}`))).newDevice, true)
  t.equal((await signIn('ada', carrying(`${browserId}.${foreignMark}`))).newDevice, true)
  // Id and user are told apart: what one user's mark covers is not another's.
  t.equal((await signIn('da', carrying(`${browserId}a.${mark}`))).newDevice, true)
})

t.test('malformed, oversized, doubled and forged values are a new device, never an error, and are replaced', async t => {
  const { signIn } = await setup(t)
  const { value } = await signIn('ada')
  const [browserId, mark] = value.split('.') as [string, string]
  const bad = {
    empty: carrying(''),
    'without a mark': carrying(browserId),
    'with an empty mark': carrying(`${value}.`),
    'with a short mark': carrying(`${browserId}.${mark.slice(1)}`),
    'with a long mark': carrying(`${browserId}.${mark}A`),
    'with a flipped character': carrying(`${browserId}.${mark.startsWith('A') ? 'B' : 'A'}${mark.slice(1)}`),
    'another browser': carrying(`${'A'.repeat(22)}.${mark}`),
    'six marks': carrying(`${browserId}${`.${mark}`.repeat(6)}`),
    'a thousand marks': carrying(`${browserId}${`.${mark}`.repeat(500)}`),
    'more text': carrying(`${value} x`),
    quoted: carrying(`"${value}"`),
    'percent-encoded': carrying(value.replace('.', '%2E')),
    'a broken escape': carrying('%zz'),
    'other characters': carrying(`${browserId}.${'+'.repeat(22)}`),
    'sent twice': `${carrying(value)}; ${carrying(value)}`,
    'sent twice, once forged': `${carrying('x')}; ${carrying(value)}`,
    'the name alone': DEVICE_COOKIE,
    'another name': `x${carrying(value)}`,
    'in other letters': carrying(value).toLowerCase().replace(COOKIE.toLowerCase(), COOKIE)
  }
  for (const [what, cookie] of Object.entries(bad)) {
    const { newDevice, value: next } = await signIn('ada', cookie)
    t.equal(newDevice, true, what)
    t.match(next, /^[\w-]{22}\.[\w-]{22}(?:\.[\w-]{22}){0,4}$/, what)
    t.equal((await signIn('ada', carrying(next))).newDevice, false, what)
  }
  t.equal((await signIn('ada', `theme=dark;${carrying(value)}  ;a=b`)).newDevice, false, 'other cookies do not matter')
  t.equal((await signIn('ada', carrying(`${value}.${mark}`))).newDevice, false, 'a mark twice is that mark')
})

t.test('a change of secrets makes nobody new; one that was never ours does', async t => {
  const before = await setup(t, { secret: OLD_SECRET })
  const during = await setup(t, { secret: [SECRET, OLD_SECRET] })
  const after = await setup(t, { secret: SECRET })
  const { value } = await before.signIn('ada')
  t.equal((await after.signIn('ada', carrying(value))).newDevice, true)
  const moved = await during.signIn('ada', carrying(value))
  t.equal(moved.newDevice, false)
  t.equal(moved.value.split('.').length, 2, 'the old mark is replaced')
  t.equal(moved.value.split('.')[0], value.split('.')[0])
  t.equal((await after.signIn('ada', carrying(moved.value))).newDevice, false, 'by one of the newest secret')
})

t.test('being known is no credential', async t => {
  const { app, signIn } = await setup(t)
  const { value } = await signIn('ada')
  const reply = await app.inject({ url: '/account', headers: { cookie: carrying(value) } })
  t.equal(reply.statusCode, 401)
  const asSession = await app.inject({ url: '/account', headers: { cookie: `${COOKIE}=${value}` } })
  t.equal(asSession.statusCode, 401)
})

t.test('a session knows whether its device was new, where the account page or the hook wants to know', async t => {
  const news = async (app: FastifyInstance): Promise<boolean[]> => {
    const laptop = browser(app)
    const first = (await laptop.signIn('ada')).newDevice
    await laptop.signOut()
    await laptop.signIn('ada')
    const [listed] = await app.loginSessions.list('ada')
    t.equal((await laptop.get('/account')).json().newDevice, listed!.newDevice)
    return [first, listed!.newDevice]
  }
  t.strictSame(await news((await setup(t)).app), [true, false])
  t.strictSame(await news(await createShopWithPages(t)), [true, false], 'with the page alone')
  t.strictSame(await news(await createShop(t)), [false, false], 'nobody wants to know')
})

t.test('an account that has just been made has no new device, and its device is known from then on', async t => {
  const { app, news } = await setup(t, {
    routes: app => app.post('/sign-up', async request => await request.startLoginSession('ada', { newAccount: true }))
  })
  const laptop = browser(app)
  t.equal((await laptop.post('/sign-up', {})).json().newDevice, false)
  await laptop.signOut()
  await laptop.signIn('ada')
  t.strictSame(news, [false, false])
})

t.test('a sign-in that fails makes no device known', async t => {
  const store = breakable(memoryStore())
  const { signIn } = await setup(t, { store })
  const { value } = await signIn('ada')
  store.fail('insert')
  const reply = await (await createShop(t, { store, onSessionStart () {} })).inject({ method: 'POST', url: '/login', payload: { user: 'bob' }, headers: { cookie: carrying(value) } })
  t.equal(reply.statusCode, 503)
  t.notOk(setCookies(reply).some(line => line.startsWith(DEVICE_COOKIE)))
})
