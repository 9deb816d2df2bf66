/**
 * The questions of the account page, for each way in which a user can confirm, with and without htmx.
 */
import { mock } from 'node:test'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import type { Confirm } from '../../plugin/index.js'
import { toQuestionWords } from '../../plugin/pages/account/question-words.js'
import { SHIPPED } from '../../plugin/pages/messages.js'
import { createTexts } from '../../plugin/pages/texts.js'
import type { PageView } from '../../plugin/pages/view-models.js'
import { memoryStore } from '../../plugin/stores/memory.js'
import { PASSWORD } from '../support/app.js'
import { browser, type JarBrowser, type Reply } from '../support/browser-jar.js'
import { createClock, DAY, MINUTE } from '../support/clock.js'
import { fakeTimeouts, realTimeouts } from '../support/fake-timers.js'
import { turns } from '../support/gate.js'
import { answer, confirmPage, createShopWithPages, endMeanwhile, formOf, type FormProof, HTMX, PAGE, type ShopWithPagesOptions, submit, textOf } from '../support/page.js'

const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15'
const CODE = '123 456'
const LABEL = 'Code from your authenticator app'

/** Users confirm in the way that their name begins with; "ada…" by password, "guest…" has none. */
const confirm: Confirm = ({ userId }) => {
  switch (userId.split('-')[0]) {
    case 'answer': return { way: 'answer', label: LABEL, check: answer => answer === CODE }
    case 'recent': return { way: 'answer', label: LABEL, check: answer => answer === CODE, validFor: 5 * MINUTE }
    case 'page': return { way: 'page', path: '/account/confirm?by=passkey', label: 'Confirm with your passkey' }
    case 'unlabelled': return { way: 'page', path: '/account/confirm' }
    case 'question': return { way: 'question' }
    case 'none': return { way: 'none', reason: 'Ask your administrator.' }
    case 'silent': return { way: 'none' }
    default: return null
  }
}

interface World {
  app: FastifyInstance
  laptop: JarBrowser
  mac: JarBrowser
  /** The question about the Mac. */
  url: string
  clock: ReturnType<typeof createClock>
}

/** Somebody who signed in at a laptop and a Mac, 20 minutes ago. */
async function createWorld (t: Test, user: string, options: ShopWithPagesOptions = {}): Promise<World> {
  const clock = createClock()
  const app = await createShopWithPages(t, {
    now: clock.now,
    confirm,
    ...options,
    routes: confirmPage
  })
  const [laptop, mac] = [browser(app), browser(app, { userAgent: MAC, ip: '203.0.113.9' })]
  await laptop.signIn(user)
  const { id } = await mac.signIn(user)
  clock.advance(20 * MINUTE)
  return { app, laptop, mac, url: `${PAGE}/${id}/revoke`, clock }
}

const PASSWORD_FIELD = /<input [^>]*type="password"/
const ANSWER_FIELD = /<input id="login-sessions-answer" name="answer" type="text" autocomplete="one-time-code"/
const SUBMIT = /<button [^>]*type="submit"/
const MODES = [['as a page', {}], ['in a dialog', HTMX]] as const

/** The kinds that send a proof with the form. */
const FIELDS = {
  password: {
    user: 'ada', right: PASSWORD, wrong: 'wrong', field: PASSWORD_FIELD, label: 'Your password', nothing: 'Enter your password.', refused: 'Wrong password.'
  },
  answer: {
    user: 'answer', right: { answer: CODE }, wrong: { answer: '000' }, field: ANSWER_FIELD, label: LABEL, nothing: 'Fill in this field.', refused: 'Wrong answer.'
  }
}

