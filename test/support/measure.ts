/**
 * What a browser makes of the page, measured: names, sizes, colours, overflow.
 * @module
 */
import type { Locator, Page } from 'playwright-core'

/** A node of the tree that screen readers read. */
export interface AccessibleNode {
  role: string
  name: string
  description: string
}

/** The page as screen readers get it, in its order. */
export async function accessibleNodes (page: Page): Promise<AccessibleNode[]> {
  const debug = await page.context().newCDPSession(page)
  const { nodes } = await debug.send('Accessibility.getFullAXTree')
  await debug.detach()
  return nodes.filter(({ ignored }) => !ignored).map(({ role, name, description }) =>
    ({ role: role?.value ?? '', name: name?.value ?? '', description: description?.value ?? '' }))
}

/** Buttons and links smaller than this in either direction, in CSS px; links within a sentence may be (WCAG 2.5.8). */
export async function smallTargets (page: Page, least = 24): Promise<string[]> {
  return await page.evaluate(least => [...document.querySelectorAll<HTMLElement>('a[href], button, summary, input:not([type=hidden]):not([hidden])')]
    .filter(target => getComputedStyle(target).display !== 'inline')
    .map(target => ({ target, box: target.getBoundingClientRect() }))
    .filter(({ box }) => box.width < least || box.height < least)
    .map(({ target, box }) => `${target.outerHTML.slice(0, 80)} ${box.width} x ${box.height}`), least)
}

/** The separators between the facts of rows: is it the first thing in its line, and can it be seen? */
export async function separators (page: Page): Promise<Array<{ first: boolean, seen: boolean }>> {
  return await page.evaluate(() => [...document.querySelectorAll('.ls-dot')].map(dot => {
    dot.scrollIntoView({ block: 'center' })
    const isRightToLeft = getComputedStyle(dot).direction === 'rtl'
    const start = (element: Element): number => isRightToLeft ? -element.getBoundingClientRect().right : element.getBoundingClientRect().left
    const { top, height } = dot.getBoundingClientRect()
    const middle = start(dot) + 3
    return {
      first: start(dot) - start(dot.closest('.ls-facts')!) < 1,
      seen: document.elementFromPoint(Math.abs(middle), top + height / 2) === dot
    }
  }))
}

/** What sticks out of the window sideways, or out of its own box, where it is cut off. */
export async function overflowing (page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const root = document.documentElement
    const hidden = (element: Element): boolean => element.closest('.ls-hidden, .ls-details-word') !== null && getComputedStyle(element.closest('.ls-hidden, .ls-details-word')!).position === 'absolute'
    const words = (element: Element): string => `<${element.localName} class="${element.className}"> ${element.textContent!.trim().slice(0, 40)}`
    const found = root.scrollWidth > root.clientWidth ? [`the page is ${root.scrollWidth} wide in ${root.clientWidth}`] : []
    for (const element of document.querySelectorAll('body *')) {
      const box = element.getBoundingClientRect()
      if (hidden(element) || box.width === 0 || element.closest('dialog:not([open])')) continue
      if (box.left < -1 || box.right > root.clientWidth + 1) found.push(`out of the window: ${words(element)}`)
      const { overflowX, overflowY, display } = getComputedStyle(element)
      if (display === 'inline' || element instanceof SVGElement) continue
      if (overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1) found.push(`scrolls or is cut sideways: ${words(element)}`)
      if ((overflowY === 'hidden' || overflowY === 'clip') && element.scrollHeight > element.clientHeight + 1) found.push(`is cut: ${words(element)}`)
      if (element.matches('.ls-button, .ls-badge') && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1)) found.push(`text outside of ${words(element)}`)
    }
    return found
  })
}

/** The contrast of an element's edge with what is around it, as WCAG counts. @param what the CSS property of its colour */
export async function edgeContrast (page: Page, selector: string, what: 'borderTopColor' | 'outlineColor' = 'borderTopColor'): Promise<number> {
  return await page.locator(selector).first().evaluate((element, what) => {
    const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!
    /* Any notation, over what is painted already. */
    const paint = (colour: string): number[] => {
      context.fillStyle = colour
      context.fillRect(0, 0, 1, 1)
      return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3)
    }
    const luminance = (rgb: number[]): number => {
      const [red, green, blue] = rgb.map(channel => channel / 255).map(channel => channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4)
      return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
    }
    const behind: string[] = []
    for (let parent = element.parentElement; parent !== null; parent = parent.parentElement) behind.unshift(getComputedStyle(parent).backgroundColor)
    let around = paint('Canvas')
    for (const colour of behind) around = paint(colour)
    const edge = paint(getComputedStyle(element)[what])
    const [lighter, darker] = [luminance(edge), luminance(around)].sort((a, b) => b - a)
    return (lighter! + 0.05) / (darker! + 0.05)
  }, what)
}

/** What has the focus, in words: its accessible name, or its text; and how thick the ring around it is, in px. */
export async function focused (page: Page): Promise<{ name: string, ring: number, inDialog: boolean }> {
  return await page.evaluate(() => {
    const element = document.activeElement!
    const { outlineStyle, outlineWidth } = getComputedStyle(element)
    return {
      name: element === document.body ? 'the browser' : element.getAttribute('aria-label') ?? (element as HTMLInputElement).labels?.[0]?.textContent ?? element.textContent!.trim(),
      ring: outlineStyle === 'none' ? 0 : parseFloat(outlineWidth),
      inDialog: element.closest('dialog') !== null
    }
  })
}

/** Resolves once this has the focus; rejects if it does not get it. */
export async function focusOn (element: Locator): Promise<void> {
  await element.and(element.page().locator(':focus')).waitFor({ timeout: 5000 })
}

/** Presses Tab (or another key) until the focus has been everywhere on the page, and tells where it stood. */
export async function walk (page: Page, key = 'Tab'): Promise<Array<Awaited<ReturnType<typeof focused>>>> {
  const stops: Array<Awaited<ReturnType<typeof focused>>> = []
  for (let i = 0; i < 50; i++) {
    await page.keyboard.press(key)
    const stop = await focused(page)
    if (stop.name === 'the browser' || stop.name === stops[0]?.name) return stops
    stops.push(stop)
  }
  throw new Error(`the focus never comes round: ${stops.map(({ name }) => name).join(', ')}`)
}

/** What this finds while text is spaced as people may set it at least (WCAG 1.4.12), as a browser's extension would set it. */
export async function withSpacedText<T> (page: Page, find: (page: Page) => Promise<T>): Promise<T> {
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }')
    document.adoptedStyleSheets.push(sheet)
  })
  const found = await find(page)
  await page.evaluate(() => { document.adoptedStyleSheets.pop() })
  return found
}
