import { type AddressInfo, connect } from 'node:net'
import { signerFactory } from '@fastify/cookie'
import t from 'tap'
import { keysFor } from '../../plugin/request/keys.js'
import { newVisitorKey } from '../../plugin/sessions/key.js'
import type { LoginSessionStore } from '../../plugin/sessions/store.js'
import { newToken } from '../../plugin/sessions/tokens.js'
import { memoryStore } from '../../plugin/stores/memory.js'
import { createShop, OLD_SECRET, SECRET } from '../support/app.js'
import { browser, clearsCookie, COOKIE, type JarBrowser, type Reply, setCookies } from '../support/browser-jar.js'
import { createClock, DAY } from '../support/clock.js'
import { aroundCalls, breakable, onBothStores } from '../support/stores.js'

/** Counts the calls that reach the store. */
function counting (store: LoginSessionStore) {
  const calls: string[] = []
  const counted = aroundCalls(store, async (method, call) => {
    calls.push(method)
    return await call()
  })
  return { calls, store: counted }
}

const sign = (token: string, secret = SECRET): string => signerFactory(keysFor('session cookie', [secret])).sign(token)
const TOKEN = newToken(newVisitorKey())
const SIGNATURE = sign(TOKEN).slice(TOKEN.length + 1)

/** No signature of ours: nothing is looked up. */
const FORGED: Array<[what: string, cookie: string]> = [
  ['no signature', TOKEN],
  ['a signature only', `.${SIGNATURE}`],
  ['nothing at all', ''],
  ['a dot', '.'],
  ['dots', '.......'],
  ['our key for another use', signerFactory(keysFor('form token', [SECRET])).sign(TOKEN)],
  ['the secret itself as the key', signerFactory(SECRET).sign(TOKEN)],
  ['a wrong signature', `${TOKEN}.${'A'.repeat(43)}`],
  ['another token\'s signature', `${newToken(newVisitorKey())}.${SIGNATURE}`],
  ['a signature that lacks its end', sign(TOKEN).slice(0, -1)],
  ['a signature with more after it', `${sign(TOKEN)}A`],
  ['the signature of a secret that was never ours', sign(TOKEN, OLD_SECRET)],
  ['8 KB', 'x'.repeat(8000)],
  ['bad percent-encoding', '%E0%A4%A.%'],
  ['percent-encoded zeros', '%00%00.%00'],
  ['a quoted value', '"quoted"'],
  ['an object', '[object Object]'],
  ['JSON', 'j:{"userId":"ada"}'],
  ['a name that JavaScript knows', '__proto__'],
  ['markup', '<script>alert(1)</script>']
]

for (const [what, value] of FORGED) {
  t.test(`a cookie with ${what} is anonymous: 200, no store call`, async t => {
    const { calls, store } = counting(memoryStore())
    const app = await createShop(t, { store })
    calls.length = 0
    const reply = await app.inject({ url: '/', headers: { cookie: `${COOKIE}=${value}` } })
    t.equal(reply.statusCode, 200)
    t.strictSame(reply.json(), { user: null })
    t.strictSame(calls, [])
    const guarded = await app.inject({ url: '/account', headers: { cookie: `${COOKIE}=${value}` } })
    t.equal(guarded.statusCode, 401)
    t.strictSame(calls, [])
    t.strictSame([...setCookies(reply), ...setCookies(guarded)], [], 'it is left alone')
  })
}

t.test('a well-signed cookie that leads nowhere is looked up once, cleared, and creates nothing', async t => {
  const { calls, store } = counting(memoryStore())
  const app = await createShop(t, { store })
  calls.length = 0
  const laptop = browser(app)
  laptop.forge(encodeURIComponent(sign(TOKEN)))
  const reply = await laptop.get('/')
  t.strictSame([reply.statusCode, reply.json().user], [200, null])
  t.strictSame(calls, ['find'])
  t.equal(clearsCookie(reply), true)
  t.equal(laptop.cookie(), undefined)
})