for (const [kind, { user, right, wrong, field, label, nothing, refused }] of Object.entries(FIELDS)) {
  for (const [where, mode] of MODES) {
    t.test(`${kind}, ${where}: asked for, missing, wrong, with one attempt left, locked, right`, async t => {
      const { laptop, mac, url, clock } = await createWorld(t, user, { pages: { forgotPasswordPath: '/forgotten' } })
      const token = laptop.cookieValue()

      const question = await laptop.get(url, mode)
      t.match(question.body, mode === HTMX ? /^<dialog/ : /^<!doctype html>/)
      t.match(textOf(question), 'Sign out Mac (Safari)?')
      t.match(textOf(question), label)
      t.strictSame([PASSWORD_FIELD, ANSWER_FIELD].filter(one => one.test(question.body)), [field], 'its field, and no other')
      t.notMatch(question.body, 'aria-invalid')

      const form = formOf(question)
      const send = (proof: FormProof): Promise<Reply> => submit(laptop, form, proof, mode)
      for (let i = 0; i < 6; i++) t.match(await send({}), { statusCode: 422 }, 'nothing sent is no attempt')
      t.match(textOf(await send({})), nothing)
      for (let i = 1; i <= 4; i++) {
        const reply = await send(wrong)
        t.equal(reply.statusCode, 422)
        t.match(textOf(reply), refused)
        t.match(reply.body, 'aria-describedby="login-sessions-error" aria-invalid="true"')
        t.equal(textOf(reply).includes('One attempt is left before you have to wait 15 minutes.'), i === 4)
        t.equal(reply.body.includes('href="/forgotten"'), kind === 'password')
      }
      for (const [proof, status] of [[wrong, 422], [right, 429]] as const) {
        const reply = await send(proof)
        t.equal(reply.statusCode, status)
        t.match(textOf(reply), 'Too many failed attempts. Try again in 15 minutes.')
        t.notMatch(reply.body, field)
        t.notMatch(reply.body, SUBMIT)
        t.equal(reply.body.includes('href="/forgotten"'), kind === 'password')
      }
      t.equal(await mac.user(), user)
      t.equal(laptop.cookieValue(), token)

      clock.advance(15 * MINUTE)
      t.equal((await send(right)).statusCode, mode === HTMX ? 200 : 303)
      t.equal(await mac.user(), null)
      t.not(laptop.cookieValue(), token, 'the confirmed session has a new token')
    })
  }
}

for (const [where, mode] of MODES) {
  t.test(`the host's page, ${where}: the link, the way back to a plain question, a confirmation that expires`, async t => {
    const { laptop, mac, url, clock } = await createWorld(t, 'page', { pages: { returnTo: 'next' } })
    const back = encodeURIComponent(`${url}?sessions=all`).replaceAll('%20', '+')

    const first = await laptop.get(`${url}?sessions=all`, mode)
    t.match(textOf(first), /Sign out Mac \(Safari\)\?.*It will have to sign in again\. Confirm first that it is you\. Cancel Confirm with your passkey$/)
    t.match(first.body, `href="/account/confirm?by=passkey&amp;next=${back}"`)
    t.notMatch(first.body, SUBMIT)
    t.notMatch(first.body, /<input (?!type="hidden")/)

    await laptop.post('/account/confirm', { proof: 'right' })
    const second = await laptop.get(`${url}?sessions=all`, mode)
    t.match(second.body, SUBMIT)
    t.match(textOf(second), 'It will have to sign in again.')
    t.notMatch(textOf(second), 'Confirm first')

    clock.advance(11 * MINUTE)
    const expired = await submit(laptop, formOf(second), {}, mode)
    t.equal(expired.statusCode, 403)
    t.match(textOf(expired), 'Your confirmation has expired. Nothing has been signed out.')
    t.match(expired.body, `href="/account/confirm?by=passkey&amp;next=${back}"`)
    t.equal(await mac.user(), 'page')

    await laptop.post('/account/confirm', { proof: 'right' })
    t.equal((await submit(laptop, formOf(await laptop.get(url, mode)), {}, mode)).statusCode, mode === HTMX ? 200 : 303)
    t.equal(await mac.user(), null)
  })
}

t.test('without returnTo, the link to the host\'s page is its path; without a label, it has ours', async t => {
  const { laptop, url } = await createWorld(t, 'unlabelled')

  const question = await laptop.get(url)

  t.match(question.body, 'href="/account/confirm">Confirm that it is you</a>')
})

t.test('wrong attempts on the host\'s page lock the question, too', async t => {
  const { laptop, url, clock } = await createWorld(t, 'page')
  for (let i = 0; i < 5; i++) await laptop.post('/account/confirm', { proof: 'wrong' })

  const locked = await laptop.get(url)
  t.match(textOf(locked), 'Too many failed attempts. Try again in 15 minutes.')
  t.notMatch(locked.body, '/account/confirm')

  clock.advance(15 * MINUTE)
  t.match((await laptop.get(url)).body, '/account/confirm')
})

