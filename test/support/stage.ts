/**
 * Where the scenes play: one shop and one Chromium for all tests of a file.
 * @module
 */
import type { Browser, Page } from 'playwright-core'
import type { Test } from 'tap'
import { launchBrowser } from './browser.js'
import { openProfile, shareProfile } from './profile.js'
import { openList, serveScenes } from './scenes.js'
import type { ServedShop } from './served-shop.js'

export type ProfileOptions = Parameters<typeof openProfile>[2]

export interface Stage {
  shop: ServedShop
  chromium: Browser
  /**
   * A page that has not opened anything yet. With options, it has a profile of its own; without, the profile is shared by the
   * tests of the file, one after the other, and empty.
   */
  openPage(t: Test, options?: ProfileOptions): Promise<Page>
  /** The list of a new user in such a page, with sessions elsewhere. */
  listPage(t: Test, others?: number, options?: ProfileOptions): Promise<Page>
}

/** Both end with the test that they are given: the file's. @param options of the shop */
export async function setStage (t: Test, options?: Parameters<typeof serveScenes>[1]): Promise<Stage> {
  const shop = await serveScenes(t, options)
  const chromium = await launchBrowser()
  t.teardown(() => chromium.close())
  const borrow = shareProfile(t, chromium, { baseURL: shop.url })
  const openPage: Stage['openPage'] = (t, options) => options === undefined ? borrow(t) : openProfile(t, chromium, { baseURL: shop.url, ...options })
  return {
    shop,
    chromium,
    openPage,
    async listPage (t, others, options) {
      const page = await openPage(t, options)
      await openList(page, shop, others)
      return page
    }
  }
}
