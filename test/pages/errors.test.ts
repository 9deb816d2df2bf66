/**
 * Requests that a hook of the host's refuses before ours have run: our error pages answer them, as safe as any other page.
 */
import type { FastifyInstance, InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import { rejectCrossOrigin, requireLoginSession } from '../../plugin/index.js'
import { browser, type JarBrowser, type Reply } from '../support/browser-jar.js'
import { API, createShopWithPages, formOf, HTMX, PAGE } from '../support/page.js'

const CROSS_ORIGIN: InjectOptions = { headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' } }

/** What a page says besides its content: all but what every response has, and what belongs to this one. */
function safety ({ headers }: Reply): Record<string, unknown> {
  const names = ['cache-control', 'content-security-policy', 'cross-origin-opener-policy', 'cross-origin-resource-policy', 'referrer-policy', 'x-content-type-options', 'vary']
  return Object.fromEntries(names.map(name => [name, headers[name]]))
}

/** A shop whose host refuses requests by this hook, before or after it registers the pages, and Ada in it. */
async function setup (t: Test, addHook: (app: FastifyInstance) => void, when: 'before' | 'routes'): Promise<JarBrowser> {
  const app = await createShopWithPages(t, { [when]: addHook })
  const chrome = browser(app)
  await chrome.signIn('ada')
  return chrome
}

/** Which requests the host refuses, with which header. */
const REFUSED = 'x-refuse'

/** @fastify/under-pressure and rate limiters refuse so: an error with a status, and a header for when to come back. */
function refuse (app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers[REFUSED] === undefined) return
    reply.header('retry-after', '10')
    throw Object.assign(new Error('Service Unavailable'), { statusCode: 503, code: 'FST_UNDER_PRESSURE' })
  })
}

const both = (one: InjectOptions, other: InjectOptions): InjectOptions => ({ ...one, ...other, headers: { ...one.headers, ...other.headers } })

for (const when of ['before', 'routes'] as const) {
  const order = when === 'before' ? 'before it registers us' : 'after our pages'

  t.test(`the host's rejectCrossOrigin, added ${order}: a refused form gets a page with all our headers`, async t => {
    const chrome = await setup(t, app => { app.addHook('onRequest', rejectCrossOrigin) }, when)
    for (const [kind, options] of [['page', {}], ['fragment', HTMX]] as const) {
      const allowed = await chrome.get(`${PAGE}/others/revoke`, options)
      const { action, fields } = formOf(allowed)
      const refused = await chrome.post(action, undefined, both(both(options, CROSS_ORIGIN), { payload: new URLSearchParams(fields).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } }))
      t.equal(refused.statusCode, 403, kind)
      t.match(refused.headers['content-type'], 'text/html')
      t.strictSame(safety(refused), safety(allowed), kind)
      t.equal(refused.headers['login-sessions'], kind === 'fragment' ? 'fragment' : undefined)
      t.match(refused.body, kind === 'fragment' ? /^(?!<!doctype)/i : /^<!doctype html>/i)
    }
  })

  t.test(`a host that is under pressure, its hook added ${order}: pages and fragments have all our headers`, async t => {
    const chrome = await setup(t, refuse, when)
    for (const [kind, options] of [['page', {}], ['fragment', HTMX]] as const) {
      const allowed = await chrome.get(PAGE, options)
      t.equal(allowed.statusCode, 200)
      const refused = await chrome.get(PAGE, both(options, { headers: { [REFUSED]: '1' } }))
      t.equal(refused.statusCode, 503, kind)
      t.equal(refused.headers['retry-after'], '10', 'what the host said stays')
      t.strictSame(safety(refused), safety(allowed), kind)
      t.equal(refused.headers['login-sessions'], kind === 'fragment' ? 'fragment' : undefined)
      t.notMatch(refused.body, 'FST_UNDER_PRESSURE')
    }
    t.equal(await chrome.user(), 'ada')
  })

  t.test(`the same for the API, the hook added ${order}`, async t => {
    const chrome = await setup(t, app => { app.addHook('onRequest', rejectCrossOrigin); refuse(app) }, when)
    const allowed = await chrome.get(API)
    t.equal(allowed.statusCode, 200)
    const replies = [await chrome.post(`${API}/others/revoke`, { password: 'x' }, CROSS_ORIGIN), await chrome.get(API, { headers: { [REFUSED]: '1' } })]
    t.strictSame(replies.map(({ statusCode }) => statusCode), [403, 503])
    for (const reply of replies) {
      t.match(reply.headers['content-type'], 'application/json')
      t.strictSame(safety(reply), safety(allowed))
    }
  })
}

t.test('a host whose own guard stands before ours: people are sent to sign in, with all our headers', async t => {
  const app = await createShopWithPages(t, {
    routes (app) {
      app.addHook('onRequest', async request => { if (request.url.startsWith(PAGE)) await requireLoginSession(request) })
    }
  })
  const visitor = browser(app)
  const plain = await visitor.get(PAGE)
  t.equal(plain.statusCode, 303)
  t.equal(plain.headers['cache-control'], 'no-store')
  const fragment = await visitor.get(PAGE, HTMX)
  t.equal(fragment.statusCode, 401)
  t.equal(fragment.headers['login-sessions'], 'fragment')
})
