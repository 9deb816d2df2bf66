/**
 * What people do in a browser that binds sessions, and what is done to it.
 * @module
 */
import type { FastifyInstance } from 'fastify'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { CookieJar } from 'tough-cookie'
import type { BoundStage, Site } from './bound-stage.js'
import { browser, type JarBrowser } from './browser-jar.js'
import { MINUTE } from './clock.js'
import type { ShopWithPagesOptions } from './page.js'
import { poll } from './poll.js'
import { BOUND_COOKIE } from './software-device.js'

/** What Chromium calls to renew its proof. */
export const RENEWED: readonly string[] = ['POST /device-bound-session/refresh 403', 'POST /device-bound-session/refresh 200']

/** What Chromium calls when its session is over: it forgets the binding then. */
export const REFUSED: readonly string[] = ['POST /device-bound-session/refresh 403', 'POST /device-bound-session/refresh 401']

/** An owner with a bound session. */
export interface Owner {
  site: Site & { app: FastifyInstance }
  page: Page
}

/** Signed in and bound, with the grace of the first request behind it, and nothing called since. */
export async function openOwner (t: Test, stage: BoundStage, options?: ShopWithPagesOptions): Promise<Owner> {
  const site = await stage.openSite(t, options)
  const page = await stage.openPage(t, site, '/hello')
  await signIn(page, site)
  await settle(page, site)
  return { site, page }
}

/** By a script of the page. Resolves when the browser is bound. */
export async function signIn (page: Page, { user }: Pick<Site, 'user'>): Promise<void> {
  const status = await fetchStatus(page, '/login', { method: 'POST', body: { user, remember: true } })
  if (status !== 200) throw new Error(`sign-in answered ${status}`)
  await waitUntilBound(page)
}

/** Uses the bound cookie for the first time, and waits until every request needs one. */
export async function settle (page: Page, { app, advance, calls }: Owner['site']): Promise<void> {
  await fetchStatus(page, '/account')
  await app.loginSessions.settled()
  advance(MINUTE)
  calls.take()
}

/** Resolves when the browser has a bound cookie. */
export const waitUntilBound = (page: Page): Promise<unknown> => poll('the bound cookie', () => cookieOf(page, BOUND_COOKIE))

export async function cookieOf (page: Page, name: string) {
  const { origin } = new URL(page.url())
  return (await page.context().cookies(origin)).find(cookie => cookie.name === name)
}

/** The time of the bound cookie is over. */
export async function expireProof (page: Page): Promise<void> {
  await page.context().clearCookies({ name: BOUND_COOKIE })
}

/** The page's script fetches this. @returns the status */
export async function fetchStatus (page: Page, url: string, { method = 'GET', body }: { method?: string, body?: object } = {}): Promise<number> {
  const options = { method, ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) }
  return await page.evaluate(async ({ url, options }) => (await fetch(url, options)).status, { url, options })
}

/** A browser without the keys, with a copy of all cookies. */
export async function copyOf (page: Page, { app, host, origin }: Owner['site']): Promise<JarBrowser> {
  const jar = new CookieJar(undefined, { rejectPublicSuffixes: false })
  for (const { name, value } of await page.context().cookies(origin)) jar.setCookieSync(`${name}=${value}; Path=/; Secure; HttpOnly`, origin)
  return browser(app, { host }, jar)
}
