/**
 * The pages by keyboard alone: where the focus goes, what is said meanwhile, and that nobody is trapped.
 */
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { MODES, show } from '../../support/axe.js'
import { PASSWORD } from '../../support/app.js'
import { focused, focusOn, walk } from '../../support/measure.js'
import { openOperators, serveOperators } from '../../support/operator-scenes.js'
import { isLively } from '../../support/profile.js'
import { DIALOG, FIELD, giveWrongPassword, openDialog, questionUrl, REVOKE, SCENES, TITLE } from '../../support/scenes.js'
import { setStage } from '../../support/stage.js'

const stage = await setStage(t)

async function listPage (t: Test, others = 2): Promise<Page> {
  const page = await stage.listPage(t, others)
  await isLively(page)
  return page
}

const names = (stops: Array<{ name: string }>): string[] => stops.map(({ name }) => name)
const dialogIsGone = (page: Page): Promise<void> => page.locator('dialog').waitFor({ state: 'detached' })

t.test('Tab meets each button once, in the order in which they are read, and Shift+Tab the other way round', async t => {
  const page = await listPage(t)

  const forth = names(await walk(page))
  const back = names(await walk(page, 'Shift+Tab'))

  t.equal(forth.length, 6)
  t.match(forth, [
    'Sign out of all other sessions (2)', /^Details of Windows computer \(Chrome\), last active/,
    /^Details of Linux computer \(Firefox\), last active/, /^Sign out Linux computer \(Firefox\), last active/,
    /^Details of Mac \(Safari\), last active/, /^Sign out Mac \(Safari\), last active/
  ])
  t.strictSame(back, forth.reverse())
})

t.test('the whole way by keyboard: a dialog, a wrong password, thinking better of it, the right one, then the others', async t => {
  const page = await listPage(t)
  const press = async (...keys: string[]): Promise<void> => { for (const key of keys) await page.keyboard.press(key) }

  await press('Tab', 'Tab', 'Tab', 'Tab', 'Enter')
  await page.locator(DIALOG).waitFor()
  await focusOn(page.locator(FIELD))
  await page.keyboard.type('wrong')
  await press('Enter')
  await page.locator(`${FIELD}[aria-invalid]`).waitFor()
  await focusOn(page.locator(FIELD))
  await press('Escape')
  await dialogIsGone(page)
  t.match((await focused(page)).name, /^Sign out Linux computer/)

  await press('Tab', 'Tab', 'Space')
  await page.getByRole('dialog', { name: 'Sign out Mac (Safari)?' }).waitFor()
  await page.keyboard.type(PASSWORD)
  await press('Tab')
  t.equal((await focused(page)).name, 'Cancel')
  await press('Tab')
  t.equal((await focused(page)).name, 'Sign out')
  await press('Space')
  await page.getByRole('status').getByText('Signed out Mac (Safari).').waitFor()
  await focusOn(page.getByRole('status'))

  await press('Tab')
  t.equal((await focused(page)).name, 'Sign out of all other sessions (1)')
  await press('Enter')
  await page.locator(DIALOG).waitFor()
  await page.keyboard.type(PASSWORD)
  await press('Enter')
  await page.getByRole('status').getByText('Signed out one other session.').waitFor()
  await focusOn(page.getByRole('status'))
  t.match(names(await walk(page)), [/^Details of Windows computer/], 'nothing is left to be pressed but the details of this device')
})

t.test('Tab and Shift+Tab stay in the dialog, but for the browser itself', async t => {
  const page = await listPage(t)
  await openDialog(page)
  for (const key of ['Tab', 'Shift+Tab']) {
    const seen = new Set<string>()
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press(key)
      const { name, inDialog } = await focused(page)
      t.ok(inDialog || name === 'the browser', name)
      seen.add(name)
    }
    t.match([...seen].filter(name => name !== 'the browser').sort(), ['Cancel', 'Sign out', 'Your password'])
  }
})