t.test('an answer that still counts is not asked for again; when it has expired meanwhile, it is', async t => {
  const { laptop, mac, clock } = await createWorld(t, 'recent')
  const { id } = await mac.signIn('recent')
  t.equal((await answer(laptop, `${PAGE}/${id}/revoke`, { answer: CODE })).statusCode, 303)
  const { id: next } = await mac.signIn('recent')

  const question = await laptop.get(`${PAGE}/${next}/revoke`)
  t.notMatch(question.body, ANSWER_FIELD)
  t.match(question.body, SUBMIT)
  clock.advance(5 * MINUTE + 1)
  const expired = await submit(laptop, formOf(question))

  t.equal(expired.statusCode, 422)
  t.match(expired.body, ANSWER_FIELD)
  t.match(textOf(expired), 'Fill in this field.')
})

t.test('where a plain question is enough, a button is', async t => {
  const { laptop, mac, url } = await createWorld(t, 'question')
  for (const [, mode] of MODES) {
    const question = await laptop.get(url, mode)
    t.match(question.body, SUBMIT)
    t.notMatch(question.body, /<input (?!type="hidden")/)
  }

  t.equal((await answer(laptop, url)).statusCode, 303)
  t.equal(await mac.user(), null)
})

const CANNOT = { none: 'Ask your administrator.', silent: 'You cannot end other sessions here.', guest: 'your account has none' }

for (const [user, why] of Object.entries(CANNOT)) {
  t.test(`who cannot confirm sees the list and why, and can leave all the same: ${user}`, async t => {
    const { laptop, mac, url } = await createWorld(t, user)

    const list = await laptop.get(PAGE)
    t.match(textOf(list), why)
    t.notMatch(list.body, '/revoke')
    for (const [, mode] of MODES) {
      const question = await laptop.get(url, mode)
      t.match(textOf(question), why)
      t.match(textOf(question), 'Back to your sessions')
      t.notMatch(question.body, SUBMIT)
      const refused = await submit(laptop, formOf(question), { password: PASSWORD, answer: CODE }, mode)
      t.equal(refused.statusCode, 409)
      t.match(textOf(refused), why)
    }
    t.equal(await mac.user(), user)

    const { id } = (await laptop.get('/account')).json()
    t.equal((await answer(laptop, `${PAGE}/${id}/revoke`)).headers.location, '/login')
  })
}

/** How each kind confirms. */
const PROVE: Record<string, (world: World, proof: 'right' | 'wrong') => Promise<Reply>> = {
  ada: ({ laptop, url }, proof) => answer(laptop, url, proof === 'right' ? PASSWORD : 'wrong'),
  answer: ({ laptop, url }, proof) => answer(laptop, url, { answer: proof === 'right' ? CODE : 'wrong' }),
  page: ({ laptop }, proof) => laptop.post('/account/confirm', { proof })
}

t.test('the form\'s token, the lock and the new token are the same for every kind', async t => {
  for (const [user, prove] of Object.entries(PROVE)) {
    const world = await createWorld(t, user)
    const { laptop, mac, url, clock } = world
    const token = laptop.cookieValue()
    const { action } = formOf(await laptop.get(url))
    const stolen = formOf(await mac.get(`${PAGE}/others/revoke`)).fields.csrf!
    for (const csrf of ['', stolen]) {
      for (const url of [action, action.replace('/revoke', '/not-you'), `${PAGE}/others/revoke`]) {
        const forged = await submit(laptop, { action: url, fields: { csrf } }, { password: PASSWORD, answer: CODE })
        t.equal(forged.statusCode, 403, user)
        t.match(textOf(forged), 'This form has expired.')
      }
    }
    t.equal(await mac.user(), user)

    // A lock does not care which kind the attempts were.
    for (let i = 0; i < 4; i++) await prove(world, 'wrong')
    await laptop.post('/confirm', { password: 'wrong' })
    t.match(textOf(await laptop.get(url)), 'Too many failed attempts.', user)
    t.not((await prove(world, 'right').catch(() => ({ statusCode: 429 }))).statusCode, 200, user)
    t.equal(laptop.cookieValue(), token, user)
    clock.advance(15 * MINUTE)
    t.ok((await prove(world, 'right')).statusCode < 400, user)
    t.not(laptop.cookieValue(), token, user)
    t.match((await laptop.get('/account')).json(), { confirmedAt: clock.now().toISOString() })
  }
})

