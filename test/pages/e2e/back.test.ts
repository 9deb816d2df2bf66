/**
 * After a login is over, Back shows nothing private, though Chromium keeps whole pages for it.
 */
import t, { type Test } from 'tap'
import { BACK_SCENES, type BackPage, playBackScene, restoresPages, serveBackShop } from '../../support/back-scenes.js'
import { launchWithBackForwardCache, pressBack } from '../../support/bfcache.js'
import { openProfile } from '../../support/profile.js'

const [shop, chromium] = await Promise.all([serveBackShop(), launchWithBackForwardCache()])
t.teardown(() => Promise.all([shop.close(), chromium.close()]))

async function openPage (t: Test): Promise<BackPage> {
  const page = await openProfile(t, chromium, { baseURL: shop.url })
  return {
    async open (path) { await page.goto(path) },
    async click (selector) { await Promise.all([page.waitForEvent('load'), page.locator(selector).click()]) },
    async back () { await pressBack(page) },
    evaluate: expression => page.evaluate(expression)
  }
}

t.test('this browser does keep pages for Back that may be kept', async t => {
  t.ok(await restoresPages(await openPage(t)))
})

for (const scene of Object.keys(BACK_SCENES)) {
  t.test(`${scene}: Back shows nothing private`, async t => {
    const page = await openPage(t)
    t.strictSame(await playBackScene(scene, page, shop), [])
    t.match(await page.evaluate('location.pathname'), /^\/(sign-in|private)$/)
  })
}

t.test('no response has emptied the browser\'s cache', async t => {
  t.strictSame(shop.clearSiteData, [])
})
