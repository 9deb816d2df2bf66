/**
 * The example application: through inject, and as the process that `npm start` runs.
 */
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import fc from 'fast-check'
import { type Db, MongoNetworkError } from 'mongodb'
import t, { type Test } from 'tap'
import { type AppOptions, buildApp } from '../../example/app.js'
import { createSessionHooks, newSignInMail } from '../../example/mail.js'
import { createPast } from '../../example/past.js'
import { createUsers, DEMO_USER, DEMO_USER_WITHOUT_PASSWORD, seedUsers } from '../../example/users.js'
import type { LoginSession } from '../../plugin/index.js'
import { browser } from '../support/browser-jar.js'
import { actionOf, landing, linkOf, newEmail, PASSWORD, plain, printing as printingOn, SECRET, submit } from '../support/example-app.js'
import { failCommands } from '../support/fail-command.js'
import { freePort } from '../support/free-port.js'
import { makeLabCa } from '../support/lab-ca.js'
import { database } from '../support/mongo.js'
import { textOf } from '../support/page.js'
import { poll } from '../support/poll.js'
import { startReplicaSet } from '../support/replica-set.js'
import { run, serveExample } from '../support/served-example.js'
import { softwareDevice } from '../support/software-device.js'

// It starts the example as a process a dozen times.
t.setTimeout(300_000)

// --- through inject ---

const { db } = await database(t)
const app = await buildApp({ db, secret: SECRET, hashCost: 4, print () {} })
t.teardown(() => app.close())
await seedUsers(await createUsers(db, { hashCost: 4 }))

/** A browser in which a new user has just signed up. */
async function newcomer (to = app) {
  const email = newEmail()
  const own = browser(to)
  const reply = await submit(own, '/sign-up', { email, password: PASSWORD })
  return { email, own, reply }
}

/** An application of its own, and all that it printed, once it is closed. */
const printing = (options: Partial<AppOptions> = {}) => printingOn(db, options)

/** A database whose users can be made unreachable; the sessions stay. */
function shaky () {
  let trouble: (() => Promise<never>) | null = null
  const users = new Proxy(db.collection('users'), {
    get (target, key) {
      const value = Reflect.get(target, key)
      return typeof value === 'function' ? (...args: unknown[]) => trouble?.() ?? Reflect.apply(value, target, args) : value
    }
  })
  return {
    db: { collection: (name: string) => name === 'users' ? users : db.collection(name) } as unknown as Db,
    fail () { trouble = async () => { throw new MongoNetworkError('connection refused, for programmers') } },
    hang () { trouble = () => new Promise(() => {}) },
    recover () { trouble = null }
  }
}

t.test('signing up signs in and leads to the account', async t => {
  const { email, own, reply } = await newcomer()
  t.same([reply.statusCode, await landing(own, reply)], [303, '/account'])
  t.match(textOf(await own.get('/account')), new RegExp(`${email}.*Only here`))
})

t.test('a form that will not do comes back with the reason at its field and what was typed, but no password', async t => {
  const { email } = await newcomer()
  const cases: Array<[string, Record<string, string>, RegExp]> = [
    ['/sign-up', { email: 'no address', password: PASSWORD }, /email-error/],
    ['/sign-up', { email: 'terminal\u001b[2J@example.com', password: PASSWORD }, /email-error/],
    ['/sign-up', { email, password: PASSWORD }, /email-error/],
    ['/sign-up', { email: 'new@example.com', password: 'short' }, /password-error/],
    ['/sign-up', { email: 'new@example.com', password: 'ü'.repeat(40) }, /password-error/],
    ['/sign-in', { email, password: 'another password' }, /password-error/],
    ['/sign-in', { email: 'nobody@example.com', password: PASSWORD }, /password-error/],
    ['/sign-in', { email: DEMO_USER_WITHOUT_PASSWORD.email, password: 'any password' }, /password-error/]
  ]
  for (const [url, fields, reason] of cases) {
    const reply = await submit(browser(app), url, fields)
    t.equal(reply.statusCode, 422)
    t.match(reply.body, reason)
    t.match(reply.body, '<title>Error: ')
    t.ok(reply.body.includes(`value="${fields.email}"`))
    t.notMatch(reply.body, fields.password)
  }
})

