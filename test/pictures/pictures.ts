/**
 * `npm run pictures`: takes README's pictures of the account page and the operators' page, from the example with its demo users, into `.github/pictures`.
 * WebP, because it is small; Chromium writes it through a canvas.
 * @module
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Test } from 'tap'
import { DEMO_OPERATOR, DEMO_USER } from '../../example/users.js'
import { launchBrowser } from '../support/browser.js'
import { serveExample } from '../support/served-example.js'
import { WINDOWS } from '../support/profile.js'

const folder = fileURLToPath(new URL('../../.github/pictures/', import.meta.url))

const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1'

const SCREENS: Record<string, BrowserContextOptions> = {
  desktop: { userAgent: WINDOWS, viewport: { width: 1040, height: 900 }, deviceScaleFactor: 1.5 },
  phone: { userAgent: IPHONE, viewport: { width: 390, height: 780 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }
}

const COLOURS = ['light', 'dark'] as const

/** Of the picture, from 0 to 1: text stays crisp. */
const QUALITY = 0.8

const closers: Array<() => unknown> = []
const run = { teardown: (close: () => unknown) => closers.push(close) } as unknown as Test

try {
  await mkdir(folder, { recursive: true })
  const { url } = await serveExample(run)
  const chromium = await launchBrowser()
  run.teardown(() => chromium.close())
  for (const [screen, options] of Object.entries(SCREENS)) await takeAll(chromium, screen, { ...options, baseURL: url, locale: 'en-US' })
} finally {
  for (const close of closers.reverse()) await close()
}

/** All pictures of one screen, with a session of each user, which has ended when the next one begins. */
async function takeAll (chromium: Browser, screen: string, options: BrowserContextOptions): Promise<void> {
  const context = await chromium.newContext(options)
  const page = await context.newPage()

  await signIn(page, DEMO_USER)
  for (const colorScheme of COLOURS) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.goto('/account/sessions')
    await take(page, `list-${screen}-${colorScheme}`, screen === 'desktop')
    // Of the session that is new, where the page offers that.
    await page.locator('[data-ls-part=not-you], [data-ls-part=revoke]').first().click()
    await page.locator('dialog[open]').waitFor()
    await take(page, `question-${screen}-${colorScheme}`)
  }
  await signOut(page)

  await signIn(page, DEMO_OPERATOR)
  if (screen === 'desktop') await page.setViewportSize({ width: options.viewport!.width, height: 1020 })
  for (const colorScheme of COLOURS) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.goto('/operators')
    await page.waitForLoadState('networkidle')
    await take(page, `operators-${screen}-${colorScheme}`)
  }
  await signOut(page)
  await context.close()
}

async function signIn (page: Page, { email, password }: { email: string, password: string }): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL('**/account')
}

async function signOut (page: Page): Promise<void> {
  await page.goto('/account')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL('**/sign-in')
}

async function take (page: Page, name: string, fullPage = false): Promise<void> {
  const png = await page.screenshot({ animations: 'disabled', fullPage })
  const webp = await toWebp(page, png)
  await writeFile(`${folder}${name}.webp`, webp)
  console.log(`${name}.webp: ${Math.ceil(webp.length / 1000)} kB`)
}

async function toWebp (page: Page, png: Buffer): Promise<Buffer> {
  const canvas = await page.context().newPage()
  const url = await canvas.evaluate(async ([url, quality]) => {
    const image = new Image()
    image.src = url
    await image.decode()
    const canvas = document.createElement('canvas')
    Object.assign(canvas, { width: image.naturalWidth, height: image.naturalHeight })
    canvas.getContext('2d')!.drawImage(image, 0, 0)
    return canvas.toDataURL('image/webp', quality)
  }, [`data:image/png;base64,${png.toString('base64')}`, QUALITY] as const)
  await canvas.close()
  return Buffer.from(url.split(',')[1]!, 'base64')
}
