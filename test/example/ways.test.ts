/**
 * The example's ways to sign in and to confirm beside the password: passkeys, and codes by mail. And what the demo user sees.
 */
import { createHash, randomBytes } from 'node:crypto'
import { type CountryResponse, open } from 'maxmind'
import type { Db } from 'mongodb'
import type { Page } from 'playwright-core'
import t from 'tap'
import { addressesOf } from '../../example/addresses.js'
import { locate } from '../../example/places.js'
import { seedSessions } from '../../example/seed-sessions.js'
import { createUsers } from '../../example/users.js'
import { type Authenticator, authenticator } from '../support/authenticator.js'
import { axeFindings } from '../support/axe.js'
import { browser, type JarBrowser } from '../support/browser-jar.js'
import { launchBrowser } from '../support/browser.js'
import { DAY, HOUR, MINUTE } from '../support/clock.js'
import { actionOf, landing, linkOf, newEmail, PASSWORD, printing, submit } from '../support/example-app.js'
import { freePort } from '../support/free-port.js'
import { database } from '../support/mongo.js'
import { textOf } from '../support/page.js'
import { poll } from '../support/poll.js'
import { openProfile } from '../support/profile.js'

const ORIGIN = 'https://shop.example'
const API = '/api/account/sessions'

const { db, connect } = await database(t)
const { app, codes, lastCode } = await printing(db)
t.teardown(() => app.close())
const users = await createUsers(db, { hashCost: 4 })

/** What the browser's script is given to ask for. */
async function optionsOf (own: JarBrowser, url: string, fields: Record<string, string> = {}) {
  return (await submit(own, `${url}/options`, fields)).json()
}

/** Sends a passkey's answer as the browser's script does. */
const send = (own: JarBrowser, url: string, response: string) => submit(own, url, { response })

/** A browser in which a user without a password has just signed up with a passkey. */
async function newcomer (key: Authenticator = authenticator(ORIGIN)) {
  const email = newEmail()
  const own = browser(app)
  const options = await optionsOf(own, '/sign-up/passkey', { email })
  const reply = await submit(own, '/sign-up/passkey', { email, response: key.create(options) })
  return { email, own, key, options, reply }
}

/** The same user in another browser, with a mailed code. It is not their first one. */
async function elsewhere (email: string): Promise<JarBrowser> {
  await prove(email)
  const other = browser(app)
  await submit(other, '/sign-in/code', { email })
  await submit(other, '/sign-in/code/enter', { code: lastCode() })
  return other
}

/** From now on these sessions began a while ago, so that their sign-in confirms nothing any more. */
async function age (email: string): Promise<void> {
  const { id } = (await users.findByEmail(email))!
  await db.collection('loginSessions').updateMany({ userId: id }, { $set: { createdAt: new Date(Date.now() - HOUR) } })
}

/** From now on this email counts as proven. */
async function prove (email: string): Promise<void> {
  await users.proveEmail((await users.findByEmail(email))!.id)
}

const status = async (own: JarBrowser) => (await own.get('/account')).statusCode
const revokeOthers = (own: JarBrowser) => own.post(`${API}/others/revoke`)

// --- passkeys ---

t.test('with a passkey people sign up, out and in again, without ever having a password', async t => {
  const { email, own, key, options, reply } = await newcomer()
  t.match(options, { rp: { id: 'shop.example' }, authenticatorSelection: { residentKey: 'required', userVerification: 'required' } })
  t.equal(await landing(own, reply), '/account')
  t.equal(await users.passwordHash((await users.findByEmail(email))!.id), null)
  await submit(own, '/sign-out', {})

  const asked = await optionsOf(own, '/sign-in/passkey')
  t.match(asked, { rpId: 'shop.example', userVerification: 'required', allowCredentials: undefined })
  t.equal(await landing(own, await send(own, '/sign-in/passkey', key.get(asked))), '/account')
  t.match(textOf(await own.get('/account')), email)
})

