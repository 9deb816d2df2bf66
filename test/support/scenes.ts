/**
 * What the pages can look like, each as people come to it.
 * @module
 */
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { type Confirm, requireLoginSession } from '../../plugin/index.js'
import { PAGE } from './page.js'
import { CONTENT_SECURITY_POLICY } from './policy.js'
import { isLively, LINUX, MAC, WINDOWS } from './profile.js'
import { randomId } from './records.js'
import { type ServedShop, serveShop } from './served-shop.js'

/** Names in words of no language, so that scenes play in all of them. */
export const REVOKE = '[data-ls-part=revoke]'
export const OTHERS = '[data-ls-part=revoke-others]'
export const NOT_YOU = '[data-ls-part=not-you]'
export const FIELD = '.ls-form [name=password]'
export const DIALOG = 'dialog[open]'
export const TITLE = '[data-ls-part=title]'
export const STATUS = '[data-ls-part=status]'

/** A host's page with the section in it, under the same policy as the pages; with `?dark`, it has a dark mode, too. */
export const PROFILE = '/profile'
const HOST_STYLES = { light: 'body { background: #fff; color: #000 }', dark: ':root { color-scheme: light dark } body { background: Canvas; color: CanvasText }' }

/** Users called "code…" fill in a field of the shop's, "passkey…" go to its page; the others have passwords, or none. */
const confirm: Confirm = ({ userId }) => {
  if (userId.startsWith('code')) return { way: 'answer', label: 'Code from your authenticator app', check: () => false }
  return userId.startsWith('passkey') ? { way: 'page', path: '/passkey', label: 'Confirm with your passkey', validFor: 1 } : null
}

/** A shop with {@link PROFILE}. */
export async function serveScenes (t: Test, options: Parameters<typeof serveShop>[1] = {}): Promise<ServedShop> {
  return await serveShop(t, {
    confirm,
    ...options,
    async routes (app) {
      app.get<{ Querystring: { dark?: string } }>(PROFILE, { onRequest: requireLoginSession }, async ({ query }, reply) => {
        const { html, head } = await reply.renderLoginSessions()
        const style = query.dark === undefined ? 'light' : 'dark'
        return reply.type('text/html; charset=utf-8').header('content-security-policy', CONTENT_SECURITY_POLICY)
          .send(`<!doctype html><html lang="en"><head><title>Your profile</title><meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/${style}.css">${head}</head><body><main><h1>Your profile</h1>${html}</main></body></html>`)
      })
      for (const [name, css] of Object.entries(HOST_STYLES)) app.get(`/${name}.css`, async (_request, reply) => reply.type('text/css').send(css))
      await options.routes?.(app)
    }
  })
}

/** Three computers, and then a phone of a model of its own each, so that no two are one group. */
const deviceNumber = (i: number): string => [MAC, LINUX, WINDOWS][i] ?? `Mozilla/5.0 (Linux; Android 16; Model ${i}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Mobile Safari/537.36`

/** Signs in as a new user with `others` sessions on other devices that the user knows, one of them bound to its device, and opens the list. */
export async function openList (page: Page, shop: ServedShop, others = 2, kind = 'ada'): Promise<string> {
  const user = `${kind}-${randomId()}`
  for (let i = 0; i < others; i++) {
    const session = await shop.signInElsewhere(user, deviceNumber(i), `203.0.113.${i}`, true)
    if (i === 0) await shop.bind(session)
  }
  await page.goto(`/start?user=${user}`)
  return user
}

/** Opens the question about the session in the first row with a button. */
export async function openDialog (page: Page): Promise<void> {
  await isLively(page)
  await page.locator(REVOKE).first().click()
  await page.locator(DIALOG).waitFor()
}

/** Gives a wrong password, and waits for the page to say so. */
export async function giveWrongPassword (page: Page): Promise<void> {
  await page.locator(FIELD).fill('wrong')
  await page.keyboard.press('Enter')
  await page.locator(`${FIELD}[aria-invalid]`).waitFor()
}

/** Where the question about the session in the first row is a page of its own. */
export const questionUrl = async (page: Page): Promise<string> => (await page.locator(REVOKE).first().getAttribute('href'))!

/** As many wrong passwords as lock the confirmation of this browser's session. */
export async function lock (page: Page): Promise<void> {
  for (let i = 0; i < 5; i++) await page.request.post('/confirm', { data: { password: 'wrong' } })
}

