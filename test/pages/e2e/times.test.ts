/**
 * Times in a real browser: true while the page is open, absolute ones in the reader's own zone.
 */
import type { Browser } from 'playwright-core'
import t from 'tap'
import { launchBrowser } from '../../support/browser.js'
import { MAC, openProfile } from '../../support/profile.js'
import { serveShop } from '../../support/served-shop.js'

const MINUTE = 60_000

let chromium: Browser

t.before(async () => {
  chromium = await launchBrowser()
  t.teardown(() => chromium.close())
})

t.test('relative times go on while the page is open, without asking the server', async t => {
  const shop = await serveShop(t)
  await shop.signInElsewhere('ada', MAC)
  const page = await openProfile(t, chromium, { baseURL: shop.url })
  await page.clock.install()
  await page.goto('/start?user=ada')
  const time = page.getByRole('row', { name: /Safari/ }).locator('time').first()
  t.equal(await time.textContent(), 'Just now')
  let requests = 0
  page.on('request', () => requests++)

  await page.clock.runFor(5 * MINUTE)
  t.equal(await time.textContent(), '5 minutes ago')
  await page.clock.runFor(55 * MINUTE)
  t.equal(await time.textContent(), '1 hour ago')
  t.equal(requests, 0)
})

t.test('a reader whose clock is wrong sees the same as everybody', async t => {
  const shop = await serveShop(t)
  await shop.signInElsewhere('ada', MAC)
  const page = await openProfile(t, chromium, { baseURL: shop.url })
  await page.clock.setFixedTime(Date.now() - 300 * MINUTE)
  await page.goto('/start?user=ada')

  t.equal(await page.getByRole('row', { name: /Safari/ }).locator('time').first().textContent(), 'Just now')
})

t.test('absolute times are in the reader\'s zone and language: in titles, and in the question', async t => {
  const shop = await serveShop(t)
  await shop.signInElsewhere('ada', MAC)
  const page = await openProfile(t, chromium, { baseURL: shop.url, timezoneId: 'Asia/Kolkata', locale: 'de-DE' })
  await page.goto('/start?user=ada')

  t.match(await page.locator('tbody time').first().getAttribute('title'), /^\d+\. \S+ 20\d\d, \d\d:\d\d GMT\+5:30$/)
  await page.locator('.ls-action a').first().click()
  t.match(await page.getByRole('dialog').locator('time').first().textContent(), /GMT\+5:30$/)
})