t.test('the site that passkeys belong to is not what the Host header says', async t => {
  const { json } = await submit(browser(app), '/sign-in/passkey/options', {}, { host: 'evil.example' })
  t.equal(json().rpId, 'shop.example')
})

t.test('an email that will not do is refused before a passkey is made, and afterwards', async t => {
  const { email: taken } = await newcomer()
  for (const email of [taken, 'no address']) {
    const own = browser(app)
    t.equal((await submit(own, '/sign-up/passkey/options', { email })).statusCode, 422)
    t.match((await submit(own, '/sign-up/passkey', { email, response: '' })).body, 'email-error')
  }
})

t.test('no passkey is taken that was made for another site, without its owner, for another challenge, or twice', async t => {
  const { key: used } = await newcomer()
  const lies = [{ origin: 'https://evil.example' }, { rpId: 'evil.example' }, { userVerified: false }, { challenge: randomBytes(32).toString('base64url') }]
  for (const [key, lie] of [...lies.map(lie => [authenticator(ORIGIN), lie] as const), [used, {}] as const]) {
    const own = browser(app)
    const email = newEmail()
    const reply = await submit(own, '/sign-up/passkey', { email, response: key.create(await optionsOf(own, '/sign-up/passkey', { email }), lie) })
    t.equal(reply.statusCode, 422)
    t.match(textOf(reply), 'This passkey does not work here.')
    t.equal(await users.findByEmail(email), null)
  }
})

t.test('no answer signs in that is another site\'s, not its owner\'s, a copy\'s, nobody\'s, or none', async t => {
  const { key } = await newcomer()
  const stranger = authenticator(ORIGIN)
  const { id } = JSON.parse(key.get({ challenge: '' }))
  const cases: Array<(options: any) => string> = [
    options => key.get(options, { origin: 'https://evil.example' }),
    options => key.get(options, { origin: 'http://shop.example' }),
    options => key.get(options, { rpId: 'evil.example' }),
    options => key.get(options, { userVerified: false }),
    options => key.get(options, { counter: 1 }),
    options => key.get(options, { challenge: randomBytes(32).toString('base64url') }),
    options => stranger.get(options),
    options => JSON.stringify({ ...JSON.parse(stranger.get(options)), id, rawId: id }),
    ...['', 'null', '[]', '"text"', '{}', JSON.stringify({ id }), JSON.stringify({ id: { $ne: '' } })].map(junk => () => junk)
  ]
  for (const answer of cases) {
    const own = browser(app)
    const reply = await send(own, '/sign-in/passkey', answer(await optionsOf(own, '/sign-in/passkey')))
    t.equal(reply.statusCode, 422)
    t.match(textOf(reply), 'This passkey does not work here.')
    t.equal(await status(own), 303)
  }
})

t.test('a challenge is good for one answer, in the browser that got it, for its purpose, and for five minutes', async t => {
  const { key } = await newcomer()
  const refused = async (own: JarBrowser, answer: string) => {
    const reply = await send(own, '/sign-in/passkey', answer)
    return [reply.statusCode, /This took too long, or was sent twice/.test(textOf(reply))]
  }

  const own = browser(app)
  const answer = key.get(await optionsOf(own, '/sign-in/passkey'))
  t.same(await refused(browser(app), answer), [422, true])
  const other = browser(app)
  await optionsOf(other, '/sign-in/passkey')
  t.equal((await send(other, '/sign-in/passkey', answer)).statusCode, 422, 'a browser with a challenge of its own')
  t.equal((await send(own, '/sign-in/passkey', answer)).statusCode, 303)
  t.same(await refused(own, answer), [422, true], 'sent a second time')

  const wrong = browser(app)
  const options = await optionsOf(wrong, '/sign-in/passkey')
  await send(wrong, '/sign-in/passkey', 'a wrong answer')
  t.same(await refused(wrong, key.get(options)), [422, true], 'a wrong answer uses it up')

  const signUp = browser(app)
  t.same(await refused(signUp, key.get(await optionsOf(signUp, '/sign-up/passkey', { email: newEmail() }))), [422, true])

  const late = browser(app)
  const lateAnswer = key.get(await optionsOf(late, '/sign-in/passkey'))
  await db.collection('challenges').updateMany({}, [{ $set: { expiresAt: { $subtract: ['$expiresAt', 5 * MINUTE] } } }])
  t.same(await refused(late, lateAnswer), [422, true])
})

