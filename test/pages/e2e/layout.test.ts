/**
 * The pages on small screens, enlarged, with other spacing, in other colours: nothing is cut, hidden or out of reach.
 */
import t from 'tap'
import { show } from '../../support/axe.js'
import { edgeContrast, overflowing, smallTargets, spaceText } from '../../support/measure.js'
import { DIALOG, FIELD, giveWrongPassword, openDialog, OTHERS, PROFILE, questionUrl, SCENES } from '../../support/scenes.js'
import { setStage } from '../../support/stage.js'

const { shop, openPage, listPage } = await setStage(t)

for (const locale of ['en-US', 'de-DE', 'ar']) {
  // The second is a window of 1280 x 1024 at 400 %.
  for (const viewport of [{ width: 320, height: 640 }, { width: 320, height: 256 }]) {
    t.test(`nothing scrolls sideways at ${viewport.width} x ${viewport.height} px: ${locale}`, async t => {
      const page = await listPage(t, { locale, viewport })
      t.strictSame(await overflowing(page), [], 'the list')
      const question = await questionUrl(page)
      await openDialog(page)
      await show(page, 'light')
      t.strictSame(await overflowing(page), [], 'the dialog')
      await giveWrongPassword(page)
      t.strictSame(await overflowing(page), [], 'the dialog after a wrong password')
      await page.goto(question)
      t.strictSame(await overflowing(page), [], 'the question as a page')
      await page.goto(PROFILE)
      t.strictSame(await overflowing(page), [], 'the section in a host\'s page')
    })
  }

  t.test(`text may be spaced as people need it: ${locale}`, async t => {
    for (const width of [320, 1280]) {
      const page = await listPage(t, { locale, viewport: { width, height: 640 } })
      await spaceText(page)
      t.strictSame(await overflowing(page), [], `the list at ${width} px`)
      await openDialog(page)
      await show(page, 'light')
      t.strictSame(await overflowing(page), [], `the dialog at ${width} px`)
    }
  })
}

t.test('in a dialog higher than the window, the focus brings its buttons into sight', async t => {
  const page = await listPage(t, { viewport: { width: 320, height: 256 } })
  await openDialog(page)
  for (const button of ['Cancel', 'Sign out']) {
    await page.keyboard.press('Tab')
    const box = await page.locator(DIALOG).getByRole('button', { name: button }).boundingBox()
    t.ok(box!.y >= 0 && box!.y + box!.height <= 256, `${button} at ${box!.y}`)
  }
})

t.test('whatever is pressed is at least 24 px wide and high', async t => {
  for (const width of [320, 1280]) {
    for (const [name, { noQuestion, play }] of Object.entries(SCENES)) {
      if (noQuestion) continue
      const page = await openPage(t, { viewport: { width, height: 640 } })
      await play(page, shop)
      t.strictSame(await smallTargets(page), [], `${name} at ${width} px`)
      await page.context().close()
    }
  }
})

for (const mode of ['light', 'dark', 'forced colours']) {
  t.test(`the edges of what can be pressed and filled in stand out, and so does the ring around them: ${mode}`, async t => {
    const page = await listPage(t)
    await show(page, mode)
    t.ok(await edgeContrast(page, OTHERS) >= 3, 'a button of the page')
    t.ok(await edgeContrast(page, 'td .ls-button') >= 3, 'a button of a row')
    await page.locator('td .ls-button').first().focus()
    await page.keyboard.press('Tab')
    t.ok(await edgeContrast(page, ':focus-visible', 'outlineColor') >= 3, 'the ring')
    await openDialog(page)
    await show(page, mode)
    t.ok(await edgeContrast(page, FIELD) >= 3, 'the field')
    t.ok(await edgeContrast(page, FIELD, 'outlineColor') >= 3, 'the ring in the dialog')
    t.ok(await edgeContrast(page, 'dialog [data-ls-cancel]') >= 3, 'a button that is not the dangerous one')
    await giveWrongPassword(page)
    await page.keyboard.press('Tab')
    t.ok(await edgeContrast(page, FIELD) >= 3, 'the field after a wrong password')
  })
}

t.test('"This device" is told in words and by an edge, not by colour alone', async t => {
  const page = await listPage(t)
  await show(page, 'forced colours')
  const badge = page.getByText('This device', { exact: true })

  t.ok(await badge.isVisible())
  t.ok(await badge.evaluate(element => parseFloat(getComputedStyle(element).borderTopWidth) > 0))
  t.ok(await edgeContrast(page, '.ls-badge') >= 3)
})

t.test('nothing moves for people who want it so', async t => {
  const page = await listPage(t)
  const moving = () => page.locator('dialog, .ls-button').evaluateAll(elements => elements.filter(element => {
    const { animationName, transitionDuration } = getComputedStyle(element)
    return animationName !== 'none' || transitionDuration !== '0s'
  }).length)
  await openDialog(page)
  t.not(await moving(), 0, 'there is something to stop')
  await show(page, 'reduced motion')
  t.equal(await moving(), 0)
})