t.test('while the host cannot check, the page says so in every kind, and nothing is counted', async t => {
  let isAway = false
  const away = (): never => { throw new Error('users are away') }
  const { laptop, mac, url } = await createWorld(t, 'ada', {
    confirm: () => isAway ? away() : { way: 'answer', label: LABEL, check: answer => answer === 'away' ? away() : answer === CODE }
  })
  const form = formOf(await laptop.get(url))
  for (const [, mode] of MODES) {
    for (let i = 0; i < 3; i++) {
      const reply = await submit(laptop, form, { answer: 'away' }, mode)
      t.equal(reply.statusCode, 503)
      t.match(textOf(reply), 'This cannot be checked right now. Nothing has been signed out.')
    }
  }
  isAway = true
  t.match(await laptop.get(url), { statusCode: 503 })
  t.match(textOf(await laptop.get(PAGE)), 'Sign out of all other sessions (1)', 'the list is there all the same')
  isAway = false
  t.equal((await submit(laptop, form, { answer: CODE })).statusCode, 303)
  t.equal(await mac.user(), null)
})

t.test('a host that hangs does not hold up the list, and a name that does not come does not hold up the question', async t => {
  let [isAway, asked] = [false, (): void => {}]
  const hang = (): Promise<never> => { asked(); return new Promise(() => {}) }
  const logs: string[] = []
  const { laptop, url } = await createWorld(t, 'ada', {
    logs, confirm: () => isAway ? hang() : null, pages: { accountName: hang }
  })
  fakeTimeouts()
  t.teardown(() => realTimeouts())
  const answeredAfter = async (milliseconds: number, path: string): Promise<Reply> => {
    const waiting = new Promise<void>(resolve => { asked = resolve })
    let isAnswered = false
    const reply = laptop.get(path).finally(() => { isAnswered = true })
    await waiting
    await turns()
    mock.timers.tick(milliseconds - 1)
    await turns(20)
    t.equal(isAnswered, false)
    mock.timers.tick(1)
    return await reply
  }

  const question = await answeredAfter(500, url)
  t.match(question.body, PASSWORD_FIELD)
  t.notMatch(question.body, 'autocomplete="username"')
  t.match(logs.join(''), /accountName failed; password managers will have to guess/)
  t.match(logs.join(''), 'accountName took longer than 500 ms')

  isAway = true
  t.match(textOf(await answeredAfter(2000, PAGE)), 'Sign out of all other sessions (1)')
  t.match(logs.join(''), 'the host did not say how this user confirms')
})

t.test('a dialog is described by the parts that it has', async t => {
  const described = async (user: string, path: (url: string) => string): Promise<string> => {
    const { laptop, url } = await createWorld(t, user)
    const { body } = await laptop.get(path(url), HTMX)
    const ids = /^<dialog [^>]*aria-describedby="([^"]+)"/.exec(body)![1]!.split(' ')
    for (const id of ids) t.equal(body.split(` id="${id}"`).length, 2, id)
    return ids.map(id => id.replace('login-sessions-', '')).join(' ')
  }

  t.equal(await described('ada', url => url), 'facts detail')
  t.equal(await described('ada', url => url.replace('/revoke', '/not-you')), 'facts detail steps')
  t.equal(await described('ada', () => `${PAGE}/others/revoke`), 'endings detail')
  t.equal(await described('none', url => url), 'error')
  const { laptop } = await createWorld(t, 'ada')
  const { id } = (await laptop.get('/account')).json()
  t.match((await laptop.get(`${PAGE}/${id}/revoke`, HTMX)).body, 'aria-describedby="login-sessions-detail"')
})

t.test('too many attempts that wait at the same time are told so, in words that fit every kind', async t => {
  let release = (): void => {}
  const held = new Promise<void>(resolve => { release = resolve })
  const { laptop, url } = await createWorld(t, 'ada', {
    confirm: () => ({ way: 'answer', label: LABEL, check: async () => { await held; return true } })
  })
  const form = formOf(await laptop.get(url))
  const replies = Array.from({ length: 14 }, () => submit(laptop.twin(), form, { answer: CODE }))
  const busy = await Promise.race(replies)
  release()
  await Promise.all(replies)

  t.equal(busy.statusCode, 429)
  t.match(textOf(busy), 'Too many attempts are being checked right now.')
  t.match(busy.body, ANSWER_FIELD, 'and can be made again')
})

// --- what a question says ---