t.test('a challenge is used once, also if its answer is sent three times at the same moment', async t => {
  const { own, key } = await newcomer()
  const stranger = browser(app)
  for (const [by, url] of [[stranger, '/sign-in/passkey'], [own, '/account/confirm/passkey']] as const) {
    const answer = key.get(await optionsOf(by, url))
    const replies = await Promise.all(Array.from({ length: 3 }, () => send(by.twin(), url, answer)))
    t.same(replies.map(({ statusCode }) => statusCode).sort(), [303, 422, 422], url)
    for (const reply of replies) if (reply.statusCode === 422) t.match(textOf(reply), 'This took too long, or was sent twice')
  }
  const indexes = await db.collection('challenges').indexes()
  t.match(indexes.find(({ key }) => 'expiresAt' in key), { expireAfterSeconds: 0 }, 'the database deletes those that nobody answers')
})

t.test('the passkey of a user who has been deleted signs nobody in', async t => {
  const { email, key } = await newcomer()
  await db.collection('users').deleteOne({ email })
  const own = browser(app)
  t.equal((await send(own, '/sign-in/passkey', key.get(await optionsOf(own, '/sign-in/passkey')))).statusCode, 422)
})

t.test('with a password, too, people add a passkey and sign in with it, if they have just signed in or confirm first', async t => {
  const email = newEmail()
  const own = browser(app)
  await submit(own, '/sign-up', { email, password: PASSWORD })
  await age(email)
  const confirmUrl = (await own.get('/account/passkeys')).headers.location as string
  t.equal(confirmUrl, '/account/confirm?returnTo=%2Faccount%2Fpasskeys')
  t.equal((await submit(own, '/account/passkeys/options', {})).statusCode, 303)

  const confirm = await own.get(confirmUrl)
  t.equal((await submit(own, '/account/confirm/code/send', {})).statusCode, 404, 'a mail is no substitute for a password')
  t.match((await submit(own, actionOf(confirm), { current: 'not this one' })).body, 'current-error')
  t.equal((await submit(own, actionOf(confirm), { current: PASSWORD })).headers.location, '/account/passkeys')

  const key = authenticator(ORIGIN)
  const add = async (lie = {}) => await send(own, '/account/passkeys', key.create(await optionsOf(own, '/account/passkeys'), lie))
  t.equal((await add({ origin: 'https://evil.example' })).statusCode, 422)
  t.equal((await add()).headers.location, '/account')
  t.match(textOf(await own.get('/account')), /Your passkey has been saved.* Passkeys 1 /)
  t.equal((await optionsOf(own, '/account/passkeys')).excludeCredentials.length, 1, 'a device is not asked for a second one')
  const other = browser(app)
  t.equal((await send(other, '/sign-in/passkey', key.get(await optionsOf(other, '/sign-in/passkey')))).statusCode, 303)
})

// --- confirming ---

/** Each way to confirm of a user without a password: a right answer of theirs, and a wrong one. */
const WAYS: Array<[way: string, confirm: (own: JarBrowser, key: Authenticator, right: boolean) => ReturnType<JarBrowser['get']>]> = [
  ['a passkey', async (own, key, right) => {
    const options = await optionsOf(own, '/account/confirm/passkey')
    return await send(own, '/account/confirm/passkey?returnTo=/account/sessions', (right ? key : authenticator(ORIGIN)).get(options))
  }],
  ['a code, by forms alone', async (own, _key, right) => {
    const page = await own.get('/account/confirm?returnTo=/account/sessions')
    const sendCode = /action="(\/account\/confirm\/code\/send[^"]*)"/.exec(page.body)![1]!
    const enter = await own.get((await submit(own, sendCode, {})).headers.location as string)
    return await submit(own, actionOf(enter), { code: right ? lastCode() : 'none' })
  }]
]

