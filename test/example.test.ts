/**
 * The example application, through inject.
 */
import t from 'tap'
import { buildApp } from '../example/app.js'
import { createUsers, DEMO_USER, DEMO_USER_WITHOUT_PASSWORD, seedUsers } from '../example/users.js'
import { browser, type JarBrowser, type Reply } from './support/browser-jar.js'
import { database } from './support/mongo.js'
import { textOf } from './support/page.js'
import { randomId } from './support/records.js'

const { db } = await database(t)
const app = await buildApp({ db, secret: 'the secret of the example, in its tests' })
t.teardown(() => app.close())
await seedUsers(await createUsers(db))

const PASSWORD = 'a good password'

function submit (to: JarBrowser, url: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Reply> {
  return to.post(url, undefined, {
    payload: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }
  })
}

/** A browser in which a new user has just signed up. */
async function newcomer () {
  const email = `${randomId().toLowerCase()}@example.com`
  const own = browser(app)
  const reply = await submit(own, '/sign-up', { email, password: PASSWORD })
  return { email, own, reply }
}

t.test('signing up signs in and leads to the account', async t => {
  const { email, own, reply } = await newcomer()
  t.same([reply.statusCode, reply.headers.location], [303, '/account'])
  t.match(textOf(await own.get('/account')), new RegExp(`${email}.*Only here`))
})

t.test('a form that will not do comes back with the reason at its field and what was typed, but no password', async t => {
  const { email } = await newcomer()
  const cases: Array<[string, Record<string, string>, RegExp]> = [
    ['/sign-up', { email: 'no address', password: PASSWORD }, /email-error/],
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
    t.match(reply.body, `value="${fields.email}"`)
    t.notMatch(reply.body, fields.password)
  }
})

t.test('the demo users are there: one signs in with a password, the other without', async t => {
  const [ada, other] = [browser(app), browser(app)]
  t.equal((await submit(ada, '/sign-in', { ...DEMO_USER, remember: 'on' })).statusCode, 303)
  t.ok(ada.cookie()?.expires instanceof Date)
  t.equal((await submit(other, '/sign-in/demo', {})).statusCode, 303)
  t.match(textOf(await other.get('/account')), DEMO_USER_WITHOUT_PASSWORD.email)
  t.notOk((other.cookie()?.expires as unknown) instanceof Date)
})

t.test('who is signed in is led past the sign-in and sign-up pages', async t => {
  const { own } = await newcomer()
  for (const url of ['/sign-in', '/sign-up']) {
    t.equal((await browser(app).get(url)).statusCode, 200)
    t.equal((await own.get(url)).headers.location, '/account')
  }
  t.equal((await own.get('/')).statusCode, 200)
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

t.test('a user without a password sets the first one without being asked for it', async t => {
  const users = await createUsers(db)
  const user = await users.create({ email: `${randomId()}@example.com`, password: null })
  const own = browser(app)
  await submit(own, '/sign-in/demo', {})
  t.notMatch((await own.get('/account/password')).body, 'Current password')
  t.equal(await users.passwordHash(user.id), null)
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

t.test('while the database is away, the account says so and nobody is signed out', async t => {
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

t.test('a browser that does not say what it is has a name all the same', async t => {
  const own = browser(app, { userAgent: '' })
  await submit(own, '/sign-in/demo', {})
  t.match(textOf(await own.get('/account')), 'Unknown browser on unknown system')
})

t.test('the demo user may be missing', async t => {
  const users = db.collection('users')
  const demo = await users.findOneAndDelete({ email: DEMO_USER_WITHOUT_PASSWORD.email })
  t.teardown(() => users.insertOne(demo!))
  t.equal((await submit(browser(app), '/sign-in/demo', {})).statusCode, 404)
})
