/*
 * The dialog with a question: shown once, kept open while the question is asked again, and while its answer is on its way.
 */
import { focus, focusInvoker, part, stateOf } from './section.js?v=d5e14f092bb2'

export const openDialog = section => section.querySelector('dialog.ls-dialog[open]')

/*
 * Where a question goes, whatever the status of its response. A question that is asked again takes the place of the one
 * before in the same dialog: a new dialog would appear anew, and its backdrop, too.
 */
export function placeQuestion (section, task) {
  const dialog = openDialog(section)
  task.target = dialog ?? part(section, 'dialog')
  if (!dialog) return
  task.swapSpec = { ...task.swapSpec, strip: true }
  dialog.setAttribute('aria-describedby', task.fragment.firstElementChild.getAttribute('aria-describedby'))
}

/* Shows the dialog that a swap has brought. False if it has brought none. */
export function showDialog (section) {
  const dialog = section.querySelector('dialog[data-ls-open]:not([open])')
  if (!dialog) return false
  const state = stateOf(section)
  const { invoker } = state
  dialog.addEventListener('close', () => {
    dialog.remove()
    // Not if another question has been opened already.
    if (state.invoker === invoker) focusInvoker(section)
  })
  dialog.addEventListener('cancel', event => { if (isBusy(dialog)) event.preventDefault() })
  dialog.showModal()
  return true
}

const isBusy = dialog => dialog.getAttribute('closedby') === 'none'
const setCancel = (dialog, disabled) => { for (const button of dialog.querySelectorAll('[data-ls-cancel]')) button.disabled = disabled }

/* The request has been sent, so the dialog must not close: that would look like a cancellation. htmx disables the submit button. */
export function startWorking (form) {
  const button = form.querySelector('[data-ls-working]')
  if (!button) return
  const dialog = form.closest('dialog')
  button.dataset.lsIdle = button.textContent
  button.textContent = button.dataset.lsWorking
  setCancel(dialog, true)
  // Browsers close a dialog at the second Esc even if a listener prevented the first.
  dialog.setAttribute('closedby', 'none')
}

export function stopWorking (section) {
  const dialog = openDialog(section)
  if (!dialog) return
  for (const button of dialog.querySelectorAll('[data-ls-idle]')) {
    button.textContent = button.dataset.lsIdle
    delete button.dataset.lsIdle
  }
  setCancel(dialog, false)
  dialog.removeAttribute('closedby')
}

/* A button loses the focus while it is disabled, so people go on in the field, or at the first button. */
export function focusForm (section) {
  const form = openDialog(section)?.querySelector('form')
  if (!form) return
  stopWorking(section)
  const { activeElement } = document
  if (!form.contains(activeElement) || activeElement.disabled) focus(form.querySelector('[required], [data-ls-cancel]'))
}
