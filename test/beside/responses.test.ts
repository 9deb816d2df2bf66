/**
 * Beside plugins that change responses or make them. The titles are the rows of README's table "Beside other software".
 */
import { gunzipSync } from 'node:zlib'
import caching from '@fastify/caching'
import compress from '@fastify/compress'
import etag from '@fastify/etag'
import helmet from '@fastify/helmet'
import staticFiles from '@fastify/static'
import view from '@fastify/view'
import handlebars from 'handlebars'
import t from 'tap'
import { currentLoginSession, requireLoginSession } from '../../plugin/index.js'
import { PASSWORD } from '../support/app.js'
import { browser, setCookies } from '../support/browser-jar.js'
import { journey, ORDERS, shopBeside } from '../support/journey.js'
import { API, formOf, HTMX, PAGE, submit } from '../support/page.js'
import { CONTENT_SECURITY_POLICY } from '../support/policy.js'
import { root } from '../support/root.js'

// --- headers ---

/** The sources of this directive. */
const sourcesOf = (policy: unknown, directive: string): string | undefined =>
  String(policy).split('; ').find(one => one.startsWith(`${directive} `))?.slice(directive.length + 1)

t.test('@fastify/helmet: register it before the pages; their own Content-Security-Policy takes helmet\'s nonces', async t => {
  for (const order of ORDERS) {
    for (const enableCSPNonces of [true, false]) {
      const app = await shopBeside(t, order, app => app.register(helmet, { enableCSPNonces }))
      const chrome = browser(app)
      await chrome.signIn('ada')
      const { headers } = await chrome.get(PAGE)
      const { 'content-security-policy': policy } = headers
      if (enableCSPNonces) {
        t.match(sourcesOf(policy, 'script-src'), /^'self' 'nonce-\w{32}'$/)
        t.match(sourcesOf(policy, 'style-src'), /^'self' 'nonce-\w{32}'$/)
        t.not(policy, (await chrome.get(PAGE)).headers['content-security-policy'], 'a nonce is used once')
      } else t.equal(policy, CONTENT_SECURITY_POLICY)
      t.equal(sourcesOf(policy, 'default-src'), "'none'")
      t.equal(headers['referrer-policy'], 'same-origin')
      const home = await chrome.get('/')
      t.match(home.headers, { 'x-frame-options': 'SAMEORIGIN', 'content-security-policy': /^default-src 'self'/ })
      await journey(t, app)
    }
  }
})

t.test('@fastify/caching: works in any order; with `public`, send `cache-control: private` on your signed-in routes', async t => {
  for (const order of ORDERS) {
    const app = await shopBeside(t, order, app => app.register(caching, { privacy: caching.privacy.PUBLIC, expiresIn: 300 }), {
      routes (app) {
        app.get('/orders', { onRequest: requireLoginSession }, async (request, reply) => {
          reply.header('cache-control', 'private')
          return { of: currentLoginSession(request).userId }
        })
        app.get('/catalogue', async (_request, reply) => { reply.etag('first'); return {} })
      }
    })
    const chrome = browser(app)
    const signIn = await chrome.post('/login', { user: 'ada' })
    t.equal(signIn.headers['cache-control'], order === 'before' ? 'private, max-age=300' : 'private', 'a new cookie is for nobody else')
    const old = chrome.twin()
    t.match((await chrome.get('/catalogue')).headers, { 'cache-control': 'public, max-age=300', etag: 'first' })
    t.equal((await chrome.get('/catalogue', { headers: { 'if-none-match': 'first' } })).statusCode, 304)
    t.equal((await chrome.get('/orders')).headers['cache-control'], 'private')
    t.equal((await chrome.get('/account')).headers['cache-control'], 'public, max-age=300', 'the plugin does not say it for the host')
    for (const url of [PAGE, API]) t.equal((await chrome.get(url)).headers['cache-control'], 'no-store')
    await chrome.signOut()
    const over = await old.get('/catalogue')
    const clearing = [setCookies(over).length > 0, over.headers['cache-control']]
    t.strictSame(clearing, order === 'before' ? [false, 'public, max-age=300'] : [true, 'private'], 'no cookie goes with a public answer')
    await journey(t, app)
  }
})

