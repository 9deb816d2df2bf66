/**
 * Client hints as a real Chromium sends them: asked for at the first navigation, told at the sign-in.
 */
import t from 'tap'
import { launchBrowser } from '../../support/browser.js'
import { serveShop } from '../../support/served-shop.js'

t.test('a browser that has them is asked at its first page, and the list then knows its full version', async t => {
  const chromium = await launchBrowser()
  t.teardown(() => chromium.close())
  const shop = await serveShop(t)
  // With a user agent of our own, Chromium would send no hints.
  const context = await chromium.newContext({ baseURL: shop.url })
  t.teardown(() => context.close())
  const page = await context.newPage()

  const first = await page.goto('/login')
  t.match(await first!.headerValue('accept-ch'), /Sec-CH-UA-Full-Version-List/)
  const signIn = await page.goto('/start?user=ada')

  t.match(await page.getByRole('row', { name: /This device/ }).innerText(), `Version ${chromium.version()}`)
  t.equal(await signIn!.headerValue('accept-ch'), null, 'who has told is not asked again')
})