for (const [way, confirm] of WAYS) {
  t.test(`a user without a password ends sessions after confirming with ${way}`, async t => {
    const { email, own, key } = await newcomer()
    const other = await elsewhere(email)
    await age(email)
    const refused = await revokeOthers(own)
    t.match([refused.statusCode, refused.json()], [403, { code: 'FST_LOGIN_SESSION_CONFIRMATION_REQUIRED' }])
    t.equal((await own.get('/account/password')).headers.location, '/account/confirm?returnTo=%2Faccount%2Fpassword')

    const wrong = await confirm(own, key, false)
    t.equal(wrong.statusCode, 422)
    t.match(textOf(wrong), 'This is wrong, or no longer valid.')
    t.equal((await revokeOthers(own)).statusCode, 403)
    const before = own.cookieValue()
    t.equal((await confirm(own, key, true)).headers.location, '/account/sessions')
    t.not(own.cookieValue(), before, 'the session has a new token')

    t.equal((await revokeOthers(own)).statusCode, 200)
    t.same([await status(own), await status(other)], [200, 303])
  })
}

t.test('five wrong answers lock all ways to confirm, the right ones too', async t => {
  const { own, key } = await newcomer()
  const [[, passkey], [, code]] = WAYS as [typeof WAYS[number], typeof WAYS[number]]
  for (let i = 0; i < 4; i++) await passkey(own, key, false)
  await code(own, key, false)
  for (const confirm of [passkey, code]) {
    const reply = await confirm(own, key, true)
    t.equal(reply.statusCode, 429)
    t.match(textOf(reply), 'Try again in 15 minutes.')
  }
})

t.test('an answer of a passkey that is foreign, for another challenge or malformed counts as wrong; an outage does not count', async t => {
  const { own, key } = await newcomer()
  const client = await connect(t)
  const passkeysElsewhere = { collection: (name: string) => (name === 'passkeys' ? client.db(db.databaseName) : db).collection(name) } as Db
  const { app: shaky } = await printing(passkeysElsewhere)
  t.teardown(() => shaky.close())
  const confirm = async (answer: (options: any) => string, by = own) => await send(by, '/account/confirm/passkey', answer(await optionsOf(by, '/account/confirm/passkey')))

  const early = browser(shaky)
  early.forge(own.cookieValue()!)
  const options = await optionsOf(early, '/account/confirm/passkey')
  await client.close()
  t.equal((await send(early, '/account/confirm/passkey', key.get(options))).statusCode, 503)

  const { id } = JSON.parse(key.get({ challenge: '' }))
  const wrong: Array<(options: any) => string> = [
    options => key.get(options, { origin: 'https://evil.example' }),
    options => key.get(options, { challenge: randomBytes(32).toString('base64url') }),
    () => '{',
    () => 'null',
    () => JSON.stringify({ id, rawId: id, response: null })
  ]
  for (const answer of wrong) {
    const reply = await confirm(answer)
    t.match([reply.statusCode, textOf(reply)], [422, 'This is wrong, or no longer valid.'])
  }
  t.equal((await confirm(options => key.get(options))).statusCode, 429)
})

