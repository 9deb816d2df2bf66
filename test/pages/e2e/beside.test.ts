/**
 * The section beside other software of the host's: an htmx of its own in each version, its boosted links, a rate limiter.
 */
import { readFile } from 'node:fs/promises'
import formbody from '@fastify/formbody'
import rateLimit from '@fastify/rate-limit'
import t from 'tap'
import { loginSessionPages, requireLoginSession } from '../../../plugin/index.js'
import { PASSWORD } from '../../support/app.js'
import { PAGE } from '../../support/page.js'
import { hasFocus } from '../../support/profile.js'
import { FIELD, openDialog, openList } from '../../support/scenes.js'
import { setStage } from '../../support/stage.js'

/** Packages of htmx: the host's, by version. */
const HTMX: Record<string, string> = { 1: 'htmx1', 2: 'htmx2', 4: 'htmx.org' }

const posts: string[] = []
let limited = false

/** A shop whose pages have an htmx of their own, which boosts all links and forms. One has our files twice, of two registrations. */
const { shop, openPage } = await setStage(t, {
  async before (app) {
    await app.register(rateLimit, { max: 1, timeWindow: 60_000, allowList: () => !limited })
  },
  async routes (app) {
    await app.register(formbody)
    await app.register(loginSessionPages, { prefix: '/second' })
    app.addHook('onRequest', async request => { if (request.method === 'POST') posts.push(request.url) })
    app.get<{ Params: { version: string } }>('/htmx/:version', async ({ params }, reply) =>
      reply.type('text/javascript').send(await readFile(`node_modules/${HTMX[params.version]}/dist/htmx.min.js`)))
    app.get<{ Params: { version: string } }>('/host/:version', { onRequest: requireLoginSession }, async ({ params }, reply) => {
      const { html, head } = await reply.renderLoginSessions()
      return reply.type('text/html; charset=utf-8').send(`<!doctype html>
        <html lang="en"><head><title>Shop</title><meta name="htmx-config" content='{"extensions":"none"}'>
        <script src="/htmx/${params.version}"></script>${head}${params.version === '4' ? head.replaceAll(PAGE, '/second') : ''}</head>
        <body hx-boost="true" hx-boost:inherited="true"><main><h1>Shop</h1>
        <button hx-post="/bought" hx-target="#bought">Buy</button> <output id="bought"></output>
        <button hx-get="/section" hx-target="#sessions">Load again</button>
        <a href="${PAGE}">All about them</a>
        <div id="sessions">${html}</div></main></body></html>`)
    })
    app.get('/section', { onRequest: requireLoginSession }, async (_request, reply) => (await reply.type('text/html').renderLoginSessions()).html)
    app.post('/bought', async (_request, reply) => reply.type('text/html').send(`bought ${posts.filter(url => url === '/bought').length}`))
  }
})

for (const version of Object.keys(HTMX)) {
  t.test(`beside the host's htmx ${version}: each has its own part of the page, and a boosted link loads ours whole`, async t => {
    const page = await openPage(t)
    await openList(page, shop)
    await page.goto(`/host/${version}`)
    posts.length = 0
    const buy = async (times: number) => {
      await page.getByRole('button', { name: 'Buy' }).click()
      await page.locator('#bought').getByText(`bought ${times}`, { exact: true }).waitFor()
    }

    await openDialog(page)
    t.match(await page.evaluate('window.htmx.version'), RegExp(`^${version}\\.`), 'the global is the host\'s')
    t.equal(await page.locator('meta[name=htmx-config]').count(), 1)
    await page.locator(FIELD).fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByText('Wrong password.').waitFor()
    await page.keyboard.press('Escape')
    await buy(1)

    const former = await page.locator('[data-ls-part=rows]').elementHandle()
    await page.getByRole('button', { name: 'Load again' }).click()
    await former?.waitForElementState('hidden')
    await openDialog(page)
    await page.locator(FIELD).fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByText(/^Signed out .+\./).waitFor()
    await buy(2)
    t.equal(posts.filter(url => url !== '/bought').length, 2, 'each password was sent once')
    t.equal(posts.length, 4)

    await page.getByRole('link', { name: 'All about them' }).click()
    await page.waitForURL(`**${PAGE}`)
    await openDialog(page)
    t.equal(await page.evaluate('typeof window.htmx'), 'undefined', 'the page has nothing of the host\'s, and shows nothing of ours')
    t.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Where you are signed in')
    t.ok(await page.evaluate(() => [...document.styleSheets].some(({ href }) => href?.includes('login-sessions.css'))))
  })
}

t.test('a rate limiter\'s refusal stands beside the field, and keeps what was typed', async t => {
  const page = await openPage(t)
  await openList(page, shop)
  await page.goto('/host/4')
  await openDialog(page)
  limited = true
  t.teardown(() => { limited = false })
  await page.request.get('/')
  await page.locator(FIELD).fill(PASSWORD)
  const refused = page.waitForResponse(response => response.request().method() === 'POST')
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out', exact: true }).click()

  await page.getByRole('dialog').getByRole('alert').getByText('Too many requests.').waitFor()
  t.equal((await refused).status(), 429)
  t.match((await refused).headers()['retry-after'], /^\d+$/)
  t.equal(await page.locator(FIELD).inputValue(), PASSWORD)
  t.ok(await hasFocus(page, FIELD))
  t.equal(await page.getByRole('dialog').getByRole('button', { name: 'Sign out', exact: true }).count(), 1, 'the button does not say any more that it works')
  limited = false
  await page.keyboard.press('Enter')
  await page.getByRole('status').getByText(/^Signed out .+\./).waitFor()
})
