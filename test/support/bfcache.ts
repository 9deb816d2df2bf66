/**
 * Chromium as people have it: Playwright turns the cache of whole pages behind the Back button off.
 * @module
 */
import { chromium, type Browser, type Page } from 'playwright-core'
import { launchOptions } from './browser.js'

export async function launchWithBackForwardCache (): Promise<Browser> {
  return await chromium.launch({ ...await launchOptions(), ignoreDefaultArgs: ['--disable-back-forward-cache'] })
}

/**
 * Presses Back. Playwright's own `goBack` waits for a load that a restored page does not have.
 * @returns whether the page was restored as it was, and not asked for again
 */
export async function pressBack (page: Page): Promise<boolean> {
  const debug = await page.context().newCDPSession(page)
  await debug.send('Page.enable')
  const { currentIndex, entries } = await debug.send('Page.getNavigationHistory')
  const navigated = new Promise<boolean>(resolve => {
    debug.on('Page.frameNavigated', ({ frame, type }) => { if (frame.parentId === undefined) resolve(type === 'BackForwardCacheRestore') })
  })
  await debug.send('Page.navigateToHistoryEntry', { entryId: entries[currentIndex - 1]!.id })
  const restored = await navigated
  await page.locator('body').waitFor()
  await debug.detach()
  return restored
}