t.test('a code that was not entered, or not sent, is no attempt', async t => {
  const { own } = await newcomer()
  const enter = (code: string) => submit(own, '/account/confirm/code', { code })
  for (let i = 0; i < 5; i++) t.match(textOf(await enter('123456')), 'This browser has asked for no code')
  t.match(textOf(await submit(browser(app), '/sign-in/code/enter', { code: '123456' })), 'This browser has asked for no code')
  await submit(own, '/account/confirm/code/send', {})
  for (const code of ['', ' ', '', ' ', '']) {
    const reply = await enter(code)
    t.match([reply.statusCode, textOf(reply)], [422, 'Enter the code from the mail.'])
  }
  t.equal((await enter(lastCode())).statusCode, 303)
})

t.test('nobody confirms with another user\'s passkey, or with a code for signing in', async t => {
  const { email, own } = await newcomer()
  const { key } = await newcomer()
  await age(email)
  await send(own, '/account/confirm/passkey', key.get(await optionsOf(own, '/account/confirm/passkey')))
  await submit(own, '/sign-in/code', { email })
  t.equal((await own.get('/account/confirm/code')).headers.location, '/account/confirm', 'no code has been sent for that')
  t.equal((await submit(own, '/account/confirm/code', { code: lastCode() })).statusCode, 422)
  t.equal((await revokeOthers(own)).statusCode, 403)
})

// --- codes ---

t.test('a code signs in once, within ten minutes, in the browser that asked for it', async t => {
  const { email } = await newcomer()
  const enter = async (own: JarBrowser, code: string) => (await submit(own, '/sign-in/code/enter', { code })).statusCode
  const own = browser(app)
  t.equal((await own.get('/sign-in/code/enter')).headers.location, '/sign-in/code', 'none has been asked for')
  await submit(own, '/sign-in/code', { email: ` ${email.toUpperCase()} ` })
  t.match(textOf(await own.get('/sign-in/code/enter')), email)
  const code = lastCode()
  const twin = own.twin()
  t.equal(await enter(browser(app), code), 422)
  t.equal(await enter(own, `${code.slice(0, 3)} ${code.slice(3)}`), 303)
  t.equal(await enter(twin, code), 422)

  await submit(own, '/sign-out', {})
  await submit(own, '/sign-in/code', { email })
  await db.collection('codes').updateMany({}, [{ $set: { sentAt: { $subtract: ['$sentAt', 10 * MINUTE] } } }])
  t.equal(await enter(own, lastCode()), 422)
})

t.test('somebody who signed up an address first has no way in after its owner has entered a code', async t => {
  const signIn = async (key: Authenticator) => {
    const own = browser(app)
    return (await send(own, '/sign-in/passkey', key.get(await optionsOf(own, '/sign-in/passkey')))).statusCode
  }
  const enterCode = async (email: string) => {
    const owner = browser(app)
    await submit(owner, '/sign-in/code', { email })
    await submit(owner, '/sign-in/code/enter', { code: lastCode() })
    return owner
  }
  const { email, own: squatter, key } = await newcomer()
  await submit(squatter, '/account/password', { password: PASSWORD })
  const owner = await enterCode(email)
  t.match(textOf(await owner.get('/account')), 'A password and passkeys from before could be somebody else\'s')
  t.equal(await status(squatter), 303)
  t.equal(await signIn(key), 422)
  t.equal((await submit(browser(app), '/sign-in', { email, password: PASSWORD })).statusCode, 422)

  const ownKey = authenticator(ORIGIN)
  await send(owner, '/account/passkeys', ownKey.create(await optionsOf(owner, '/account/passkeys')))
  await enterCode(email)
  t.same([await status(owner), await signIn(ownKey)], [200, 303], 'the second code removes nothing')
})

t.test('a code for confirming proves the email, and removes nothing', async t => {
  const { email, own, key } = await newcomer()
  await submit(own, '/account/confirm/code/send', {})
  t.equal((await submit(own, '/account/confirm/code', { code: lastCode() })).statusCode, 303)
  const other = browser(app)
  await submit(other, '/sign-in/code', { email })
  await submit(other, '/sign-in/code/enter', { code: lastCode() })
  const third = browser(app)
  const { statusCode } = await send(third, '/sign-in/passkey', key.get(await optionsOf(third, '/sign-in/passkey')))
  t.same([await status(own), await status(other), statusCode], [200, 200, 303])
})

