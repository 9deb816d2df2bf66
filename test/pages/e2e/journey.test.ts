/**
 * The whole path, driven as users do: two browsers and curl, on the served example and a real MongoDB. It is one
 * journey of one user: each step goes on where the one before it ended.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import t from 'tap'
import { DEMO_USER_WITHOUT_PASSWORD } from '../../../example/users.js'
import { launchBrowser } from '../../support/browser.js'
import { poll } from '../../support/poll.js'
import { MAC, openProfile, WINDOWS } from '../../support/profile.js'
import { randomId } from '../../support/records.js'
import { serveExample } from '../../support/served-example.js'

const SESSIONS = '/account/sessions'
const password = 'correct horse battery staple'
const email = `ada-${randomId()}@example.com`

const [example, chromium] = await Promise.all([serveExample(t), launchBrowser()])
t.teardown(() => chromium.close())

/** Browser profiles of their own, and a script on curl, with a cookie file of its own. */
const windows = await openProfile(t, chromium, { userAgent: WINDOWS, baseURL: example.url })
const mac = await openProfile(t, chromium, { userAgent: MAC, baseURL: example.url })
const plain = await openProfile(t, chromium, { userAgent: WINDOWS, baseURL: example.url, javaScriptEnabled: false })
const script = createScript(`${t.testdir()}/cookies`)

function createScript (jar: string) {
  const curl = async (path: string, ...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)('curl', ['-sS', '-b', jar, '-c', jar, ...args, example.url + path])
    return stdout
  }
  return {
    signIn: () => curl('/sign-in', '--data-urlencode', `email=${email}`, '--data-urlencode', `password=${password}`),
    status: async () => Number(await curl('/api/account/sessions', '-o', '/dev/null', '-w', '%{http_code}'))
  }
}

async function fillSignIn (page: Page): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
}

async function signIn (page: Page): Promise<void> {
  await fillSignIn(page)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL('**/account')
}

async function signOut (page: Page): Promise<void> {
  await page.goto('/account')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL('**/sign-in')
}

const rows = (page: Page) => page.locator('li.ls-row')
const signOutMac = (page: Page) => page.getByRole('button', { name: /Sign out Mac \(Safari\)/ })
const isSignedOut = async (page: Page): Promise<boolean> => {
  await page.goto('/account')
  return page.url().endsWith('/sign-in')
}

t.test('a new user signs up, and out again', async t => {
  await windows.goto('/sign-up')
  await windows.getByLabel('Email').fill(email)
  await windows.getByLabel('Password').fill(password)
  await windows.getByRole('button', { name: 'Create' }).click()
  await windows.waitForURL('**/account')

  await signOut(windows)
  t.ok(await isSignedOut(windows))
})

t.test('Enter pressed again and again signs in once', async t => {
  await fillSignIn(windows)
  await windows.getByLabel('Keep me signed in').check()
  await windows.getByLabel('Password', { exact: true }).focus()
  let sent = 0
  windows.on('request', request => { if (request.method() === 'POST') sent++ })
  await Promise.all([windows.waitForURL('**/account'), ...[1, 2, 3, 4].map(() => windows.keyboard.press('Enter').catch(() => {}))])

  t.equal(sent, 1)
  await script.signIn()
  await windows.goto(SESSIONS)
  t.equal(await rows(windows).count(), 2)
})

t.test('the sign-in cookie is out of reach of scripts, and persistent only when asked for', async t => {
  await signIn(mac)
  const cookieOf = async (page: Page) => (await page.context().cookies()).find(({ name }) => /^login-session-\d+$/.test(name))!

  t.equal(await windows.evaluate(() => document.cookie), '')
  t.match(await cookieOf(windows), { httpOnly: true, sameSite: 'Lax', path: '/' })
  t.ok((await cookieOf(windows)).expires > Date.now() / 1000 + 89 * 86_400)
  t.equal((await cookieOf(mac)).expires, -1)
})

t.test('a wrong password stays in the dialog, with the focus in its field; Esc gives the focus back', async t => {
  await windows.goto(SESSIONS)
  const button = signOutMac(windows)
  await button.focus()
  await windows.keyboard.press('Space')
  const field = windows.getByLabel('Your password')
  await field.fill('wrong')
  await windows.keyboard.press('Enter')

  await windows.getByText('Wrong password.').waitFor()
  t.ok(await field.evaluate(element => element === document.activeElement))
  await windows.keyboard.press('Escape')
  await windows.locator('dialog').waitFor({ state: 'detached' })
  t.ok(await button.evaluate(element => element === document.activeElement))
  t.notOk(await isSignedOut(mac))
})

