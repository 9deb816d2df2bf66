/**
 * The dialog and the list in a real browser: where the focus goes, what is said, what a bad network does.
 */
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { PASSWORD } from '../../support/app.js'
import { MINUTE } from '../../support/clock.js'
import { PAGE } from '../../support/page.js'
import { hasFocus, isLively, LINUX, MAC, WINDOWS } from '../../support/profile.js'
import { randomId } from '../../support/records.js'
import { FIELD, giveWrongPassword, NOT_YOU, OTHERS, STATUS, TITLE } from '../../support/scenes.js'
import { setStage } from '../../support/stage.js'

/** Where the list is asked for, to be brought up to date. */
const LIST = `${PAGE}/list`

const PROBLEM = { status: 503, contentType: 'text/html', headers: { 'login-sessions': 'fragment', 'hx-retarget': '[data-ls-part=problem]', 'hx-reswap': 'innerHTML' }, body: 'Sessions cannot be reached right now.' }

/** Minutes that the shop's clock is ahead. */
let ahead = 0

const stage = await setStage(t, {
  now: () => new Date(Date.now() + ahead * MINUTE),
  confirm: ({ userId }) => userId.startsWith('page') ? { way: 'page', path: '/passkey', label: 'Confirm with your passkey' } : null,
  pages: { passwordPath: '/password', returnTo: 'next' },
  routes (app) {
    // Where a host would ask for a passkey.
    app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => done(null, body))
    app.get('/passkey', async (_request, reply) => reply.type('text/html; charset=utf-8').send('<!doctype html><html lang="en"><title>Passkey</title><main><form method="post"><button>Use passkey</button></form></main></html>'))
    app.post<{ Querystring: { next: string } }>('/passkey', async (request, reply) => {
      await request.confirmLoginSession(() => true)
      return reply.redirect(request.query.next, 303)
    })
    app.get('/with-form', async (_request, reply) => {
      const { html, head } = await reply.renderLoginSessions()
      return reply.type('text/html; charset=utf-8').send(`<!doctype html><html lang="en"><head><title>Profile</title>${head}</head><body><main><h1>Profile</h1><label>Address <input id="address"></label>${html}</main></body></html>`)
    })
  }
})
const { shop } = stage

/** The page of a new user, with a Mac and a Linux machine signed in elsewhere. */
async function openPage (t: Test, kind = 'ada'): Promise<{ page: Page, user: string, mac: string }> {
  const user = `${kind}-${randomId()}`
  const { id: mac } = await shop.signInElsewhere(user, MAC)
  await shop.signInElsewhere(user, LINUX)
  const page = await stage.openPage(t)
  await page.goto(`/start?user=${user}`)
  await isLively(page)
  return { page, user, mac }
}

const rows = (page: Page) => page.locator('li.ls-row')
const signOutMac = (page: Page) => page.getByRole('button', { name: /^Sign out Mac \(Safari\)/ })
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Sign out Mac (Safari)?' })
const revokeOf = (id: string): string => `[data-ls-part=revoke][data-ls-session="${id}"]`
const problem = (page: Page) => page.locator('[data-ls-part=problem]')
const confirm = (page: Page) => dialog(page).getByRole('button', { name: 'Sign out', exact: true })

/** Holds requests that match until told to go on. */
async function holdRequests (page: Page, method: string): Promise<{ count(): number, release(): void }> {
  let release = (): void => {}
  const held = new Promise<void>(resolve => { release = resolve })
  let count = 0
  await page.route('**/revoke', async route => {
    if (route.request().method() !== method) return await route.continue()
    count++
    await held
    await route.continue()
  })
  return { count: () => count, release }
}

t.test('the dialog opens with the focus in the password; Cancel and Esc give it back', async t => {
  const { page, mac } = await openPage(t)
  for (const opener of [revokeOf(mac), `${NOT_YOU}[data-ls-session="${mac}"]`, OTHERS]) {
    for (const leave of [() => page.keyboard.press('Escape'), () => page.getByRole('button', { name: 'Cancel' }).click()]) {
      await page.locator(opener).click()
      await page.getByRole('dialog').waitFor()
      t.ok(await hasFocus(page, FIELD))
      await leave()
      await page.locator('dialog').waitFor({ state: 'detached' })
      t.ok(await hasFocus(page, opener))
    }
  }
})

