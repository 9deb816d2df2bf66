/**
 * A browser profile in Chromium, in which every complaint of the browser fails the test.
 * @module
 */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Test } from 'tap'

export const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36'
export const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15'
export const LINUX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'

/** A page in a profile of its own. Errors of its scripts and violations of its Content-Security-Policy are failures. */
export async function openProfile (t: Test, chromium: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await chromium.newContext({ userAgent: WINDOWS, locale: 'en-US', ...options })
  t.teardown(() => context.close())
  const page = await context.newPage()
  page.on('pageerror', error => t.fail(`the page threw: ${error.message}`))
  page.on('console', message => { if (/Content.Security|Refused|Trusted ?Type/i.test(message.text())) t.fail(message.text()) })
  if (options.javaScriptEnabled === false) return page
  await context.exposeBinding('reportViolation', (_source, violation: string) => t.fail(`the Content-Security-Policy was violated: ${violation}`))
  await context.addInitScript(`document.addEventListener('securitypolicyviolation', event => {
    window.reportViolation([event.violatedDirective, event.blockedURI, event.sample, event.sourceFile, event.lineNumber].join(' '))
  })`)
  return page
}

/** Opens a page for a test. */
export type OpenPage = (t: Test) => Promise<Page>

/**
 * One profile for the tests of a file, one after the other: a browser takes far longer to open a profile than to empty it.
 * Each test gets its page without cookies, routes, listeners and settings of the test before. A test that needs options or a
 * history of its own, or installs a clock, opens a profile of its own.
 *
 * @param file the test that the profile ends with
 * @param complain gets the browser's complaints; by default they fail the test that has the page
 */
export function shareProfile (file: Test, chromium: Browser, options: BrowserContextOptions, complain?: (complaint: string) => void): OpenPage {
  let borrower: Test | null = null
  let opening: Promise<Page> | undefined
  const lender = { teardown: (close: () => unknown) => file.teardown(close), fail: (complaint: string) => complain === undefined ? (borrower ?? file).fail(complaint) : complain(complaint) } as unknown as Test

  return async t => {
    if (borrower !== null) throw new Error('the page is still with another test')
    borrower = t
    t.teardown(async () => {
      await empty(await opening!)
      borrower = null
    })
    opening ??= openProfile(lender, chromium, options)
    return await opening
  }
}

async function empty (page: Page): Promise<void> {
  const context = page.context()
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  page.removeAllListeners('request')
  page.removeAllListeners('websocket')
  await context.setOffline(false)
  await page.goto('about:blank')
  await context.clearCookies()
  await page.setViewportSize({ width: 1280, height: 720 })
  await page.emulateMedia({ media: null, colorScheme: null, reducedMotion: null, forcedColors: null })
}

/** Has this element the focus? */
export const hasFocus = (page: Page, selector: string): Promise<boolean> =>
  page.locator(selector).evaluate(element => element === document.activeElement)

/** htmx has taken the list over: before that, its links lead to pages, as they do without JavaScript. */
export const isLively = (page: Page): Promise<void> =>
  page.locator('[data-ls-part=rows][data-htmx-powered]').last().waitFor({ state: 'attached' })
