/**
 * Without JavaScript: every path is a page, a link or a form. And with or without it, nothing private comes Back.
 */
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { requireLoginSession } from '../../../plugin/index.js'
import { PASSWORD } from '../../support/app.js'
import { launchWithBackForwardCache, pressBack } from '../../support/bfcache.js'
import { PAGE } from '../../support/page.js'
import { hasFocus, MAC, openProfile, shareProfile } from '../../support/profile.js'
import { randomId } from '../../support/records.js'
import { FIELD, lock, openList, NOT_YOU, OTHERS, questionUrl, REVOKE, serveScenes } from '../../support/scenes.js'

const shop = await serveScenes(t, {
  async routes (app) {
    // What a host's header has: a plain form.
    const page = (section: string): string => `<!doctype html><html lang="en"><title>Home</title><main><form method="post" action="/header-logout"><button>Leave</button></form>${section}</main></html>`
    app.get('/home', async (_request, reply) => reply.type('text/html').send(page('')))
    app.get('/private', { onRequest: requireLoginSession }, async (_request, reply) => reply.type('text/html').send(page((await reply.renderLoginSessions()).html)))
    app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => done(null, body))
    app.post('/header-logout', async (request, reply) => {
      await request.endLoginSession()
      return reply.redirect('/login', 303)
    })
  }
})
const chromium = await launchWithBackForwardCache()
t.teardown(() => chromium.close())
const borrow = shareProfile(t, chromium, { baseURL: shop.url, javaScriptEnabled: false })

/** The list in a browser without JavaScript, with sessions elsewhere. */
async function listPage (t: Test, others = 2, kind?: string): Promise<Page> {
  const page = await borrow(t)
  await openList(page, shop, others, kind)
  return page
}

const path = (page: Page): string => new URL(page.url()).pathname + new URL(page.url()).search
/** The question about the very device that asks. */
const ownQuestion = async (page: Page): Promise<string> => `${PAGE}/${(await (await page.request.get('/account')).json()).id}/revoke`
const submit = (page: Page) => page.locator('form button[type=submit]').click()

t.test('one is signed out: the question, a wrong password, the right one, and the list says so once', async t => {
  const page = await listPage(t)
  const question = await questionUrl(page)

  await page.locator(REVOKE).first().click()
  t.equal(path(page), question)
  t.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Sign out Linux computer (Firefox)?')
  t.ok(await hasFocus(page, FIELD))

  await page.locator(FIELD).fill('wrong')
  const refusal = page.waitForResponse(response => response.request().method() === 'POST')
  await submit(page)
  t.equal((await refusal).status(), 422)
  t.equal(path(page), question)
  t.equal(await page.locator(FIELD).inputValue(), '')
  t.ok(await hasFocus(page, FIELD))
  t.equal(await page.locator(FIELD).getAttribute('aria-invalid'), 'true')
  t.match(await page.locator(`#${await page.locator(FIELD).getAttribute('aria-describedby')}`).innerText(), 'Wrong password.')
  t.match(await page.title(), /^Wrong password/)

  await page.locator(FIELD).fill(PASSWORD)
  const done = page.waitForResponse(response => response.request().method() === 'POST')
  await submit(page)
  t.equal((await done).status(), 303)
  t.equal(path(page), PAGE)
  t.equal(await page.getByRole('status').innerText(), 'Signed out Linux computer (Firefox).')
  t.equal(await page.locator(REVOKE).count(), 1)

  await page.reload()
  t.equal(await page.getByRole('status').innerText(), '')
})

t.test('all others are signed out, and the list says how many, once', async t => {
  const page = await listPage(t)
  await page.locator(OTHERS).click()
  await page.locator(FIELD).fill(PASSWORD)
  await submit(page)

  t.equal(path(page), PAGE)
  t.equal(await page.getByRole('status').innerText(), 'Signed out 2 other sessions.')
  t.match(await page.getByRole('main').innerText(), 'You are not signed in anywhere else.')
  await page.reload()
  t.equal(await page.getByRole('status').innerText(), '')
})

t.test('"Not you?" is a page with a form, and the list says what to do next', async t => {
  const page = await borrow(t)
  const user = `ada-${randomId()}`
  await shop.signInElsewhere(user, MAC)
  await page.goto(`/start?user=${user}`)
  await page.locator(NOT_YOU).click()
  t.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Was this not you?')
  t.strictSame(await page.getByRole('main').getByRole('listitem').allInnerTexts(), ['Sign out Mac (Safari).', 'Change your password.'])
  await page.locator(FIELD).fill(PASSWORD)
  await submit(page)

  t.equal(path(page), PAGE)
  t.equal(await page.getByRole('status').innerText(), 'Signed out Mac (Safari). Now change your password: the person who signed in there may know it.')
})

t.test('no is an answer: Cancel leads back to the list', async t => {
  const page = await listPage(t)
  await page.locator(REVOKE).first().click()
  await page.getByRole('link', { name: 'Cancel' }).click()

  t.equal(path(page), PAGE)
  t.equal(await page.locator(REVOKE).count(), 2)
})