t.test('when the row has gone, the focus is on the status region, which was there before and says who was signed out', async t => {
  const { page } = await openPage(t)
  const region = await page.getByRole('status').elementHandle()
  await signOutMac(page).click()
  await page.locator(FIELD).fill(PASSWORD)
  await page.keyboard.press('Enter')

  await page.getByRole('status').getByText('Signed out Mac (Safari).').waitFor()
  t.ok(await region!.evaluate(element => element.isConnected && element.getAttribute('role') === 'status'), 'the same element as before')
  t.equal(await region!.textContent(), 'Signed out Mac (Safari).')
  t.ok(await hasFocus(page, STATUS))
  t.equal(await rows(page).count(), 2)
  t.equal(await page.getByRole('dialog').count(), 0)
})

t.test('a question that is asked again stays in its dialog: nothing fades in anew', async t => {
  const { page } = await openPage(t)
  await page.evaluate(() => document.addEventListener('animationstart', () => { document.body.dataset.fades = String(Number(document.body.dataset.fades ?? 0) + 1) }))
  const fades = () => page.evaluate(() => document.body.dataset.fades)
  await signOutMac(page).click()
  const shown = await dialog(page).elementHandle()
  await shown!.evaluate(element => Promise.all(element.getAnimations().map(({ finished }) => finished)))
  t.equal(await fades(), '1')

  await giveWrongPassword(page)

  t.ok(await shown!.evaluate(element => element.isConnected && element.matches(':modal')))
  t.equal(await page.locator('dialog').count(), 1)
  t.equal(await fades(), '1')
  t.ok(await hasFocus(page, FIELD))
  t.equal(await shown!.getAttribute('closedby'), null)
  await page.keyboard.press('Escape')
  await page.locator('dialog').waitFor({ state: 'detached' })
})

t.test('open details stay open when the list comes anew, and closed ones open for the focus', async t => {
  const { page, user, mac } = await openPage(t)
  for (let i = 0; i < 2; i++) await shop.signInElsewhere(user, WINDOWS, undefined, true)
  await page.reload()
  await isLively(page)
  const group = page.locator('.ls-group > details')
  const details = page.locator(`[data-ls-details="${mac}"]`)
  const isOpen = (one: typeof group) => one.evaluate((element: HTMLDetailsElement) => element.open)
  await group.locator('> summary').click()
  await details.locator('summary').focus()
  await page.keyboard.press('Enter')
  const before = await group.elementHandle()

  await comeBack(page)
  t.notOk(await before!.evaluate(element => element.isConnected))
  t.strictSame([await isOpen(group), await isOpen(details)], [true, true])
  t.ok(await hasFocus(page, `[data-ls-details="${mac}"] > summary`))

  await group.getByRole('button').first().click()
  await page.getByRole('dialog').waitFor()
  await group.evaluate((element: HTMLDetailsElement) => { element.open = false })
  await page.keyboard.press('Escape')
  await page.locator('dialog').waitFor({ state: 'detached' })
  t.ok(await group.getByRole('button').first().evaluate(element => element === document.activeElement))
  t.ok(await isOpen(group))
})

t.test('"Not you?" leads on from the status region: the next Tab is the way to the password', async t => {
  const { page, mac } = await openPage(t)
  await page.locator(`[data-ls-part=not-you][data-ls-session="${mac}"]`).click()
  const question = page.getByRole('dialog', { name: 'Was this not you?' })
  await question.getByText('Sign out Mac (Safari).').waitFor()
  await page.locator(FIELD).fill(PASSWORD)
  await page.keyboard.press('Enter')

  await page.getByRole('status').getByText('Signed out Mac (Safari). Now change your password').waitFor()
  t.ok(await hasFocus(page, STATUS))
  await page.keyboard.press('Tab')
  t.ok(await hasFocus(page, `${STATUS} a[href="/password"]`))
  t.equal(await page.locator(revokeOf(mac)).count(), 0)
})

t.test('a confirmation on the host\'s page: the dialog leads there, and people come back to a plain question', async t => {
  t.teardown(() => { ahead = 0 })
  const { page, mac } = await openPage(t, 'page')
  ahead = 11
  await signOutMac(page).click()
  const link = dialog(page).getByRole('link', { name: 'Confirm with your passkey' })
  await link.waitFor()
  t.ok(await link.evaluate(element => element === document.activeElement))
  t.equal((await dialog(page).getByRole('button').allInnerTexts()).join(), 'Cancel')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Use passkey' }).click()

  await page.waitForURL(`**/${mac}/revoke`)
  t.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Sign out Mac (Safari)?')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('status').getByText('Signed out Mac (Safari).').waitFor()
})

