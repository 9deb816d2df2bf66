/**
 * The pages for people who read, see or point otherwise: what axe-core finds, and what it cannot.
 */
import type { Browser } from 'playwright-core'
import t from 'tap'
import { axeFindings, MODES, show, withoutScripts } from '../../support/axe.js'
import { launchBrowser } from '../../support/browser.js'
import { openProfile } from '../../support/profile.js'
import { SCENES, serveScenes } from '../../support/scenes.js'
import type { ServedShop } from '../../support/served-shop.js'

// Some 170 runs of axe: more than one file's share of time on a busy machine.
t.setTimeout(600_000)

let chromium: Browser
let shop: ServedShop
let shopWithoutQuestion: ServedShop

t.before(async () => {
  shop = await serveScenes(t)
  shopWithoutQuestion = await serveScenes(t, { verifyPassword: undefined as never })
  chromium = await launchBrowser()
  t.teardown(() => chromium.close())
})

/** Where people come to in their language and on their phone. */
const ELSEWHERE = { 'in German': { locale: 'de-DE' }, 'in Arabic': { locale: 'ar' }, 'at 320 px': { viewport: { width: 320, height: 640 } } }

for (const [name, { script, noQuestion, play }] of Object.entries(SCENES)) {
  t.test(`axe finds nothing in ${name}`, async t => {
    const here = noQuestion ? shopWithoutQuestion : shop
    const page = await openProfile(t, chromium, { baseURL: here.url })
    await play(page, here)
    for (const mode of Object.keys(MODES)) {
      await show(page, mode)
      t.strictSame(await axeFindings(page), [], mode)
    }
  })

  if (script) continue
  t.test(`axe finds nothing in ${name} without JavaScript`, async t => {
    const here = noQuestion ? shopWithoutQuestion : shop
    const page = await openProfile(t, chromium, { baseURL: here.url })
    const { look } = await withoutScripts(page)
    await play(page, here)
    for (const mode of Object.keys(MODES)) {
      const findings = await look(async () => {
        await show(page, mode)
        t.equal(await page.evaluate('typeof window.htmx'), 'undefined', 'no script has run')
        return await axeFindings(page)
      })
      t.strictSame(findings, [], mode)
    }
  })
}

for (const [where, options] of Object.entries(ELSEWHERE)) {
  for (const name of ['the list', 'the dialog after a wrong password', 'the question as a page']) {
    t.test(`axe finds nothing in ${name} ${where}`, async t => {
      const page = await openProfile(t, chromium, { baseURL: shop.url, ...options })
      await SCENES[name]!.play(page, shop)
      await show(page, 'light')
      t.strictSame(await axeFindings(page), [])
    })
  }
}

t.test('axe does find what is wrong, in both scripting modes', async t => {
  const page = await openProfile(t, chromium, { baseURL: shop.url })
  const { look } = await withoutScripts(page)
  await SCENES['the question as a page']!.play(page, shop)

  const findings = await look(async () => {
    await page.evaluate(() => {
      document.querySelector('label')!.remove()
      document.documentElement.lang = ''
      for (const small of document.querySelectorAll<HTMLElement>('.ls-button')) small.style.cssText = 'min-height: 0; width: 10px; height: 10px; padding: 0; color: #eee; background: #fff'
    })
    return await axeFindings(page)
  })

  t.strictSame([...new Set(findings.map(finding => finding.split(':')[0]))].sort(), ['color-contrast', 'html-has-lang', 'label', 'label-title-only', 'target-size'])
})
