/**
 * No shared cache may keep a Set-Cookie of ours: a cache that does hands one person's session to the next one who asks.
 */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { memoryStore } from '../../plugin/index.js'
import { createShop, OLD_SECRET, PASSWORD, SECRET } from '../support/app.js'
import { browser, COOKIE, type JarBrowser, type Reply, setCookies } from '../support/browser-jar.js'

/** What a host says about caching. */
interface Form {
  headers: Record<string, string | string[]>
  status?: number
  /** Nobody but the browser may keep the response, possibly because we say so: what is due is sent now. */
  isPrivate: boolean
}

const aboutCaching = (value: string | string[], isPrivate = false): Form => ({ headers: { 'cache-control': value }, isPrivate })

const FORMS: Record<string, Form> = {
  nothing: { headers: {}, isPrivate: true },
  private: aboutCaching('private', true),
  'private, with an age': aboutCaching('max-age=60, private', true),
  'private, in capitals': aboutCaching('Private', true),
  'no-store': aboutCaching('no-store', true),
  'no-store among others': aboutCaching('max-age=0,no-store , must-revalidate', true),
  'private as one of two headers': aboutCaching(['max-age=60', 'private'], true),
  'an empty Cache-Control': aboutCaching('', true),
  'no-cache': aboutCaching('no-cache'),
  public: aboutCaching('public'),
  'public, with an age': aboutCaching('public, max-age=31536000, immutable'),
  'public as one of two headers': aboutCaching(['public', 'max-age=60']),
  'max-age': aboutCaching('max-age=60'),
  's-maxage': aboutCaching('max-age=0, s-maxage=60'),
  'must-revalidate': aboutCaching('must-revalidate'),
  'proxy-revalidate': aboutCaching('max-age=60, proxy-revalidate'),
  'a word that only contains "private"': aboutCaching('x-private, max-age=60'),
  'the word in a quoted value': aboutCaching('max-age=60, x="a, private, no-store"'),
  'a header of its own that is private, and the rest is not': aboutCaching('max-age=60, private="x-name"'),
  Expires: { headers: { expires: 'Fri, 01 Jan 2100 12:00:00 GMT' }, isPrivate: false },
  'CDN-Cache-Control': { headers: { 'cdn-cache-control': 'max-age=60' }, isPrivate: false },
  'CDN-Cache-Control beside private': { headers: { 'cache-control': 'private', 'cdn-cache-control': 'max-age=60' }, isPrivate: false },
  'CDN-Cache-Control of one vendor': { headers: { 'cache-control': 'private', 'cloudflare-cdn-cache-control': 'max-age=60' }, isPrivate: false },
  'Surrogate-Control': { headers: { 'surrogate-control': 'max-age=60' }, isPrivate: false },
  'Surrogate-Control beside no-store': { headers: { 'cache-control': 'no-store', 'surrogate-control': 'max-age=60' }, isPrivate: false },
  'X-Accel-Expires of nothing': { headers: { 'cache-control': 'private', 'x-accel-expires': '0' }, isPrivate: true },
  'X-Accel-Expires': { headers: { 'cache-control': 'private', 'x-accel-expires': '60' }, isPrivate: false },
  304: { headers: {}, status: 304, isPrivate: false },
  '304, private': { headers: { 'cache-control': 'private' }, status: 304, isPrivate: false }
}

/** Headers that speak to shared caches only, and win over Cache-Control there (RFC 9213, Edge Architecture, nginx). */
const FOR_SHARED_CACHES = /^(?:.+-)?cdn-cache-control$|^surrogate-control$|^x-accel-expires$/

/** Directives without their quoted values, in lower case. */
const directivesOf = (reply: Reply): string[] =>
  [reply.headers['cache-control'] ?? []].flat().join(',').replace(/"[^"]*"/g, '""').toLowerCase().split(',').map(word => word.trim()).filter(word => word !== '')