t.test('five wrong codes are too many for the right one to count, also at the same moment', async t => {
  const { email } = await newcomer()
  const own = browser(app)
  await submit(own, '/sign-in/code', { email })
  const wrong = lastCode() === '000000' ? '000001' : '000000'
  await Promise.all(Array.from({ length: 5 }, () => submit(own.twin(), '/sign-in/code/enter', { code: wrong })))
  const reply = await submit(own, '/sign-in/code/enter', { code: lastCode() })
  t.match([reply.statusCode, textOf(reply)], [422, /no longer valid/])
})

t.test('an address is sent five codes an hour, and whether it has an account cannot be told', async t => {
  const { email } = await newcomer()
  const outcomes = []
  for (const address of [email, newEmail()]) {
    const before = codes()
    const replies = []
    for (let i = 0; i < 6; i++) replies.push(await submit(browser(app), '/sign-in/code', { email: address }))
    outcomes.push(replies.map(({ statusCode, headers, body }) => [statusCode, headers.location, body.replace(address, '')]))
    t.match(textOf(replies[5]!), 'Too many codes have been sent to this address.')
    t.equal(codes() - before, address === email ? 5 : 0)
  }
  t.same(outcomes[0]!.map(([code]) => code), [303, 303, 303, 303, 303, 422])
  t.strictSame(outcomes[0], outcomes[1])
})

t.test('five codes an hour are sent for confirming, and strangers who ask for codes for signing in use up none of them', async t => {
  const { email, own } = await newcomer()
  for (let i = 0; i < 6; i++) await submit(browser(app), '/sign-in/code', { email })
  const before = codes()
  for (let i = 0; i < 5; i++) t.equal((await submit(own, '/account/confirm/code/send', {})).headers.location, '/account/confirm/code')
  t.equal(codes() - before, 5)
  const reply = await submit(own, '/account/confirm/code/send', {})
  t.match([reply.statusCode, textOf(reply)], [422, 'Too many codes'])
})

t.test('codes for confirming use up none for signing in', async t => {
  const { email, own } = await newcomer()
  for (let i = 0; i < 5; i++) await submit(own, '/account/confirm/code/send', {})
  t.equal((await submit(browser(app), '/sign-in/code', { email })).statusCode, 303)
})

t.test('the database does not know the code, nor a plain hash of it', async t => {
  const { email } = await newcomer()
  await submit(browser(app), '/sign-in/code', { email })
  const kept = JSON.stringify(await db.collection('codes').find().toArray())
  for (const encoding of ['hex', 'base64url'] as const) t.notMatch(kept, createHash('sha256').update(lastCode()).digest(encoding))
  t.notMatch(kept, lastCode())
  t.notMatch(kept, email)
})

// --- the cookie that does not come back ---