t.test('on a slow network the button says that it works, a second click does nothing, and Esc takes nothing back', async t => {
  const { page } = await openPage(t)
  const held = await holdRequests(page, 'POST')
  await signOutMac(page).click()
  await page.locator(FIELD).fill(PASSWORD)
  const button = confirm(page)
  await button.click()

  const working = dialog(page).getByRole('button', { name: 'Signing out…' })
  t.ok(await working.isDisabled())
  await working.click({ force: true })
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  t.ok(await dialog(page).isVisible())
  held.release()
  await page.getByRole('status').getByText('Signed out Mac (Safari).').waitFor()
  t.equal(held.count(), 1)
})

t.test('a slow question is asked once, however often the button is pressed', async t => {
  const { page } = await openPage(t)
  const held = await holdRequests(page, 'GET')
  for (let i = 0; i < 3; i++) await signOutMac(page).click()
  held.release()
  await dialog(page).waitFor()
  await page.waitForLoadState('networkidle')

  t.equal(held.count(), 1)
  t.equal(await page.getByRole('dialog').count(), 1)
})

t.test('when the network fails, the dialog stays with what was typed, says why, and works once the network is back', async t => {
  const { page } = await openPage(t)
  await signOutMac(page).click()
  await page.locator(FIELD).fill(PASSWORD)
  await page.context().setOffline(true)
  await page.keyboard.press('Enter')

  await dialog(page).getByRole('alert').getByText('The server cannot be reached.').waitFor()
  t.equal(await page.locator(FIELD).inputValue(), PASSWORD)
  t.equal(await rows(page).count(), 3)
  await page.context().setOffline(false)
  await confirm(page).click()
  await page.getByRole('status').getByText('Signed out Mac (Safari).').waitFor()
})

t.test('a proxy\'s error page never gets into the page, whatever it was asked for', async t => {
  const { page } = await openPage(t)
  const badGateway = { status: 502, contentType: 'text/html', body: '<html><body><h1>Bad gateway</h1></body></html>' }
  await page.route('**/revoke', route => route.fulfill(badGateway))
  await signOutMac(page).click()
  await problem(page).getByText('The server cannot be reached.').waitFor()
  t.equal(await rows(page).count(), 3)

  await page.unroute('**/revoke')
  await signOutMac(page).click()
  await dialog(page).waitFor()
  t.equal(await problem(page).textContent(), '', 'what has been mended is not complained about')
  await page.route('**/revoke', route => route.fulfill(badGateway))
  await page.locator(FIELD).fill(PASSWORD)
  await page.keyboard.press('Enter')
  await dialog(page).getByRole('alert').getByText('The server cannot be reached.').waitFor()

  await page.keyboard.press('Escape')
  await page.route(`**${LIST}`, route => route.fulfill(badGateway))
  await comeBack(page)
  await problem(page).getByText('The server cannot be reached.').waitFor()
  t.equal(await rows(page).count(), 3)
  t.equal(await page.getByText('Bad gateway').count(), 0)

  await page.unrouteAll()
  let requests = 0
  for (const url of ['**/revoke', `**${LIST}`]) await page.route(url, route => { requests++; return route.fulfill(PROBLEM) })
  await signOutMac(page).click()
  await problem(page).getByText('Sessions cannot be reached right now.').waitFor()
  // Long enough for a loop to show: it would make hundreds of requests.
  await page.waitForTimeout(500)
  t.ok(requests <= 2, `what the server itself says of an outage is said once, and not asked again: ${requests} requests`)
  t.equal(await rows(page).count(), 3)
})

