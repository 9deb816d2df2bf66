/**
 * Every scene of the pages, once with scripts and once without, and all that is asked of how it looks: what axe-core
 * finds and what it cannot, names, sizes, overflow, colours.
 */
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { axeFindings, MODES, show, withoutScripts } from '../../support/axe.js'
import { accessibleNodes, edgeContrast, focused, overflowing, separators, smallTargets, withSpacedText } from '../../support/measure.js'
import { DIALOG, FIELD, giveWrongPassword, openDialog, OTHERS, PROFILE, questionUrl, type Scene, SCENES, serveScenes } from '../../support/scenes.js'
import { OPERATOR_SCENES, serveOperators } from '../../support/operator-scenes.js'
import { MAC } from '../../support/profile.js'
import { randomId } from '../../support/records.js'
import { setStage } from '../../support/stage.js'

// More than one file's share of time on a busy machine.
t.setTimeout(600_000)

const { shop, openPage, listPage } = await setStage(t)
const shopWithoutQuestion = await serveScenes(t, { verifyPassword: undefined as never, confirm: undefined })

const operatorShop = await serveOperators(t)

const PLACES: Record<string, string> = { '8.8.8.1': 'Berlin, Germany', '8.8.8.2': 'Oslo, Norway', '8.8.8.3': 'São Paulo, Brazil' }
const placeful = await serveScenes(t, { pages: { locate: ip => PLACES[ip] } })
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1'
const PIXEL = 'Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Mobile Safari/537.36'

const WIDE = { width: 1280, height: 640 }
const NARROW = { width: 320, height: 640 }
/** A window of 1280 x 1024 at 400 %. */
const ENLARGED = { width: 320, height: 256 }

/** Scenes that are looked at in every mode. */
const THOROUGHLY = ['the list', 'the question as a page']
const COLOURS = ['light', 'dark']
/** GALLERY=full looks at every scene in both colours; otherwise the scenes take turns, and the thorough ones have all modes. */
const FULL = process.env.GALLERY === 'full'
const coloursOf = (index: number, dark: boolean): string[] => FULL ? COLOURS : [dark ? 'dark' : COLOURS[index % 2]!]

/** Without scripts the markup is the same. GALLERY=full looks at every scene that way, too. */
const WITHOUT_SCRIPTS = [
  'the list', 'the question as a page', 'the question that asks for no password, as a page', 'an error page', 'all sessions, with the numbers as tables'
]

/** What they show is shown by others, too: the same messages in the dialog, and the same page. GALLERY=full looks at them. */
const SHOWN_BY_OTHERS = ['the question as a page after a wrong password', 'the question as a page while it is locked', 'a long list']

const scenesOf = (ofShop: typeof shop, script: boolean): Array<[string, Scene]> => [
  ...Object.entries(SCENES).filter(([, { noQuestion }]) => (noQuestion ? shopWithoutQuestion : shop) === ofShop),
  ...Object.entries(OPERATOR_SCENES).filter(() => ofShop === operatorShop)
].filter(([name, scene]) => (script || !scene.script) && (FULL || !SHOWN_BY_OTHERS.includes(name)))

for (const [here, where] of [[shop, ''], [shopWithoutQuestion, ', in a shop that asks for no password'], [operatorShop, ', for operators']] as const) {
  t.test(`with scripts${where}`, async t => {
    const page = await openPage(t, { baseURL: here.url })
    for (const [index, [name, { play, focus, dark = false }]] of scenesOf(here, true).entries()) {
      await t.test(name, async t => {
        await page.setViewportSize(WIDE)
        await play(page, here)
        if (focus !== undefined) t.equal((await focused(page)).name, focus, 'has the focus')
        await findNamesakes(t, page)
        for (const mode of THOROUGHLY.includes(name) ? Object.keys(MODES) : coloursOf(index, dark)) {
          await show(page, mode)
          t.strictSame(await axeFindings(page), [], `axe finds nothing: ${mode}`)
        }
        await show(page, 'light')
        for (const viewport of [WIDE, NARROW]) {
          await page.setViewportSize(viewport)
          t.strictSame(await smallTargets(page), [], `whatever is pressed is at least 24 px wide and high, at ${viewport.width} px`)
          t.strictSame(await overflowing(page), [], `nothing scrolls sideways at ${viewport.width} px`)
        }
      })
    }
  })

  t.test(`without scripts${where}`, async t => {
    const page = await openPage(t, { baseURL: here.url })
    const { look } = await withoutScripts(page)
    for (const [name, { play }] of scenesOf(here, false).filter(([name]) => FULL || WITHOUT_SCRIPTS.includes(name))) {
      await t.test(name, async t => {
        await play(page, here)
        // The colours are those of the same scene with scripts.
        const findings = await look(async () => {
          await show(page, 'light')
          t.equal(await page.evaluate("window[Symbol.for('login-sessions')]"), undefined, 'no script has run')
          return await axeFindings(page)
        })
        t.strictSame(findings, [], 'axe finds nothing')
      })
    }
  })
}

