/**
 * `npm run engines`: plays the scenes of the Back button, and the account page by keyboard, in Chromium, Firefox and WebKit,
 * and prints a table. The suite plays them in Chromium only.
 *
 * As root on Debian it installs the browsers that are missing. puppeteer-core and selenium-webdriver go into a folder of
 * their own, by the lock file beside this file: the suite does not need them.
 * @module
 */
import { BACK_SCENES, playBackScene, restoresPages, serveBackShop } from '../support/back-scenes.js'
import { withTimeout } from '../../plugin/timeout.js'
import { playKeyboardScene } from '../support/keyboard-scene.js'
import { type Engine, ENGINES } from './engines.js'
import { install, makeCertificate } from './install.js'

/** What a scene has shown in an engine. */
type Verdict = 'nothing private' | 'passed' | `PRIVATE: ${string}` | `FAILED: ${string}` | 'yes' | 'no'

/** How long a scene may take, in ms. A driver that stops answering must not hold up the rest. */
const LONGEST_SCENE = 60_000

const CONTROL = 'pages that may be kept are restored'

const packages = install()
const certificate = makeCertificate()
const rows: Record<string, Record<string, Verdict>> = {}
let isGood = true
for (const engine of ENGINES) {
  const started = Date.now()
  await playAll(engine)
  console.log(`${engine.name}: ${((Date.now() - started) / 1000).toFixed(1)} s`)
}
console.table(rows)
process.exitCode = isGood ? 0 : 1

async function playAll (engine: Engine): Promise<void> {
  const shop = await serveBackShop(certificate)
  const browser = await engine.launch(packages, shop.url)
  const inPage = async (scene: string, play: (page: Awaited<ReturnType<typeof browser.openPage>>) => Promise<Verdict>): Promise<void> => {
    const page = await browser.openPage()
    const verdict = await withTimeout(play(page), LONGEST_SCENE, 'the scene').catch((error: Error): Verdict => `FAILED: ${error.name} ${error.message.split('\n')[0]!}`)
    await withTimeout(page.close(), LONGEST_SCENE, 'closing the page').catch(() => {})
    if (/^[A-Z]/.test(verdict)) isGood = false
    ;(rows[scene] ??= {})[browser.version] = verdict
  }
  try {
    await inPage(CONTROL, async page => await restoresPages(page) ? 'yes' : 'no')
    for (const scene of Object.keys(BACK_SCENES)) {
      await inPage(scene, async page => {
        const [seen] = await playBackScene(scene, page, shop)
        return seen === undefined ? 'nothing private' : `PRIVATE: ${seen}`
      })
    }
    await inPage('the account page by keyboard', async page => {
      await playKeyboardScene(page, shop)
      return 'passed'
    })
    if (shop.clearSiteData.length > 0) throw new Error(`a response has Clear-Site-Data: ${String(shop.clearSiteData)}`)
  } finally {
    await browser.close()
    await shop.close()
  }
}
