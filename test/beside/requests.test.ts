/**
 * Beside plugins that read or refuse requests. The titles are the rows of README's table "Beside other software".
 */
import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import rateLimit from '@fastify/rate-limit'
import sensible from '@fastify/sensible'
import underPressure from '@fastify/under-pressure'
import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { currentLoginSession, rejectCrossOrigin, requireLoginSession } from '../../plugin/index.js'
import { dataOf } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { journey, ORDERS, shopBeside } from '../support/journey.js'
import { API, PAGE } from '../support/page.js'
import { CONTENT_SECURITY_POLICY } from '../support/policy.js'

// --- cookies and bodies ---

t.test('@fastify/cookie: register it before, without its option `hook`; its `secret` does not sign our cookies', async t => {
  const app = await shopBeside(t, 'before', app => app.register(cookie, { secret: 'the secret of the host\'s own cookies' }), {
    routes (app) {
      app.post('/theme', async (_request, reply) => reply.setCookie('theme', 'dark', { signed: true, path: '/' }).send({}))
      app.get('/theme', async request => request.unsignCookie(request.cookies.theme ?? ''))
    }
  })
  const laptop = browser(app)
  await laptop.signIn('ada')
  await laptop.post('/theme')
  t.equal((await laptop.get('/theme')).json().value, 'dark')
  t.equal(await laptop.user(), 'ada')
  await laptop.signOut()
  t.equal(await laptop.user(), null)
  t.equal((await laptop.get('/theme')).json().value, 'dark')
  await journey(t, app)
})

t.test('@fastify/formbody: works in any order; it is for your own forms', async t => {
  for (const order of ORDERS) {
    const app = await shopBeside(t, order, app => app.register(formbody))
    const chrome = browser(app)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const reply = await chrome.post('/login', undefined, { payload: 'user=ada', headers })
    t.equal(reply.json().userId, 'ada')
    t.equal(await chrome.user(), 'ada')
    await journey(t, app)
  }
})

t.test('@fastify/multipart: works in any order; redact `busboyOptions.headers.cookie`, which it logs at level `trace`', async t => {
  for (const order of ORDERS) {
    const logs: string[] = []
    const logger = { level: 'trace', redact: ['busboyOptions.headers.cookie'], stream: { write: (line: string) => { logs.push(line) } } }
    const app = await shopBeside(t, order, app => app.register(multipart), {
      server: { logger },
      routes (app) {
        app.post('/picture', { onRequest: [rejectCrossOrigin, requireLoginSession] }, async request => {
          const file = (await request.file())!
          const text = (await file.toBuffer()).toString()
          dataOf(request).picture = text
          return { name: file.filename, of: currentLoginSession(request).userId }
        })
      }
    })
    const form = {
      payload: '--x\r\ncontent-disposition: form-data; name="file"; filename="ada.txt"\r\n\r\nportrait\r\n--x--\r\n',
      headers: { 'content-type': 'multipart/form-data; boundary=x' }
    }
    const chrome = browser(app)
    t.equal((await chrome.post('/picture', undefined, form)).statusCode, 401)
    await chrome.signIn('ada')
    const elsewhere = { ...form, headers: { ...form.headers, origin: 'https://evil.example' } }
    t.equal((await chrome.post('/picture', undefined, elsewhere)).statusCode, 403)
    t.strictSame((await chrome.post('/picture', undefined, form)).json(), { name: 'ada.txt', of: 'ada' })
    t.strictSame((await chrome.get('/data')).json(), { picture: 'portrait' })
    // The scan of all tests for tokens fails without this option.
    const line = logs.map(line => JSON.parse(line)).find(line => 'busboyOptions' in line)
    t.equal(line.busboyOptions.headers.cookie, '[Redacted]')
    for (const url of [`${PAGE}/others/revoke`, `${API}/others/revoke`]) {
      t.equal((await chrome.post(url, undefined, form)).statusCode, 415, 'no form of ours has files')
    }
    await journey(t, app)
  }
})

// --- who may ask, and how often ---

