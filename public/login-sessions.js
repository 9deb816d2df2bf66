/*
 * What the page needs beside htmx: the dialog opens and closes, focus goes somewhere sensible, a button says that it
 * works, what fails says why. Without this file, or without JavaScript, every link and form works as an ordinary page.
 *
 * A page may have more than one section. Each works by itself: elements are found by `data-ls-part` within it.
 */
(() => {
  const SECTION = '[data-ls-section]'
  const part = (section, name) => section.querySelector(`[data-ls-part="${name}"]`)
  const openDialog = section => section.querySelector('dialog.ls-dialog[open]')
  const isBusy = dialog => dialog.querySelector('[data-ls-idle]') !== null

  /*
   * Trusted Types: a way for htmx's markup into the page, and for no script. It takes whatever htmx hands it; what is no
   * fragment of ours is kept away before (see htmx:after:request), and the Content-Security-Policy stands behind it.
   */
  window.htmx?.registerExtension('login-sessions', {
    init (api) {
      if (!window.trustedTypes) return
      try {
        const policy = window.trustedTypes.createPolicy('login-sessions', { createHTML: markup => markup })
        api.initSecurity({ createHTML: markup => policy.createHTML(markup), createScript: () => { throw new TypeError('login-sessions: a fragment has no scripts') } })
      } catch {
        // A page of the host's that names other policies has to let htmx work by one of them.
      }
    }
  })

  /* The section and the errand of each request, noted when it sets out: its element may be replaced before the answer comes. */
  const requests = new WeakMap()

  function errandOf (source) {
    if (source.closest('dialog')) return 'answer'
    if (source.dataset.lsPart === 'table') return 'refresh'
    return source.dataset.lsPart === 'show-all' ? 'reveal' : 'question'
  }

  /*
   * Of each section: `invoker` is the button that asked the question, `focused` what had the focus in the list before the
   * swap, both as selectors, since these elements may be replaced. `failed` is the errand that failed last, as long as
   * the problem is shown.
   */
  const states = new WeakMap()

  function stateOf (section) {
    if (!states.has(section)) states.set(section, { invoker: null, focused: null, failed: null })
    return states.get(section)
  }

  /* Finds this button or link of a list also in the list that replaces it. */
  function selectorOf ({ dataset: { lsPart, lsSession } }) {
    return `[data-ls-part="${lsPart}"]${lsSession === undefined ? '' : `[data-ls-session="${lsSession}"]`}`
  }

  document.addEventListener('htmx:before:request', ({ detail: { ctx } }) => {
    const source = ctx.sourceElement
    const section = source?.closest?.(SECTION)
    if (!section) return
    const errand = errandOf(source)
    requests.set(ctx, { section, errand })
    if (errand === 'answer') startWorking(source)
    if (errand === 'question') stateOf(section).invoker = selectorOf(source)
  })

  on('htmx:after:request', ({ event, section, errand, ctx }) => {
    const { status, headers } = ctx.response
    // A proxy's error page, or a sign-in page in its place, must not replace the list.
    if (headers.get('login-sessions') !== 'fragment') complain(section, errand)
    // Nobody has clicked: what is being typed elsewhere on the page is not thrown away, but the list is.
    else if (errand === 'refresh' && status === 401) showEnded(section, headers.get('hx-redirect'))
    else return
    event.preventDefault()
  })

  on('htmx:error', ({ section, errand, ctx }) => { if (!ctx.response) complain(section, errand) })

  on('htmx:before:swap', ({ event, section, errand, ctx }) => {
    const state = stateOf(section)
    keepWithin(section, event.detail.tasks)
    // Otherwise htmx copies empty style attributes that browsers leave behind, and the Content-Security-Policy reports them.
    for (const styled of section.querySelectorAll('[style]')) styled.removeAttribute('style')
    state.focused = part(section, 'list').contains(document.activeElement) ? selectorOf(document.activeElement) : null
    if (ctx.response.status >= 400) state.failed = errand
    // A refresh takes back only what a refresh has said.
    else if (errand !== 'refresh' || state.failed === 'refresh') part(section, 'problem').textContent = ''
  })

  on('htmx:after:swap', ({ section, errand, ctx }) => {
    const fresh = section.querySelector('dialog[data-ls-open]:not([open])')
    if (fresh) return open(section, fresh)
    if (ctx.response.status >= 400) return problemShown(section, errand)
    if (errand === 'reveal') return focusFirstRevealed(section)
    if (errand === 'answer') return focusAfter(section)
    keepFocus(section)
  })

  on('htmx:finally:request', ({ section }) => {
    for (const button of section.querySelectorAll('[data-ls-idle]')) {
      button.textContent = button.dataset.lsIdle
      delete button.dataset.lsIdle
      button.closest('dialog')?.removeAttribute('closedby')
    }
  })

  document.addEventListener('click', event => {
    const dialog = event.target.closest('[data-ls-cancel]')?.closest('dialog')
    if (dialog && !isBusy(dialog)) dialog.close()
  })

  /* A link that looks and is announced as a button has to take the space bar too. */
  document.addEventListener('keydown', event => {
    if (event.key !== ' ' || !event.target.matches?.(`${SECTION} a[role=button]`)) return
    event.preventDefault()
    event.target.click()
  })

  /* What another tab or device did meanwhile. An open dialog stays: it stands beside the list. */
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') refresh(document) })
  window.addEventListener('pageshow', event => { if (event.persisted) refresh(document) })

  /* Listens to htmx where it is about a section of ours, and not about the rest of a host's page. */
  function on (name, listener) {
    document.addEventListener(name, event => {
      const { ctx } = event.detail
      const request = requests.get(ctx)
      if (request !== undefined) listener({ event, ctx, ...request })
    })
  }

  /*
   * htmx looks for a part in the whole document: it finds the first for the answer itself, and that of every section for
   * an <hx-partial>. Only the parts of this section are meant.
   */
  function keepWithin (section, tasks) {
    const isElsewhere = ({ target }) => target?.closest?.(SECTION) && !section.contains(target)
    for (const task of tasks.filter(({ type }) => type === 'main').filter(isElsewhere)) task.target = part(section, task.target.dataset.lsPart)
    tasks.splice(0, tasks.length, ...tasks.filter(task => !isElsewhere(task)))
  }

  function open (section, dialog) {
    const state = stateOf(section)
    const { invoker } = state
    dialog.addEventListener('close', () => {
      dialog.remove()
      // Not when another question has been asked already.
      if (state.invoker === invoker) focusAfter(section)
    })
    dialog.addEventListener('cancel', event => { if (isBusy(dialog)) event.preventDefault() })
    dialog.showModal()
  }

  /* What has been sent is under way: closing would look as if it had been taken back. */
  function startWorking (form) {
    const button = form.querySelector('[data-ls-working]')
    if (!button) return
    button.dataset.lsIdle = button.textContent
    button.textContent = button.dataset.lsWorking
    // Browsers let a second Esc pass, whatever a listener says.
    form.closest('dialog').setAttribute('closedby', 'none')
  }

  /* Where it was tried: in the dialog, which keeps what was typed, or above the list, which stays. */
  function complain (section, errand) {
    stateOf(section).failed = errand
    const place = part(section, errand === 'answer' && openDialog(section) ? 'error' : 'problem')
    place.textContent = section.dataset.lsUnreachable
    if (errand === 'question') focusAfter(section)
  }

  /* The server has said why, in the dialog or above the list. What a refresh says is not asked again. */
  function problemShown (section, errand) {
    if (errand === 'refresh' || part(section, 'problem').textContent.trim() === '') return
    if (openDialog(section)) openDialog(section).close()
    else focusAfter(section)
    refresh(section)
  }

  function showEnded (section, signInUrl) {
    const { lsEnded, lsSignIn } = section.dataset
    const link = Object.assign(document.createElement('a'), { href: signInUrl, textContent: lsSignIn })
    openDialog(section)?.close()
    part(section, 'list').replaceChildren()
    part(section, 'status').textContent = ''
    part(section, 'problem').replaceChildren(lsEnded, ' ', link)
  }

  /* @param root a section, or the document for all of them */
  function refresh (root) {
    for (const table of root.querySelectorAll(`${SECTION} [data-ls-part=table]`)) window.htmx.trigger(table, 'ls:refresh')
  }

  /* Back to the button; if its row has gone, to the list's heading. */
  function focusAfter (section) {
    const state = stateOf(section)
    const target = (state.invoker && section.querySelector(state.invoker)) ?? part(section, 'title')
    state.invoker = null
    target.focus()
  }

  /* The link that was pressed is gone: on from where it stood. */
  function focusFirstRevealed (section) {
    const target = section.querySelector('[data-ls-revealed] a') ?? part(section, 'title')
    target.focus()
  }

  /* The focus was in the list that was replaced. If its element has gone, too (ended elsewhere), it goes to the heading. */
  function keepFocus (section) {
    const { focused } = stateOf(section)
    if (focused === null || document.activeElement !== document.body) return
    const target = section.querySelector(focused) ?? part(section, 'title')
    target.focus({ preventScroll: true })
  }
})()