t.test('signed in from two browsers and a script, one sees all three, ends one, then the others', async t => {
  await windows.goto(SESSIONS)

  t.equal(await rows(windows).count(), 3)
  t.match(await rows(windows).nth(0).innerText(), /Windows computer[\s\S]*This device[\s\S]*Chrome[\s\S]*active now/)
  t.match(await rows(windows).nth(1).innerText(), /Mac[\s\S]*Safari[\s\S]*just now/)
  t.match(await rows(windows).nth(2).innerText(), /curl/)

  await signOutMac(windows).click()
  const dialog = windows.getByRole('dialog', { name: 'Sign out Mac (Safari)?' })
  await dialog.getByLabel('Your password').fill(password)
  await windows.keyboard.press('Enter')
  await windows.getByRole('status').getByText('Signed out Mac (Safari).').waitFor()
  t.equal(await rows(windows).count(), 2)
  t.ok(await isSignedOut(mac), 'anonymous on its next request')
  t.equal(await script.status(), 200)

  await windows.getByRole('button', { name: 'Sign out of all other sessions (1)' }).click()
  await windows.getByLabel('Your password').fill(password)
  await windows.getByRole('dialog').getByRole('button', { name: /^Sign out of all/ }).click()
  await windows.getByRole('status').getByText('Signed out one other session.').waitFor()
  t.equal(await script.status(), 401)
  t.match(await windows.getByRole('main').innerText(), 'You are not signed in anywhere else.')
  t.notOk(await isSignedOut(windows))
})

t.test('without JavaScript every path works, with one-shot messages', async t => {
  await signIn(mac)
  await signIn(plain)
  await plain.goto(SESSIONS)

  await signOutMac(plain).click()
  await plain.getByLabel('Your password').fill('wrong')
  await plain.getByRole('main').getByRole('button', { name: 'Sign out' }).click()
  t.match(await plain.getByRole('main').innerText(), 'Wrong password.')
  await plain.getByLabel('Your password').fill(password)
  await plain.getByRole('main').getByRole('button', { name: 'Sign out' }).click()
  t.match(await plain.getByRole('status').innerText(), 'Signed out Mac (Safari).')
  t.ok(plain.url().endsWith(SESSIONS))
  await plain.reload()
  t.equal(await plain.getByRole('status').innerText(), '')
  t.ok(await isSignedOut(mac))
})

t.test('changing the password ends the other sessions and keeps this one', async t => {
  await windows.goto('/account/password')
  await windows.getByLabel('Current password').fill(password)
  await windows.getByLabel('New password').fill('a second password')
  await windows.getByRole('button', { name: /password/i }).click()
  await windows.waitForURL('**/account')

  t.match(await windows.getByRole('status').innerText(), 'one other session has been signed out')
  t.ok(await isSignedOut(plain))
})

t.test('a user without a password signs in with a mailed code and ends the other session, without JavaScript, too', async t => {
  for (const page of [mac, plain]) {
    await page.goto('/sign-in')
    await page.getByRole('link', { name: 'Get a code by mail' }).click()
    await page.getByLabel('Email').fill(DEMO_USER_WITHOUT_PASSWORD.email)
    await page.getByRole('button', { name: 'Send a code' }).click()
    await page.getByLabel('Code').fill(await mailedCode())
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.waitForURL('**/account')
  }
  await plain.goto(SESSIONS)
  await plain.locator('[data-ls-part=revoke]').click()
  t.equal(await plain.getByLabel(/password/i).count(), 0)
  await plain.getByRole('main').getByRole('button', { name: 'Sign out' }).click()

  t.match(await plain.getByRole('status').innerText(), /Signed out .*Safari/)
  t.ok(await isSignedOut(mac))
})

let mails = 0

/** The code in the next mail that the example prints. */
async function mailedCode (): Promise<string> {
  mails++
  return await poll('a mail with a code', () => [...example.output().matchAll(/Your code is (\d{6})/g)][mails - 1]?.[1])
}