t.test('a question says when and where, shortly; what the host calls a place stays text', async t => {
  const { laptop, url } = await createWorld(t, 'ada', { pages: { locate: () => '<b>Oslo</b>' } })
  const app = await createShopWithPages(t, { pages: { locate: () => '<b>Oslo</b>' } })
  const [chrome, phone] = [browser(app), browser(app, { userAgent: MAC, ip: '8.8.8.8' })]
  await chrome.signIn('ada')
  const { id } = await phone.signIn('ada')

  t.match(textOf(await laptop.get(url)), /^Sign out Mac \(Safari\)\? .*Last active 20 minutes ago Signed in 20 minutes ago IP address 203\.0\.113\.9 It will have to sign in again\./)
  const located = await chrome.get(`${PAGE}/${id}/revoke`)
  t.match(textOf(located), /Place <b>Oslo<\/b>/)
  t.notMatch(located.body, '<b>Oslo')
  t.match(located.body, /<dd><time datetime="2100-01-01T12:00:00.000Z" title="Jan 1, 2100, 12:00\sPM UTC">/)
})

t.test('a question says where a session was used from: by place, otherwise by address, and the former one if that says more', async t => {
  const { app, laptop, url } = await createWorld(t, 'ada')
  const id = url.split('/').at(-2)!
  const session = (await app.loginSessions.find('ada', id))!
  const texts = createTexts('en', SHIPPED.en!, 'UTC')
  const page = { texts, say: texts.say, base: PAGE } as PageView
  const places = new Map([['1.1.1.1', 'Norway'], ['2.2.2.2', 'Norway'], ['3.3.3.3', 'Chile']])
  const facts = (ip: string | null, former: string | null): string[] => {
    const formerIp = former === null ? null : { ip: former, until: session.createdAt }
    const target = { kind: 'session' as const, session: { ...session, ip, formerIp }, current: false, notYou: false, usesPassword: true }
    return toQuestionWords(target, page, { places, now: session.createdAt }).facts.flatMap(fact => 'text' in fact ? `${fact.label}: ${fact.text}` : [])
  }

  t.strictSame(facts(null, null), [])
  t.strictSame(facts('4.4.4.4', null), ['IP address: 4.4.4.4'])
  t.strictSame(facts('1.1.1.1', '2.2.2.2'), ['Place: Norway'])
  t.strictSame(facts('1.1.1.1', '3.3.3.3'), ['Place: Norway', 'Also used from: Chile'])
  t.strictSame(facts('1.1.1.1', '4.4.4.4'), ['Place: Norway', 'Also used from: 4.4.4.4'])
  t.match(textOf(await laptop.get(url)), 'IP address 203.0.113.9')
})

t.test('the question about all others lists what will end: new ones first, equal devices counted, at most ten lines, then how many more', async t => {
  const clock = createClock()
  const app = await createShopWithPages(t, { now: clock.now, maxSessionsPerUser: null, pages: { locate: ip => ip === '8.8.8.8' ? 'Norway' : null } })
  const [laptop, mac] = [browser(app), browser(app, { userAgent: MAC, ip: '8.8.8.8' })]
  const remember = { remember: true }
  await laptop.signIn('ada', remember)
  for (let i = 0; i < 11; i++) await browser(app, { userAgent: `reader${i}/1.0` }).signIn('ada', remember)
  for (let i = 0; i < 7; i++) {
    clock.advance(MINUTE)
    await browser(app, { userAgent: 'curl/8.5.0' }).signIn('ada', remember)
  }
  clock.advance(8 * DAY)
  await mac.signIn('ada')

  const text = textOf(await laptop.get(`${PAGE}/others/revoke`))

  t.match(text, /^Sign out of all other sessions\? .*Mac \(Safari\) New Norway · just now curl , 7 sessions last week reader/)
  t.match(text, /and 3 more 19 other sessions end\. This device stays signed in\./)
})

// --- "Not you?" ---

t.test('"Not you?" leads through: what happened there, two steps, the confirmation, and where the password is changed', async t => {
  for (const [, mode] of MODES) {
    const { laptop, mac, url } = await createWorld(t, 'ada', { pages: { passwordPath: '/account/password' } })
    const notYou = url.replace('/revoke', '/not-you')

    const question = await laptop.get(notYou, mode)
    t.match(textOf(question), /Was this not you\? Last active 20 minutes ago .*Then somebody else may be able to sign in as you\. Do two things: Sign out Mac \(Safari\)\. Change your password\. Your password Cancel Sign out$/)
    t.equal(formOf(question).action, notYou)
    const wrong = await submit(laptop, formOf(question), 'wrong', mode)
    t.match(textOf(wrong), /Was this not you\?.*Wrong password\./)
    t.equal(await mac.user(), 'ada')

    const done = await submit(laptop, formOf(question), PASSWORD, mode)
    const next = mode === HTMX ? done : await laptop.get(String(done.headers.location))
    const region = mode === HTMX ? 'ls-hx-target="[data-ls-part=status]" ls-hx-swap="innerHTML">' : 'data-ls-part="status">'
    t.match(next.body, `${region}Signed out Mac (Safari). Now change your password: the person who signed in there may know it. <a href="/account/password">Change your password</a></`)
    t.equal(await mac.user(), null)
    t.notMatch(textOf(await laptop.get(PAGE)), 'Signed out Mac')
  }
})