t.test('the demo users are there: one signs in with a password, the other without', async t => {
  const { app: own, lastCode } = await printing()
  t.teardown(() => own.close())
  const [ada, other] = [browser(app), browser(own)]
  t.equal((await submit(ada, '/sign-in', { ...DEMO_USER, remember: 'on' })).statusCode, 303)
  t.ok(ada.cookie()?.expires instanceof Date)
  t.match(textOf(await ada.get('/account')), 'Stays signed in until')
  await submit(other, '/sign-in/code', { email: DEMO_USER_WITHOUT_PASSWORD.email })
  t.equal(await landing(other, await submit(other, '/sign-in/code/enter', { code: lastCode() })), '/account')
  t.match(textOf(await other.get('/account')), DEMO_USER_WITHOUT_PASSWORD.email)
  t.notOk((other.cookie()?.expires as unknown) instanceof Date)
})

t.test('who is signed in is led past the sign-in and sign-up pages', async t => {
  const { own } = await newcomer()
  for (const url of ['/sign-in', '/sign-in/code', '/sign-up', '/sign-up/passkey']) {
    t.equal((await browser(app).get(url)).statusCode, 200)
    t.equal((await own.get(url)).headers.location, '/account')
    t.equal((await own.get(`${url}?returnTo=/account/password`)).headers.location, '/account/password')
  }
  t.equal((await own.get('/')).statusCode, 200)
})

t.test('the page that a stranger wanted', async t => {
  t.test('is where signing in leads, a wrong password in between or not', async t => {
    const { email } = await newcomer()
    for (const wanted of ['/account/password', '/account/sessions', '/account/sessions/others/revoke?sessions=all']) {
      const stranger = browser(app)
      const signInUrl = (await stranger.get(wanted)).headers.location as string
      t.equal(new URL(signInUrl, 'http://site').pathname, '/sign-in')

      const form = await stranger.get(signInUrl)
      t.match(textOf(form), 'Sign in to continue to that page.')
      const again = await submit(stranger, actionOf(form), { email, password: 'another password' })
      t.equal(again.statusCode, 422)
      t.equal(await landing(stranger, await submit(stranger, actionOf(again), { email, password: PASSWORD })), wanted)
      t.equal((await stranger.get(wanted)).statusCode, 200)
    }
  })

  t.test('is where signing up leads, and signing in by way of the sign-up page', async t => {
    const stranger = browser(app)
    const signIn = await stranger.get((await stranger.get('/account/password')).headers.location as string)
    const signUp = await stranger.get(linkOf(signIn, 'Create an account'))
    const back = await stranger.get(plain(/already\? <a href="([^"]+)"/.exec(signUp.body)![1]!))
    t.equal(actionOf(back), actionOf(signIn))

    const again = await submit(stranger, actionOf(signUp), { email: newEmail(), password: 'short' })
    t.equal(await landing(stranger, await submit(stranger, actionOf(again), { email: newEmail(), password: PASSWORD })), '/account/password')
  })

  t.test('is where a mailed code leads', async t => {
    const { app: own, lastCode } = await printing()
    t.teardown(() => own.close())
    const { email } = await newcomer(own)
    const stranger = browser(own)
    const code = await stranger.get(linkOf(await stranger.get('/sign-in?returnTo=/account/password'), 'Get a code by mail'))
    t.equal((await submit(stranger, actionOf(code), { email: 'no address' })).statusCode, 422)
    const enter = await stranger.get((await submit(stranger, actionOf(code), { email })).headers.location as string)
    t.equal((await submit(stranger, actionOf(enter), { code: '' })).statusCode, 422)
    t.equal(await landing(stranger, await submit(stranger, actionOf(enter), { code: lastCode() })), '/account/password')
  })

  t.test('is the form whose session ended while it was being filled in', async t => {
    const reply = await submit(browser(app), '/account/password', { current: PASSWORD, password: 'the next password' })
    t.equal(reply.headers.location, '/sign-in?returnTo=%2Faccount%2Fpassword')
  })

  t.test('is the page of the form, if the form is one of several on it', async t => {
    const { email } = await newcomer()
    for (const form of ['/account/confirm/passkey', '/account/confirm/code/send']) {
      const stranger = browser(app)
      const signInUrl = (await submit(stranger, `${form}?returnTo=/account/sessions`, {})).headers.location as string
      const wanted = await landing(stranger, await submit(stranger, signInUrl, { email, password: PASSWORD }))
      t.equal((await stranger.get(wanted!)).headers.location, '/account/confirm?returnTo=%2Faccount%2Fsessions')
    }
  })

  t.test('is the account when it was none in particular, which needs no parameter', async t => {
    t.equal((await browser(app).get('/account')).headers.location, '/sign-in')
    t.equal(actionOf(await browser(app).get('/sign-in')), '/sign-in')
  })
})

