/*
 * What the page needs besides htmx: its requests, and the failures of them. The dialog is in dialog.js; the focus and what
 * stays over a swap in section.js. Without these files, or without JavaScript, every link and form works as an ordinary page.
 *
 * A page may have more than one section. Each works by itself: elements are found by `data-ls-part` within it.
 *
 * `?v=` is the fingerprint of the file, so that browsers may cache it (test/pages/pages.test.ts compares it).
 */
import { giveBack } from './before-htmx.js?v=d87c8bc4e1f4'
import htmx from './htmx.esm.min.js?v=df982506d152'
import { focusForm, openDialog, placeQuestion, showDialog, startWorking, stopWorking } from './dialog.js?v=c76c223bdc3d'
import {
  focusFirstRevealed, focusInvoker, focusStatus, keepFocus, part, remember, reopenDetails, SECTION, selectorOf, stateOf, SWAPPED
} from './section.js?v=d5e14f092bb2'

giveBack()

/* Two registrations of the pages have two URLs of this file. The sections of both belong to the first that runs. */
const STARTED = Symbol.for('login-sessions')
if (window[STARTED]) htmx.registerExtension('login-sessions', { htmx_before_process: () => false })
else start()

function start () {
  window[STARTED] = true

  /*
   * Our copy of htmx processes our sections only. All else on the page is the host's.
   *
   * Trusted Types: this policy lets htmx insert markup, and never scripts. It accepts all markup from htmx: the handler of
   * htmx-after-request has refused responses that are not our fragments, and the Content-Security-Policy applies as well.
   */
  htmx.registerExtension('login-sessions', {
    htmx_before_process: element => element.closest(SECTION) !== null,
    init (api) {
      if (!window.trustedTypes) return
      try {
        const policy = window.trustedTypes.createPolicy('login-sessions', { createHTML: markup => markup })
        api.initSecurity({ createHTML: markup => policy.createHTML(markup), createScript: () => { throw new TypeError('login-sessions: a fragment has no scripts') } })
      } catch {
        // The page's own policy may name other Trusted Types policies. Then one of those must allow htmx.
      }
    }
  })

  /* The section and purpose of each request. They are stored when it starts, because its element may be replaced before the response. */
  const requests = new WeakMap()

  function purposeOf (source) {
    if (source.closest('dialog')) return 'answer'
    if (source.dataset.lsPart === 'rows' || 'lsEvery' in source.dataset) return 'refresh'
    return source.dataset.lsPart === 'show-all' ? 'reveal' : 'question'
  }

  document.addEventListener('htmx-before-request', ({ detail: { ctx } }) => {
    const source = ctx.sourceElement
    const section = source?.closest?.(SECTION)
    if (!section) return
    const purpose = purposeOf(source)
    requests.set(ctx, { section, purpose })
    if (purpose === 'answer') startWorking(source)
    if (purpose === 'question') stateOf(section).invoker = selectorOf(source)
  })

  on('htmx-after-request', ({ event, section, purpose, ctx }) => {
    const { status, headers } = ctx.response
    const { lsGone } = section.dataset
    // For operators who are not signed in any more, the page may not exist. What is typed in a dialog stays.
    if (status === 404 && purpose !== 'answer' && lsGone !== undefined && !headers.has('login-sessions')) showEnded(section, lsGone)
    // A proxy's error page, or a sign-in page in its place, must not replace the list.
    else if (!headers.has('login-sessions')) showUnreachable(section, purpose, status)
    // This request was not a click, so the page must stay as it is: the user may be typing elsewhere. Only the list is removed.
    else if (purpose === 'refresh' && status === 401) showEnded(section, headers.get('hx-redirect'))
    else return
    event.preventDefault()
  })

  on('htmx-error', ({ section, purpose, ctx }) => { if (!ctx.response) showUnreachable(section, purpose) })

  on('htmx-before-swap', ({ event, section, purpose, ctx }) => {
    const state = stateOf(section)
    // Whatever the status, only a question of ours takes the place of the dialog.
    const main = event.detail.tasks.find(({ type }) => type === 'main')
    if (main && ctx.response.headers.get('login-sessions') === 'question') placeQuestion(section, main)
    keepWithin(section, event.detail.tasks)
    // Otherwise htmx copies empty style attributes that browsers leave behind, and the Content-Security-Policy reports them.
    for (const styled of section.querySelectorAll('[style]')) styled.removeAttribute('style')
    remember(section)
    if (purpose === 'reveal' && ctx.response.status < 400) window.history.replaceState(window.history.state, '', ctx.sourceElement.href)
    if (ctx.response.status >= 400) state.failed = purpose
    // A refresh removes only a message that a refresh has shown.
    else if (purpose !== 'refresh' || state.failed === 'refresh') {
      part(section, 'problem').textContent = ''
      state.failed = null
    }
  })

  on('htmx-after-swap', ({ section, purpose, ctx }) => {
    reopenDetails(section)
    if (showDialog(section)) return
    if (ctx.response.status >= 400) return afterServerProblem(section, purpose)
    if (purpose === 'reveal') return focusFirstRevealed(section)
    if (purpose === 'answer') return focusStatus(section)
    keepFocus(section)
  })

  on('htmx-finally-request', ({ section, purpose }) => { if (purpose === 'answer') stopWorking(section) })

  document.addEventListener('click', event => event.target.closest('[data-ls-cancel]')?.closest('dialog')?.close())

  /* A link that looks like a button and is announced as one must react to the space bar too. */
  document.addEventListener('keydown', event => {
    if (event.key !== ' ' || !event.target.matches?.(`${SECTION} a[role=button]`)) return
    event.preventDefault()
    event.target.click()
  })

  /* Another tab or device may have changed the list. An open dialog stays open, because it is outside the list. */
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') refresh(document) })
  window.addEventListener('pageshow', event => { if (event.persisted) refresh(document) })

  /* Numbers and progress are asked for every so many seconds, as long as somebody can see them. After a failure it is less often. */
  let seconds = 0
  setInterval(() => {
    seconds++
    if (document.visibilityState !== 'visible') return
    for (const element of document.querySelectorAll(`${SECTION} [data-ls-every]`)) {
      const every = stateOf(element.closest(SECTION)).failed === 'refresh' ? 30 : element.dataset.lsEvery
      if (seconds % every === 0) htmx.trigger(element, 'ls:refresh')
    }
  }, 1000)

  /* The host may insert the section later, and again. */
  const adopt = root => { for (const section of root.querySelectorAll(SECTION)) htmx.process(section) }
  new window.MutationObserver(records => {
    if (records.some(({ addedNodes }) => [...addedNodes].some(holdsSection))) adopt(document)
  }).observe(document, { childList: true, subtree: true })
  adopt(document)

  function holdsSection (node) {
    return node instanceof window.Element && (node.matches(SECTION) || node.querySelector(SECTION) !== null)
  }

  /* Handles htmx events of our sections only, not those of the rest of the page. */
  function on (name, listener) {
    document.addEventListener(name, event => {
      const { ctx } = event.detail
      const request = requests.get(ctx)
      if (request !== undefined) listener({ event, ctx, ...request })
    })
  }

  /*
   * htmx looks for targets in the whole document: it finds the first one for the response itself, and those of all sections
   * for an <hx-partial>. Only the parts of this section are meant.
   */
  function keepWithin (section, tasks) {
    const isElsewhere = ({ target }) => target?.closest?.(SECTION) && !section.contains(target)
    for (const task of tasks.filter(({ type }) => type === 'main').filter(isElsewhere)) task.target = part(section, task.target.dataset.lsPart)
    tasks.splice(0, tasks.length, ...tasks.filter(task => !isElsewhere(task)))
  }

  /* Shows that the server could not be reached: in the dialog, which keeps the typed text, or above the list. */
  function showUnreachable (section, purpose, status) {
    const { lsTooMany, lsUnreachable } = section.dataset
    stateOf(section).failed = purpose
    const region = part(section, purpose === 'answer' && openDialog(section) ? 'error' : 'problem')
    const words = status === 429 ? lsTooMany : lsUnreachable
    // An alert that is written again is read out again.
    if (region.textContent !== words) region.textContent = words
    // What succeeded before would seem to be the answer.
    part(section, 'status').textContent = ''
    if (purpose === 'answer') focusForm(section)
    if (purpose === 'question') focusInvoker(section)
  }

  /* The server's message is shown already. After a failed refresh, the list is not refreshed again. */
  function afterServerProblem (section, purpose) {
    if (purpose === 'answer') focusForm(section)
    if (purpose === 'refresh' || part(section, 'problem').textContent.trim() === '') return
    if (openDialog(section)) openDialog(section).close()
    else focusInvoker(section)
    refresh(section)
  }

  function showEnded (section, signInUrl) {
    const { lsEnded, lsSignIn } = section.dataset
    const link = Object.assign(document.createElement('a'), { href: signInUrl, textContent: lsSignIn })
    openDialog(section)?.close()
    for (const name of SWAPPED) part(section, name)?.replaceChildren()
    part(section, 'status').textContent = ''
    part(section, 'problem').replaceChildren(lsEnded, ' ', link)
  }

  /* @param root a section, or the document for all of them */
  function refresh (root) {
    for (const rows of root.querySelectorAll(`${SECTION} [data-ls-part=rows]`)) htmx.trigger(rows, 'ls:refresh')
  }
}
