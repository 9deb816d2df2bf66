/**
 * The account page by keyboard alone, in words that every browser engine understands: `npm run engines` plays it in three.
 * @module
 */
import { type BackPage, type BackShop, formHeaders } from './back-scenes.js'
import { PAGE } from './page.js'
import { poll } from './poll.js'
import { LINUX, MAC } from './profile.js'

/** Keys by the names of Playwright and Puppeteer. */
export type Key = 'Tab' | 'Shift+Tab' | 'Enter' | 'Escape' | 'Space'

/** A page that can be used without a mouse. */
export interface KeyboardPage extends BackPage {
  press(key: Key): Promise<void>
  type(text: string): Promise<void>
}

/** In JavaScript: the name of an element, as it is announced. */
const NAME = '(element => element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent.trim())'
const FOCUSED = `document.activeElement === document.body ? null : ${NAME}(document.activeElement)`
/** What can be pressed in the section, in the order of the document. Closed details hide what they hold. */
const STOPS = `[...document.querySelectorAll("[data-ls-section] :is(a[href], button, summary)")].filter(one => one.checkVisibility()).map(${NAME})`
const DIALOG = 'dialog[open]'
const BULK = '[data-ls-part=revoke-others]'
const REVOKE = '[data-ls-part=revoke]'

/** Plays the scene. Throws where it does not go on as it should. */
export async function playKeyboardScene (page: KeyboardPage, { app }: BackShop): Promise<void> {
  const is = async (what: string, expression: string): Promise<void> => { await poll(what, async () => await page.evaluate(expression) === true || undefined) }
  const hasFocus = (selector: string): string => `document.activeElement?.matches(${JSON.stringify(selector)}) === true`
  const isThere = (selector: string): string => `document.querySelector(${JSON.stringify(selector)}) !== null`
  const tabTo = async (selector: string): Promise<void> => {
    for (let i = 0; i < 40; i++) {
      await page.press('Tab')
      if (await page.evaluate(hasFocus(selector)) === true) return
    }
    throw new Error(`Tab does not reach ${selector}`)
  }

  for (const userAgent of [MAC, LINUX]) {
    await app.inject({ method: 'POST', url: '/sign-in', payload: 'user=ada', headers: { ...formHeaders, 'user-agent': userAgent } })
  }
  await page.open('/sign-in')
  await page.click('#ada')
  await page.open(PAGE)
  await is('the script', 'window[Symbol.for("login-sessions")] === true')

  // Forward and back, and never past the last one: in Firefox the focus would then be in the browser's own buttons.
  const stops = await page.evaluate(STOPS) as string[]
  if (stops.length < 6) throw new Error(`there is too little to press: ${stops.join(', ')}`)
  const seen: unknown[] = []
  for (const [index] of [...stops, ...stops.slice(1)].entries()) {
    await page.press(index < stops.length ? 'Tab' : 'Shift+Tab')
    seen.push(await page.evaluate(FOCUSED))
  }
  const expected = [...stops, ...stops.toReversed().slice(1)]
  if (seen.join('\n') !== expected.join('\n')) throw new Error(`Tab goes to ${seen.join(', ')} instead of ${expected.join(', ')}`)

  await tabTo('summary')
  await page.press('Enter')
  await is('open details', isThere('details[open]'))
  await page.press('Space')
  await is('closed details', '!' + isThere('details[open]'))

  await tabTo(REVOKE)
  await page.press('Enter')
  await is('the dialog, with the focus in its field', hasFocus(`${DIALOG} [name=password]`))
  await page.type('wrong')
  await page.press('Enter')
  await is('the reason, with the focus in the field', hasFocus(`${DIALOG} [name=password][aria-invalid]`))
  await page.press('Escape')
  await is('the focus back on the button', hasFocus(REVOKE))

  await page.press('Space')
  await is('the dialog again', hasFocus(`${DIALOG} [name=password]`))
  await page.type('right')
  await page.press('Enter')
  await is('the focus on the status', hasFocus('[data-ls-part=status]'))

  await tabTo(BULK)
  await page.press('Enter')
  await is('the question about the others', hasFocus(`${DIALOG} [name=password]`))
  await page.type('right')
  await page.press('Enter')
  await is('nothing left to end', `${hasFocus('[data-ls-part=status]')} && !${isThere(REVOKE)} && !${isThere(BULK)}`)
}