t.test('every form on a page has a URL that can be opened, too', async t => {
  const { app: own, lastCode } = await printing()
  t.teardown(() => own.close())
  const { own: withPassword } = await newcomer(own)
  const withoutPassword = browser(own)
  await submit(withoutPassword, '/sign-in/code', { email: DEMO_USER_WITHOUT_PASSWORD.email })
  await submit(withoutPassword, '/sign-in/code/enter', { code: lastCode() })
  await submit(withoutPassword, '/account/confirm/code/send', {})
  const actions = new Set<string>()
  for (const [by, urls] of [
    [browser(own), ['/sign-in', '/sign-in/code', '/sign-up', '/sign-up/passkey']],
    [withPassword, ['/account/password', '/account/passkeys', '/account/confirm']],
    [withoutPassword, ['/account/confirm', '/account/confirm/code']]
  ] as const) {
    for (const url of urls) {
      const [, main] = (await by.get(url)).body.split('<main')
      for (const [, action] of main!.matchAll(/<form[^>]* action="([^"]+)"/g)) actions.add(action!)
    }
  }
  t.ok(actions.size >= 9, [...actions].join(' '))
  for (const action of actions) t.not((await withPassword.get(action)).statusCode, 404, action)
})

t.test('nothing leads to another site after signing in', async t => {
  const { own } = await newcomer()
  const locationOf = async (wanted: string) => (await own.get(`/sign-in?${new URLSearchParams({ returnTo: wanted })}`)).headers.location as string

  for (const wanted of [
    '//evil.example', '/\\evil.example', '\\\\evil.example', '/\t/evil.example', '/\n/evil.example', '/\r\\evil.example', '\t//evil.example',
    'https://evil.example', 'https:evil.example', 'javascript:alert(1)', 'evil.example', '@evil.example', '', '/a\\b', '/\u0000', '/\u007f',
    '/account\r\nSet-Cookie: a=b', '/ünicode', '/日本', '/ /evil.example'
  ]) {
    t.equal(await locationOf(wanted), '/account', JSON.stringify(wanted))
  }
  t.equal((await own.get('/sign-in?returnTo=/account/password&returnTo=//evil.example')).headers.location, '/account')

  const parts = fc.constantFrom('/', '\\', '.', '..', '\t', '\n', '\r', ' ', ':', '@', '?', '#', '%2f', '%5c', 'http:', 'evil.example', 'account')
  await fc.assert(fc.asyncProperty(fc.array(parts, { maxLength: 8 }), async parts => {
    const location = await locationOf(parts.join(''))
    return new URL(location, 'https://shop.example/sign-in').origin === 'https://shop.example'
  }), { numRuns: 200 })
})