t.test('the whole of a long list is a link away, and stays whole after signing one out', async t => {
  const page = await listPage(t, 11)
  await page.getByRole('link', { name: 'Show all 12' }).click()
  t.equal(await page.locator(REVOKE).count(), 11)

  await page.locator(REVOKE).last().click()
  await page.locator(FIELD).fill(PASSWORD)
  await submit(page)

  t.match(await page.getByRole('status').innerText(), /^Signed out /)
  t.equal(await page.locator(REVOKE).count(), 10)
})

t.test('who has tried too often is told for how long, and can go back', async t => {
  const page = await listPage(t)
  await lock(page)
  await page.locator(REVOKE).first().click()

  t.match(await page.getByRole('main').innerText(), 'Too many failed attempts. Try again in 15 minutes.')
  t.equal(await page.locator(FIELD).count(), 0)
  t.equal(await page.locator('[type=submit]').count(), 0)
  await page.getByRole('link', { name: 'Back to your sessions' }).click()
  t.equal(path(page), PAGE)
})

t.test('the fifth wrong password is answered by the time that is left', async t => {
  const page = await listPage(t)
  await page.locator(REVOKE).first().click()
  for (let i = 0; i < 6; i++) {
    await page.locator(FIELD).fill('wrong')
    await submit(page)
    if (await page.locator(FIELD).count() === 0) break
  }
  t.match(await page.getByRole('main').innerText(), 'Too many failed attempts. Try again in 15 minutes.')
})

t.test('a user without password sees the list and why it has no buttons', async t => {
  const page = await listPage(t, 2, 'guest')

  t.equal(await page.locator('.ls-row').count(), 3)
  t.match(await page.getByRole('main').innerText(), 'your account has none')
  t.equal(await page.getByRole('main').getByRole('button').count(), 0)
})

t.test('this device is signed out by a question of its own, and lands where one signs in', async t => {
  const page = await listPage(t)
  const user = await openList(page, shop)
  await page.goto(await ownQuestion(page))
  t.equal(await page.locator(FIELD).count(), 0, 'leaving needs no password')
  await submit(page)

  t.equal(path(page), '/login')
  t.equal((await shop.app.loginSessions.list(user)).length, 2)
})

for (const javaScriptEnabled of [false, true]) {
  const mode = javaScriptEnabled ? 'with JavaScript' : 'without JavaScript'

  t.test(`what htmx asks for is a whole page when opened directly, and its form works: ${mode}`, async t => {
    const page = await openProfile(t, chromium, { baseURL: shop.url, javaScriptEnabled })
    await openList(page, shop, 11)
    for (const url of [await questionUrl(page), `${PAGE}/others/revoke`, (await page.locator('[data-ls-part=show-all]').getAttribute('ls-hx-get'))!]) {
      const reply = await page.goto(url)
      t.match(await reply!.text(), /^<!doctype html>\s*<html /, url)
      t.equal(await page.locator('h1').count(), 1)
      t.equal(await page.evaluate('document.compatMode'), 'CSS1Compat')
      t.ok(await page.title())
    }

    await page.goto(`${PAGE}/others/revoke`)
    await page.locator(FIELD).fill(PASSWORD)
    await submit(page)
    await page.getByRole('status').getByText('Signed out 11 other sessions.').waitFor()
    t.equal(await page.locator(REVOKE).count(), 0)
  })

  const leave = (page: Page): Promise<void> => page.getByRole('button', { name: 'Leave' }).click()
  const WAYS: Record<string, (page: Page) => Promise<unknown>> = {
    'the button of a public page': page => page.goto('/home').then(() => leave(page)),
    'the button above the list': page => page.goto('/private').then(() => leave(page)),
    'the question about this device': page => ownQuestion(page).then(url => page.goto(url)).then(() => submit(page))
  }
  // With JavaScript, e2e/back has the others.
  const ways = Object.entries(WAYS).slice(javaScriptEnabled ? -1 : 0)
  for (const [way, signOut] of ways) {
    t.test(`Back shows nothing private after signing out by ${way}: ${mode}`, async t => {
      const page = await openProfile(t, chromium, { baseURL: shop.url, javaScriptEnabled })
      await openList(page, shop)
      await page.goto(await questionUrl(page))
      await signOut(page)
      await page.waitForURL('**/login')

      for (let step = 0; step < 3; step++) {
        const restored = await pressBack(page)
        t.notOk(restored && path(page) !== '/home', `${path(page)} is asked for again`)
        t.notMatch(await page.locator('body').innerText(), /Firefox|Linux|203\.0\.113|signed in/)
      }
      t.equal(path(page), '/login', 'where the list was')
    })
  }
}

t.test('Back to a list that has been kept brings it up to date: signed out elsewhere, it is left', async t => {
  const page = await openProfile(t, chromium, { baseURL: shop.url })
  const user = await openList(page, shop)
  await page.goto('/home')
  await shop.app.loginSessions.revokeAll(user)

  await pressBack(page)

  await page.waitForURL('**/login')
  t.notMatch(await page.locator('body').innerText(), 'Firefox')
})

t.test('this browser does keep pages for Back that may be kept', async t => {
  const page = await openProfile(t, chromium, { baseURL: shop.url })
  await page.goto('/login')
  await page.goto('/home')

  t.ok(await pressBack(page))
})
