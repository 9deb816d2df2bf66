/*
 * What the page needs beside htmx: the dialog opens and closes, focus goes somewhere sensible, a button says that it
 * works, what fails says why. Without this file, or without JavaScript, every link and form works as an ordinary page.
 */
(() => {
  const id = name => document.getElementById(`login-sessions-${name}`)
  const openDialog = () => document.querySelector('dialog.ls-dialog[open]')
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

  /* What each request is for, noted when it sets out: its element may be replaced before the answer comes. */
  const errands = new WeakMap()

  function errandOf (source) {
    if (!source?.closest?.('.login-sessions')) return null
    if (source.closest('dialog')) return 'answer'
    if (source.id === 'login-sessions-table') return 'refresh'
    return source.id === 'login-sessions-show-all' ? 'reveal' : 'question'
  }

  /* The button that asked the question, by id: its element may be replaced while the dialog is open. */
  let invoker = null

  /* The focus was in the list before the swap under way. */
  let focusInList = false

  /* The errand that failed last, as long as the problem is shown. */
  let failed = null

  document.addEventListener('htmx:before:request', ({ detail: { ctx } }) => {
    const errand = errandOf(ctx.sourceElement)
    if (errand === null) return
    errands.set(ctx, errand)
    if (errand === 'answer') startWorking(ctx.sourceElement)
    if (errand === 'question') invoker = ctx.sourceElement.id
  })

  on('htmx:after:request', ({ event, errand, ctx }) => {
    const { status, headers } = ctx.response
    // A proxy's error page, or a sign-in page in its place, must not replace the list.
    if (headers.get('login-sessions') !== 'fragment') complain(errand)
    // Nobody has clicked: what is being typed elsewhere on the page is not thrown away, but the list is.
    else if (errand === 'refresh' && status === 401) showEnded(headers.get('hx-redirect'))
    else return
    event.preventDefault()
  })

  on('htmx:error', ({ errand, ctx }) => { if (!ctx.response) complain(errand) })

  on('htmx:before:swap', ({ errand, ctx }) => {
    // Else htmx copies empty style attributes that browsers leave behind, which the Content-Security-Policy reports.
    for (const styled of document.querySelectorAll('.login-sessions [style]')) styled.removeAttribute('style')
    focusInList = id('list').contains(document.activeElement)
    if (ctx.response.status >= 400) failed = errand
    // A refresh mends its own failures only.
    else if (errand !== 'refresh' || failed === 'refresh') id('problem').textContent = ''
  })

  on('htmx:after:swap', ({ errand, ctx }) => {
    const fresh = document.querySelector('dialog[data-ls-open]:not([open])')
    if (fresh) return open(fresh)
    if (ctx.response.status >= 400) return problemShown(errand)
    if (errand === 'reveal') return focusFirstRevealed()
    if (errand === 'answer') return focusAfter()
    // What had it is gone: ended elsewhere.
    if (focusInList && document.activeElement === document.body) id('title').focus()
  })

  on('htmx:finally:request', () => {
    for (const button of document.querySelectorAll('[data-ls-idle]')) {
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
    if (event.key !== ' ' || !event.target.matches?.('.login-sessions a[role=button]')) return
    event.preventDefault()
    event.target.click()
  })

  /* What another tab or device did meanwhile. An open dialog stays: it stands beside the list. */
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') refresh() })
  window.addEventListener('pageshow', event => { if (event.persisted) refresh() })

  /* Listens to htmx where it is about this section, and not about the rest of a host's page. */
  function on (name, listener) {
    document.addEventListener(name, event => {
      const { ctx } = event.detail
      const errand = errands.get(ctx)
      if (errand !== undefined) listener({ event, ctx, errand })
    })
  }

  function open (dialog) {
    const opener = invoker
    dialog.addEventListener('close', () => {
      dialog.remove()
      // Not when another question has been asked already.
      if (invoker === opener) focusAfter()
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
  function complain (errand) {
    failed = errand
    const place = errand === 'answer' && openDialog() ? id('error') : id('problem')
    place.textContent = document.querySelector('[data-ls-unreachable]').dataset.lsUnreachable
    if (errand === 'question') focusAfter()
  }

  /* The server has said why, in the dialog or above the list. What a refresh says is not asked again. */
  function problemShown (errand) {
    if (errand === 'refresh' || id('problem').textContent.trim() === '') return
    if (openDialog()) openDialog().close()
    else focusAfter()
    refresh()
  }

  function showEnded (signInUrl) {
    const { lsEnded, lsSignIn } = document.querySelector('[data-ls-ended]').dataset
    const link = Object.assign(document.createElement('a'), { href: signInUrl, textContent: lsSignIn })
    openDialog()?.close()
    id('list').replaceChildren()
    id('status').textContent = ''
    id('problem').replaceChildren(lsEnded, ' ', link)
  }

  function refresh () {
    const table = id('table')
    if (table) window.htmx.trigger(table, 'ls:refresh')
  }

  /* Back to the button; if its row has gone, to the list's heading. */
  function focusAfter () {
    const target = document.getElementById(invoker) ?? id('title')
    invoker = null
    target?.focus()
  }

  /* The link that was pressed is gone: on from where it stood. */
  function focusFirstRevealed () {
    const target = document.querySelector('.ls-table [data-ls-revealed] a') ?? id('title')
    target.focus()
  }
})()
