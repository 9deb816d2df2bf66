/**
 * Where the scenes play: one shop and one Chromium for all tests of a file.
 * @module
 */
import type { Browser, Page } from 'playwright-core'
import type { Test } from 'tap'
import { launchBrowser } from './browser.js'
import { openProfile } from './profile.js'
import { openList, serveScenes } from './scenes.js'
import type { ServedShop } from './served-shop.js'

export type ProfileOptions = Parameters<typeof openProfile>[2]

export interface Stage {
  shop: ServedShop
  chromium: Browser
  /** A page in a profile of its own, which stands at the shop but has not opened anything. */
  openPage(t: Test, options?: ProfileOptions): Promise<Page>
  /** The list of a new user in a profile of its own, with sessions elsewhere. */
  listPage(t: Test, options?: ProfileOptions, others?: number): Promise<Page>
}

/** Both end with the test that they are given: the file's. */
export async function setStage (t: Test): Promise<Stage> {
  const shop = await serveScenes(t)
  const chromium = await launchBrowser()
  t.teardown(() => chromium.close())
  const openPage = (t: Test, options: ProfileOptions = {}): Promise<Page> => openProfile(t, chromium, { baseURL: shop.url, ...options })
  return {
    shop,
    chromium,
    openPage,
    async listPage (t, options, others) {
      const page = await openPage(t, options)
      await openList(page, shop, others)
      return page
    }
  }
}