/** RFC 9111 3, without its rules for Authorization. A Set-Cookie alone keeps no cache from storing a response. */
function mayBeShared (reply: Reply): boolean {
  if (Object.entries(reply.headers).some(([name, value]) => FOR_SHARED_CACHES.test(name) && !/\b(?:no-store|private)\b|^0$/.test(String(value)))) return true
  return !directivesOf(reply).some(word => word === 'private' || word === 'no-store')
}

const ours = (reply: Reply): string[] => setCookies(reply).filter(line => line.startsWith(COOKIE))

/** A shop in which `?form=` of each URL chooses what the response says about caching. */
function addForms (app: FastifyInstance): void {
  app.addHook<{ Querystring: { form?: string } }>('preHandler', async ({ query: { form } }, reply) => {
    if (form === undefined) return
    const { headers, status = 200 } = FORMS[form]!
    reply.code(status).headers(headers)
  })
  app.post('/fresh', async request => {
    await request.session.regenerate()
    return {}
  })
}

const to = (url: string, form: string): string => `${url}?form=${encodeURIComponent(form)}`

const store = memoryStore()
// The clock stands still, and the people here sign in more than a hundred times. Random keys would decide who stays.
const maxSessionsPerUser = null
const before = await createShop(t, { store, secret: OLD_SECRET, maxSessionsPerUser })
const app = await createShop(t, { store, secret: [SECRET, OLD_SECRET], maxSessionsPerUser, routes: addForms })

/** A browser that signed in before the secret was changed: its cookie is to be signed again. */
async function withOldSecret (): Promise<JarBrowser> {
  const old = browser(before)
  await old.signIn('ada')
  const chrome = browser(app)
  chrome.forge(old.cookieValue()!)
  return chrome
}

/** A browser whose session was ended from elsewhere: its cookie is to be cleared. */
async function withDeadCookie (): Promise<JarBrowser> {
  const chrome = browser(app)
  const { id } = await chrome.signIn('bob')
  await app.loginSessions.revoke('bob', id)
  return chrome
}

async function signedIn (): Promise<JarBrowser> {
  const chrome = browser(app)
  await chrome.signIn('ada')
  return chrome
}

/** What waits for the next private response is sent there, once. */
async function waits (t: Test, chrome: JarBrowser, form: string): Promise<void> {
  const sent = chrome.cookieValue()
  const reply = await chrome.get(to('/', form))
  t.strictSame(setCookies(reply), [])
  t.strictSame(reply.headers['cache-control'], FORMS[form]!.headers['cache-control'], 'and what the host said stays')
  t.equal(chrome.cookieValue(), sent)
  const next = await chrome.get('/')
  t.not(ours(next).length, 0, 'the next private response has it')
  t.notOk(mayBeShared(next))
  t.strictSame(setCookies(await chrome.get('/')), [])
}