async function findNamesakes (t: Test, page: Page): Promise<void> {
  const names = (await accessibleNodes(page)).filter(({ role }) => role === 'button' || role === 'link').map(({ name }) => name)
  t.notOk(names.includes(''), 'every button and link has a name')
  // Each session of a user has a link to that user.
  const users = await page.locator('a.ls-name').allInnerTexts()
  t.strictSame(names.filter((one, i) => names.indexOf(one) !== i && !users.includes(one)), [], 'of its own')
}

for (const [locale, seenByAxe] of [['de-DE', NARROW], ['ar', WIDE]] as const) {
  t.test(`on small screens, enlarged, with spaced text, nothing is cut or out of reach: ${locale}`, async t => {
    const page = await listPage(t, 2, { locale })
    const look = async (scene: string, { axe = false, spaced = false } = {}): Promise<void> => {
      await show(page, 'light')
      for (const viewport of [ENLARGED, NARROW, WIDE]) {
        await page.setViewportSize(viewport)
        t.strictSame(await overflowing(page), [], `${scene} at ${viewport.width} x ${viewport.height} px`)
        if (spaced && viewport !== ENLARGED) t.strictSame(await withSpacedText(page, overflowing), [], `${scene} with spaced text at ${viewport.width} px`)
        if (axe && viewport === seenByAxe) t.strictSame(await axeFindings(page), [], `axe finds nothing in ${scene}`)
      }
    }

    await look('the list', { axe: true, spaced: true })
    await page.setViewportSize(NARROW)
    const dots = await separators(page)
    t.not(dots.filter(({ first }) => first).length, 0, 'there are separators at the start of a line')
    t.strictSame(dots.filter(({ first, seen }) => first === seen), [], 'a separator is seen only between two facts')
    const question = await questionUrl(page)
    await openDialog(page)
    await look('the dialog', { spaced: true })
    await giveWrongPassword(page)
    await look('the dialog after a wrong password', { axe: true })
    await page.goto(question)
    await look('the question as a page', { axe: true })
    await page.goto(PROFILE)
    await look('the section in a host\'s page')
  })
}

/** Ada's typical list: this computer, a new phone, and two devices that she knows, all with places. */
async function typicalList (page: Page): Promise<void> {
  const user = `ada-${randomId()}`
  const places = Object.keys(PLACES)
  for (const [i, device] of [MAC, IPHONE].entries()) await placeful.signInElsewhere(user, device, places[i], true)
  await placeful.signInElsewhere(user, PIXEL, places[2])
  await page.goto(`${placeful.url}/start?user=${user}`)
}

t.test('on a phone, each row of a typical list is at most half as high as a card of the former page', async t => {
  const page = await openPage(t)
  await page.setViewportSize({ width: 390, height: 844 })
  await typicalList(page)
  t.strictSame(await page.locator('.ls-name').allInnerTexts(), ['Windows computer', 'Pixel 9', 'iPhone', 'Mac'])
  t.match(await page.locator('.ls-new').innerText(), /São Paulo, Brazil.*Not you\?/s)
  const heights = await page.locator('.ls-row').evaluateAll(rows => rows.map(row => row.getBoundingClientRect().height))
  for (const height of heights) t.ok(height <= 119, `${height} px`)
  t.ok(await page.locator(OTHERS).evaluate(button => button.getBoundingClientRect().bottom < 400), 'the bulk action is on top')
})

