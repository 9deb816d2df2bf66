/**
 * The section in a host's own profile page, restyled, in a real browser.
 */
import type { Browser } from 'playwright-core'
import t, { type Test } from 'tap'
import { requireLoginSession } from '../../../plugin/index.js'
import { PASSWORD } from '../../support/app.js'
import { launchBrowser } from '../../support/browser.js'
import { LINUX, MAC, openProfile } from '../../support/profile.js'
import { type ServedShop, serveShop } from '../../support/served-shop.js'

const STYLE = ':root { --ls-accent: rgb(120, 0, 120); --ls-radius: 0px; --ls-surface: rgb(255, 250, 240) }'
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; require-trusted-types-for 'script'; trusted-types login-sessions"

let chromium: Browser

t.before(async () => {
  chromium = await launchBrowser()
  t.teardown(() => chromium.close())
})

/** A shop whose profile page has an address form, the section, and a stylesheet that sets some of our properties. */
async function serveProfile (t: Test): Promise<ServedShop> {
  const shop = await serveShop(t, {
    pages: { homePath: '/profile#sessions' },
    routes (app) {
      app.get('/shop.css', async (_request, reply) => reply.type('text/css').send(STYLE))
      app.get('/profile', { onRequest: requireLoginSession }, async (_request, reply) => {
        const { html, head } = await reply.renderLoginSessions()
        return reply.type('text/html; charset=utf-8').header('content-security-policy', POLICY).send(`<!doctype html>
          <html lang="en"><head><title>Profile</title>${head}<link rel="stylesheet" href="/shop.css"></head>
          <body><main><h1>Profile</h1><label>Address <input id="address"></label><div id="sessions">${html}</div></main></body></html>`)
      })
    }
  })
  await shop.signInElsewhere('ada', MAC)
  await shop.signInElsewhere('ada', LINUX)
  return shop
}

t.test('the dialog, the list and the messages work in the host\'s page, and leave the rest of it alone', async t => {
  const shop = await serveProfile(t)
  const page = await openProfile(t, chromium, { baseURL: shop.url })
  await page.goto('/start?user=ada')
  await page.goto('/profile')
  await page.getByLabel('Address').fill('12 Long Lane')

  await page.getByRole('button', { name: /^Sign out Safari on macOS/ }).click()
  await page.getByLabel('Your password').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('status').getByText('Signed out Safari on macOS.').waitFor()

  t.match(page.url(), /\/profile$/)
  t.equal(await page.getByLabel('Address').inputValue(), '12 Long Lane')
  t.equal(await page.getByRole('heading', { level: 2 }).textContent(), 'Where you are signed in')
})

t.test('without JavaScript people come back to it, where the list is', async t => {
  const shop = await serveProfile(t)
  const page = await openProfile(t, chromium, { baseURL: shop.url, javaScriptEnabled: false })
  await page.goto('/start?user=ada')
  await page.goto('/profile')

  await page.getByRole('button', { name: /^Sign out Safari on macOS/ }).click()
  await page.getByLabel('Your password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()

  t.match(page.url(), /\/profile#sessions$/)
  t.equal(await page.getByRole('status').textContent(), 'Signed out Safari on macOS.')
})

t.test('it is restyled by custom properties, and styles nothing outside of itself', async t => {
  const shop = await serveProfile(t)
  const page = await openProfile(t, chromium, { baseURL: shop.url })
  await page.goto('/start?user=ada')
  await page.goto('/profile')
  const styleOf = (selector: string, property: string) => page.locator(selector).first().evaluate((element, property) => getComputedStyle(element).getPropertyValue(property), property)

  t.equal(await styleOf('.ls-badge', 'color'), 'rgb(120, 0, 120)')
  t.equal(await styleOf('.ls-table', 'background-color'), 'rgb(255, 250, 240)')
  t.equal(await styleOf('.ls-button', 'border-radius'), '0px')
  t.match(await styleOf('h1', 'font-family'), /Times|serif/, 'the host\'s own heading is as it was')
  t.equal(await styleOf('body', 'margin-top'), '8px')
})
