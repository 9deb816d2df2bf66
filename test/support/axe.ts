/**
 * axe-core in the page, under the page's own Content-Security-Policy: the debugger's evaluation needs no permission of
 * it, so nothing of the policy is bypassed, and axe itself violates nothing.
 * @module
 */
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'

const source = await readFile(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')

/** Everything but the level AAA, which WCAG itself does not ask for as a whole, and what axe no longer maintains. */
const LEFT_OUT = ['wcag2aaa', 'wcag21aaa', 'deprecated']

type Media = Parameters<Page['emulateMedia']>[0]

/** How a page may be wanted. */
export const MODES: Record<string, NonNullable<Media>> = {
  light: { colorScheme: 'light', forcedColors: 'none', reducedMotion: 'no-preference' },
  dark: { colorScheme: 'dark', forcedColors: 'none', reducedMotion: 'no-preference' },
  'forced colours': { colorScheme: 'dark', forcedColors: 'active', reducedMotion: 'no-preference' },
  'reduced motion': { colorScheme: 'light', forcedColors: 'none', reducedMotion: 'reduce' }
}

/** Shows the page in a mode; its transitions and animations are over when this resolves. */
export async function show (page: Page, mode: string): Promise<void> {
  await page.emulateMedia(MODES[mode]!)
  await page.evaluate(async () => { await Promise.allSettled(document.getAnimations().map(animation => animation.finished)) })
}

/** What axe finds on the page, a line each; what it cannot decide is found, too. */
export async function axeFindings (page: Page): Promise<string[]> {
  // Once a document: it is half a megabyte.
  if (await page.evaluate('typeof window.axe') === 'undefined') await page.evaluate(source)
  return await page.evaluate(async leftOut => {
    const { axe } = window as any
    // Chromium tells the colours as they are forced, but for the fill of text, which is what axe looks at.
    if (matchMedia('(forced-colors: active)').matches) {
      for (const element of document.querySelectorAll<HTMLElement>('body *')) element.style.setProperty('-webkit-text-fill-color', getComputedStyle(element).color)
    }
    const ids: string[] = axe.getRules().filter((rule: { tags: string[] }) => !rule.tags.some(tag => leftOut.includes(tag))).map((rule: { ruleId: string }) => rule.ruleId)
    const { violations, incomplete } = await axe.run(document, {
      runOnly: { type: 'rule', values: ids },
      resultTypes: ['violations', 'incomplete'],
      // Off unless asked for by name, target-size among them.
      rules: Object.fromEntries(ids.map(id => [id, { enabled: true }]))
    })
    for (const element of document.querySelectorAll<HTMLElement>('body *')) element.style.removeProperty('-webkit-text-fill-color')
    return [...violations, ...incomplete].flatMap(({ id, nodes }) =>
      nodes.map((node: { html: string, any: Array<{ message: string }> }) => `${id}: ${node.html} ${node.any.map(({ message }) => message).join(' ')}`))
  }, LEFT_OUT)
}

/**
 * A page whose own scripts do not run, while axe can: the same switch of the browser that `javaScriptEnabled: false`
 * is, but in our hands. What the parser made of the page without scripting stays; scripts that it passed over stay so.
 */
export async function withoutScripts (page: Page): Promise<{ look<T>(what: () => Promise<T>): Promise<T> }> {
  const debug = await page.context().newCDPSession(page)
  await debug.send('Emulation.setScriptExecutionDisabled', { value: true })
  return {
    async look (what) {
      await debug.send('Emulation.setScriptExecutionDisabled', { value: false })
      try {
        return await what()
      } finally {
        await debug.send('Emulation.setScriptExecutionDisabled', { value: true })
      }
    }
  }
}
