/**
 * A cache in front of the server that keeps every response that it may keep, with its Set-Cookie: nobody gets somebody
 * else's session from it. nginx is that cache.
 */
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { memoryStore, requireDeviceBinding } from '../../plugin/index.js'
import { dataOf, OLD_SECRET, PASSWORD, SECRET } from '../support/app.js'
import { browser, COOKIE } from '../support/browser-jar.js'
import { createClock, MINUTE } from '../support/clock.js'
import { startCache } from '../support/nginx.js'
import { createShopWithPages, PAGE } from '../support/page.js'
import { poll } from '../support/poll.js'
import { rawDevice } from '../support/raw-device.js'

const store = memoryStore()
const before = await createShopWithPages(t, { store, secret: OLD_SECRET })
/** What the server answered the cache: the last one of each URL and status. */
const answers = new Map<string, { cookies: string[] }>()
const clock = createClock()
const app = await createShopWithPages(t, {
  store,
  secret: [SECRET, OLD_SECRET],
  // Its sign-ins offer to bind the session.
  deviceBound: true,
  now: clock.now,
  routes (app) {
    app.addHook('onResponse', async ({ url }, reply) => {
      const cookies = [reply.getHeader('set-cookie') ?? []].flat().map(String)
      answers.set(`${url} ${reply.statusCode}`, { cookies: cookies.filter(line => line.startsWith(COOKIE)) })
    })
    const PUBLIC = 'public, max-age=60'
    app.get('/news', async (_request, reply) => { reply.header('cache-control', PUBLIC); return { news: 1 } })
    app.get('/prices', async (_request, reply) => { reply.header('cache-control', 'max-age=60'); return { prices: 1 } })
    app.get('/weather', async (_request, reply) => { reply.header('expires', 'Fri, 01 Jan 2100 12:00:00 GMT'); return { weather: 1 } })
    app.get('/accelerated', async (_request, reply) => { reply.header('x-accel-expires', '60'); return { news: 2 } })
    app.get('/silent', async () => ({ news: 3 }))
    app.get('/soon-old', async (request, reply) => {
      reply.header('cache-control', 'public, max-age=1').header('etag', '"1"')
      return request.headers['if-none-match'] === '"1"' ? reply.code(304).send() : { news: 4 }
    })
    app.get('/of-the-host', async (_request, reply) => reply.header('cache-control', PUBLIC).header('set-cookie', 'theme=dark; Path=/').send({}))
    // Links in mails, and pages that their hosts call public without thinking of the person who asks.
    app.get('/magic-link', async (request, reply) => { reply.header('cache-control', PUBLIC); return await request.startLoginSession('ada') })
    app.get('/put', async (request, reply) => { dataOf(request).cart = ['book']; return reply.header('cache-control', PUBLIC).send({}) })
    app.get('/confirm-here', async (request, reply) => { await request.confirmPassword(PASSWORD); return reply.header('cache-control', PUBLIC).send({}) })
    app.get('/sensitive', { onRequest: requireDeviceBinding() }, async (_request, reply) => reply.header('cache-control', PUBLIC).send({}))
    app.get('/leave', async (request, reply) => { await request.endLoginSession(); return reply.header('cache-control', PUBLIC).send({}) })
  }
})
await app.listen({ port: 0, host: '127.0.0.1' })
const cache = await startCache(t, `127.0.0.1:${(app.server.address() as AddressInfo).port}`)

interface Answer {
  status: number
  /** HIT, MISS, REVALIDATED, ... */
  kept: string | null
  /** Those of device binding, too: their names begin with the same word. */
  cookies: string[]
  /** It offers to bind a session. */
  isOffer: boolean
}

const ask = (url: string, cookieValue?: string): Promise<Answer> => askWith(url, cookieValue === undefined ? undefined : `${COOKIE}=${cookieValue}`)

async function askWith (url: string, cookie: string | undefined): Promise<Answer> {
  // A page. `fetch` would say that a script asks, for whom no cookie is cleared.
  const request = get(cache + url, { headers: { 'sec-fetch-mode': 'navigate', ...(cookie !== undefined && { cookie }) } })
  const [reply] = await once(request, 'response') as [IncomingMessage]
  await text(reply)
  const { 'x-cache': kept = null, 'set-cookie': cookies = [] } = reply.headers
  const isOffer = 'secure-session-registration' in reply.headers
  return { status: reply.statusCode!, kept: kept as string | null, cookies: cookies.filter(line => line.startsWith(COOKIE)), isOffer }
}

/** Somebody else asks for the same. */
async function strangerGetsNothing (t: Test, url: string): Promise<Answer> {
  const answer = await ask(url)
  t.strictSame(answer.cookies, [], `a stranger gets no cookie of ours from ${url}`)
  t.equal(answer.isOffer, false)
  for (const line of answer.cookies) {
    const thief = browser(app)
    thief.forge(/^[^=]+=([^;]*)/.exec(line)![1]!)
    t.equal(await thief.user(), null, 'and is not signed in')
  }
  return answer
}

/** Cookies as browsers send them: one to be signed again, one to be cleared, one that is in order. */
async function oldSecret (): Promise<string> {
  const chrome = browser(before)
  await chrome.signIn('ada')
  return chrome.cookieValue()!
}

async function dead (): Promise<string> {
  const chrome = browser(app)
  const { id } = await chrome.signIn('ada')
  await app.loginSessions.revoke('ada', id)
  return chrome.cookieValue()!
}

