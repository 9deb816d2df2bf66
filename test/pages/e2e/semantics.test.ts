/**
 * What readers are told, on screens and by screen readers, beyond what axe-core can judge: names, roles, order, language, times.
 */
import t from 'tap'
import { accessibleNodes } from '../../support/measure.js'
import { openDialog, openList, PROFILE, questionUrl, SCENES } from '../../support/scenes.js'
import { setStage } from '../../support/stage.js'

const { shop, chromium, openPage, listPage } = await setStage(t)

const MINUTE = 60_000

t.test('the list as it is read aloud', async t => {
  const page = await listPage(t, 1)

  const snapshot = await page.getByRole('main').ariaSnapshot()

  t.equal(snapshot.replace(/[A-Z]\w+ \d+, \d{4}, [\d:]+\s[AP]M \w+/g, '(date)'), `
- main:
  - region "Where you are signed in":
    - heading "Where you are signed in" [level=1]
    - paragraph: These are the browsers and devices that are signed in to your account. Sign out any that you do not recognise, then change your password.
    - status
    - alert
    - paragraph: 2 sessions
    - button "Sign out of all other sessions (1)"
    - list:
      - listitem:
        - img "Computer (Windows)"
        - text: Windows computer This device
        - paragraph: "Chrome · Same computer as the server · Last active: active now"
        - group: Details
      - listitem:
        - img "Computer (macOS)"
        - text: Mac
        - paragraph:
          - text: "Safari · Last active:"
          - time: just now
          - text: · Bound to this device
        - group: Details
        - button "Sign out Mac (Safari), last active (date)": Sign out`.trim())
})

t.test('the list is a list at any width, with an item for each session, and for the sessions of a group', async t => {
  const page = await openPage(t)
  await SCENES['the list with a new device and a group, all of it open']!.play(page, shop)
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 720 })
    const roles = (await accessibleNodes(page)).map(({ role }) => role)
    const count = (wanted: string): number => roles.filter(role => role === wanted).length

    t.equal(count('list'), 2)
    t.equal(count('listitem'), 6)
    t.equal(count('DisclosureTriangle'), 6)
    t.equal(count('term') > 20 && count('term'), count('definition'))
  }
})

t.test('what a button says is part of its name, for people who speak to their computer', async t => {
  const page = await listPage(t)
  for (const button of await page.getByRole('button').all()) {
    const [words, name] = [(await button.innerText()).trim(), await button.getAttribute('aria-label')]
    if (name !== null) t.ok(name.startsWith(words), name)
  }
})

t.test('the dialog says its question and what it is about', async t => {
  const page = await listPage(t)
  await openDialog(page)

  const dialog = (await accessibleNodes(page)).find(({ role }) => role === 'dialog')

  t.equal(dialog?.name, 'Sign out Linux computer (Firefox)?')
  t.match(dialog?.description, /^Last active .+ Signed in .+ It will have to sign in again\.$/)
  t.ok(await page.locator('dialog').evaluate(element => element.matches(':modal')))
})

t.test('the page behind an open dialog is out of reach', async t => {
  const page = await listPage(t)
  await openDialog(page)

  const nodes = await accessibleNodes(page)

  t.strictSame(nodes.filter(({ role }) => role === 'button').map(({ name }) => name), ['Cancel', 'Sign out'])
  t.equal(nodes.filter(({ role }) => role === 'listitem').length, 0)
})

t.test('each icon says in words what it shows, and each time has its absolute one beside it', async t => {
  const page = await listPage(t)

  t.equal(await page.getByRole('img', { name: /^Computer \((?:Windows|Linux|macOS)\)$/ }).count(), 3)
  t.equal(await page.locator('svg:not([aria-label]):not([aria-hidden])').count(), 0)
  const times = await page.getByRole('main').locator('time').evaluateAll(times => times.map(time => ({ title: time.hasAttribute('data-ls-absolute') ? time.textContent : (time as HTMLElement).title, iso: (time as HTMLTimeElement).dateTime })))
  t.equal(times.length, 2 + 9, 'one in each row but this device\'s, and three in the details of each')
  for (const { title, iso } of times) {
    t.match(title, /20\d\d/)
    t.match(iso, /^20\d\d-\d\d-\d\dT[\d:.]+Z$/)
  }
})

t.test('the password field is labelled, and password managers know it', async t => {
  const page = await listPage(t)
  await page.goto(await questionUrl(page))

  const field = page.getByLabel('Your password', { exact: true })

  t.equal(await field.getAttribute('autocomplete'), 'current-password')
  t.equal(await field.getAttribute('type'), 'password')
})