t.test('@fastify/cors: works in any order; list origins that send requests in `trustedOrigins`, too', async t => {
  const ORIGIN = 'https://app.shop.example'
  for (const order of ORDERS) {
    const options = { origin: [ORIGIN, 'https://partner.example'], credentials: true }
    const app = await shopBeside(t, order, app => app.register(cors, options), { trustedOrigins: [ORIGIN] })
    const chrome = browser(app)
    await chrome.signIn('ada')
    const from = (origin: string) => ({ headers: { origin } })
    const list = await chrome.get(API, from(ORIGIN))
    t.match(list, { statusCode: 200, headers: { 'access-control-allow-origin': ORIGIN, 'access-control-allow-credentials': 'true' } })
    const revoke = async (origin: string) => (await chrome.post(`${API}/others/revoke`, { password: 'wrong' }, from(origin))).json().code
    t.equal(await revoke(ORIGIN), 'FST_LOGIN_SESSION_PASSWORD_WRONG')
    t.equal(await revoke('https://partner.example'), 'FST_LOGIN_SESSION_CROSS_ORIGIN')
    await journey(t, app)
  }
})

t.test('@fastify/rate-limit: register it before the routes; its `keyGenerator` can read `request.loginSession`', async t => {
  for (const order of ORDERS) {
    const app = await shopBeside(t, order, app => app.register(rateLimit, { max: 100 }), {
      routes (app) {
        const limit = { max: 2, keyGenerator: (request: FastifyRequest) => request.loginSession?.userId ?? request.ip }
        app.get('/search', { config: { rateLimit: limit } }, async () => ({ found: [] }))
      }
    })
    const [laptop, phone, other, visitor] = [browser(app), browser(app), browser(app), browser(app)]
    await laptop.signIn('ada')
    await phone.signIn('ada')
    await other.signIn('bob')
    const statuses = async (...browsers: typeof other[]) => {
      const found = []
      for (const one of browsers) found.push((await one.get('/search')).statusCode)
      return found
    }
    t.strictSame(await statuses(laptop, phone, laptop, phone), [200, 200, 429, 429], 'one user, whatever device')
    t.strictSame(await statuses(other, other, other), [200, 200, 429])
    t.strictSame(await statuses(visitor, visitor, browser(app)), [200, 200, 429])
    t.match((await visitor.get('/')).headers, { 'x-ratelimit-limit': '100' })
    await journey(t, app)
  }
})

t.test('@fastify/under-pressure: register it before the pages; they show its refusals as pages of their own', async t => {
  for (const order of ORDERS) {
    const shop = (isHealthy: boolean) => shopBeside(t, order, app =>
      app.register(underPressure, { healthCheck: async () => isHealthy, healthCheckInterval: 1e6, retryAfter: 7, exposeStatusRoute: true }))
    const app = await shop(true)
    t.equal((await app.inject('/status')).statusCode, 200)
    await journey(t, app)
    const reply = await browser(await shop(false)).get(PAGE)
    t.equal(reply.statusCode, 503)
    t.equal(reply.headers['retry-after'], '7')
    t.equal(reply.headers['content-security-policy'], CONTENT_SECURITY_POLICY)
    t.match(reply.headers['cache-control'], 'no-store')
  }
})

t.test('@fastify/sensible: works in any order', async t => {
  for (const order of ORDERS) {
    const app = await shopBeside(t, order, app => app.register(sensible), {
      routes (app) {
        app.get('/secret', { onRequest: requireLoginSession }, async request => {
          if (currentLoginSession(request).userId !== 'bob') throw app.httpErrors.forbidden('bob only')
          return { secret: true }
        })
      }
    })
    const [ada, bob] = [browser(app), browser(app)]
    await ada.signIn('ada')
    await bob.signIn('bob')
    t.match((await ada.get('/secret')).json(), { statusCode: 403, message: 'bob only' })
    t.equal(await ada.user(), 'ada')
    t.equal((await bob.get('/secret')).statusCode, 200)
    await journey(t, app)
  }
})