t.test('while the database is away the dialog says so and keeps what was typed', async t => {
  const { page } = await openPage(t)
  await signOutMac(page).click()
  await page.locator(FIELD).fill(PASSWORD)
  const { revoke } = shop.app.loginSessions
  t.teardown(() => { shop.app.loginSessions.revoke = revoke })
  shop.app.loginSessions.revoke = async () => { throw Object.assign(new Error('away'), { code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE', statusCode: 503 }) }
  await page.keyboard.press('Enter')

  await dialog(page).getByRole('alert').getByText('Sessions cannot be reached right now.').waitFor()
  t.equal(await page.locator(FIELD).inputValue(), PASSWORD)
  shop.app.loginSessions.revoke = revoke
  await confirm(page).click()
  await page.getByRole('status').getByText('Signed out Mac (Safari).').waitFor()
})

t.test('after five wrong passwords the dialog says how long it is locked, also when it is opened again', async t => {
  const { page } = await openPage(t)
  await signOutMac(page).click()
  for (let i = 0; i < 5; i++) {
    await page.locator(FIELD).fill(`wrong ${i}`)
    const answered = page.waitForResponse(response => response.request().method() === 'POST')
    await page.keyboard.press('Enter')
    t.equal((await answered).status(), 422)
    await dialog(page).getByRole('alert').getByText(/Wrong password|Too many/).waitFor()
    await dialog(page).locator('[data-ls-idle]').waitFor({ state: 'detached' })
  }

  await page.keyboard.press('Escape')
  await signOutMac(page).click()
  await dialog(page).getByText('Too many failed attempts. Try again in 15 minutes.').waitFor()
  t.equal(await page.locator(FIELD).count(), 0, 'no password is asked for in vain')
  t.ok(await dialog(page).getByRole('button', { name: 'Back to your sessions' }).evaluate(element => element === document.activeElement))
})

t.test('a session that ends while its question is open is said to have ended, and the list is brought up to date', async t => {
  const { page, user, mac } = await openPage(t)
  await signOutMac(page).click()
  await dialog(page).waitFor()
  await shop.app.loginSessions.revoke(user, mac)
  await page.locator(FIELD).fill(PASSWORD)
  await page.keyboard.press('Enter')

  await problem(page).getByText('That session has ended already.').waitFor()
  await page.locator('dialog').waitFor({ state: 'detached' })
  await signOutMac(page).waitFor({ state: 'detached' })
  t.ok(await hasFocus(page, TITLE))
})

t.test('a session that ended before its question was asked is said to have ended, and the list is brought up to date', async t => {
  const { page, user, mac } = await openPage(t)
  await shop.app.loginSessions.revoke(user, mac)
  await signOutMac(page).click()

  await problem(page).getByText('That session has ended already.').waitFor()
  await signOutMac(page).waitFor({ state: 'detached' })
  let requests = 0
  page.on('request', () => requests++)
  // Long enough for a loop to show: it would make hundreds of requests.
  await page.waitForTimeout(500)
  t.equal(requests, 0, 'the list is brought up to date once')
})

t.test('a page whose own session was ended elsewhere leads to the sign-in page at its next click', async t => {
  const { page, user } = await openPage(t)
  await shop.app.loginSessions.revokeAll(user)
  await signOutMac(page).click()
  await page.waitForURL('**/login?next=*')
})

t.test('a list notices what happened elsewhere when its tab comes back, without losing an open dialog', async t => {
  const { page, user, mac } = await openPage(t)
  await page.getByRole('button', { name: /^Sign out Linux computer \(Firefox\)/ }).click()
  const linuxDialog = page.getByRole('dialog', { name: 'Sign out Linux computer (Firefox)?' })
  await page.locator(FIELD).fill(PASSWORD)
  await shop.app.loginSessions.revoke(user, mac)

  await comeBack(page)

  await page.locator(revokeOf(mac)).waitFor({ state: 'detached' })
  t.ok(await linuxDialog.isVisible())
  t.equal(await page.locator(FIELD).inputValue(), PASSWORD)
  t.ok(await hasFocus(page, FIELD))
  await page.keyboard.press('Enter')
  await page.getByRole('status').getByText('Signed out Linux computer (Firefox).').waitFor()
  t.equal(await rows(page).count(), 1)
})

t.test('coming back to the tab keeps the focus where it was', async t => {
  const { page, mac } = await openPage(t)
  await signOutMac(page).focus()
  const before = await signOutMac(page).elementHandle()
  await comeBack(page)
  await page.waitForFunction(button => !button!.isConnected, before)

  t.ok(await hasFocus(page, revokeOf(mac)))
})

t.test('a question that failed takes no focus afterwards: what is typed elsewhere stays where it is typed', async t => {
  const { page } = await openPage(t)
  await page.goto('/with-form')
  await page.context().setOffline(true)
  await signOutMac(page).click()
  await problem(page).getByText('The server cannot be reached.').waitFor()
  await page.context().setOffline(false)
  await page.locator('#address').click()
  await page.keyboard.type('12 ')
  await comeBack(page)
  await page.keyboard.type('Long Lane')

  t.equal(await page.locator('#address').inputValue(), '12 Long Lane')
  t.equal(await page.getByRole('dialog').count(), 0)
})

t.test('a session that ended leaves what is typed on the page, takes the list away and says where to sign in', async t => {
  const { page, user } = await openPage(t)
  await shop.app.loginSessions.revokeAll(user)
  await comeBack(page)

  await problem(page).getByText('You are no longer signed in here.').waitFor()
  t.equal(await rows(page).count(), 0)
  await problem(page).getByRole('link', { name: 'Sign in again' }).click()
  await page.waitForURL('**/login?next=*')
})

t.test('a proxy\'s answer stays out also when the button that asked was replaced meanwhile', async t => {
  const { page } = await openPage(t)
  let answer = (): void => {}
  const later = new Promise<void>(resolve => { answer = resolve })
  await page.route('**/revoke', async route => {
    await later
    await route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' })
  })
  await signOutMac(page).click()
  const asked = await signOutMac(page).elementHandle()
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await page.waitForFunction(button => !button!.isConnected, asked)
  answer()

  await problem(page).getByText('The server cannot be reached.').waitFor()
  t.equal(await page.getByText('Bad gateway').count(), 0)
})

t.test('an answer to an older question about the list never undoes a newer one', async t => {
  const { page } = await openPage(t)
  let answer = (): void => {}
  const later = new Promise<void>(resolve => { answer = resolve })
  await signOutMac(page).click()
  await page.locator(FIELD).fill(PASSWORD)
  await page.route(`**${LIST}`, async route => {
    const response = await route.fetch()
    await later
    await route.fulfill({ response }).catch(() => {})
  })
  const refreshing = page.waitForRequest(request => new URL(request.url()).pathname === LIST)
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await refreshing
  await page.keyboard.press('Enter')
  await page.getByRole('status').getByText('Signed out Mac (Safari).').waitFor()
  answer()
  await page.waitForLoadState('networkidle')

  t.equal(await rows(page).count(), 2)
})

t.test('what is under way cannot be called off: neither Cancel nor any number of Esc closes the dialog', async t => {
  const { page } = await openPage(t)
  const held = await holdRequests(page, 'POST')
  await signOutMac(page).click()
  await page.locator(FIELD).fill(PASSWORD)
  await page.keyboard.press('Enter')
  await dialog(page).getByRole('button', { name: 'Signing out…' }).waitFor()
  for (let i = 0; i < 4; i++) await page.keyboard.press('Escape')

  t.ok(await dialog(page).getByRole('button', { name: 'Cancel' }).isDisabled())
  t.ok(await dialog(page).isVisible())
  held.release()
  await page.getByRole('status').getByText('Signed out Mac (Safari).').waitFor()
})

t.test('a complaint of a refresh goes with the next that works', async t => {
  const { page } = await openPage(t)
  await page.route(`**${LIST}`, route => route.abort())
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await problem(page).getByText('The server cannot be reached.').waitFor()
  await page.unroute(`**${LIST}`)
  await comeBack(page)

  t.equal(await problem(page).textContent(), '')
})

t.test('a list that was shown whole is whole after coming back and after a reload, with the focus where it was', async t => {
  const { page, user } = await openPage(t)
  for (let i = 0; i < 10; i++) await shop.signInElsewhere(user, LINUX)
  await page.reload()
  await page.getByRole('button', { name: 'Show all 13' }).or(page.getByRole('link', { name: 'Show all 13' })).click()
  const last = rows(page).nth(12).getByRole('button')
  await last.focus()
  await comeBack(page)

  t.equal(await rows(page).count(), 13)
  t.ok(await last.evaluate(element => element === document.activeElement))
  await page.reload()
  t.equal(await rows(page).count(), 13)
})

t.test('a refresh leaves the focus at the link of users without password; from an element that it removes, it moves to the heading', async t => {
  const { page } = await openPage(t, 'guest')
  const link = page.getByRole('link', { name: 'Set a password' })
  await link.focus()
  await comeBack(page)
  t.ok(await link.evaluate(element => element === document.activeElement))

  await page.locator('.ls-list').evaluate(list => list.append(Object.assign(document.createElement('a'), { href: '/', textContent: 'The host\'s own' })))
  await page.getByRole('link', { name: 'The host\'s own' }).focus()
  await comeBack(page)
  t.ok(await hasFocus(page, TITLE))
})

/** Another tab was in front, and this one is again: the list has been asked for, and the answer has been dealt with. */
async function comeBack (page: Page): Promise<void> {
  const refreshed = page.waitForResponse(response => response.request().method() === 'GET' && new URL(response.url()).pathname === LIST)
  // Headless Chromium hides no page; what the page hears is the same.
  await page.evaluate(() => new Promise<void>(resolve => {
    document.addEventListener('htmx-finally-request', () => resolve(), { once: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }))
  await refreshed
}