t.test('a browser that keeps no cookie is told so after signing in, and what to do; during an outage nobody is', async t => {
  const { email } = await newcomer()
  await elsewhere(email)
  const page = await browser(app).get('/signed-in?returnTo=/account/password')
  t.match(textOf(page), /did not send back the cookie.*Allow cookies.*https:\/\//)
  t.equal(linkOf(page, 'Sign in again'), '/sign-in?returnTo=%2Faccount%2Fpassword')

  const client = await connect(t)
  const { app: shaky } = await printing(client.db(db.databaseName))
  t.teardown(() => shaky.close())
  const own = browser(shaky)
  await submit(own, '/sign-up', { email: newEmail(), password: PASSWORD })
  await client.close()
  t.equal((await own.get('/signed-in')).statusCode, 503)
})

// --- a real browser ---

t.test('in Chromium a person signs up with a passkey, signs in with it, and ends another session on the confirm page', async t => {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const { app: served, lastCode } = await printing(db, { url, cookie: { name: 'passkeys', secure: false } })
  t.teardown(() => served.close())
  await served.listen({ host: 'localhost', port })
  const chromium = await launchBrowser()
  t.teardown(() => chromium.close())
  const page = await openProfile(t, chromium, { baseURL: url })
  const device = await addAuthenticator(page)
  const email = newEmail()

  await page.goto('/sign-up/passkey')
  await page.getByRole('button', { name: 'Create account with a passkey' }).click()
  t.ok(await page.getByLabel('Email').evaluate(field => field.matches(':invalid')), 'it needs an email')
  await page.getByLabel('Email').fill('no@address@at.all')
  await page.evaluate(() => { document.querySelector('form[data-passkey]')!.setAttribute('novalidate', '') })
  await page.getByRole('button', { name: 'Create account with a passkey' }).click()
  await page.getByText('Enter an email address like name@example.com.').waitFor()
  t.strictSame(await axeFindings(page), [])
  await page.getByLabel('Email').fill(email)
  await page.getByRole('button', { name: 'Create account with a passkey' }).click()
  await page.waitForURL('**/account')
  t.match(await page.locator('main').innerText(), email)

  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor()
  t.strictSame(await axeFindings(page), [])
  await t.test('a problem is announced each time that it comes', async t => {
    const announced = await watchText(page, '[data-passkey-problem]')
    await device.refuse(true)
    for (const count of [1, 2]) {
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
      await poll('the problem', async () => (await announced()).filter(text => text.startsWith('No passkey was used.')).length === count || undefined)
    }
    const words = 'No passkey was used. Try again, or choose another way.'
    t.same(await announced(), [words, '', words])
    await device.refuse(false)
  })
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.waitForURL('**/account')

  await prove(email)
  const other = browser(served, { cookie: 'passkeys' })
  await submit(other, '/sign-in/code', { email })
  await submit(other, '/sign-in/code/enter', { code: lastCode() })
  await age(email)
  await page.goto('/account/sessions')
  await page.locator('[data-ls-part=revoke]').click()
  await page.getByRole('dialog').getByRole('link', { name: 'Confirm with a passkey or a code' }).click()
  await page.waitForURL('**/account/confirm?*')
  t.strictSame(await axeFindings(page), [])
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await page.waitForURL('**/revoke')
  await page.locator('main').getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL('**/account/sessions*')
  t.same([await status(other), (await page.goto('/account'))!.url()], [303, `${url}/account`])

  await t.test('at an address without https the page says why there is no button', async t => {
    await page.route('http://shop.example/**', async route => {
      const { pathname, search } = new URL(route.request().url())
      const { statusCode, headers, rawPayload } = await served.inject(pathname + search)
      await route.fulfill({ status: statusCode, contentType: String(headers['content-type']), body: rawPayload })
    })
    await page.goto('http://shop.example/sign-in')
    await page.getByText('Passkeys do not work at this address').waitFor()
    t.equal(await page.getByRole('button', { name: 'Sign in with a passkey' }).count(), 0)
  })
})

/** A platform authenticator, as phones and laptops have it. Its owner says yes, until they refuse. */
async function addAuthenticator (page: Page) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true }
  })
  return {
    refuse: (refused: boolean) => devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: !refused })
  }
}

/** Returns what reads every text that this element has had since. */
async function watchText (page: Page, selector: string): Promise<() => Promise<string[]>> {
  const texts = await page.locator(selector).evaluateHandle(element => {
    const texts: string[] = []
    new MutationObserver(() => texts.push(element.textContent)).observe(element, { childList: true })
    return texts
  })
  return () => texts.jsonValue()
}

t.test('without JavaScript the page says why there is no passkey button, and for its script it has other reasons', async t => {
  const { body } = await browser(app).get('/sign-in')
  t.match(body, /<form data-passkey="get" data-passkeys="work"[^>]* hidden>/)
  t.match(body, /<noscript>.*Passkeys need JavaScript\. Use a code instead\./)
  for (const why of ['insecure', 'unknown']) t.match(body, new RegExp(`data-passkeys="${why}" hidden>.*Use a code instead\\.`))
})

