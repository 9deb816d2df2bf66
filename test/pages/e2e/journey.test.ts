/**
 * The whole path, driven as users do: two browsers and curl, on the served example and a real MongoDB.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { launchBrowser } from '../../support/browser.js'
import { MAC, openProfile, WINDOWS } from '../../support/profile.js'
import { randomId } from '../../support/records.js'
import { type ServedExample, serveExample } from '../../support/served-example.js'

const SESSIONS = '/account/sessions'
const password = 'correct horse battery staple'

let example: ServedExample
let chromium: Browser

t.before(async () => {
  example = await serveExample(t)
  chromium = await launchBrowser()
  t.teardown(() => chromium.close())
})

/** A browser profile of its own on the example. */
const profile = (t: Test, userAgent: string, options: BrowserContextOptions = {}): Promise<Page> =>
  openProfile(t, chromium, { userAgent, baseURL: example.url, ...options })

async function signIn (page: Page, email: string, remember = false): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  if (remember) await page.getByLabel('Keep me signed in').check()
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL('**/account')
}

/** A script on curl, with a cookie file of its own. */
function script (t: Test, email: string) {
  const jar = `${t.testdir()}/cookies`
  const curl = async (path: string, ...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)('curl', ['-sS', '-b', jar, '-c', jar, ...args, example.url + path])
    return stdout
  }
  const credentials = ['--data-urlencode', `email=${email}`, '--data-urlencode', `password=${password}`]
  return {
    signUp: () => curl('/sign-up', ...credentials),
    signIn: () => curl('/sign-in', ...credentials),
    signOut: () => curl('/sign-out', '-X', 'POST'),
    status: async () => Number(await curl('/api/account/sessions', '-o', '/dev/null', '-w', '%{http_code}')),
    revokeOthers: async (password: string) => JSON.parse(await curl('/api/account/sessions/others/revoke', '-H', 'content-type: application/json', '-d', JSON.stringify({ password })))
  }
}

/** A new user, signed in nowhere, and a script that can sign in as them. */
async function newUser (t: Test) {
  const email = `ada-${randomId()}@example.com`
  const curl = script(t, email)
  await curl.signUp()
  await curl.signOut()
  return { email, curl, signIn: (page: Page, remember?: boolean) => signIn(page, email, remember) }
}

const rows = (page: Page) => page.getByRole('row').filter({ has: page.getByRole('rowheader') })
const isSignedOut = async (page: Page): Promise<boolean> => {
  await page.goto('/account')
  return page.url().endsWith('/sign-in')
}

t.test('signed in from two browsers and a script, one sees all three, ends one, then the others', async t => {
  const { signIn, curl } = await newUser(t)
  const [windows, mac] = [await profile(t, WINDOWS), await profile(t, MAC)]
  await curl.signIn()
  await signIn(mac)
  await signIn(windows, true)
  await windows.goto(SESSIONS)

  t.equal(await rows(windows).count(), 3)
  t.match(await rows(windows).nth(0).innerText(), /Chrome on Windows[\s\S]*This device[\s\S]*(127\.0\.0\.1|::1)[\s\S]*Active now/)
  t.match(await rows(windows).nth(1).innerText(), /Safari on macOS[\s\S]*(127\.0\.0\.1|::1)[\s\S]*Just now/)
  t.match(await rows(windows).nth(2).innerText(), /curl[\s\S]*(127\.0\.0\.1|::1)/)

  await windows.getByRole('button', { name: /Sign out Safari on macOS/ }).click()
  const dialog = windows.getByRole('dialog', { name: 'Sign out Safari on macOS?' })
  await dialog.getByLabel('Your password').fill(password)
  await windows.keyboard.press('Enter')
  await windows.getByRole('status').getByText('Signed out Safari on macOS.').waitFor()
  t.equal(await rows(windows).count(), 2)
  t.ok(await isSignedOut(mac), 'anonymous on its next request')
  t.equal(await curl.status(), 200)

  await windows.getByRole('button', { name: 'Sign out of all other sessions (1)' }).click()
  await windows.getByLabel('Your password').fill(password)
  await windows.getByRole('dialog').getByRole('button', { name: /^Sign out of all/ }).click()
  await windows.getByRole('status').getByText('Signed out one other session.').waitFor()
  t.equal(await curl.status(), 401)
  t.match(await windows.getByRole('main').innerText(), 'You are not signed in anywhere else.')
  t.notOk(await isSignedOut(windows))
})

