/* global isSecureContext, SimpleWebAuthnBrowser */
/* Passkeys: fetches the options, asks the browser, and sends its answer as an ordinary form. This script comes after once.js. */
const { browserSupportsWebAuthn, startAuthentication, startRegistration } = SimpleWebAuthnBrowser

const state = !isSecureContext ? 'insecure' : browserSupportsWebAuthn() ? 'work' : 'unknown'
for (const element of document.querySelectorAll('[data-passkeys]')) {
  if (element.dataset.passkeys === state) element.hidden = false
  else element.remove()
}

document.addEventListener('submit', event => {
  const form = event.target
  if (form.dataset.passkey === undefined || event.defaultPrevented) return
  event.preventDefault()
  const problem = form.querySelector('[data-passkey-problem]')
  // Screen readers announce a change only. Without this line, the same problem would be silent the second time.
  problem.textContent = ''
  usePasskey(form).catch(error => {
    delete form.dataset.sent
    problem.textContent = wordsFor(error)
  })
})

async function usePasskey (form) {
  const optionsJSON = await optionsFor(form)
  // If there are no options, the server answers the form with a page that says why: the email is taken, for example.
  if (optionsJSON !== null) {
    const ask = form.dataset.passkey === 'create' ? startRegistration : startAuthentication
    form.elements.response.value = JSON.stringify(await ask({ optionsJSON }))
  }
  form.submit()
}

async function optionsFor (form) {
  const url = new URL(form.action)
  url.pathname += '/options'
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(new FormData(form)) })
  const isJson = response.headers.get('content-type')?.startsWith('application/json')
  return response.ok && isJson ? await response.json() : null
}

function wordsFor ({ name, message }) {
  if (name === 'NotAllowedError' || name === 'AbortError') return 'No passkey was used. Try again, or choose another way.'
  if (name === 'InvalidStateError') return 'This device has a passkey for this account already.'
  return `That did not work: ${message}`
}
