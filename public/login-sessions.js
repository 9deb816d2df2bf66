/*
 * What the page needs beside htmx: the dialog opens and closes, focus goes somewhere sensible, buttons say that they work.
 * Without this file, or without JavaScript, every link and form works as an ordinary page.
 */
(() => {
  const id = name => document.getElementById(`login-sessions-${name}`)
  const openDialog = () => document.querySelector('dialog.ls-dialog[open]')

  /* The id of the button that opened the dialog: its element may be replaced while the dialog is open. */
  let invoker = null

  document.addEventListener('htmx:before:request', event => {
    const source = event.detail.ctx.sourceElement
    if (source.closest('dialog')) working(source)
    else if (source.id.startsWith('revoke-')) invoker = source.id
  })

  document.addEventListener('htmx:after:swap', event => {
    const fresh = document.querySelector('dialog[data-ls-open]:not([open])')
    if (fresh) open(fresh)
    // Not when it was the list that failed or was brought up to date: that would go on for ever.
    else if (id('problem')?.textContent.trim() && event.detail.ctx.sourceElement !== id('list')) problemShown()
    else if (invoker && !openDialog()) focusAfter()
  })

  document.addEventListener('htmx:error', event => {
    if (event.detail.ctx?.response) return
    const problem = id('problem')
    if (!problem) return
    problem.textContent = problem.dataset.lsUnreachable
    closeDialog()
  })

  document.addEventListener('htmx:finally:request', () => {
    for (const button of document.querySelectorAll('[data-ls-idle]')) {
      button.textContent = button.dataset.lsIdle
      delete button.dataset.lsIdle
    }
  })

  document.addEventListener('click', event => {
    if (!event.target.closest('dialog [data-ls-cancel]')) return
    event.preventDefault()
    closeDialog()
  })

  /* A link that looks and is announced as a button has to take the space bar too. */
  document.addEventListener('keydown', event => {
    if (event.key !== ' ' || !event.target.matches?.('.login-sessions a[role=button]')) return
    event.preventDefault()
    event.target.click()
  })

  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && !openDialog()) refresh()
  })

  function open (dialog) {
    dialog.addEventListener('close', () => { dialog.remove(); focusAfter() })
    dialog.showModal()
    const problem = id('problem')
    if (problem) problem.textContent = ''
  }

  function closeDialog () {
    openDialog()?.close()
  }

  function working (form) {
    const button = form.querySelector('[data-ls-working]')
    if (!button) return
    button.dataset.lsIdle = button.textContent
    button.textContent = button.dataset.lsWorking
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
})()