t.test('a wrong password stays in the dialog, with the focus in its field; Esc gives the focus back', async t => {
  const { signIn } = await newUser(t)
  const [windows, mac] = [await profile(t, WINDOWS), await profile(t, MAC)]
  await signIn(mac)
  await signIn(windows)
  await windows.goto(SESSIONS)
  const button = windows.getByRole('button', { name: /Sign out Safari on macOS/ })
  await button.focus()
  await windows.keyboard.press('Space')
  const field = windows.getByLabel('Your password')
  await field.fill('wrong')
  await windows.keyboard.press('Enter')

  await windows.getByText('This password is not right.').waitFor()
  t.ok(await field.evaluate(element => element === document.activeElement))
  await windows.keyboard.press('Escape')
  await windows.locator('dialog').waitFor({ state: 'detached' })
  t.ok(await button.evaluate(element => element === document.activeElement))
  t.notOk(await isSignedOut(mac))
})

t.test('a session that another tab has ended is said to have ended, and the list is brought up to date', async t => {
  const { signIn } = await newUser(t)
  const [windows, mac] = [await profile(t, WINDOWS), await profile(t, MAC)]
  await signIn(mac)
  await signIn(windows)
  await windows.goto(SESSIONS)
  await mac.goto('/account')
  await mac.getByRole('button', { name: 'Sign out' }).click()
  await mac.waitForURL('**/sign-in')

  await windows.getByRole('button', { name: /Sign out Safari on macOS/ }).click()

  await windows.getByRole('alert').getByText('That session has ended already.').waitFor()
  await windows.getByText('You are not signed in anywhere else.').waitFor()
  let requests = 0
  windows.on('request', () => requests++)
  // Long enough for a loop to show: it would make hundreds of requests.
  await windows.waitForTimeout(500)
  t.equal(requests, 0, 'the list is brought up to date once')
})

t.test('while the server cannot be reached, the page says so once, and asks no more until it is told to', async t => {
  const { signIn } = await newUser(t)
  const [windows, mac] = [await profile(t, WINDOWS), await profile(t, MAC)]
  await signIn(mac)
  await signIn(windows)
  await windows.goto(SESSIONS)
  let requests = 0
  await windows.route('**/revoke', route => { requests++; return route.fulfill({ status: 503, contentType: 'text/html', headers: { 'login-sessions': 'fragment', 'hx-retarget': '[data-ls-part=problem]', 'hx-reswap': 'innerHTML' }, body: 'Sessions cannot be reached right now.' }) })
  await windows.route(`**${SESSIONS}`, route => { requests++; return route.fulfill({ status: 503, contentType: 'text/html', headers: { 'login-sessions': 'fragment', 'hx-retarget': '[data-ls-part=problem]', 'hx-reswap': 'innerHTML' }, body: 'Sessions cannot be reached right now.' }) })

  await windows.getByRole('button', { name: /Sign out Safari on macOS/ }).click()

  await windows.getByRole('alert').getByText('Sessions cannot be reached right now.').waitFor()
  await windows.waitForTimeout(500)
  t.ok(requests <= 2, `${requests} requests`)
  t.equal(await rows(windows).count(), 2, 'the list stays')
})

t.test('without JavaScript every path works, with one-shot messages', async t => {
  const { signIn } = await newUser(t)
  const [windows, mac] = [await profile(t, WINDOWS, { javaScriptEnabled: false }), await profile(t, MAC)]
  await signIn(mac)
  await signIn(windows)
  await windows.goto(SESSIONS)

  await windows.getByRole('button', { name: /Sign out Safari on macOS/ }).click()
  await windows.getByLabel('Your password').fill('wrong')
  await windows.getByRole('main').getByRole('button', { name: 'Sign out' }).click()
  t.match(await windows.getByRole('main').innerText(), 'This password is not right.')
  await windows.getByLabel('Your password').fill(password)
  await windows.getByRole('main').getByRole('button', { name: 'Sign out' }).click()
  t.match(await windows.getByRole('status').innerText(), 'Signed out Safari on macOS.')
  t.ok(windows.url().endsWith(SESSIONS))
  await windows.reload()
  t.equal(await windows.getByRole('status').innerText(), '')
  t.ok(await isSignedOut(mac))
})

