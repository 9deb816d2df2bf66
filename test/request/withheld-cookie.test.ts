/**
 * Browsers withhold our cookie from requests that another site causes. Such a request looks like a visitor's, but the
 * browser may well be signed in: a visitor's cookie of the same name would overwrite the login.
 */
import type { InjectOptions } from 'fastify'
import t from 'tap'
import { memoryStore } from '../../plugin/index.js'
import { createShop, dataOf } from '../support/app.js'
import { browser, COOKIE, setCookies } from '../support/browser-jar.js'
import { aroundCalls } from '../support/stores.js'

interface Cause {
  request: Pick<InjectOptions, 'method' | 'headers'>
  /** Whether the browser would have sent the cookie if it had one. */
  lax: boolean
  strict: boolean
}

const NAVIGATION = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
const from = (site: string, method: 'GET' | 'HEAD' | 'POST' | 'PUT' = 'GET', headers: Record<string, string> = {}): Cause['request'] => ({ method, headers: { 'sec-fetch-site': site, ...headers } })

const CAUSES: Record<string, Cause> = {
  'a form of another site': { request: from('cross-site', 'POST', NAVIGATION), lax: false, strict: false },
  'a link of another site': { request: from('cross-site', 'GET', NAVIGATION), lax: true, strict: false },
  'a link from another site, in a browser that does not say what for': { request: from('cross-site', 'GET', { 'sec-fetch-mode': 'navigate' }), lax: true, strict: false },
  'a frame of another site': { request: from('cross-site', 'GET', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }), lax: false, strict: false },
  'a script of another site that reads': { request: from('cross-site', 'GET', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }), lax: false, strict: false },
  'a script of another site that writes': { request: from('cross-site', 'POST', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty' }), lax: false, strict: false },
  'a picture in a page of another site': { request: from('cross-site', 'GET', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }), lax: false, strict: false },
  'another site, and no more is said': { request: from('cross-site'), lax: false, strict: false },
  'a form of a sibling site': { request: from('same-site', 'POST', NAVIGATION), lax: true, strict: true },
  'a link of a sibling site': { request: from('same-site', 'GET', NAVIGATION), lax: true, strict: true },
  'a script of our own': { request: from('same-origin', 'POST', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }), lax: true, strict: true },
  'an address that was typed': { request: from('none', 'GET', NAVIGATION), lax: true, strict: true },
  'a browser or script that does not say': { request: { method: 'POST', headers: {} }, lax: true, strict: true }
}

for (const sameSite of ['lax', 'strict'] as const) {
  const writes: string[] = []
  const store = aroundCalls(memoryStore(), async (method, call) => {
    if (method !== 'find') writes.push(method)
    return await call()
  })
  const app = await createShop(t, {
    store,
    cookie: { sameSite },
    routes (app) {
      app.route({ method: ['GET', 'HEAD', 'POST', 'PUT'], url: '/cart', exposeHeadRoute: false, handler: async request => { dataOf(request).cart = ['book']; return { saved: true } } })
      app.route({ method: ['GET', 'POST'], url: '/saved', exposeHeadRoute: false, handler: async request => { dataOf(request).cart = ['book']; await request.session.save(); return { saved: true } } })
      app.route({ method: ['GET', 'POST'], url: '/fresh', exposeHeadRoute: false, handler: async request => { dataOf(request).cart = ['book']; await request.session.regenerate(['cart']); return { saved: true } } })
      app.route({ method: ['GET', 'POST'], url: '/enter', exposeHeadRoute: false, handler: async request => { await request.startLoginSession('ada'); return {} } })
    }
  })
  const send = (url: string, { request }: Cause, cookie?: string) => {
    const { method = 'GET', headers } = request
    return app.inject({ method, url, headers: { host: 'shop.example', 'x-forwarded-proto': 'https', ...headers, ...(cookie !== undefined && { cookie }) } })
  }

  for (const [what, cause] of Object.entries(CAUSES)) {
    const isSent = cause[sameSite]

    t.test(`${sameSite}, ${what}, without a cookie: ${isSent ? 'a visitor session begins' : 'no cookie is issued, and nothing is stored'}`, async t => {
      for (const url of ['/cart', '/saved', '/fresh']) {
        writes.length = 0
        const reply = await send(url, cause)
        t.equal(reply.statusCode, 200, url)
        t.equal(setCookies(reply).length, isSent ? 1 : 0, url)
        t.strictSame(writes, isSent ? ['insert'] : [], url)
      }
    })

    t.test(`${sameSite}, ${what}, with a cookie: its session is written to`, async t => {
      const visitor = browser(app)
      await visitor.post('/data', { shoes: 1 })
      const user = browser(app)
      await user.signIn('ada')
      for (const chrome of [visitor, user]) {
        writes.length = 0
        const reply = await send('/cart', cause, `${COOKIE}=${chrome.cookieValue()}`)
        t.equal(reply.statusCode, 200)
        t.strictSame(setCookies(reply), [])
        t.strictSame(writes, ['updateData'])
        t.strictSame((await chrome.get('/data')).json().cart, ['book'])
      }
    })

    t.test(`${sameSite}, ${what}: who signs in there is signed in`, async t => {
      const reply = await send('/enter', cause)
      t.equal(setCookies(reply).filter(line => line.startsWith(`${COOKIE}=`) && !line.startsWith(`${COOKIE}=;`)).length, 1)
    })
  }

  t.test(`${sameSite}: a bank sends people back with a form, and they are still signed in`, async t => {
    const chrome = browser(app)
    await chrome.signIn('ada')
    // The browser keeps the cookie to itself, and takes what the response sets.
    const back = await chrome.twin().post('/cart', {}, { headers: { ...CAUSES['a form of another site']!.request.headers, cookie: '' } })
    t.equal(back.statusCode, 200)
    t.strictSame(setCookies(back), [])
    t.equal(await chrome.user(), 'ada')
  })

  t.test(`${sameSite}: what another site causes is told apart by exact words`, async t => {
    for (const site of ['cross-site, cross-site', 'Cross-Site', 'evil']) {
      const reply = await app.inject({ method: 'POST', url: '/cart', headers: { 'sec-fetch-site': site } })
      t.equal(reply.statusCode, 200, site)
    }
  })
}