t.test('request.cookies, which hosts log, has the host\'s cookies and not the token', async t => {
  const app = await createShop(t, { routes: app => app.get('/cookies', async request => request.cookies) })
  const laptop = browser(app)
  await laptop.signIn('ada')
  const reply = await app.inject({ url: '/cookies', headers: { cookie: `theme=dark; ${COOKIE}=${laptop.cookieValue()}; size=large` } })
  t.strictSame(reply.json(), { theme: 'dark', size: 'large' })
})

t.test('the cookie is found by its whole name, wherever it stands in the header', async t => {
  const app = await createShop(t)
  const laptop = browser(app)
  await laptop.signIn('ada')
  const own = `${COOKIE}=${laptop.cookieValue()}`
  const userOf = async (cookie: string) => (await app.inject({ url: '/', headers: { cookie } })).json().user
  for (const cookie of [own, `a=b; ${own}`, `a=b;${own};c=d`, `  ${own}  `, `x${own}; ${own}`, `${COOKIE}=; ${own}`]) t.equal(await userOf(cookie), 'ada', cookie)
  for (const cookie of [`x${own}`, `a=${own}`, `a=b, ${own}`, `a b ${own}`]) t.equal(await userOf(cookie), null, cookie)
})

t.test('a cookie that is no longer valid is cleared by a page, and not by a request of a script, which a sign-in may overtake', async t => {
  const app = await createShop(t)
  const laptop = browser(app)
  const { id } = await laptop.signIn('ada')
  await app.loginSessions.revoke('ada', id)
  for (const mode of ['cors', 'no-cors', 'same-origin', 'websocket']) t.strictSame(setCookies(await laptop.get('/', { headers: { 'sec-fetch-mode': mode } })), [], mode)
  t.equal(clearsCookie(await laptop.twin().get('/', { headers: { 'sec-fetch-mode': 'navigate' } })), true)
  t.equal(clearsCookie(await laptop.twin().get('/')), true)
  t.equal(clearsCookie(await laptop.post('/logout', {}, { headers: { 'sec-fetch-mode': 'cors' } })), true, 'a sign-out clears it in any case')
})

t.test('a cookie that we did not sign is left alone', async t => {
  const app = await createShop(t)
  const laptop = browser(app)
  laptop.forge('forged.signature')
  for (const reply of [await laptop.get('/'), await laptop.signOut()]) t.strictSame(setCookies(reply), [])
  t.equal(laptop.cookieValue(), 'forged.signature')
})

t.test('of duplicated cookies one decides, and no two are mixed', async t => {
  const app = await createShop(t)
  const laptop = browser(app)
  await laptop.signIn('ada')
  const own = `${COOKIE}=${laptop.cookieValue()}`
  const user = async (cookie: string) => {
    const reply = await app.inject({ url: '/', headers: { cookie } })
    t.equal(reply.statusCode, 200)
    return reply.json().user
  }
  t.ok(['ada', null].includes(await user(`${own}; ${COOKIE}=forged.x`)))
  t.ok(['ada', null].includes(await user(`${COOKIE}=forged.x; ${own}`)))
  t.equal(await user(`${own}; ${own}`), 'ada')
  t.equal(await user(`a=b; ${own}; ${'c'.repeat(4000)}=d`), 'ada')
  t.equal(await user(`${COOKIE.toLowerCase()}=${laptop.cookieValue()}`), null, 'names are told apart by case')
  t.equal(await laptop.user(), 'ada')
})

t.test('a truncated cookie of a live session is anonymous', async t => {
  const app = await createShop(t)
  const laptop = browser(app)
  await laptop.signIn('ada')
  const value = laptop.cookieValue()!
  for (const cut of [1, 10, 44, value.length - 1]) {
    const other = browser(app)
    other.forge(value.slice(0, value.length - cut))
    t.equal(await other.user(), null)
  }
  t.equal(await laptop.user(), 'ada')
})

t.test('bytes on the wire that are no ASCII', async t => {
  const app = await createShop(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const ask = async (cookie: Buffer): Promise<string> => await new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(Buffer.concat([Buffer.from(`GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\nCookie: ${COOKIE}=`), cookie, Buffer.from('\r\n\r\n')]))
    })
    let answer = ''
    socket.setEncoding('utf8').on('data', text => { answer += text }).on('end', () => resolve(answer)).on('error', reject)
  })
  for (const cookie of [Buffer.from('ключ.подпись'), Buffer.from([0xff, 0xfe, 0x2e, 0x80]), Buffer.from('🔑.🔑')]) {
    const answer = await ask(cookie)
    t.match(answer, /^HTTP\/1\.1 200 /)
    t.match(answer, /\{"user":null\}/)
  }
})

