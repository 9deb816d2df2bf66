/**
 * What the operators' page can look like, each as operators come to it.
 * @module
 */
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { loginSessionAdmin } from '../../plugin/index.js'
import { authorize, IPHONE, OPERATORS } from './operators.js'
import { LINUX, MAC } from './profile.js'
import { randomId } from './records.js'
import { DIALOG, type Scene } from './scenes.js'
import { type ServedShop, serveShop } from './served-shop.js'

/** Three users with a session each, and one with three of them. */
const USERS: Array<[user: string, device: string]> = [
  ['Ada Lovelace', MAC], ['Grace Hopper', IPHONE], ['A user whose name is much longer than all other names here', 'curl/8.14.1'],
  ['bob', LINUX], ['bob', MAC], ['bob', IPHONE]
]

const PICTURE = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4" fill="#06c"/></svg>')}`

/** A shop with the operators' page, and users of both kinds: with names and pictures, and without. */
export async function serveOperators (t: Test): Promise<ServedShop> {
  const shop = await serveShop(t, {
    async routes (app) {
      await app.register(loginSessionAdmin, {
        prefix: OPERATORS,
        authorize,
        describeUsers: ids => new Map(ids.filter(id => id.includes(' ')).map(id => [id, { name: id, detail: `${id.replaceAll(' ', '.').toLowerCase()}@example.com`, picture: PICTURE }])),
        locate: ip => ip.startsWith('203.0.113.') ? 'London, United Kingdom' : null
      })
      // Work that another server does: it is not over, and its progress is kept in the operator's session.
      app.get('/working', async request => {
        request.session.loginSessionWork = { since: Date.now(), total: 52_000, ended: 31_500, at: Date.now(), outcome: 'running' }
        return 'working'
      })
    }
  })
  for (const [i, [user, device]] of USERS.entries()) {
    const session = await shop.signInElsewhere(user, device, i % 2 === 0 ? `203.0.113.${i}` : '198.51.100.7', true)
    if (device === MAC) await shop.bind(session)
  }
  return shop
}

/** Signs in as a new operator, and opens this page of theirs. */
export async function openOperators (page: Page, path = ''): Promise<void> {
  const user = `root-${randomId()}`
  await page.goto(`/start?user=${user}`)
  await page.goto(`${OPERATORS}${path}`)
}

export const OPERATOR_SCENES: Record<string, Scene> = {
  'all sessions, with the numbers as tables': {
    dark: true,
    async play (page) {
      await openOperators(page)
      for (const summary of await page.locator('.ls-plot summary').all()) await summary.click()
    }
  },
  'a search without results, with an address that cannot be read': { play: page => openOperators(page, '?who=nobody&address=203.0.113') },
  'one user': { play: page => openOperators(page, '/user?user=bob') },
  'the question "end everyone\'s"': {
    script: true,
    focus: 'Your password',
    async play (page) {
      await openOperators(page)
      await page.locator('[data-ls-part=revoke-all]').click()
      await page.locator(DIALOG).waitFor()
    }
  },
  'work under way': {
    dark: true,
    async play (page) {
      await openOperators(page)
      await page.request.get('/working')
      await page.reload()
      await page.locator('progress').waitFor()
    }
  }
}