t.test('a wrong password is told by the field: it has the focus, is empty and invalid, and is described by the reason', async t => {
  const page = await listPage(t)
  await openDialog(page)
  await giveWrongPassword(page)

  await focusOn(page.locator(FIELD))
  t.equal(await page.locator(FIELD).inputValue(), '')
  t.equal(await page.locator(FIELD).getAttribute('aria-invalid'), 'true')
  const describedBy = await page.locator(FIELD).getAttribute('aria-describedby')
  t.match(await page.locator(`#${describedBy}`).innerText(), 'Wrong password.')
})

t.test('after "Show all" the focus is in the first row that it brought', async t => {
  const page = await listPage(t, 11)
  t.equal(await page.locator(REVOKE).count(), 9)
  await page.getByRole('link', { name: 'Show all 12' }).focus()
  await page.keyboard.press('Enter')

  await page.locator(REVOKE).nth(10).waitFor()
  await focusOn(page.locator('[data-ls-revealed] > .ls-about > details > summary'))
  await page.keyboard.press('Tab')
  await focusOn(page.locator(REVOKE).nth(9))
})

t.test('details and groups open and close by keyboard, and what is in a closed one is not met', async t => {
  const page = await stage.openPage(t)
  await SCENES['the list with a new device and a group, all of it open']!.play(page, stage.shop)
  await page.locator(TITLE).focus()
  const open = names(await walk(page))
  t.equal(open.filter(name => /^(?:Sign out|Not you\?|Details)/.test(name)).length, 11, 'all others, this device, three for the new one, two for each of the group')

  await page.locator('.ls-group > details > summary').focus()
  await page.keyboard.press('Enter')
  await page.locator(TITLE).focus()
  t.equal(names(await walk(page)).length, open.length - 6)
})

t.test('operators search by keyboard, and end a session; thinking better of it leads back to its button', async t => {
  const shop = await serveOperators(t)
  const page = await stage.openPage(t, { baseURL: shop.url })
  await openOperators(page, '?who=bob')
  await isLively(page)
  t.match(names(await walk(page)).slice(0, 9), [
    'User id', 'Device', 'Address or network', 'Signed in', 'Search', 'Show all sessions', 'Sign out all of these (3)', 'bob', /^Details of bob, iPhone \(Safari\)/
  ])

  await page.getByLabel('User id').fill('Ada Lovelace')
  await page.keyboard.press('Enter')
  await page.waitForURL(/who=Ada/)
  await isLively(page)
  await page.locator(REVOKE).focus()
  await page.keyboard.press('Enter')
  await page.locator(DIALOG).waitFor()
  await focusOn(page.locator(FIELD))
  await page.keyboard.press('Escape')
  await dialogIsGone(page)
  await focusOn(page.locator(REVOKE))
  await page.keyboard.press('Enter')
  await page.locator(DIALOG).waitFor()
  await page.keyboard.type(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('status').getByText('Signed out Ada Lovelace, Mac (Safari).').waitFor()
  await focusOn(page.locator('[data-ls-part=status]'))
})

t.test('a ring shows what has the focus, in every mode', async t => {
  const page = await listPage(t)
  const inAllModes = async (stops: () => Promise<Array<{ name: string, ring: number }>>, count: number): Promise<void> => {
    for (const mode of Object.keys(MODES)) {
      await show(page, mode)
      const found = await stops()
      t.equal(found.length, count)
      for (const { name, ring } of found) t.ok(ring >= 2, `${name}: ${ring}px: ${mode}`)
    }
  }
  const afterTab = async () => {
    await page.keyboard.press('Tab')
    return await focused(page)
  }

  const question = await questionUrl(page)
  await inAllModes(async () => {
    await page.locator(TITLE).focus()
    return await walk(page)
  }, 6)
  await openDialog(page)
  await inAllModes(async () => {
    await page.locator(FIELD).focus()
    return [await afterTab(), await afterTab()]
  }, 2)
  await page.goto(question)
  await focusOn(page.locator(FIELD))
  await inAllModes(async () => {
    await page.locator(FIELD).focus()
    return [await focused(page), ...await walk(page)]
  }, 3)
})