t.test('odd headers, methods and paths of anonymous visitors give no 500 and no record', async t => {
  const { calls, store } = counting(memoryStore())
  const app = await createShop(t, { store })
  calls.length = 0
  const odd: Array<[string, Record<string, string>]> = [
    ['/', { cookie: ';;;=;=a;;' }], ['/', { cookie: '=' }], ['/', { cookie: '__proto__=x; constructor=y' }], ['/', { 'x-forwarded-for': ',,,' }],
    ['/', { 'x-forwarded-host': '<script>' }], ['/', { 'user-agent': 'x'.repeat(10_000) }], ['/%00', {}], ['/?a=%', {}], ['/..%2f..%2fetc', {}], ['/' + 'a'.repeat(5000), {}]
  ]
  for (const [url, headers] of odd) {
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'DELETE'] as const) {
      const { statusCode } = await app.inject({ method, url, headers })
      t.ok(statusCode < 500, `${method} ${url.slice(0, 20)}: ${statusCode}`)
    }
  }
  t.strictSame(calls, [])
})

t.test('where a login is over, the cookie changes twice, so that the Back button shows no private page', async t => {
  const clock = createClock()
  const app = await createShop(t, {
    now: clock.now,
    routes (app) {
      app.post('/leave', async (request, reply) => {
        await request.endLoginSession()
        return reply.send({})
      })
      app.post('/destroy', async request => { await request.session.destroy(); return {} })
      app.post('/regenerate', async request => { await request.session.regenerate(['cart']); return {} })
      app.post('/change', async request => { await request.session.regenerate(); return await request.startLoginSession('bob') })
      app.post('/in-and-out', async request => { await request.startLoginSession('ada'); await request.endLoginSession(); return {} })
    }
  })
  const chrome = browser(app)
  /** The values that the reply gives the cookie. */
  const told = async (reply: Promise<Reply>): Promise<string[]> => setCookies(await reply).map(line => line.split(/[=;]/)[1]!.slice(0, 5).replace(/^.{5}$/, text => text === 'ended' ? text : 'token'))
  await chrome.signIn('ada')

  t.strictSame(await told(chrome.get('/')), [])
  t.strictSame(await told(chrome.signOut()), ['ended', ''])
  t.strictSame(await told(chrome.get('/')), [])
  const { id } = await chrome.signIn('ada')
  await app.loginSessions.revoke('ada', id)
  t.strictSame(await told(chrome.get('/')), ['ended', ''], 'after being signed out from elsewhere')
  await chrome.signIn('ada')
  t.strictSame(await told(chrome.post('/leave')), ['ended', ''])
  await chrome.signIn('ada')
  clock.advance(DAY)
  t.strictSame(await told(chrome.get('/')), ['ended', ''], 'after it expired')
  await chrome.signIn('ada')
  t.strictSame(await told(chrome.post('/destroy')), ['ended', ''])
  await chrome.signIn('ada')
  await chrome.post('/data', { cart: ['book'] })
  t.strictSame(await told(chrome.post('/regenerate')), ['ended', 'token'], 'though the visitor that is left gets a cookie')
  t.strictSame((await chrome.get('/data')).json(), { cart: ['book'] })
  await chrome.signIn('ada')
  t.strictSame(await told(chrome.post('/change')), ['ended', 'token'], 'though somebody else signs in')
  t.strictSame(await told(browser(app).post('/in-and-out')), [], 'it had nothing to show')
})

t.test('for less the cache, which is the whole origin\'s, is left alone', async t => {
  const app = await createShop(t, {
    routes (app) {
      app.post('/destroy', async request => { await request.session.destroy(); return {} })
    }
  })
  for (const [what, value] of FORGED) {
    const reply = await app.inject({ url: '/', headers: { cookie: `${COOKIE}=${value}` } })
    t.equal(reply.headers['clear-site-data'], undefined, what)
  }
  const visitor = browser(app)
  await visitor.post('/data', { cart: ['book'] })
  const reply = await visitor.post('/destroy')
  t.equal(reply.headers['clear-site-data'], undefined, 'a visitor was never signed in')
  t.equal(visitor.cookie(), undefined)
})