t.test('changing the password asks for the current one, ends the other sessions and keeps this one', async t => {
  const { email, own } = await newcomer()
  const other = browser(app)
  await submit(other, '/sign-in', { email, password: PASSWORD })
  const change = (fields: Record<string, string>) => submit(own, '/account/password', fields)

  t.match((await change({ current: 'not this one', password: 'the next password' })).body, 'current-error')
  t.match((await change({ current: '', password: 'the next password' })).body, 'current-error')
  t.match((await change({ current: PASSWORD, password: 'short' })).body, 'password-error')
  t.equal((await other.get('/account')).statusCode, 200)

  t.equal((await change({ current: PASSWORD, password: 'the next password' })).headers.location, '/account')
  t.match(textOf(await own.get('/account')), 'one other session has been signed out')
  t.equal((await other.get('/account')).headers.location, '/sign-in')
  t.equal((await submit(other, '/sign-in', { email, password: PASSWORD })).statusCode, 422)
  t.equal((await submit(other, '/sign-in', { email, password: 'the next password' })).statusCode, 303)
  await submit(browser(app), '/sign-in', { email, password: 'the next password' })
  await change({ current: 'the next password', password: 'the last password' })
  t.match(textOf(await own.get('/account')), '2 other sessions have been signed out')
  await change({ current: 'the last password', password: 'really the last' })
  t.match(textOf(await own.get('/account')), 'You were not signed in anywhere else')
})

t.test('a user without a password sets the first one without being asked for it, after signing in', async t => {
  const { app: own, lastCode } = await printing()
  t.teardown(() => own.close())
  const users = await createUsers(db, { hashCost: 4 })
  const user = await users.create({ email: newEmail(), password: null })
  const reader = browser(own)
  await submit(reader, '/sign-in/code', { email: user.email })
  await submit(reader, '/sign-in/code/enter', { code: lastCode() })
  t.equal(await users.passwordHash(user.id), null)
  t.notMatch((await reader.get('/account/password')).body, 'Current password')

  t.equal((await submit(reader, '/account/password', { password: 'the first password' })).headers.location, '/account')
  t.equal((await submit(browser(app), '/sign-in', { email: user.email, password: 'the first password' })).statusCode, 303)
  t.match((await reader.get('/account/password')).body, 'Current password')
})

t.test('there is nobody of an unknown id', async t => {
  const users = await createUsers(db, { hashCost: 4 })
  t.equal(await users.passwordHash('nobody'), null)
  t.equal(await users.find('nobody'), null)
})

t.test('signing out leads to the sign-in page, and the account is closed', async t => {
  const { own } = await newcomer()
  t.equal((await submit(own, '/sign-out', {})).headers.location, '/sign-in')
  t.equal((await own.get('/account')).headers.location, '/sign-in')
})

t.test('a session whose user has been deleted is nobody\'s', async t => {
  const { email, own } = await newcomer()
  await db.collection('users').deleteOne({ email })
  t.equal((await own.get('/account')).headers.location, '/sign-in')
  t.equal((await own.get('/sign-in')).statusCode, 200)
})

t.test('every page names who is signed in, the sessions page and one that is not there included', async t => {
  const { email, own } = await newcomer()
  for (const url of ['/', '/account', '/account/password', '/account/sessions', '/account/sessions/others/revoke', '/account/sessions/none/revoke', '/nowhere']) {
    const header = /<header[^]*<\/header>/.exec((await own.get(url)).body)![0]
    t.match(header, email, url)
    t.match(header, 'Sign out')
    t.match(/<header[^]*<\/header>/.exec((await browser(app).get('/nowhere')).body)![0], 'Sign in')
  }
})

