import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { loginSessionPages, requireLoginSession } from '../../plugin/index.js'
import { createShop, PASSWORD } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { answer, formOf, PAGE, submit, textOf } from '../support/page.js'

const SAFARI = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15'

/** A shop whose profile page shows the section, and whose people come back to it. */
async function createShopWithProfile (t: Test): Promise<FastifyInstance> {
  return await createShop(t, {
    async routes (app) {
      await app.register(loginSessionPages, { prefix: PAGE, homePath: '/profile?tab=security#sessions' })
      app.get('/profile', { onRequest: requireLoginSession }, async (_request, reply) => {
        const { html, head } = await reply.renderLoginSessions()
        return reply.type('text/html').send(`<html><head>${head}</head><body><h1>Your profile</h1>${html}</body></html>`)
      })
      app.get('/open', async (_request, reply) => reply.renderLoginSessions())
    }
  })
}

t.test('the section stands in the host\'s own page, below its heading, with all that it needs', async t => {
  const app = await createShopWithProfile(t)
  const [chrome, safari] = [browser(app), browser(app, { userAgent: SAFARI })]
  await chrome.signIn('ada')
  await safari.signIn('ada')

  const reply = await chrome.get('/profile')

  t.match(textOf(reply), /^Your profile Where you are signed in .*Chrome on Windows.*This device.*Safari on macOS/)
  t.match(reply.body, '<h2 data-ls-part="title"')
  t.equal(reply.headers['cache-control'], 'no-store')
  const urls = [...reply.body.matchAll(/(?:href|src)="([^"]+\/assets\/[^"]+)"/g)].map(([, url]) => url!)
  t.equal(urls.length, 4)
  for (const url of urls) t.equal((await app.inject(url)).statusCode, 200, url)
})

t.test('without JavaScript people come back to the host\'s page, which says what happened, once', async t => {
  const app = await createShopWithProfile(t)
  const [chrome, safari] = [browser(app), browser(app, { userAgent: SAFARI })]
  await chrome.signIn('ada')
  const { id } = await safari.signIn('ada')

  const question = await chrome.get(`${PAGE}/${id}/revoke`)
  t.match(question.body, 'href="/profile?tab=security#sessions">Cancel')
  t.equal((await submit(chrome, formOf(question), PASSWORD)).headers.location, '/profile?tab=security#sessions')

  t.match(textOf(await chrome.get('/profile?tab=security')), 'Signed out Safari on macOS.')
  t.notMatch(textOf(await chrome.get('/profile?tab=security')), 'Signed out Safari on macOS.')
})

t.test('the whole of a long list comes back to the host\'s page, too', async t => {
  const app = await createShopWithProfile(t)
  const chrome = browser(app)
  await chrome.signIn('ada')
  for (let i = 0; i < 11; i++) await browser(app, { userAgent: SAFARI }).signIn('ada')

  t.match((await chrome.get('/profile?tab=security')).body, 'href="/profile?tab=security&amp;sessions=all#sessions"')
  const all = await chrome.get('/profile?tab=security&sessions=all')
  t.equal(all.body.match(/<tr role="row"/g)!.length, 13, 'twelve and the heads')
  const [, id] = /\/([\w-]{22})\/revoke\?sessions=all/.exec(all.body)!
  t.equal((await answer(chrome, `${PAGE}/${id}/revoke?sessions=all`, PASSWORD)).headers.location, '/profile?tab=security&sessions=all#sessions')
})

t.test('nobody signed in, nothing rendered', async t => {
  const app = await createShopWithProfile(t)

  const reply = await browser(app).get('/open')

  t.equal(reply.statusCode, 401)
  t.equal(reply.json().code, 'FST_LOGIN_SESSION_REQUIRED')
})

t.test('a host that would have its page kept is overruled', async t => {
  const app = await createShop(t, {
    async routes (app) {
      await app.register(loginSessionPages, { prefix: PAGE })
      app.get('/profile', async (_request, reply) => (await reply.header('cache-control', 'public, max-age=60').renderLoginSessions()).html)
    }
  })
  const chrome = browser(app)
  await chrome.signIn('ada')

  t.equal((await chrome.get('/profile')).headers['cache-control'], 'no-store')
})

t.test('a host that says how long its page may be kept is left alone', async t => {
  const app = await createShop(t, {
    async routes (app) {
      await app.register(loginSessionPages, { prefix: PAGE })
      app.get('/profile', async (_request, reply) => (await reply.header('cache-control', 'private, no-store').renderLoginSessions({ headingLevel: 3 })).html)
    }
  })
  const chrome = browser(app)
  await chrome.signIn('ada')

  const reply = await chrome.get('/profile')

  t.equal(reply.headers['cache-control'], 'private, no-store')
  t.match(reply.body, '<h3 data-ls-part="title"')
})