t.test('headings: one h1, and none skipped, in pages of ours and of the host\'s', async t => {
  const page = await listPage(t)
  const levels = () => page.locator('h1, h2, h3, h4, h5, h6').evaluateAll(headings => headings.map(({ localName }) => localName))

  t.strictSame(await levels(), ['h1'])
  const question = await questionUrl(page)
  await openDialog(page)
  t.strictSame(await levels(), ['h1', 'h2'])
  await page.goto(question)
  t.strictSame(await levels(), ['h1'])
  await page.goto(PROFILE)
  t.strictSame(await levels(), ['h1', 'h2'])
})

for (const [locale, language, direction] of [['en-US', 'en', 'ltr'], ['de-DE', 'de', 'ltr'], ['ar', 'ar', 'rtl']] as const) {
  t.test(`the language and its direction are told: ${language}`, async t => {
    const page = await listPage(t, 2, { locale })
    const told = () => page.locator('html, .login-sessions').evaluateAll(elements => elements.map(({ lang, dir }: any) => `${lang} ${dir}`))

    t.strictSame(await told(), [`${language} ${direction}`, `${language} ${direction}`])
    t.equal(await page.locator('.ls-facts').first().evaluate(cell => getComputedStyle(cell).direction), direction)
    await page.goto(PROFILE)
    t.equal((await told())[1], `${language} ${direction}`, 'the section of a host\'s page, too')
    await page.goto(await questionUrl(page))
    t.strictSame(await told(), [`${language} ${direction}`, `${language} ${direction}`])
  })
}

t.test('a title of its own for each page, which says what went wrong', async t => {
  const page = await listPage(t)
  t.equal(await page.title(), 'Where you are signed in')
  await page.goto(await questionUrl(page))
  t.equal(await page.title(), 'Sign out Linux computer (Firefox)?')
  await page.getByLabel('Your password').fill('wrong')
  await page.keyboard.press('Enter')
  await page.locator('[aria-invalid]').waitFor()
  t.equal(await page.title(), 'Wrong password. Nothing has been signed out. Sign out Linux computer (Firefox)?')
})

t.test('relative times go on while the page is open, without asking the server', async t => {
  const page = await openPage(t, {})
  await page.clock.install()
  await openList(page, shop, 1)
  const time = page.getByRole('listitem').filter({ hasText: 'Mac' }).locator('time').first()
  t.equal(await time.textContent(), 'just now')
  let requests = 0
  page.on('request', () => requests++)

  await page.clock.runFor(5 * MINUTE)
  t.equal(await time.textContent(), '5 minutes ago')
  await page.clock.runFor(55 * MINUTE)
  t.equal(await time.textContent(), '1 hour ago')
  t.equal(requests, 0)
})

t.test('a reader whose clock is wrong sees the same as everybody', async t => {
  const page = await openPage(t, {})
  await page.clock.setFixedTime(Date.now() - 300 * MINUTE)
  await openList(page, shop, 1)

  t.equal(await page.getByRole('listitem').filter({ hasText: 'Mac' }).locator('time').first().textContent(), 'just now')
})

t.test('absolute times are in the reader\'s zone, and as the reader\'s country writes them: in titles, details and names, and in the question', async t => {
  const page = await listPage(t, 1, { timezoneId: 'Asia/Kolkata', locale: 'en-GB' })

  t.match(await page.locator('.ls-facts time').first().getAttribute('title'), /^\d+ \S+ 20\d\d, \d\d:\d\d GMT\+5:30$/)
  t.match(await page.locator('[data-ls-part=revoke]').first().getAttribute('aria-label'), /GMT\+5:30$/)
  t.match(await page.locator('dl time').first().textContent(), /GMT\+5:30$/)
  await page.locator('[data-ls-part=revoke]').first().click()
  t.match(await page.getByRole('dialog').locator('time').first().getAttribute('title'), /GMT\+5:30$/)
})

t.test('a browser that has client hints is asked at its first page, and the list then knows its full version', async t => {
  // With a user agent of our own, Chromium would send no hints.
  const context = await chromium.newContext({ baseURL: shop.url })
  t.teardown(() => context.close())
  const page = await context.newPage()

  const first = await page.goto('/login')
  t.match(await first!.headerValue('accept-ch'), /Sec-CH-UA-Full-Version-List/)
  const signIn = await page.goto('/start?user=ada')

  await page.locator('.ls-current summary').click()
  t.match(await page.locator('.ls-current').innerText(), ` ${chromium.version()}`)
  t.equal(await signIn!.headerValue('accept-ch'), null, 'who has told is not asked again')
})