t.test('@fastify/etag: register it before the pages; nobody gets a 304 for another user\'s page', async t => {
  for (const order of ORDERS) {
    const app = await shopBeside(t, order, app => app.register(etag))
    const [chrome, other] = [browser(app), browser(app)]
    await chrome.signIn('ada')
    await other.signIn('bob')
    for (const url of ['/account', PAGE, API]) {
      const { headers: { etag } } = await chrome.get(url)
      const check = { headers: { 'if-none-match': String(etag) } }
      t.match(etag, /^".+"$/, url)
      t.equal((await other.get(url, check)).statusCode, 200, 'nor to somebody else')
      t.not((await browser(app).get(url, check)).statusCode, 304)
    }
    const first = await chrome.get('/')
    const again = await chrome.get('/', { headers: { 'if-none-match': String(first.headers.etag) } })
    t.strictSame([again.statusCode, again.body, setCookies(again)], [304, '', []])
    await journey(t, app)
  }
})

t.test('@fastify/compress: register it before the pages; it compresses their pages, fragments and files', async t => {
  for (const order of ORDERS) {
    const app = await shopBeside(t, order, app => app.register(compress, { threshold: 0 }))
    const [chrome, other] = [browser(app), browser(app)]
    await chrome.signIn('ada')
    const { id } = await other.signIn('ada')
    const gzip = { 'accept-encoding': 'gzip' }
    const page = await chrome.get(PAGE, { headers: gzip })
    t.equal(page.headers['content-encoding'], 'gzip')
    const links = [...gunzipSync(page.rawPayload).toString().matchAll(/ (?:href|src)="([^"]+\/assets\/[^"]+)"/g)].map(([, url]) => url!)
    t.equal(links.length, 3)
    for (const link of links) {
      const file = await chrome.get(link, { headers: gzip })
      t.match(gunzipSync(file.rawPayload).toString(), /login-sessions/, link)
    }

    const question = await chrome.get(`${PAGE}/${id}/revoke`, { headers: { ...gzip, ...HTMX.headers } })
    t.equal(question.headers['content-encoding'], 'gzip')
    const form = formOf({ ...question, body: gunzipSync(question.rawPayload).toString() } as typeof question)
    t.equal((await submit(chrome, form, PASSWORD)).statusCode, 303)
    t.equal(await other.user(), null)
    await journey(t, app)
  }
})

// --- pages and files ---

t.test('@fastify/view: works in any order; any engine can show the section of `reply.renderLoginSessions()`', async t => {
  for (const order of ORDERS) {
    const app = await shopBeside(t, order, app => app.register(view, { engine: { handlebars }, root: `${root}test/beside/views` }), {
      routes (app) {
        app.get('/profile', { onRequest: requireLoginSession }, async (request, reply) => {
          const { head, html } = await reply.renderLoginSessions()
          return reply.header('cache-control', 'no-store').view('profile.hbs', { name: currentLoginSession(request).userId, head, html })
        })
      }
    })
    const chrome = browser(app)
    await chrome.signIn('<ada>')
    const { headers, body } = await chrome.get('/profile')
    t.match(headers['content-type'], 'text/html')
    t.match(body, '<h1>Profile of &lt;ada&gt;</h1>')
    t.match(body, `ls-hx-get="${PAGE}/list"`)
    t.match(body, `<link rel="stylesheet" href="${PAGE}/assets/login-sessions.css`)
    await journey(t, app)
  }
})

t.test('@fastify/static: works in any order; a wildcard at the root does not hide our paths', async t => {
  for (const order of ORDERS) {
    const options = { root: `${root}test/beside/views`, prefix: '/', index: false } as const
    const app = await shopBeside(t, order, app => app.register(staticFiles, options), {
      routes (app) {
        app.get('/invoice', { onRequest: requireLoginSession }, async (_request, reply) =>
          reply.header('cache-control', 'no-store').sendFile('profile.hbs', { cacheControl: false }))
      }
    })
    const chrome = browser(app)
    t.equal((await chrome.get('/profile.hbs')).statusCode, 200)
    t.equal((await chrome.get('/nothing.hbs')).statusCode, 404)
    t.equal((await chrome.get('/invoice')).statusCode, 401)
    await chrome.signIn('ada')
    t.match(await chrome.get('/invoice'), { statusCode: 200, body: /Profile of/ })
    await journey(t, app)
  }
})