t.test('while the store is away nothing is known of a cookie: it stays, and so does the cache', async t => {
  const store = breakable(memoryStore())
  const app = await createShop(t, { store })
  const laptop = browser(app)
  await laptop.signIn('ada')
  store.fail()
  const reply = await laptop.get('/')
  t.strictSame([reply.headers['clear-site-data'], setCookies(reply)], [undefined, []])
})

// --- the rotation of the secret ---

await onBothStores(t, async (t, makeStore) => {
  /** A browser signed in before the rotation, with what it needs to go to another server. */
  async function setup (secrets: string | string[], remember = false) {
    const store = makeStore()
    const before = await createShop(t, { store, secret: OLD_SECRET })
    const laptop = browser(before)
    await laptop.signIn('ada', { remember })
    await laptop.post('/data', { cart: ['book'] })
    const after = await createShop(t, { store, secret: secrets })
    const moved = browser(after)
    moved.forge(laptop.cookieValue()!)
    return { store, after, laptop, moved }
  }

  const dataIn = async (browser: JarBrowser) => (await browser.get('/data')).json()

  t.test('[new, old] keeps everyone signed in, issues the cookie anew once, and then is quiet', async t => {
    const { laptop, moved } = await setup([SECRET, OLD_SECRET])
    const reply = await moved.get('/')
    t.equal(reply.json().user, 'ada')
    t.equal(setCookies(reply).length, 1)
    t.match(setCookies(reply), [/^__Host-login-session=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/])
    t.not(moved.cookieValue(), laptop.cookieValue())
    t.equal(moved.cookieValue()!.split('.')[0], laptop.cookieValue()!.split('.')[0], 'the same token, signed anew')
    t.strictSame(setCookies(await moved.get('/')), [])
    t.strictSame(await dataIn(moved), { cart: ['book'] })
    t.equal(await laptop.user(), 'ada')
  })

  t.test('a cookie that was issued anew needs the old secret no longer', async t => {
    const { store, moved } = await setup([SECRET, OLD_SECRET])
    await moved.get('/')
    const later = browser(await createShop(t, { store, secret: SECRET }))
    later.forge(moved.cookieValue()!)
    t.equal(await later.user(), 'ada')
  })

  t.test('a remembered session is issued anew with its end', async t => {
    const { moved } = await setup([SECRET, OLD_SECRET], true)
    t.match(setCookies(await moved.get('/')), [/; Expires=Thu, 01 Apr 2100 12:00:00 GMT; HttpOnly; Secure; SameSite=Lax$/])
    moved.restart()
    t.equal(await moved.user(), 'ada')
  })

  t.test('[new] alone signs everyone out, and leaves the cookie', async t => {
    const { laptop, moved } = await setup(SECRET)
    t.equal(await moved.user(), null)
    t.equal(moved.cookieValue(), laptop.cookieValue(), 'nobody knows any more that it is ours')
    t.equal(await laptop.user(), 'ada', 'the record is still there')
  })

  t.test('new cookies are signed with the newest secret', async t => {
    const store = makeStore()
    const rotating = await createShop(t, { store, secret: [SECRET, OLD_SECRET] })
    const laptop = browser(rotating)
    await laptop.signIn('ada')
    const rotated = browser(await createShop(t, { store, secret: SECRET }))
    rotated.forge(laptop.cookieValue()!)
    t.equal(await rotated.user(), 'ada')
  })

  t.test('signing out and in with a cookie of the old secret', async t => {
    const out = await setup([SECRET, OLD_SECRET])
    t.equal(clearsCookie(await out.moved.signOut()), true)
    t.equal(out.moved.cookie(), undefined)
    t.strictSame(await out.after.loginSessions.list('ada'), [])

    const again = await setup([SECRET, OLD_SECRET])
    t.equal(setCookies(await again.moved.post('/login', { user: 'bob' })).length, 2)
    t.equal(await again.moved.user(), 'bob')
    t.strictSame(await again.after.loginSessions.list('ada'), [])
  })
})