t.test('every page has a title of its own, one heading of the first level, and the tab that it is in marked', async t => {
  const { own } = await newcomer()
  const pages: Array<[string, string, string | null]> = [
    ['/', 'Login sessions for Fastify', null], ['/account', 'Your profile', '/account'],
    ['/account/password', 'Change your password', '/account/password'], ['/account/passkeys', 'Your passkeys', '/account'],
    ['/account/confirm', 'Confirm that it is you', null], ['/account/sessions', 'Where you are signed in', '/account/sessions'],
    ['/nowhere', 'Page not found', null]
  ]
  for (const [url, title, tab] of pages) {
    const { body } = await own.get(url)
    t.equal(/<title>(.*)<\/title>/.exec(body)![1], `${title} · Example`)
    t.equal(body.match(/<h1/g)?.length, 1, url)
    t.strictSame([...body.matchAll(/href="([^"]+)" aria-current="page"/g)].map(match => match[1]), tab === null ? [] : [tab])
  }
})

t.test('the sessions page is in the reader\'s language, its frame in English, from left to right', async t => {
  const { own } = await newcomer()
  const { body } = await own.get('/account/sessions', { headers: { 'accept-language': 'ar' } })
  t.match(body, '<html lang="ar" dir="rtl">')
  for (const element of ['a class="skip"', 'header', 'nav class="tabs"']) {
    t.match(new RegExp(`<${element}[^>]*>`).exec(body)![0], 'lang="en" dir="ltr"')
  }
})

t.test('no page carries a style or a script of its own, which the Content-Security-Policy would forbid', async t => {
  const { own } = await newcomer()
  const pages = [
    ...await Promise.all(['/', '/sign-in', '/sign-up', '/nowhere'].map(url => browser(app).get(url))),
    ...await Promise.all(['/', '/account', '/account/password', '/account/sessions'].map(url => own.get(url)))
  ]
  for (const { body, headers } of pages) {
    t.match(headers['content-security-policy'], "default-src 'none'")
    t.notMatch(body, /<style|\sstyle=|\son\w+=|<script(?! (?:type="module" )?src="\/)/)
  }
})

t.test('password managers learn whose it is password is asked for', async t => {
  const { email, own } = await newcomer()
  await submit(browser(app), '/sign-in', { email, password: PASSWORD })
  for (const url of ['/account/password', '/account/sessions/others/revoke']) {
    t.match((await own.get(url)).body, `value="${email}" autocomplete="username"`)
  }
  t.match((await own.get('/account/sessions')).body, 'href="/account/password">Change your password')
})

t.test('requests from other sites are refused; what is not there is a page that says so', async t => {
  const { own } = await newcomer()
  const refused = await submit(own, '/sign-out', {}, { 'sec-fetch-site': 'cross-site' })
  t.equal(refused.statusCode, 403)
  t.match(textOf(refused), 'came from another site')
  t.equal((await own.get('/account')).statusCode, 200)
  t.equal((await own.get('/nowhere')).statusCode, 404)
  t.equal((await own.get('/favicon.ico')).headers['content-type'], 'image/svg+xml')
})

t.test('a sign-in from a new device', async t => {
  const signIn = { email: '', password: PASSWORD }

  t.test('is mailed to the user: the device, the address, the time, and what to do if it was somebody else', async t => {
    const { app, output } = await printing()
    const { email } = await newcomer(app)
    await submit(browser(app, { ip: '203.0.113.9' }), '/sign-in', { ...signIn, email }, { host: 'evil.example' })
    const text = await output()

    t.match(text, `To: ${email}`)
    t.match(text, 'Subject: New sign-in to your account')
    t.match(text, /Device: +Chrome on Windows\n/)
    t.match(text, /Address: +203\.0\.113\.9\n/)
    t.match(text, / UTC\n/)
    t.match(text, 'https://shop.example/account/sessions')
    t.match(text, /Change your password\..*\n.*https:\/\/shop\.example\/account\/password/)
    t.notMatch(text, 'evil.example', 'whoever signs in does not choose where the links lead')
  })

  t.test('of a user without a password gets other advice', async t => {
    const { app, lastCode, output } = await printing()
    const stranger = browser(app)
    await submit(stranger, '/sign-in/code', { email: DEMO_USER_WITHOUT_PASSWORD.email })
    await submit(stranger, '/sign-in/code/enter', { code: lastCode() })
    const text = await output()
    t.match(text, `To: ${DEMO_USER_WITHOUT_PASSWORD.email}`)
    t.match(text, 'Set a password.')
    t.notMatch(text, 'Change your password')
  })

  t.test('is not mailed when it is the sign-up\'s own, nor when the device is not new', async t => {
    const { app, output } = await printing()
    const { email, own } = await newcomer(app)
    await submit(own, '/sign-out', {})
    await submit(own, '/sign-in', { ...signIn, email })
    t.notMatch(await output(), 'To: ')
  })

  t.test('of a user who has just been deleted is mailed to nobody', async t => {
    const printed: string[] = []
    const hooks = createSessionHooks(await createUsers(db, { hashCost: 4 }), 'https://shop.example', text => { printed.push(text) })
    await hooks.onSessionStart({ userId: 'nobody' } as LoginSession, { newDevice: true, request: {} as never })
    t.strictSame(printed, [])
  })

  t.test('whose address is not kept says so', async t => {
    const session = { ip: null, createdAt: new Date(0), device: { browser: null, os: null } } as unknown as LoginSession
    const { text } = newSignInMail({ user: { id: '1', email: 'ada@example.com', createdAt: new Date(0), operator: false }, session, hasPassword: true, url: 'https://shop.example' })
    t.match(text, /Address: +not kept\n/)
    t.match(text, /Device: +Unknown device\n/)
    t.match(text, 'January 1, 1970 at 12:00 AM UTC')
  })
})

t.test('each session that ends is a line for the audit log, with the reason and the device but no token', async t => {
  const { app, output } = await printing()
  const { email, own } = await newcomer(app)
  const other = browser(app)
  await submit(other, '/sign-in', { email, password: PASSWORD })
  const tokens = [own, other].map(({ cookieValue }) => decodeURIComponent(cookieValue()!).split('.')[0]!)
  await submit(own, '/account/password', { current: PASSWORD, password: 'the next password' })
  await submit(own, '/sign-out', {})

  const lines = (await output()).split('\n').filter(line => line.startsWith('audit: '))
  t.match(lines, [
    /^audit: session ended, reason=revoked-others device="Chrome on Windows" user=\S+ session=\S+$/,
    /^audit: session ended, reason=signed-out device="Chrome on Windows" user=\S+ session=\S+$/
  ])
  t.equal(lines.length, 2)
  for (const token of tokens) t.notOk(lines.join().includes(token))
})

t.test('mails and the audit log go to the console unless told otherwise', async t => {
  const lines: string[] = []
  t.intercept(console, 'log', { value: (line: string) => { lines.push(line) } })
  const own = await buildApp({ db, secret: SECRET, hashCost: 4 })
  await submit(browser(own), '/sign-in', DEMO_USER)
  await own.close()
  t.match(lines.join('\n'), /To: ada@example\.com[^]*http:\/\/localhost:3000\/account\/sessions/)
})

t.test('while the users cannot be reached', async t => {
  async function setup (t: Test) {
    const { db, ...users } = shaky()
    const { app } = await printing({ db })
    t.teardown(() => app.close())
    return { app, users }
  }

  t.test('the forms say so, keep what was typed, and work again afterwards', async t => {
    const { app, users } = await setup(t)
    const email = newEmail()
    for (const url of ['/sign-up', '/sign-in']) {
      const own = browser(app)
      users.fail()
      const reply = await submit(own, url, { email, password: PASSWORD })
      t.strictSame([reply.statusCode, reply.headers['retry-after']], [503, '2'])
      t.match(textOf(reply), 'Try again in a moment')
      t.match(reply.body, `value="${email}"`)
      t.notMatch(reply.body, PASSWORD)
      t.notMatch(reply.body, 'for programmers')
      users.recover()
      t.equal(await landing(own, await submit(own, actionOf(reply), { email, password: PASSWORD })), '/account')
    }
  })

  t.test('pages say so, and nobody is signed out', async t => {
    const { app, users } = await setup(t)
    const { own } = await newcomer(app)
    const cookie = own.cookieValue()
    users.fail()
    for (const url of ['/', '/account', '/account/password']) {
      const reply = await own.get(url)
      t.strictSame([reply.statusCode, reply.headers['retry-after']], [503, '2'])
      t.match(textOf(reply), 'if you were signed in, you still are')
    }
    t.equal(own.cookieValue(), cookie)
    users.recover()
    t.equal((await own.get('/account')).statusCode, 200)
  })

  t.test('no query waits for ever', async t => {
    const { db, hang } = shaky()
    const users = await createUsers(db, { timeout: 20, hashCost: 4 })
    hang()
    const queries: Array<() => Promise<unknown>> = [
      () => users.find('id'), () => users.findByEmail('ada@example.com'), () => users.authenticate('ada@example.com', PASSWORD),
      () => users.passwordHash('id'), () => users.create({ email: newEmail(), password: null }), () => users.setPassword('id', PASSWORD)
    ]
    for (const query of queries) await t.rejects(query, { message: 'The database has not answered for 20 ms' })
  })
})

t.test('while the sessions cannot be read, the account says that something went wrong, and nobody is signed out', async t => {
  const { own } = await newcomer()
  const cookie = own.cookieValue()
  const { list } = app.loginSessions
  app.loginSessions.list = async () => { throw new Error('for programmers') }
  t.teardown(() => { app.loginSessions.list = list })

  const reply = await own.get('/account')

  t.equal(reply.statusCode, 500)
  t.notMatch(reply.body, 'for programmers')
  t.equal(own.cookieValue(), cookie)
})

t.test('a failure that is not the form\'s is a page that says so', async t => {
  const { own } = await newcomer()
  const { revokeOthers } = app.loginSessions
  app.loginSessions.revokeOthers = async () => { throw new Error('for programmers') }
  t.teardown(() => { app.loginSessions.revokeOthers = revokeOthers })
  const reply = await submit(own, '/account/password', { current: PASSWORD, password: 'the next password' })
  t.equal(reply.statusCode, 500)
  t.match(textOf(reply), 'Something went wrong')

  const broken = await createUsers({ collection: () => ({ createIndex: async () => '', insertOne: async () => { throw new Error('disk full') } }) } as never)
  await t.rejects(broken.create({ email: 'new@example.com', password: null }), { message: 'disk full' })
})

t.test('after five wrong passwords the form says how long to wait', async t => {
  const { own } = await newcomer()
  const change = (current: string) => submit(own, '/account/password', { current, password: 'the next password' })
  for (let i = 0; i < 5; i++) await change('not this one')
  const reply = await change(PASSWORD)
  t.equal(reply.statusCode, 429)
  t.match(textOf(reply), 'Try again in 15 minutes.')
})

// --- over https ---

t.test('with a certificate, it binds sessions to the browser that signed in', async t => {
  const { key, cert } = await makeLabCa(t.testdir(), ['localhost'])
  const own = await buildApp({ db, secret: SECRET, hashCost: 4, print () {}, tls: { key, cert } })
  t.teardown(() => own.close())
  const client = browser(own, { device: softwareDevice() })
  await submit(client, '/sign-up', { email: newEmail(), password: PASSWORD })
  await client.get('/account')
  await own.loginSessions.settled()
  t.match(textOf(await client.get('/account/sessions')), /Bound to this device/)
})

// --- as a process, from the first line to Ctrl-C ---

t.test('it prints the URL, the demo credentials and the MongoDB it uses, and stops cleanly', async t => {
  const example = await serveExample(t)
  for (const words of [example.url, DEMO_USER.email, DEMO_USER.password, 'MongoDB: MONGODB_URI']) t.match(example.output(), words)

  await t.test('it prints the mail about a sign-in from a new device, with links to itself', async t => {
    await fetch(`${example.url}/sign-in`, { method: 'POST', redirect: 'manual', body: new URLSearchParams(DEMO_USER) })
    // Nobody waits for a mail, the answer neither.
    await poll('the mail', () => example.output().includes(`${example.url}/account/sessions`) || undefined)
    t.match(example.output(), /To: ada@example\.com[^]*New sign-in to your account/)
  })

  t.equal(await example.stop(), 0)
  t.match(example.output(), 'Stopping.')
})

t.test('with a MongoDB of its own, people stay signed in over a restart', async t => {
  const port = await freePort()
  t.teardown(() => rm(new URL(`../../example/data/${port}`, import.meta.url), { recursive: true, force: true }))
  const start = async () => {
    const example = run({ MONGODB_URI: '', PORT: String(port) })
    t.teardown(() => example.stop())
    await example.says('Sign in with')
    return example
  }
  const url = `http://localhost:${port}`

  const first = await start()
  const { headers } = await fetch(`${url}/sign-in`, { method: 'POST', redirect: 'manual', body: new URLSearchParams(DEMO_USER) })
  const cookie = headers.getSetCookie().map(line => line.split(';')[0]).join('; ')
  const [line] = headers.getSetCookie().filter(line => line.startsWith(`login-session-${port}=`))
  t.ok(line, 'the cookie has the name of its port')
  t.notMatch(line, /secure/i, 'Safari takes no Secure cookie over http')
  t.equal(await first.stop(), 0)

  const second = await start()
  const account = await fetch(`${url}/account`, { headers: { cookie }, redirect: 'manual' })
  t.equal(account.status, 200)
  t.equal(await second.stop(), 0)
})

t.test('a demo user who cannot be signed in stops the start', async t => {
  const past = await createPast(db)
  t.teardown(past.close)
  await t.rejects(past.signIn('', { headers: {}, ip: '203.0.113.1', sessions: [[0, 0]] }), /A demo user could not be signed in: /)
})

t.test('it starts on a busy database, too: no page waits yet', async t => {
  const set = await startReplicaSet(t, { members: 1 })
  // The three demo users, and the first of their sessions.
  const { met } = await failCommands(set.members[0]!, 'busy', ['insert'], { blockConnection: true, blockTimeMS: 2200 }, 4)
  const example = run({ MONGODB_URI: `${set.uri}&appName=busy`, PORT: String(await freePort()) })
  t.teardown(() => example.stop())
  await example.says('Sign in with')
  t.ok(await met(4, 1000))
  t.equal(await example.stop(), 0)
})

t.test('what prevents a start is said in one sentence, and ends with 1', async t => {
  const taken = createServer().listen(0, 'localhost')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const { port } = taken.address() as { port: number }

  const cases: Array<[env: Record<string, string>, sentence: RegExp]> = [
    [{ PORT: String(port) }, /This port is taken: .*PORT=3001 npm start/],
    [{ PORT: 'many' }, /PORT must be a number/],
    [{ HOST: '203.0.113.254' }, /has no address "203\.0\.113\.254": choose another HOST/],
    [{ MONGODB_URI: 'mongodb://127.0.0.1:1/' }, /MongoDB cannot be used .*check MONGODB_URI/],
    [{ TLS_KEY: 'key.pem' }, /https needs both files: TLS_KEY, the private key, and TLS_CERT, the certificate/],
    [{ TLS_KEY: 'missing.pem', TLS_CERT: 'missing.pem' }, /The certificate cannot be read .*: check TLS_KEY and TLS_CERT/],
    [{ SESSION_SECRET: 'short' }, /secret must be a string of at least 32 characters/]
  ]
  // A port for each: they look at the same moment whether theirs is free.
  const examples = await Promise.all(cases.map(async ([env, sentence]) => ({ sentence, example: run({ PORT: String(await freePort()), ...env }) })))
  for (const { sentence, example } of examples) {
    t.equal(await example.ended, 1)
    t.match(example.output(), sentence)
    t.notMatch(example.output(), /^ {4}at /m)
  }
})
