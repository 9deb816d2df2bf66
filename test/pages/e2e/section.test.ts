/**
 * The section in a host's own profile page, restyled, in a real browser.
 */
import type { Locator, Page } from 'playwright-core'
import t from 'tap'
import { requireLoginSession } from '../../../plugin/index.js'
import { PASSWORD } from '../../support/app.js'
import { isLively } from '../../support/profile.js'
import { openList, STATUS } from '../../support/scenes.js'
import { setStage } from '../../support/stage.js'

const STYLE = ':root { --ls-accent: rgb(120, 0, 120); --ls-radius: 0px; --ls-surface: rgb(255, 250, 240) }'
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; require-trusted-types-for 'script'; trusted-types login-sessions"

/** A shop whose page has an address form, the section, and a stylesheet that sets some of our properties; and one with two sections. */
const { shop, openPage } = await setStage(t, {
  pages: { homePath: '/address#sessions' },
  routes (app) {
    app.get('/shop.css', async (_request, reply) => reply.type('text/css').send(STYLE))
    app.get('/address', { onRequest: requireLoginSession }, async (_request, reply) => {
      const { html, head } = await reply.renderLoginSessions()
      return reply.type('text/html; charset=utf-8').header('content-security-policy', POLICY).send(`<!doctype html>
        <html lang="en"><head><title>Profile</title>${head}<link rel="stylesheet" href="/shop.css"></head>
        <body><main><h1>Profile</h1><label>Address <input id="address"></label><div id="sessions">${html}</div></main></body></html>`)
    })
    app.get('/twice', { onRequest: requireLoginSession }, async (_request, reply) => {
      const [first, second] = [await reply.renderLoginSessions(), await reply.renderLoginSessions({ headingLevel: 3 })]
      return reply.type('text/html; charset=utf-8').header('content-security-policy', POLICY).send(`<!doctype html>
        <html lang="en"><head><title>Twice</title>${first.head}</head><body><main><h1>Twice</h1>${first.html}${second.html}</main></body></html>`)
    })
  }
})

t.test('the dialog, the list and the messages work in the host\'s page, and leave the rest of it alone', async t => {
  const page = await openPage(t)
  await openList(page, shop)
  await page.goto('/address')
  await page.getByLabel('Address').fill('12 Long Lane')
  // A section.eta of the host's own may lack it.
  await page.locator(STATUS).evaluate(status => status.removeAttribute('tabindex'))

  await page.getByRole('button', { name: /^Sign out Mac \(Safari\)/ }).click()
  await page.getByLabel('Your password').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('status').getByText('Signed out Mac (Safari).').waitFor()

  t.ok(await isFocused(page.locator(STATUS)))
  t.match(page.url(), /\/address$/)
  t.equal(await page.getByLabel('Address').inputValue(), '12 Long Lane')
  t.equal(await page.getByRole('heading', { level: 2 }).textContent(), 'Where you are signed in')
})

t.test('without JavaScript people come back to it, where the list is', async t => {
  const page = await openPage(t, { javaScriptEnabled: false })
  await openList(page, shop)
  await page.goto('/address')

  await page.getByRole('button', { name: /^Sign out Mac \(Safari\)/ }).click()
  await page.getByLabel('Your password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()

  t.match(page.url(), /\/address#sessions$/)
  t.equal(await page.getByRole('status').textContent(), 'Signed out Mac (Safari).')
})

t.test('it is restyled by custom properties, and styles nothing outside of itself', async t => {
  const page = await openPage(t)
  await openList(page, shop)
  await page.goto('/address')
  const styleOf = (selector: string, property: string) => page.locator(selector).first().evaluate((element, property) => getComputedStyle(element).getPropertyValue(property), property)

  t.equal(await styleOf('.ls-badge', 'color'), 'rgb(120, 0, 120)')
  t.equal(await styleOf('.ls-rows', 'background-color'), 'rgb(255, 250, 240)')
  t.equal(await styleOf('.ls-button', 'border-radius'), '0px')
  t.match(await styleOf('h1', 'font-family'), /Times|serif/, 'the host\'s own heading is as it was')
  t.equal(await styleOf('body', 'margin-top'), '8px')
})

/** The section with this number on a page with the list in two of them. */
function partsOf (page: Page, number: number) {
  const section = page.locator('[data-ls-section]').nth(number)
  return {
    section,
    rows: section.locator('.ls-row'),
    button: (name: RegExp) => section.getByRole('button', { name }),
    dialog: section.getByRole('dialog'),
    status: section.getByRole('status'),
    problem: section.getByRole('alert').first()
  }
}

const isFocused = (element: Locator): Promise<boolean> => element.evaluate(element => element === document.activeElement)

t.test('two sections on one page each work by themselves', async t => {
  const page = await openPage(t)
  for (const [own, other] of [[0, 1], [1, 0]] as const) {
    const user = await openList(page, shop)
    const idOf = (device: RegExp) => page.getByRole('button', { name: device }).getAttribute('data-ls-session')
    const [mac, linux] = [await idOf(/^Sign out Mac/), await idOf(/^Sign out Linux/)]
    await page.goto('/twice')
    await isLively(page)
    const [here, there] = [partsOf(page, own), partsOf(page, other)]
    const signOutMac = here.button(/^Sign out Mac \(Safari\)/)

    await signOutMac.click()
    await here.dialog.waitFor()
    t.equal(await there.dialog.count(), 0, 'the dialog opens in its own section')
    await here.dialog.getByRole('button', { name: 'Cancel' }).click()
    await here.dialog.waitFor({ state: 'detached' })
    t.ok(await isFocused(signOutMac), 'Cancel gives the focus back to the button of its own section')

    await signOutMac.click()
    await here.dialog.getByLabel('Your password').fill('wrong')
    await page.keyboard.press('Enter')
    await here.dialog.getByText('Wrong password.').waitFor()
    t.equal(await page.locator('dialog').count(), 1, 'the refusal, too')
    await here.dialog.getByLabel('Your password').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await here.status.getByText('Signed out Mac (Safari).').waitFor()
    t.equal(await here.rows.count(), 2)
    t.ok(await isFocused(here.status))
    t.equal(await there.status.textContent(), '', 'the status of the other section says nothing')
    t.equal(await there.rows.count(), 3, 'and its list stays')
    t.equal(await page.locator('dialog').count(), 0)

    await shop.app.loginSessions.revoke(user, linux!)
    await here.button(/^Sign out Linux computer/).click()
    await here.problem.getByText('That session has ended already.').waitFor()
    await here.button(/^Sign out Linux computer/).waitFor({ state: 'detached' })
    t.equal(await there.problem.textContent(), '', 'the problem is told in its own section')
    t.equal(await there.rows.count(), 3)

    await there.section.locator(`[data-ls-session="${mac}"]`).focus()
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await there.rows.nth(1).waitFor({ state: 'detached' })
    t.ok(await isFocused(there.section.getByRole('heading', { name: 'Where you are signed in' })), 'both lists notice what happened elsewhere')
  }
})
