/**
 * What hosts have around the pages: a proxy that takes a path away, headers and limits of other plugins, pages of their own.
 */
import type { AddressInfo } from 'node:net'
import rateLimit from '@fastify/rate-limit'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import loginSessions, { loginSessionPages, type LoginSessionPagesOptions, memoryStore, requireLoginSession } from '../../plugin/index.js'
import { createShop, PASSWORD, SECRET } from '../support/app.js'
import { browser, type JarBrowser } from '../support/browser-jar.js'
import { startCache } from '../support/nginx.js'
import { createShopWithPages, formOf, HTMX, PAGE, submit, textOf } from '../support/page.js'

// --- a path that is taken away before the server sees the URL ---

/** Everything on this page that a browser follows or loads. */
const linksOf = (body: string): string[] =>
  [...body.matchAll(/ (?:href|src|action|ls-hx-get|ls-hx-post)="([^"]+)"/g)].map(([, url]) => url!.replaceAll('&amp;', '&'))

t.test('behind nginx that takes /shop away, every link of the pages works: files, questions, forms, ways back', async t => {
  const app = await createShopWithPages(t, { pages: { publicPrefix: '/shop', returnTo: 'next' } })
  const chrome = browser(app)
  await chrome.signIn('ada')
  for (let i = 0; i < 11; i++) await browser(app).signIn('ada')
  await app.listen({ port: 0, host: '127.0.0.1' })
  const proxy = await startCache(t, `127.0.0.1:${(app.server.address() as AddressInfo).port}`)
  const ask = async (url: string, init: RequestInit = {}) => {
    const headers = { cookie: chrome.cookie()!.cookieString(), ...init.headers as Record<string, string> }
    const response = await fetch(proxy + url, { redirect: 'manual', ...init, headers })
    return { response, body: await response.text() }
  }

  const { body } = await ask(`/shop${PAGE}`)
  const links = linksOf(body)
  t.ok(links.length > 20)
  for (const url of links) t.equal((await ask(url)).response.status, 200, url)
  const question = (await ask(links.find(url => url.endsWith('/revoke'))!)).body
  const action = linksOf(question).find(url => url.endsWith('/revoke'))!
  const csrf = /name="csrf" value="([^"]+)"/.exec(question)![1]!
  const ended = await ask(action, { method: 'POST', body: new URLSearchParams({ csrf, password: PASSWORD }) })
  t.equal(ended.response.status, 303)
  t.equal(ended.response.headers.get('location'), `/shop${PAGE}`)
  const visitor = await ask(`/shop${PAGE}?sessions=all`, { headers: { cookie: '' } })
  t.equal(visitor.response.headers.get('location'), `/login?next=${encodeURIComponent(`/shop${PAGE}?sessions=all`)}`, 'signInPath is as browsers see it')
})

t.test('the same with rewriteUrl, at the root of a context, and for boosted links', async t => {
  const app = Fastify({ rewriteUrl: ({ url }) => url!.replace(/^\/shop(?=\/|$)/, '') || '/' })
  t.teardown(() => app.close())
  await app.register(loginSessions, { secret: SECRET, store: memoryStore() })
  await app.register(loginSessionPages, { prefix: '/', publicPrefix: '/shop' })
  app.post('/login', async request => await request.startLoginSession('ada'))
  const chrome = browser(app)
  await chrome.signIn('ada')
  const page = await chrome.get('/shop')
  t.equal(page.statusCode, 200)
  for (const url of linksOf(page.body)) t.equal((await chrome.get(url)).statusCode, 200, url)
  t.match(page.body, 'ls-hx-get="/shop/list"')
  t.equal((await chrome.get('/shop/?sessions=all', { headers: { ...HTMX.headers, 'hx-boosted': 'true' } })).headers['hx-redirect'], '/shop/?sessions=all')
})

t.test('no header of a request chooses the path', async t => {
  const app = await createShopWithPages(t)
  const chrome = browser(app)
  await chrome.signIn('ada')
  const headers = { 'x-forwarded-prefix': '/evil', 'x-script-name': '/evil', 'x-original-url': '/evil', 'x-rewrite-url': '/evil', forwarded: 'path=/evil' }
  t.notMatch((await chrome.get(PAGE, { headers })).body, '/evil')
})

const bootWith = (t: Test, pages: object): Promise<FastifyInstance> => createShopWithPages(t, { pages: pages as Partial<LoginSessionPagesOptions> })

