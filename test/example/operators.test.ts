/**
 * The example's operator, and the users and sessions that the operators' page shows.
 */
import t from 'tap'
import { buildApp } from '../../example/app.js'
import { seedCrowd } from '../../example/seed-crowd.js'
import { createUsers, DEMO_OPERATOR, DEMO_USER, seedUsers } from '../../example/users.js'
import { browser } from '../support/browser-jar.js'
import { newEmail, PASSWORD, SECRET, submit } from '../support/example-app.js'
import { database } from '../support/mongo.js'
import { textOf } from '../support/page.js'

const { db } = await database(t)
const users = await createUsers(db, { hashCost: 4 })
await seedUsers(users)
await seedCrowd(db, users)
const app = await buildApp({ db, secret: SECRET, hashCost: 4, print () {} })
t.teardown(() => app.close())

async function signedIn (fields: { email: string, password: string }) {
  const own = browser(app)
  await submit(own, '/sign-in', fields)
  return own
}

t.test('the operator finds the page by the link in the header; for others neither is there', async t => {
  const operator = await signedIn(DEMO_OPERATOR)
  t.match((await operator.get('/account')).body, 'href="/operators"')
  const page = await operator.get('/operators')
  t.equal(page.statusCode, 200)
  t.match(page.body, /<title>Sessions of all users · Example<\/title>[^]*href="\/operators" aria-current="page"[^]*title="operator@example.com"/)

  for (const other of [await signedIn(DEMO_USER), browser(app)]) {
    t.notMatch((await other.get('/')).body, 'Operators</a>')
    const reply = await other.get('/operators')
    t.equal(reply.statusCode, 404)
    t.match(textOf(reply), 'Page not found')
  }
})

t.test('nobody becomes an operator by a form', async t => {
  const own = browser(app)
  await submit(own, '/sign-up', { email: newEmail(), password: PASSWORD, operator: 'true' })
  t.equal((await own.get('/account')).statusCode, 200)
  t.equal((await own.get('/operators')).statusCode, 404)
})

t.test('users are found by a part of their email, which is text, and shown by name, email and initials', async t => {
  const operator = await signedIn(DEMO_OPERATOR)
  const found = async (who: string) => textOf(await operator.get(`/operators?${new URLSearchParams({ who })}`))

  const page = await operator.get('/operators?who=AMARA.')
  t.match(textOf(page), /Amara (?:Andersen|Okafor|Rossi|Tanaka|Weber) amara\.\w+@example\.com/)
  t.match(decodeURIComponent(/src="data:image\/svg\+xml,([^"]+)"/.exec(page.body)![1]!), /^<svg [^]*>A[AORTW]<\/text>/)
  for (const nobody of ['a.ara', '.*', '(', '[a']) t.match(await found(nobody), 'No session matches', nobody)
})

t.test('an email without letters is a name, too', async t => {
  const operator = await signedIn(DEMO_OPERATOR)
  const own = browser(app)
  await submit(own, '/sign-up', { email: '--@example.com', password: PASSWORD })
  t.match(textOf(await operator.get('/operators?who=--@')), '--@example.com')
})

t.test('the operator is asked for the password, and password managers learn whose it is', async t => {
  const operator = await signedIn(DEMO_OPERATOR)
  const { body } = await operator.get('/operators/everyone/revoke')
  t.match(body, `value="${DEMO_OPERATOR.email}" autocomplete="username"`)
})

t.test('a crowd is signed in on many devices and on each of the last days, and is not added twice', async t => {
  const sessions = db.collection('loginSessions')
  const kept = await sessions.find().toArray()
  t.ok(kept.length > 120, String(kept.length))
  t.strictSame([...new Set(kept.map(({ device }) => device.kind as string))].sort(), ['desktop', 'phone', 'program', 'tablet', 'tv'])
  t.ok(new Set(kept.map(({ createdAt }) => (createdAt as Date).toISOString().slice(0, 10))).size >= 14)

  await seedCrowd(db, users)
  t.equal(await sessions.countDocuments(), kept.length)
})