// --- what the demo user sees ---

t.test('the demo user is signed in on other devices, in other places and since other times; one is new and far away', async t => {
  const { email } = await newcomer()
  const { id } = (await users.findByEmail(email))!
  await app.loginSessions.revokeAll(id)
  await seedSessions(db, id)
  const sessions = await app.loginSessions.list(id)
  const seeds = sessions.map(({ device, newDevice, ip, createdAt, lastActiveAt }) => ({
    what: [device.model ?? device.os, device.browser].filter(Boolean).join(' '),
    newDevice,
    place: locate(ip!, 'en'),
    days: Math.round((Date.now() - createdAt.getTime()) / DAY),
    hours: Math.round((Date.now() - lastActiveAt.getTime()) / HOUR)
  }))
  t.strictSame(seeds, [
    { what: 'iPhone Safari', newDevice: true, place: 'London, United Kingdom', days: 23, hours: 0 },
    { what: 'Windows Firefox', newDevice: true, place: 'Sydney, Australia', days: 0, hours: 2 },
    { what: 'curl', newDevice: true, place: 'Delft, Netherlands', days: 54, hours: 6 },
    { what: 'Windows Chrome', newDevice: true, place: 'London, United Kingdom', days: 41, hours: 19 },
    { what: 'macOS Safari', newDevice: true, place: 'Cambridge, United Kingdom', days: 12, hours: 72 },
    { what: 'Linux Chromium', newDevice: false, place: 'Cambridge, United Kingdom', days: 8, hours: 96 },
    { what: 'Pixel 9 Chrome', newDevice: true, place: 'Paris, France', days: 62, hours: 216 },
    { what: 'Linux Chromium', newDevice: false, place: 'Cambridge, United Kingdom', days: 16, hours: 360 },
    { what: 'Linux Chromium', newDevice: true, place: 'Cambridge, United Kingdom', days: 33, hours: 720 }
  ])

  await seedSessions(db, id)
  t.equal((await app.loginSessions.list(id)).length, sessions.length, 'once')
  await app.loginSessions.revoke(id, sessions[0]!.id)
  await seedSessions(db, id)
  t.equal((await app.loginSessions.list(id)).length, sessions.length - 1, 'and not to make up for what was ended')

  const countries = await open<CountryResponse & { country_code: string }>('node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country-ipv4.mmdb')
  const nameOf = new Intl.DisplayNames('en', { type: 'region' })
  for (const { ip } of sessions) t.match(locate(ip!, 'en'), new RegExp(`, ${nameOf.of(countries.get(ip!)!.country_code)}$`))
  t.equal(locate('128.40.45.7', 'de'), 'London, Vereinigtes Königreich')
  t.equal(locate('8.8.8.8', 'en'), null)
})

t.test('at which addresses the site can be opened, and where passkeys work', async t => {
  t.strictSame(addressesOf('localhost', 3000), { url: 'http://localhost:3000', passkeyOrigin: 'http://localhost:3000', urls: ['http://localhost:3000'] })
  t.strictSame(addressesOf('192.168.1.5', 3000), { url: 'http://192.168.1.5:3000', passkeyOrigin: null, urls: ['http://192.168.1.5:3000'] })
  t.equal(addressesOf('::1', 3000).url, 'http://[::1]:3000')
  for (const all of ['0.0.0.0', '::']) {
    const { url, urls, passkeyOrigin } = addressesOf(all, 3000)
    t.same([urls[0], urls.at(-1), passkeyOrigin], ['http://localhost:3000', url, 'http://localhost:3000'])
    t.ok(urls.every(url => /^http:\/\/(localhost|\d+\.\d+\.\d+\.\d+):3000$/.test(url)))
  }
})
