/**
 * The operators' page in a real browser: what changes on it without a reload.
 */
import t from 'tap'
import { loginSessionAdmin, memoryStore } from '../../../plugin/index.js'
import { PASSWORD } from '../../support/app.js'
import { createGate } from '../../support/gate.js'
import { authorize, IPHONE, OPERATORS } from '../../support/operators.js'
import { openOperators } from '../../support/operator-scenes.js'
import { isLively } from '../../support/profile.js'
import { poll } from '../../support/poll.js'
import { DIALOG, STATUS } from '../../support/scenes.js'
import { setStage } from '../../support/stage.js'

const memory = memoryStore()
/** Removals of eve's sessions wait for it. */
let gate = createGate()
/** How far the server's clock is ahead, in ms: it keeps numbers for ten seconds. */
let ahead = 0

const { shop, openPage } = await setStage(t, {
  store: {
    ...memory,
    async remove (...args) {
      if (args[1] === 'eve') await gate.passed
      return await memory.remove(...args)
    }
  },
  now: () => new Date(Date.now() + ahead),
  onSessionEnd () {},
  storeTimeout: 60_000,
  async routes (app) { await app.register(loginSessionAdmin, { prefix: OPERATORS, authorize }) }
})

t.test('the numbers are brought up to date while somebody sees them; open details and the focus stay', async t => {
  const page = await openPage(t)
  await page.clock.install()
  await openOperators(page)
  await isLively(page)
  const figure = page.locator('.ls-figures dd').first()
  const before = Number(await figure.textContent())
  const summary = page.locator('.ls-plot summary').first()
  await summary.click()
  await shop.signInElsewhere('ada', IPHONE)
  ahead += 11_000
  await page.clock.runFor(11_000)
  await page.locator('.ls-figures dd', { hasText: new RegExp(`^${before + 1}$`) }).first().waitFor()
  t.equal(await page.locator('.ls-plot details[open]').count(), 1)
  t.ok(await summary.evaluate(element => element === document.activeElement))
})

t.test('a session ends in the dialog; the status has the focus, and the numbers and the list say what is', async t => {
  const page = await openPage(t)
  const { id } = await shop.signInElsewhere('bob', IPHONE)
  await openOperators(page, '?who=bob')
  await isLively(page)
  await page.locator(`[data-ls-session="${id}"][data-ls-part=revoke]`).click()
  await page.locator(DIALOG).getByLabel('Your password').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('status').getByText('Signed out bob, iPhone (Safari).').waitFor()
  t.ok(await page.locator(STATUS).evaluate(status => status === document.activeElement))
  await page.getByText('No session matches.').waitFor()
  t.match(page.url(), /\?who=bob$/)
})

t.test('a long ending shows its progress and, in the status, its end without a reload; a reload shows both, too', async t => {
  const page = await openPage(t)
  await shop.signInElsewhere('eve', IPHONE)
  await openOperators(page, '?who=eve')
  await isLively(page)
  await page.locator('[data-ls-part=revoke-all]').click()
  await page.locator(DIALOG).getByLabel('Your password').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.locator('progress').waitFor()
  t.equal(await page.locator(DIALOG).count(), 0)
  await page.reload()
  await page.getByText('0 sessions have been signed out so far, of about 1.').waitFor()
  gate.open()
  await page.getByText('Signed out one session.').waitFor()
  t.equal(await page.locator('progress').count(), 0)
  await page.getByText('No session matches.').waitFor()
  await page.reload()
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByText('Signed out one session.').waitFor({ state: 'detached' })
})

t.test('without JavaScript the page is whole: the search, the question, and the buttons of a long ending', async t => {
  const page = await openPage(t, { javaScriptEnabled: false })
  gate = createGate()
  t.teardown(gate.open)
  await shop.signInElsewhere('eve', IPHONE)
  await openOperators(page)
  await page.getByRole('searchbox', { name: 'User id' }).fill('eve')
  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByRole('button', { name: 'Sign out all of these (1)' }).click()
  await page.getByLabel('Your password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByText('0 sessions have been signed out so far').waitFor()
  await page.getByRole('button', { name: 'Stop' }).click()
  gate.open()
  // It has stopped, or was done before.
  await poll('the end', async () => {
    await page.reload()
    return await page.getByRole('button', { name: 'Close' }).count() > 0 || undefined
  })
  t.match(page.url(), /\?who=eve$/)
})

t.test('an operator who is signed out meanwhile reads that, and nobody\'s sessions stay on the screen', async t => {
  const page = await openPage(t)
  await page.clock.install()
  for (const by of ['itself', 'a press']) {
    await openOperators(page)
    await isLively(page)
    await shop.app.loginSessions.revokeEveryone({ actor: 'somebody else' })
    if (by === 'itself') await page.clock.runFor(11_000)
    else await page.locator('[data-ls-part=revoke]').first().click()
    await page.getByText('You are no longer signed in here.').waitFor()
    t.equal(await page.locator('.ls-row, .ls-numbers').count(), 0, by)
    t.equal(await page.getByRole('link', { name: 'Sign in again' }).getAttribute('href'), '/login')
  }
})