export interface Scene {
  /** Not looked at without scripts: only htmx brings people there, or only its colours differ from another scene's. */
  script?: true
  /** Looked at in the dark: the scene is about these colours. */
  dark?: true
  /** In a shop that asks for no password. */
  noQuestion?: true
  /** The name of what has the focus first: the harmless answer, where no password is asked for. */
  focus?: string
  play(page: Page, shop: ServedShop): Promise<unknown>
}

export const SCENES: Record<string, Scene> = {
  'the list': { play: openList },
  'the list with a new device and a group, all of it open': {
    async play (page, shop) {
      const user = `ada-${randomId()}`
      for (let i = 0; i < 3; i++) await shop.signInElsewhere(user, LINUX, `203.0.113.${i}`, true)
      await shop.bind(await shop.signInElsewhere(user, MAC, '203.0.113.9'))
      await page.goto(`/start?user=${user}`)
      for (const summary of await page.locator('.ls-group > details > summary, .ls-details > summary').all()) await summary.click()
    }
  },
  'the list of this device alone': { play: (page, shop) => openList(page, shop, 0) },
  'a long list': { play: (page, shop) => openList(page, shop, 11) },
  'the list of a user without password': { play: (page, shop) => openList(page, shop, 2, 'guest') },
  'the dialog': {
    script: true,
    focus: 'Your password',
    async play (page, shop) {
      await openList(page, shop)
      await openDialog(page)
    }
  },
  'the dialog after a wrong password': {
    script: true,
    focus: 'Your password',
    async play (page, shop) {
      await openList(page, shop)
      await openDialog(page)
      await giveWrongPassword(page)
    }
  },
  'the dialog that asks for no password': {
    script: true,
    noQuestion: true,
    focus: 'Cancel',
    async play (page, shop) {
      await openList(page, shop)
      await openDialog(page)
    }
  },
  'the dialog while it is locked': {
    script: true,
    focus: 'Back to your sessions',
    async play (page, shop) {
      await openList(page, shop)
      await lock(page)
      await openDialog(page)
    }
  },
  'the list with a problem above it': {
    script: true,
    async play (page, shop) {
      const user = await openList(page, shop)
      for (const { id } of await shop.app.loginSessions.list(user)) {
        if ((await questionUrl(page)).includes(id)) await shop.app.loginSessions.revoke(user, id)
      }
      await page.locator(REVOKE).first().click()
      await page.locator('[data-ls-part=problem]:not(:empty)').waitFor()
    }
  },
  'the question as a page': {
    async play (page, shop) {
      await openList(page, shop)
      await page.goto(await questionUrl(page))
    }
  },
  'the question as a page after a wrong password': {
    async play (page, shop) {
      await openList(page, shop)
      await page.goto(await questionUrl(page))
      await giveWrongPassword(page)
    }
  },
  'the question that asks for no password, as a page': {
    noQuestion: true,
    async play (page, shop) {
      await openList(page, shop)
      await page.goto(await questionUrl(page))
    }
  },
  'the question as a page while it is locked': {
    async play (page, shop) {
      await openList(page, shop)
      await lock(page)
      await page.goto(await questionUrl(page))
    }
  },
  'the dialog about all others, with a wrong code': {
    script: true,
    focus: 'Code from your authenticator app',
    async play (page, shop) {
      await openList(page, shop, 4, 'code')
      await isLively(page)
      await page.locator(OTHERS).click()
      await page.locator('#login-sessions-answer').fill('000')
      await page.keyboard.press('Enter')
      await page.locator('#login-sessions-answer[aria-invalid]').waitFor()
    }
  },
  'the question that leads to a page of the host\'s': {
    async play (page, shop) {
      await openList(page, shop, 2, 'passkey')
      await page.goto(await questionUrl(page))
    }
  },
  '"Not you?" as a page': {
    async play (page, shop) {
      await openList(page, shop)
      await page.goto((await questionUrl(page)).replace('/revoke', '/not-you'))
    }
  },
  'an error page': {
    async play (page, shop) {
      await openList(page, shop)
      await page.goto(`${PAGE}/${'A'.repeat(22)}/revoke`)
    }
  },
  'the section in a page of the host\'s': {
    dark: true,
    async play (page, shop) {
      await openList(page, shop)
      await page.goto(`${PROFILE}?dark`)
    }
  },
  'the section in a page of the host\'s that is always light': {
    script: true,
    dark: true,
    async play (page, shop) {
      await openList(page, shop)
      await page.goto(PROFILE)
    }
  }
}
