/*
 * One section of the page: its parts, what the script remembers of it, its focus, and which of its details are open.
 */
export const SECTION = '[data-ls-section]'

export const part = (section, name) => section.querySelector(`[data-ls-part="${name}"]`)

/*
 * The state of each section: `invoker` is the button that opened the question, and `focused` is the element of the list
 * that had the focus before the swap. Both are selectors, because these elements may be replaced. `opened` are the keys of
 * the details that were open before the swap. `failed` is the purpose of the request that failed last, as long as its
 * message is shown.
 */
const states = new WeakMap()

export function stateOf (section) {
  if (!states.has(section)) states.set(section, { invoker: null, focused: null, opened: [], failed: null })
  return states.get(section)
}

/* A selector that finds this button, link or summary also in the list that replaces its list; null for other elements. */
export function selectorOf (element) {
  if (element.matches('summary')) return `[data-ls-details="${window.CSS.escape(element.parentElement.dataset.lsDetails)}"] > summary`
  const { lsPart, lsSession } = element.dataset
  return lsPart === undefined ? null : `[data-ls-part="${lsPart}"]${lsSession === undefined ? '' : `[data-ls-session="${lsSession}"]`}`
}

/* The parts that are swapped as a whole. */
export const SWAPPED = ['list', 'numbers', 'work']

/* What a swap must not change. Call it before the swap. */
export function remember (section) {
  const state = stateOf(section)
  const { activeElement } = document
  // If an element without a selector is gone after the swap, the heading has the focus.
  state.focused = SWAPPED.some(name => part(section, name)?.contains(activeElement)) ? selectorOf(activeElement) ?? '[data-ls-part="title"]' : null
  state.opened = [...section.querySelectorAll('details[data-ls-details][open]')].map(({ dataset }) => dataset.lsDetails)
}

/* The new list has its details closed. Opens those that the reader had opened. */
export function reopenDetails (section) {
  const { opened } = stateOf(section)
  for (const details of section.querySelectorAll('details[data-ls-details]')) {
    if (opened.includes(details.dataset.lsDetails)) details.open = true
  }
}

/*
 * Nothing within closed details can have the focus, except their summary. So they are opened. The heading and the status
 * of a host's own section.eta may lack their tabindex.
 */
export function focus (element, options) {
  if (element.tabIndex < 0) element.tabIndex = -1
  for (let closed = closedAround(element); closed; closed = closedAround(closed)) closed.open = true
  element.focus(options)
}

function closedAround (element) {
  const inner = element.matches('summary') ? element.parentElement : element
  return inner.parentElement.closest('details:not([open])')
}

/* Moves the focus back to the button that asked, or to the list's heading if its row has been removed. */
export function focusInvoker (section) {
  const state = stateOf(section)
  const target = (state.invoker && section.querySelector(state.invoker)) ?? part(section, 'title')
  state.invoker = null
  focus(target)
}

/* Something has been done, and the row with the button may be gone: people read what was done, and go on from there. */
export function focusStatus (section) {
  stateOf(section).invoker = null
  // It stays in sight while people scroll.
  focus(part(section, 'status'), { preventScroll: true })
}

/* The pressed link has been removed: focus the first row that it revealed. */
export function focusFirstRevealed (section) {
  focus(section.querySelector('[data-ls-revealed] :is(a, summary)') ?? part(section, 'title'))
}

/* Moves the focus to the same element in the new list, or to the heading if it has been removed: the session ended elsewhere. */
export function keepFocus (section) {
  const { focused } = stateOf(section)
  if (focused === null || document.activeElement !== document.body) return
  focus(section.querySelector(focused) ?? part(section, 'title'), { preventScroll: true })
}
