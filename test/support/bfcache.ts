/**
 * Chromium as people have it: Playwright turns the cache of whole pages behind the Back button off.
 * @module
 */
import { chromium, type Browser } from 'playwright-core'
import { findChromium } from './browser.js'

export async function launchWithBackForwardCache (): Promise<Browser> {
  return await chromium.launch({
    executablePath: await findChromium(),
    args: ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
    ignoreDefaultArgs: ['--disable-back-forward-cache']
  })
}