t.test('people without a password are advised to check how they sign in, also while their confirmation counts', async t => {
  const pages = { passwordPath: '/account/password' }
  for (const [user, proof] of [['answer', { answer: CODE }], ['recent', { answer: CODE }]] as const) {
    const { laptop, mac, url } = await createWorld(t, user, { pages })
    const list = textOf(await laptop.get(PAGE))
    t.match(list, 'Sign out any that you do not recognise, then check how you sign in.')
    t.notMatch(list, 'Change your password')

    const question = await laptop.get(url.replace('/revoke', '/not-you'))
    t.match(textOf(question), 'Sign out Mac (Safari). Check how you sign in: your passkeys and your mail.')
    await submit(laptop, formOf(question), proof)

    t.equal(await mac.user(), null)
    const next = textOf(await laptop.get(PAGE))
    t.match(next, 'Signed out Mac (Safari). Now check how you sign in: the person who signed in there may be able to do it again.')
    t.notMatch(next, 'Change your password')
  }
  const { laptop, url } = await createWorld(t, 'question', { pages })
  t.match(textOf(await laptop.get(url.replace('/revoke', '/not-you'))), 'Change your password.', 'nothing is known of passwords')
})

t.test('"Not you?" of a page that does not know where passwords are changed has no link', async t => {
  const { laptop, url } = await createWorld(t, 'ada')

  await answer(laptop, url.replace('/revoke', '/not-you'), PASSWORD)

  t.match((await laptop.get(PAGE)).body, 'Now change your password: the person who signed in there may know it.</div>')
})

t.test('"Not you?" of a session that ends in the same moment still leads to the password', async t => {
  const { app, laptop, mac, url } = await createWorld(t, 'ada', { pages: { passwordPath: '/account/password' } })
  const form = formOf(await laptop.get(url.replace('/revoke', '/not-you')))
  endMeanwhile(app, (await mac.get('/account')).json())

  await submit(laptop, form, PASSWORD)

  t.match((await laptop.get(PAGE)).body, 'That session has ended already. <a href="/account/password">Change your password</a>')
})

t.test('"Not you?" of this device is the question whether to sign it out; foreign and unknown sessions are not found', async t => {
  const { app, laptop } = await createWorld(t, 'ada')
  const { id } = (await laptop.get('/account')).json()
  const { id: foreign } = await browser(app).signIn('bob')

  const question = await laptop.get(`${PAGE}/${id}/not-you`)
  t.match(textOf(question), 'Sign out this device?')
  for (const one of [foreign, 'others', 'A'.repeat(22)]) {
    t.equal((await laptop.get(`${PAGE}/${one}/not-you`)).statusCode, 404)
    t.equal((await submit(laptop, { ...formOf(question), action: `${PAGE}/${one}/not-you` }, PASSWORD)).statusCode, 404)
  }
  t.equal((await submit(laptop, { ...formOf(question), action: `${PAGE}/${id}/not-you` })).headers.location, '/login')
})

t.test('no question changes anything, however often it is asked, in any kind', async t => {
  for (const user of ['ada', 'answer', 'page', 'question', 'none']) {
    const store = memoryStore()
    const { app, laptop, url } = await createWorld(t, user, { store })
    const sessions = async () => JSON.stringify(await app.loginSessions.list(user))
    await laptop.get(PAGE)
    await app.loginSessions.settled()
    const [before, token] = [await sessions(), laptop.cookieValue()]

    for (const path of [url, url.replace('/revoke', '/not-you'), `${PAGE}/others/revoke`]) {
      for (const [, mode] of MODES) t.equal((await laptop.get(`${path}?password=${encodeURIComponent(PASSWORD)}&answer=${CODE}`, mode)).statusCode, 200)
    }

    t.equal(await sessions(), before, user)
    t.equal(laptop.cookieValue(), token)
  }
})