for (const [form, { isPrivate, headers }] of Object.entries(FORMS)) {
  t.test(`a cookie to be signed again, on a response that says ${form}`, async t => {
    const chrome = await withOldSecret()
    if (!isPrivate) await waits(t, chrome, form)
    else {
      const reply = await chrome.get(to('/', form))
      t.equal(ours(reply).length, 1)
      t.notOk(mayBeShared(reply))
      t.strictSame(setCookies(await chrome.get('/')), [])
    }
    t.equal(await chrome.user(), 'ada')
    t.not(await newestSecret(chrome), undefined, 'it needs the old secret no longer')
  })

  t.test(`a cookie to be cleared, on a response that says ${form}`, async t => {
    const chrome = await withDeadCookie()
    if (!isPrivate) await waits(t, chrome, form)
    else {
      const reply = await chrome.get(to('/', form))
      t.not(ours(reply).length, 0)
      t.notOk(mayBeShared(reply))
    }
    t.equal(chrome.cookie(), undefined)
    t.strictSame(setCookies(await chrome.get('/')), [])
  })

  t.test(`nothing is due, and nothing is said, on a response that says ${form}`, async t => {
    const visitor = browser(app)
    for (const chrome of [visitor, await signedIn()]) {
      const reply = await chrome.get(to('/', form))
      t.strictSame(setCookies(reply), [])
      t.strictSame(reply.headers['cache-control'], headers['cache-control'])
    }
  })

  const CHANGES: Record<string, () => Promise<Reply>> = {
    'sign-in': () => browser(app).post(to('/login', form), { user: 'ada' }),
    'sign-in instead of somebody else': async () => (await signedIn()).post(to('/login', form), { user: 'bob' }),
    'sign-in with a cookie to be signed again': async () => (await withOldSecret()).post(to('/login', form), { user: 'bob' }),
    'a visitor\'s first data': () => browser(app).post(to('/data', form), { cart: ['book'] }),
    confirmation: async () => (await signedIn()).post(to('/confirm', form), { password: PASSWORD }),
    'sign-out': async () => (await signedIn()).post(to('/logout', form)),
    'regenerate()': async () => (await signedIn()).post(to('/fresh', form))
  }
  for (const [what, change] of Object.entries(CHANGES)) {
    t.test(`${what} cannot wait: a response that says ${form} becomes private`, async t => {
      const reply = await change()
      t.not(ours(reply).length, 0)
      t.notOk(mayBeShared(reply), String(reply.headers['cache-control']))
      const directives = directivesOf(reply)
      t.notOk(directives.some(word => /^(?:public|s-maxage(?:=.*)?|proxy-revalidate)$/.test(word)), String(directives))
      const kept = ['max-age', 'no-store', 'no-cache', 'must-revalidate', 'immutable'].flatMap(name => [headers['cache-control'] ?? []].flat().filter(value => !value.includes('"') && value.includes(name)).map(() => name))
      for (const name of kept) t.ok(directives.some(word => word.startsWith(name)), `${name} is the host's, and stays`)
    })
  }
}

/** Who this browser's cookie says it is where only the newest secret is known. */
let strict: FastifyInstance | undefined
async function newestSecret (chrome: JarBrowser): Promise<string | undefined> {
  strict ??= await createShop(t, { store, secret: SECRET })
  const other = browser(strict)
  other.forge(chrome.cookieValue()!)
  return await other.user() ?? undefined
}

t.test('an error page of the host that may be kept carries no cookie either', async t => {
  const failing = await createShop(t, {
    store,
    secret: [SECRET, OLD_SECRET],
    routes (app) {
      app.setNotFoundHandler((_request, reply) => reply.code(404).header('cache-control', 'public, max-age=60').send('not found'))
      app.get('/broken', async () => { throw Object.assign(new Error('broken'), { statusCode: 410, headers: { 'cache-control': 'max-age=60' } }) })
    }
  })
  for (const url of ['/nowhere', '/broken']) {
    for (const make of [withOldSecret, withDeadCookie]) {
      const cookie = `${COOKIE}=${(await make()).cookieValue()}`
      const reply = await failing.inject({ url, headers: { cookie } })
      t.ok([404, 410].includes(reply.statusCode))
      t.ok(setCookies(reply).length === 0 || !mayBeShared(reply), url)
    }
  }
})

t.test('a hook of the host that speaks of caching after ours does not have the last word', async t => {
  const late = await createShop(t, {
    store,
    secret: [SECRET, OLD_SECRET],
    routes (app) {
      app.addHook('onSend', async (_request, reply) => { reply.headers({ 'cache-control': 'public, max-age=60', 'cdn-cache-control': 'max-age=60' }) })
      app.post('/stream', async request => { await request.startLoginSession('ada'); return Readable.from(['streamed']) })
    }
  })
  for (const make of [withOldSecret, withDeadCookie]) {
    const cookie = `${COOKIE}=${(await make()).cookieValue()}`
    const reply = await late.inject({ url: '/', headers: { cookie } })
    t.ok(setCookies(reply).length === 0 || !mayBeShared(reply))
  }
  for (const url of ['/login', '/stream']) {
    const signIn = await browser(late).post(url, { user: 'ada' })
    t.not(ours(signIn).length, 0, url)
    t.strictSame([signIn.headers['cache-control'], signIn.headers['cdn-cache-control']], ['private, max-age=60', undefined], url)
  }
})