t.test('a question opened as a page of its own works with JavaScript too, for another device and for this one', async t => {
  const { signIn } = await newUser(t)
  const [windows, mac] = [await profile(t, WINDOWS), await profile(t, MAC)]
  await signIn(mac)
  await signIn(windows)
  await windows.goto(`${SESSIONS}/others/revoke`)

  await windows.getByLabel('Your password').fill(password)
  await windows.getByRole('button', { name: /^Sign out of all/ }).click()
  await windows.getByRole('status').getByText('Signed out one other session.').waitFor()
  t.ok(await isSignedOut(mac))

  await windows.goto(SESSIONS)
  const id = await windows.evaluate(async () => (await (await fetch('/api/account/sessions')).json()).sessions[0].id)
  await windows.goto(`${SESSIONS}/${id}/revoke`)
  await windows.getByRole('main').getByRole('button', { name: 'Sign out' }).click()
  await windows.waitForURL('**/sign-in')
})

t.test('a user without a password sees the list and why the actions are off', async t => {
  const [windows, mac] = [await profile(t, WINDOWS), await profile(t, MAC)]
  for (const page of [mac, windows]) {
    await page.goto('/sign-in')
    await page.getByRole('button', { name: /without password/ }).click()
    await page.waitForURL('**/account')
  }
  await windows.goto(SESSIONS)

  t.match(await windows.getByRole('main').innerText(), /your account has none/)
  t.equal(await windows.getByRole('main').getByRole('button').count(), 0)
})

t.test('changing the password ends the other sessions and keeps this one', async t => {
  const [windows, mac] = [await profile(t, WINDOWS), await profile(t, MAC)]
  const email = `grace-${randomId()}@example.com`
  await windows.goto('/sign-up')
  await windows.getByLabel('Email').fill(email)
  await windows.getByLabel('Password').fill(password)
  await windows.getByRole('button', { name: 'Create' }).click()
  await windows.waitForURL('**/account')
  await signIn(mac, email)

  await windows.goto('/account/password')
  await windows.getByLabel('Current password').fill(password)
  await windows.getByLabel('New password').fill('a second password')
  await windows.getByRole('button', { name: /password/i }).click()
  await windows.waitForURL('**/account')

  t.match(await windows.getByRole('status').innerText(), 'one other session has been signed out')
  t.ok(await isSignedOut(mac))
})

t.test('the sign-in cookie is out of reach of scripts, and persistent only when asked for', async t => {
  const { signIn } = await newUser(t)
  const [windows, mac] = [await profile(t, WINDOWS), await profile(t, MAC)]
  await signIn(windows, true)
  await signIn(mac)
  const cookieOf = async (page: Page) => (await page.context().cookies()).find(({ name }) => name === '__Host-login-session')!

  t.equal(await windows.evaluate(() => document.cookie), '')
  t.match(await cookieOf(windows), { httpOnly: true, secure: true, sameSite: 'Lax', path: '/' })
  t.ok((await cookieOf(windows)).expires > Date.now() / 1000 + 89 * 86_400)
  t.equal((await cookieOf(mac)).expires, -1)
})

t.test('Enter pressed again and again signs in once', async t => {
  const { email, curl } = await newUser(t)
  const page = await profile(t, WINDOWS)
  await page.goto('/sign-in')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  let sent = 0
  page.on('request', request => { if (request.method() === 'POST') sent++ })
  await Promise.all([page.waitForURL('**/account'), ...[1, 2, 3, 4].map(() => page.keyboard.press('Enter').catch(() => {}))])

  t.equal(sent, 1)
  await curl.signIn()
  await page.goto(SESSIONS)
  t.equal(await rows(page).count(), 2)
})
