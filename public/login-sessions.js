/*
 * What the page needs beside htmx: the dialog opens and closes, focus goes somewhere sensible, a button says that it
 * works, what fails says why. Without this file, or without JavaScript, every link and form works as an ordinary page.
 */
(() => {
  const id = name => document.getElementById(`login-sessions-${name}`)
  const openDialog = () => document.querySelector('dialog.ls-dialog[open]')
  const isOurs = element => element.closest?.('.login-sessions') !== null

  /* The id of the button that opened the dialog: its element may be replaced while the dialog is open. */
  let invoker = null

  /* The focus was in the list before the swap under way. */
  let focusInList = false

  /* All of a long list has been asked for: its link will be swapped away. */
  let revealing = false

  /*
   * Trusted Types: the only way for markup into this page. htmx hands every response to the policy; what is no fragment
   * of ours never gets that far (see htmx:after:request). There is no policy for scripts: fragments have none.
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

  on('htmx:before:request', ({ source }) => {
    if (source.closest('dialog')) startWorking(source)
    else if (source.id.startsWith('revoke-')) invoker = source.id
    revealing = source.id === 'login-sessions-show-all'
  })

  /* A proxy's error page, or a sign-in page in its place, is no fragment of ours and must not replace the list. */
  on('htmx:after:request', ({ event, source, ctx }) => {
    if (ctx.response.headers.get('login-sessions') === 'fragment') return
    event.preventDefault()
    complain(source)
  })

  on('htmx:error', ({ source, ctx }) => { if (!ctx.response) complain(source) })

  on('htmx:before:swap', ({ ctx }) => {
    // Else htmx copies empty style attributes that browsers leave behind, which the Content-Security-Policy reports.
    for (const styled of document.querySelectorAll('.login-sessions [style]')) styled.removeAttribute('style')
    focusInList = id('list').contains(document.activeElement)
    if (ctx.response?.status < 400 && ctx.sourceElement !== id('list')) id('problem').textContent = ''
  })

  on('htmx:after:swap', ({ source }) => {
    const fresh = document.querySelector('dialog[data-ls-open]:not([open])')
    if (fresh) return open(fresh)
    if (revealing) return focusFirstRevealed()
    // Not when it was the list that failed or was brought up to date: that would go on for ever.
    if (id('problem').textContent.trim() && source !== id('list')) return problemShown()
    if (invoker && !openDialog()) return focusAfter()
    // What had it is gone: ended elsewhere.
    if (focusInList && document.activeElement === document.body) id('title').focus()
  })

  on('htmx:finally:request', () => {
    for (const button of document.querySelectorAll('[data-ls-idle]')) {
      button.textContent = button.dataset.lsIdle
      delete button.dataset.lsIdle
    }
  })

  document.addEventListener('click', event => {
    if (event.target.closest('dialog [data-ls-cancel]')) closeDialog()
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

  /** Listens to htmx where the event is about this section, and not about the rest of a host's page. */
  function on (name, listener) {
    document.addEventListener(name, event => {
      const { ctx } = event.detail
      const source = ctx?.sourceElement
      if (source && isOurs(source)) listener({ event, ctx, source })
    })
  }

  function open (dialog) {
    dialog.addEventListener('close', () => { dialog.remove(); focusAfter() })
    // What has been sent is under way: closing would look as if it had been taken back.
    dialog.addEventListener('cancel', event => { if (dialog.querySelector('[data-ls-idle]')) event.preventDefault() })
    dialog.showModal()
  }

  function closeDialog () {
    openDialog()?.close()
  }

  function startWorking (form) {
    const button = form.querySelector('[data-ls-working]')
    if (!button) return
    button.dataset.lsIdle = button.textContent
    button.textContent = button.dataset.lsWorking
  }

  /** Where it was tried: in the dialog, which keeps what was typed, or above the list, which stays. */
  function complain (source) {
    const place = source.closest('dialog') ? id('error') : id('problem')
    place.textContent = source.closest('[data-ls-unreachable]').dataset.lsUnreachable
  }

  function problemShown () {
    closeDialog()
    refresh()
  }

  function refresh () {
    const list = id('list')
    if (list) window.htmx.trigger(list, 'ls:refresh')
  }

  /* Back to the button; if its row has gone, to the list's heading. */
  function focusAfter () {
    const target = document.getElementById(invoker) ?? id('title')
    invoker = null
    target?.focus()
  }

  /* The button that was pressed is gone: on from where it stood. */
  function focusFirstRevealed () {
    revealing = false
    const target = document.querySelector('#login-sessions-list tbody tr:nth-child(11) a') ?? id('title')
    target.focus()
  }
})()