t.test('a path that links cannot be made of stops the boot', async t => {
  for (const publicPrefix of ['/', '/shop/', 'shop', '//evil.example', 'https://shop.example', '/a b', '/:tenant', null, 5]) {
    await t.rejects(bootWith(t, { publicPrefix }), { code: 'FST_LOGIN_SESSION_OPTION', message: /publicPrefix must be a fixed path.*: write publicPrefix: '\/shop', or leave publicPrefix out$/ }, String(publicPrefix))
  }
})

t.test('an empty publicPrefix, as from an unset variable, counts as left out', async t => {
  const chrome = browser(await bootWith(t, { publicPrefix: '' }))
  await chrome.signIn('ada')
  t.match((await chrome.get(PAGE)).body, `ls-hx-get="${PAGE}/list"`)
})

// --- the Content-Security-Policy ---

/** The sources of this directive. */
const sourcesOf = (policy: unknown, directive: string): string | undefined =>
  String(policy).split('; ').find(one => one.startsWith(`${directive} `))?.slice(directive.length + 1)

t.test('a host adds sources for what its layout loads, and nothing that opens the policy', async t => {
  const app = await bootWith(t, {
    contentSecurityPolicy: {
      'font-src': ['https://fonts.example', 'data:'],
      'img-src': ['https://*.cdn.example:8443/logos/'],
      'frame-src': ['https://pay.example'],
      'media-src': [],
      'connect-src': ['https://*.api.example:8443/v1', 'wss://live.example', 'http://localhost:5173', 'ws://localhost:5173/', 'https://localhost'],
      'script-src': ['https://cdn.example/a.js', "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"]
    }
  })
  const chrome = browser(app)
  await chrome.signIn('ada')
  for (const url of [PAGE, `${PAGE}/nobody/revoke`]) {
    const policy = (await chrome.get(url)).headers['content-security-policy']
    t.equal(sourcesOf(policy, 'font-src'), "'self' https://fonts.example data:")
    t.equal(sourcesOf(policy, 'img-src'), "'self' data: https://*.cdn.example:8443/logos/")
    t.equal(sourcesOf(policy, 'frame-src'), 'https://pay.example')
    t.equal(sourcesOf(policy, 'script-src'), "'self' https://cdn.example/a.js 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='")
    t.equal(sourcesOf(policy, 'connect-src'), "'self' https://*.api.example:8443/v1 wss://live.example http://localhost:5173 ws://localhost:5173/ https://localhost")
    t.equal(sourcesOf(policy, 'media-src'), undefined)
    t.equal(sourcesOf(policy, 'manifest-src'), "'self'")
    t.equal(sourcesOf(policy, 'default-src'), "'none'")
  }
  const wrong: Array<[unknown, RegExp]> = [
    [{ 'script-src': ["'unsafe-inline'"] }, /has "'unsafe-inline'" in script-src, where each source must be an https: or wss: origin such as 'https:\/\/cdn\.example' \(at least two labels after '\*\.'\), or a hash: write contentSecurityPolicy: \{/],
    [{ 'style-src': ["'unsafe-eval'"] }, /style-src/], [{ 'script-src': ['data:'] }, /script-src/], [{ 'connect-src': ['https:'] }, /connect-src/],
    [{ 'img-src': ['*'] }, /img-src, where .*, or 'data:', 'blob:', 'https:'/], [{ 'img-src': ['https://a.example; script-src *'] }, /img-src/], [{ 'img-src': ['https://a.example, https://b.example'] }, /img-src/],
    [{ 'img-src': ["'none'"] }, /img-src/], [{ 'script-src': ["'nonce-abc'"] }, /script-src/], [{ 'img-src': [5] }, /has 5 in img-src/], [{ 'img-src': 'https://a.example' }, /must have a list for img-src/],
    [{ 'default-src': ['https://a.example'] }, /has the directive 'default-src': it may have script-src, /], [{ 'frame-ancestors': ['https://a.example'] }, /directive/],
    [['https://a.example'], /must be an object/], [null, /must be an object/],
    ...['script-src', 'style-src', 'connect-src', 'frame-src', 'worker-src'].flatMap(directive =>
      ['https://*.com', 'https://*.example:8443/x', 'https://*', 'http://cdn.example', 'ws://live.example', 'http://localhost.example', 'http://*.localhost', 'https://cdn.example/\'unsafe-inline\'', 'https://cdn.example/"']
        .map((source): [unknown, RegExp] => [{ [directive]: [source] }, new RegExp(`in ${directive}, where each source must be an https: or wss: origin`)])),
    [{ 'img-src': ['https://cdn.example/\'none\''] }, /in img-src/]
  ]
  for (const [contentSecurityPolicy, message] of wrong) await t.rejects(bootWith(t, { contentSecurityPolicy }), { code: 'FST_LOGIN_SESSION_OPTION', message })
})

// --- refusals of the host's ---

/** The answer to Ada's right password, where the host refuses it. */
async function refusedAnswer (t: Test, before: (app: FastifyInstance) => unknown, options = {}): Promise<ReturnType<JarBrowser['get']>> {
  const app = await createShopWithPages(t, { before })
  const [chrome, other] = [browser(app), browser(app)]
  await chrome.signIn('ada')
  await other.signIn('ada')
  const form = formOf(await chrome.get(`${PAGE}/others/revoke`))
  const reply = await submit(chrome, form, PASSWORD, options)
  t.equal(await other.user(), 'ada')
  return reply
}

for (const [kind, options] of [['htmx', HTMX], ['a browser', {}]] as const) {
  t.test(`a refusal of the host's is no question of ours: ${kind}`, async t => {
    const limited = await refusedAnswer(t, async app => {
      await app.register(rateLimit, { max: 0, allowList: ({ method, url }) => method === 'GET' || !url.endsWith('/revoke') })
    }, options)
    t.equal(limited.statusCode, 429)
    t.match(limited.headers['retry-after'], /^\d+$/)
    t.match(textOf(limited), 'Too many requests. Nothing has been signed out.')
    for (const statusCode of [409, 422, 400]) {
      const refused = await refusedAnswer(t, app => {
        app.addHook('preHandler', async request => { if (request.url.endsWith('/revoke') && request.method === 'POST') throw Object.assign(new Error('closed'), { statusCode }) })
      }, options)
      t.equal(refused.statusCode, statusCode)
      t.equal(refused.headers['login-sessions'], kind === 'htmx' ? 'fragment' : undefined, 'so the dialog stays')
      t.match(textOf(refused), 'Something went wrong.')
    }
    const bare = await refusedAnswer(t, app => {
      app.addHook('preHandler', async (request, reply) => { if (request.url.endsWith('/revoke') && request.method === 'POST') return reply.code(429).send({ limited: true }) })
    }, options)
    t.equal(bare.headers['login-sessions'], undefined, 'what the host answers by itself has no mark')
    t.strictSame(bare.json(), { limited: true })
  })
}

// --- the section in pages of the host's ---

t.test('where no pages are registered, rendering the section says what to register', async t => {
  const app = await createShop(t, {
    routes (app) {
      app.get('/profile', async (_request, reply) => reply.renderLoginSessions())
      app.register(async branch => { await branch.register(loginSessionPages, { prefix: PAGE }) })
    }
  })
  const reply = await app.inject('/profile')
  t.equal(reply.statusCode, 500)
  t.match(reply.json(), { code: 'FST_LOGIN_SESSION_OPTION', message: /reply\.renderLoginSessions has no pages to render: write await app\.register\(loginSessionPages, \{ prefix/ })
})

t.test('the section is that of the pages registered nearest to the route, the first of them on the same instance', async t => {
  const app = await createShop(t, {
    async routes (app) {
      const profile = (app: FastifyInstance) => app.get('/profile', { onRequest: requireLoginSession }, async (_request, reply) => (await reply.renderLoginSessions()).html)
      await app.register(loginSessionPages, { prefix: '/one' })
      await app.register(loginSessionPages, { prefix: '/two' })
      profile(app)
      await app.register(async branch => {
        await branch.register(loginSessionPages, { prefix: '/three' })
        profile(branch)
      }, { prefix: '/branch' })
    }
  })
  const chrome = browser(app)
  await chrome.signIn('ada')
  t.match((await chrome.get('/profile')).body, 'ls-hx-get="/one/list"')
  t.match((await chrome.get('/branch/profile')).body, 'ls-hx-get="/branch/three/list"')
})

// --- the list's own refresh ---

t.test('the list is brought up to date by a route of its own, which is no activity', async t => {
  const routes = new Map<string, unknown>()
  const app = await createShopWithPages(t, {
    before (app) { app.addHook('onRoute', ({ url, config }) => { routes.set(url, (config as { loginSessionActivity?: boolean } | undefined)?.loginSessionActivity) }) }
  })
  const chrome = browser(app)
  t.equal((await chrome.get(`${PAGE}/list`)).headers.location, '/login')
  await chrome.signIn('ada')
  t.match((await chrome.get(PAGE)).body, `ls-hx-get="${PAGE}/list"`)
  t.match((await chrome.get(`${PAGE}/list`, HTMX)).body, /^<div class="ls-top"/)
  t.match((await chrome.get(`${PAGE}/list`)).body, /^<!doctype/, 'opened directly, it is a page')
  t.equal(routes.get(`${PAGE}/list`), false)
  t.equal(routes.get(PAGE), undefined, 'opening the page is activity')
})
