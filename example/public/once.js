/* A form is sent once: pressing Enter four times would sign in four times. Back brings it to life again. */
document.addEventListener('submit', event => {
  if (event.target.dataset.sent) event.preventDefault()
  else event.target.dataset.sent = 'yes'
})
window.addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset.sent
})
