import t from 'tap'
import { memoryStore } from '../../plugin/stores/memory.js'
import { PASSWORD } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { createShopWithPages, formOf, PAGE, submit, textOf } from '../support/page.js'
import { breakable } from '../support/stores.js'

const PASSWORD_FIELD = /<input[^>]*type="password"/

t.test('signing out this device needs no password, neither of users without one nor of users who are locked out', async t => {
  const app = await createShopWithPages(t)
  for (const [user, wrong] of [['ada', 0], ['eve', 5], ['guest', 0]] as const) {
    const [laptop, phone] = [browser(app), browser(app)]
    const { id } = await laptop.signIn(user)
    await phone.signIn(user)
    for (let i = 0; i < wrong; i++) await laptop.post('/confirm', { password: 'wrong' })
    const question = await laptop.get(`${PAGE}/${id}/revoke`)
    t.notMatch(question.body, PASSWORD_FIELD, user)
    t.match(question.body, /<button[^>]*type="submit"/, user)
    t.equal((await submit(laptop, formOf(question))).statusCode, 303, user)
    t.equal(await laptop.user(), null, user)
    t.equal(await phone.user(), user)
  }
})

t.test('an error that nobody can correct in the form is an error page, and not asked again', async t => {
  const store = breakable(memoryStore())
  const app = await createShopWithPages(t, { store })
  const [laptop, phone] = [browser(app), browser(app)]
  await laptop.signIn('ada')
  await phone.signIn('ada')
  const form = formOf(await laptop.get(`${PAGE}/others/revoke`))
  store.fail('takeAttempt')
  const reply = await submit(laptop, form, PASSWORD)
  t.equal(reply.statusCode, 503)
  t.notMatch(reply.body, PASSWORD_FIELD)
  t.match(textOf(reply), /unavailable|try again/i)
  store.recover()
  t.equal(await phone.user(), 'ada')
})