async function live (): Promise<string> {
  const chrome = browser(app)
  await chrome.signIn('ada')
  return chrome.cookieValue()!
}

/** The stylesheet and a script of the page. */
const assets = await (async () => {
  const chrome = browser(app)
  await chrome.signIn('ada')
  const { body } = await chrome.get(PAGE)
  return [...body.matchAll(/(?:href|src)="([^"]+\.(?:css|js)\b[^"]*)"/g)].map(([, url]) => url!)
})()

let count = 0
/** A URL that the cache has not seen yet. */
const fresh = (url: string): string => `${url}${url.includes('?') ? '&' : '?'}n=${count++}`

// Kept first, so that it is old when its turn comes.
await ask('/soon-old')

t.test('this cache hands a cookie of the host\'s to everybody: it would do so with ours', async t => {
  await fetch(`${cache}/of-the-host`)
  const reply = await fetch(`${cache}/of-the-host`)
  t.equal(reply.headers.get('x-cache'), 'HIT')
  t.strictSame(reply.headers.getSetCookie(), ['theme=dark; Path=/'])
})

const COOKIES = { 'a cookie that has to be signed again': oldSecret, 'a cookie that has to be cleared': dead }

for (const [what, make] of Object.entries(COOKIES)) {
  for (const [name, target] of [['an asset', assets.pop()!], ...['/news', '/prices', '/weather'].map(url => [url, fresh(url)] as const)] as const) {
    t.test(`${what} is left alone on ${name}, which the cache keeps`, async t => {
      const value = await make()
      const own = await ask(target, value)
      t.strictSame([own.status, own.kept, own.cookies], [200, 'MISS', []])
      const stranger = await strangerGetsNothing(t, target)
      t.equal(stranger.kept, 'HIT')

      const next = await ask(fresh('/'), value)
      t.not(next.cookies.length, 0, 'it is sent with the next private response')
    })
  }

  for (const url of ['/silent', '/accelerated']) {
    t.test(`${what} on ${url}: no response that the cache keeps has it`, async t => {
      const [value, target] = [await make(), fresh(url)]
      await ask(target, value)
      await strangerGetsNothing(t, target)
    })
  }
}

const CHANGES: Record<string, [url: string, cookie: () => Promise<string | undefined>]> = {
  'sign-in': ['/magic-link', async () => undefined],
  'sign-in instead of another session': ['/magic-link', live],
  'a visitor\'s first data': ['/put', async () => undefined],
  'a new token after a confirmation': ['/confirm-here', live],
  'sign-out': ['/leave', live]
}

for (const [what, [url, make]] of Object.entries(CHANGES)) {
  t.test(`${what} on a response that says public: the cache does not keep it`, async t => {
    const target = fresh(url)
    const own = await ask(target, await make())
    t.equal(own.status, 200)
    t.not(own.cookies.length, 0)
    const twin = await ask(target, await make())
    t.equal(twin.kept, 'MISS')
  })
}

t.test('a sign-in is not handed to the next person who opens the same link, nor is the offer to bind it', async t => {
  const target = fresh('/magic-link')
  const [own, other] = [await ask(target), await ask(target)]
  t.not(own.cookies[0], other.cookies[0])
  t.strictSame([own.isOffer, own.kept, other.isOffer, other.kept], [true, 'MISS', true, 'MISS'])
})

/** The cookies of a browser whose session is bound, and in use. */
async function boundCookies (): Promise<string> {
  const device = await rawDevice(app)
  await device.register()
  await device.send('GET', '/account')
  await app.loginSessions.settled()
  clock.advance(MINUTE)
  return [...device.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
}

t.test('the demand of a proof on a page that says public: the cache keeps neither it nor its cookies', async t => {
  const [target, cookies] = [fresh('/sensitive'), await boundCookies()]
  for (let count = 0; count < 2; count++) {
    const own = await askWith(target, cookies)
    t.strictSame([own.status, own.kept, own.cookies.length], [307, 'MISS', 2])
  }
  t.equal((await strangerGetsNothing(t, target)).status, 401)
})

for (const [url, isKept] of [['/news', true], ['/prices', true], ['/silent', false]] as const) {
  t.test(`a bound cookie that is over, on ${url}: ${isKept ? 'it is left alone, since the cache keeps the response' : 'it is cleared, and no cache keeps the response'}`, async t => {
    const cookies = await boundCookies()
    clock.advance(10 * MINUTE)
    const target = fresh(url)
    const own = await askWith(target, cookies)
    t.strictSame([own.status, own.kept], [200, 'MISS'])
    t.match(own.cookies, isKept ? [] : [new RegExp(`^${COOKIE}-bound=; Max-Age=0`)])
    t.equal(own.cookies.length, isKept ? 0 : 1)
    const stranger = await strangerGetsNothing(t, target)
    if (isKept) t.equal(stranger.kept, 'HIT')
  })
}

t.test('a response that the cache has checked again: 304, without a cookie', async t => {
  const value = await oldSecret()
  const own = await poll('the response to be old', async () => {
    const answer = await ask('/soon-old', value)
    return answer.kept === 'HIT' ? undefined : answer
  })
  t.equal(own.kept, 'REVALIDATED')
  t.strictSame(own.cookies, [])
  t.strictSame(answers.get('/soon-old 304')?.cookies, [], 'the server sent none either')
  await strangerGetsNothing(t, '/soon-old')
})