t.test('buttons and details stand below each other, whatever a row is, open or closed', async t => {
  const page = await openPage(t)
  await typicalList(page)
  const ends = (selector: string) => page.locator(selector).evaluateAll(elements => [...new Set(elements.map(element => Math.round(element.getBoundingClientRect().right)))])
  const tops = () => page.locator('.ls-new :is(summary, .ls-button)').evaluateAll(elements => elements.map(element => element.getBoundingClientRect().top))
  t.equal((await ends('.ls-row .ls-button')).length, 1)
  t.equal((await ends('.ls-details > summary')).length, 1)
  const before = await tops()
  await page.locator('.ls-new summary').click()
  t.strictSame(await tops(), before)
  t.equal((await ends('.ls-details > summary')).length, 1)
})

t.test('in a dialog higher than the window, the focus brings its buttons into sight', async t => {
  const page = await listPage(t)
  await page.setViewportSize(ENLARGED)
  await openDialog(page)
  for (const button of ['Cancel', 'Sign out']) {
    await page.keyboard.press('Tab')
    const box = await page.locator(DIALOG).getByRole('button', { name: button }).boundingBox()
    t.ok(box!.y >= 0 && box!.y + box!.height <= ENLARGED.height, `${button} at ${box!.y}`)
  }
})

t.test('the edges of what can be pressed and filled in stand out, and so does the ring around them', async t => {
  const page = await listPage(t)
  const inAllColours = async (look: (mode: string) => Promise<void>): Promise<void> => {
    for (const mode of COLOURS) {
      await show(page, mode)
      await look(mode)
    }
  }

  await page.locator('.ls-row .ls-button').first().focus()
  await inAllColours(async mode => {
    t.ok(await edgeContrast(page, OTHERS) >= 3, `a button of the page: ${mode}`)
    t.ok(await edgeContrast(page, '.ls-row .ls-button:not(:focus)') >= 3, `a button of a row: ${mode}`)
    t.ok(await edgeContrast(page, ':focus-visible', 'outlineColor') >= 3, `the ring: ${mode}`)
  })
  await openDialog(page)
  await inAllColours(async mode => {
    t.ok(await edgeContrast(page, FIELD) >= 3, `the field: ${mode}`)
    t.ok(await edgeContrast(page, FIELD, 'outlineColor') >= 3, `the ring in the dialog: ${mode}`)
    t.ok(await edgeContrast(page, 'dialog [data-ls-cancel]') >= 3, `a button that is not the dangerous one: ${mode}`)
  })
  await giveWrongPassword(page)
  await page.keyboard.press('Tab')
  await inAllColours(async mode => {
    t.ok(await edgeContrast(page, FIELD) >= 3, `the field after a wrong password: ${mode}`)
  })
})

t.test('"This device" is told in words and by an edge, not by colour alone; and nothing moves for people who want it so', async t => {
  const page = await listPage(t)
  await show(page, 'forced colours')
  const badge = page.getByText('This device', { exact: true })
  t.ok(await badge.isVisible())
  t.ok(await badge.evaluate(element => parseFloat(getComputedStyle(element).borderTopWidth) > 0))
  t.ok(await edgeContrast(page, '.ls-badge') >= 3)

  const moving = () => page.locator('dialog, .ls-button').evaluateAll(elements => elements.filter(element => {
    const { animationName, transitionDuration } = getComputedStyle(element)
    return animationName !== 'none' || transitionDuration !== '0s'
  }).length)
  await show(page, 'light')
  await openDialog(page)
  t.not(await moving(), 0, 'there is something to stop')
  await show(page, 'reduced motion')
  t.equal(await moving(), 0)
})

t.test('axe does find what is wrong, in both scripting modes', async t => {
  const page = await openPage(t, {})
  const { look } = await withoutScripts(page)
  await SCENES['the question as a page']!.play(page, shop)

  const findings = await look(async () => {
    await page.evaluate(() => {
      document.querySelector('label')!.remove()
      document.documentElement.lang = ''
      for (const small of document.querySelectorAll<HTMLElement>('.ls-button')) small.style.cssText = 'min-height: 0; width: 10px; height: 10px; padding: 0; color: #eee; background: #fff'
    })
    return await axeFindings(page)
  })

  t.strictSame([...new Set(findings.map(finding => finding.split(':')[0]))].sort(), ['color-contrast', 'html-has-lang', 'label', 'label-title-only', 'target-size'])
})
