/**
 * The host chooses how each user confirms. What holds for passwords holds for every way.
 */
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import type { Confirm, ConfirmationChoice } from '../../plugin/index.js'
import { ANSWER_LENGTH } from '../../plugin/confirmation/own-way.js'
import { createShop, PASSWORD, type ShopOptions } from '../support/app.js'
import { browser, type JarBrowser, type Reply, setCookies } from '../support/browser-jar.js'
import { createClock, MINUTE, SECOND } from '../support/clock.js'
import { createGate, parallel } from '../support/gate.js'
import { API, confirmPage, createShopWithPages, someHavePasswords } from '../support/page.js'
import { watched } from '../support/stores.js'
import { memoryStore } from '../../plugin/stores/memory.js'

const CODE = '246810'
const PAGE_CHOICE: ConfirmationChoice = { way: 'page', path: '/account/confirm', label: 'Confirm with your passkey' }
const CODE_CHOICE: ConfirmationChoice = { way: 'answer', label: 'Code from your app', field: 'digits', check: answer => answer.trim() === CODE }

/** Users are called by their way. Ada has a password. */
const confirm: Confirm = ({ userId }) => ({ passkey: PAGE_CHOICE, app: CODE_CHOICE, trusted: { way: 'question' } as const, nobody: { way: 'none', reason: 'Add a passkey first.' } as const })[userId]

/** A shop with the API, and a page of the host's that confirms. */
async function setup (t: Test, options: ShopOptions = {}) {
  const clock = createClock()
  const app = await createShopWithPages(t, {
    now: clock.now,
    confirm,
    ...options,
    routes (app) {
      confirmPage(app)
      app.get('/kind', async request => ({ kind: await request.confirmationKind() }))
    }
  })
  return { app, clock, signIn: (user: string) => twoSessions(app, user) }
}

async function twoSessions (app: FastifyInstance, user: string) {
  const [here, there] = [browser(app), browser(app)]
  await here.signIn(user)
  const { id } = await there.signIn(user)
  return { here, there, end: (proof: object = {}) => here.post(`${API}/${id}/revoke`, proof) }
}

const codeOf = (reply: Reply): [number, string] => [reply.statusCode, reply.json().code]

t.test('each user gets their own way, with what the host says about it', async t => {
  const { signIn, clock } = await setup(t)
  const wayOf = async (user: string) => {
    const { here } = await signIn(user)
    clock.advance(11 * MINUTE)
    const { confirmation } = (await here.get(API)).json()
    t.equal((await here.get('/kind')).json().kind, confirmation.kind)
    return confirmation
  }
  const nothing = { label: null, field: null, path: null, reason: null, recent: false }
  t.strictSame(await wayOf('ada'), { kind: 'password', ...nothing })
  t.strictSame(await wayOf('guest'), { kind: 'no-password', ...nothing })
  t.strictSame(await wayOf('passkey'), { ...nothing, kind: 'page', label: 'Confirm with your passkey', path: '/account/confirm' })
  t.strictSame(await wayOf('app'), { ...nothing, kind: 'answer', label: 'Code from your app', field: 'digits' })
  t.strictSame(await wayOf('trusted'), { kind: 'question', ...nothing })
  t.strictSame(await wayOf('nobody'), { ...nothing, kind: 'none', reason: 'Add a passkey first.' })
})

t.test('where a plain question is enough, nothing is checked', async t => {
  const { signIn } = await setup(t)
  const { there, end } = await signIn('trusted')
  t.strictSame((await end()).json(), { revoked: 1 })
  t.equal(await there.user(), null)
})

t.test('a user who is offered nothing is refused, and nothing ends', async t => {
  const { signIn } = await setup(t)
  const { there, end } = await signIn('nobody')
  t.strictSame(codeOf(await end({ password: PASSWORD, answer: CODE })), [409, 'FST_LOGIN_SESSION_CANNOT_CONFIRM'])
  t.equal(await there.user(), 'nobody')
})

t.test('an answer of the host\'s own kind: nothing sent, wrong, right', async t => {
  const { signIn } = await setup(t)
  const { there, end } = await signIn('app')
  for (const nothing of [{}, { answer: '' }, { password: CODE }]) t.strictSame(codeOf(await end(nothing)), [422, 'FST_LOGIN_SESSION_ANSWER_REQUIRED'])
  t.strictSame(codeOf(await end({ answer: 5 })), [400, 'FST_ERR_VALIDATION'])
  const wrong = await end({ answer: '1' })
  t.match(wrong.json(), { statusCode: 422, code: 'FST_LOGIN_SESSION_ANSWER_WRONG', attemptsLeft: 4 })
  t.match((await end({ answer: CODE.padEnd(ANSWER_LENGTH + 1) })).json(), { code: 'FST_LOGIN_SESSION_ANSWER_WRONG', attemptsLeft: 3 })
  t.equal(await there.user(), 'app')
  t.strictSame((await end({ answer: CODE })).json(), { revoked: 1 })
  t.equal(await there.user(), null)
})

t.test('who confirms on the host\'s page is led there, and the confirmation counts for as long as the host says', async t => {
  for (const [validFor, minutes] of [[undefined, 10], [3 * MINUTE, 3]] as const) {
    const { signIn, clock } = await setup(t, { confirm: () => ({ ...PAGE_CHOICE, validFor }) })
    const { here, end } = await signIn('passkey')
    clock.advance(minutes * MINUTE + 1)
    const refused = await end()
    t.strictSame([...codeOf(refused), refused.json().confirmPath], [403, 'FST_LOGIN_SESSION_CONFIRMATION_REQUIRED', '/account/confirm'])

    t.strictSame(codeOf(await here.post('/account/confirm', { proof: 'wrong' })), [422, 'FST_LOGIN_SESSION_ANSWER_WRONG'])
    t.equal((await end()).statusCode, 403, 'a wrong answer confirms nothing')
    t.equal((await here.post('/account/confirm', { proof: 'right' })).statusCode, 200)
    t.equal((await here.get('/kind')).json().kind, 'question')
    t.match((await here.get(API)).json().confirmation, { kind: 'question', recent: true })
    clock.advance(minutes * MINUTE)
    const ended = await end()
    t.strictSame(ended.json(), { revoked: 1 }, 'to the millisecond')
    t.strictSame(setCookies(ended), [], 'nothing was proven again, so there is no new token')
    clock.advance(1)
    t.equal((await here.post(`${API}/others/revoke`, {})).statusCode, 403)
  }
})

t.test('a sign-in is a confirmation, too: nobody confirms twice within a minute', async t => {
  const { signIn } = await setup(t)
  const { end } = await signIn('passkey')
  t.strictSame((await end()).json(), { revoked: 1 })
})

t.test('an answer may count for a while, too; by default each one is asked for', async t => {
  for (const [validFor, then] of [[undefined, 422], [0, 422], [MINUTE, 200]] as const) {
    const { signIn, clock } = await setup(t, { confirm: () => ({ way: 'answer', label: 'Code', validFor, check: answer => answer === CODE }) })
    const { here, end } = await signIn('app')
    clock.advance(MINUTE + 1)
    t.equal((await end()).statusCode, 422)
    t.equal((await end({ answer: CODE })).statusCode, 200)
    t.equal((await here.post(`${API}/others/revoke`, {})).statusCode, then)
  }
})

t.test('confirmPassword asks for the password, whatever the way is', async t => {
  const { signIn } = await setup(t)
  const { here } = await signIn('passkey')
  t.equal((await here.post('/confirm', { password: PASSWORD })).statusCode, 200)
  t.equal((await here.post('/confirm', { password: 'wrong' })).statusCode, 422)
})

/** The ways that take a proof, each with what is right and what is wrong. */
const PROOFS: Record<string, (here: JarBrowser, right: boolean) => Promise<Reply>> = {
  password: (here, right) => here.post('/confirm', { password: right ? PASSWORD : 'wrong' }),
  answer: (here, right) => here.post(`${API}/others/revoke`, { answer: right ? CODE : 'wrong' }),
  page: (here, right) => here.post('/account/confirm', { proof: right ? 'right' : 'wrong' })
}
const USERS: Record<string, string> = { password: 'ada', answer: 'app', page: 'passkey' }

for (const [way, prove] of Object.entries(PROOFS)) {
  t.test(`${way}: a right proof gives the session a new token, which ends the former one, and is noted`, async t => {
    const store = watched(memoryStore())
    const { signIn, clock } = await setup(t, { store })
    const { here } = await signIn(USERS[way]!)
    const old = here.twin()
    clock.advance(SECOND)
    const reply = await prove(here, true)
    t.equal(reply.statusCode, 200)
    t.equal(setCookies(reply).length, 1)
    t.equal((await here.get('/account')).json().confirmedAt, clock.now().toISOString())
    await store.touched()
    clock.advance(30 * SECOND)
    t.equal(await old.user(), null)
    t.equal(await here.user(), USERS[way])
  })

  t.test(`${way}: five wrong proofs lock the session's confirmation for fifteen minutes, in every way and on every server`, async t => {
    const store = memoryStore()
    const { signIn, clock } = await setup(t, { store })
    const { here } = await signIn(USERS[way]!)
    const other = await setup(t, { store, now: clock.now })
    const elsewhere = browser(other.app)
    elsewhere.forge(here.cookieValue()!)
    const replies = await parallel(20, index => prove([here, elsewhere][index % 2]!, false))
    t.strictSame(replies.map(({ statusCode }) => statusCode).sort(), [...Array(5).fill(422), ...Array(15).fill(429)])
    const usable = Object.entries(PROOFS).filter(([name]) => name !== 'answer' || way === 'answer')
    for (const [name, prove] of usable) t.strictSame(codeOf(await prove(here, true)), [429, 'FST_LOGIN_SESSION_LOCKED'], name)
    clock.advance(15 * MINUTE)
    t.equal((await prove(here, true)).statusCode, 200)
  })
}

t.test('the host\'s check runs once for each attempt, and not while the confirmation is locked', async t => {
  let checks = 0
  const app = await createShop(t, { routes: app => app.post('/check', async request => await request.confirmLoginSession(async () => { checks++; return false })) })
  const here = browser(app)
  await here.signIn('ada')
  await parallel(9, () => here.post('/check', {}))
  t.equal(checks, 5)
})

t.test('only true is right, and a check that fails is no attempt', async t => {
  const answers: unknown[] = ['yes', 1, {}, undefined]
  const app = await createShop(t, {
    routes (app) {
      app.post('/check', async request => await request.confirmLoginSession(() => answers.shift() as boolean))
      app.post('/broken', async request => await request.confirmLoginSession(() => { throw new Error('no database') }))
    }
  })
  const here = browser(app)
  await here.signIn('ada')
  for (let i = 0; i < 4; i++) t.strictSame(codeOf(await here.post('/check', {})), [422, 'FST_LOGIN_SESSION_ANSWER_WRONG'])
  for (let i = 0; i < 3; i++) {
    const reply = await here.post('/broken', {})
    t.strictSame([...codeOf(reply), reply.headers['retry-after']], [503, 'FST_LOGIN_SESSION_CHECK_FAILED', '2'])
  }
  t.strictSame([(await here.post('/check', {})).statusCode, (await here.post('/check', {})).statusCode], [422, 429])
})

t.test('a way that changes while a proof waits for its turn counts as it is then', async t => {
  const [asked, bothChosen, answer] = [createGate(), createGate(), createGate()]
  let choices = 0
  let trusts = false
  const app = await createShopWithPages(t, {
    confirm () {
      if (++choices === 2) bothChosen.open()
      return trusts ? { way: 'question' } : { way: 'answer', label: 'Code', async check () { asked.open(); await answer.passed; return false } }
    }
  })
  const { here, end } = await twoSessions(app, 'app')
  const first = end({ answer: '1' })
  await asked.passed
  const second = here.post(`${API}/others/revoke`, { answer: '1' })
  await bothChosen.passed
  trusts = true
  answer.open()
  t.strictSame([(await first).statusCode, (await second).statusCode], [422, 200])
})

t.test('slow checks of the host keep nobody waiting who has a password', async t => {
  const [asked, answer] = [createGate(), createGate()]
  let checks = 0
  const { signIn } = await setup(t, {
    confirm: ({ userId }) => userId === 'ada' ? null : { way: 'answer', label: 'Code', async check () { if (++checks === 5) asked.open(); await answer.passed; return true } }
  })
  const slow = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(async user => (await signIn(user)).end))
  const waiting = slow.map(end => end({ answer: CODE }))
  await asked.passed
  const { end } = await signIn('ada')
  t.equal((await end({ password: PASSWORD })).statusCode, 200)
  answer.open()
  t.strictSame((await Promise.all(waiting)).map(({ statusCode }) => statusCode), Array(5).fill(200))
})

t.test('a check that is not a function, and a choice that confirm cannot make, are answered with what to write', async t => {
  const logs: string[] = []
  let choice: unknown
  const app = await createShopWithPages(t, {
    logs,
    verifyPassword: undefined as never,
    confirm: () => choice as ConfirmationChoice,
    routes (app) { app.post('/check', async request => await request.confirmLoginSession(true as never)) }
  })
  const { here, end } = await twoSessions(app, 'ada')
  t.equal((await here.post('/check', {})).statusCode, 500)
  t.match(logs.join(''), 'confirmLoginSession takes a function that checks: write confirmLoginSession(')
  const WRONG: Array<[unknown, string]> = [
    [undefined, 'confirm chose nothing, which means the password, but there is no verifyPassword: return'],
    ['page', 'confirm must choose a way: return'],
    [{ way: 'passkey' }, 'confirm must choose a way: return'],
    [{ way: 'page' }, "confirm.path is missing: write confirm: { path: '/account/confirm' }"],
    [{ way: 'page', path: 'https://evil.example' }, 'confirm.path must be a path of this site'],
    [{ way: 'page', path: '/confirm', validFor: 0 }, 'confirm.validFor must be'],
    [{ way: 'answer', label: ' ', check () {} }, 'confirm.label must be a text that is not empty'],
    [{ way: 'answer', label: 'Code', check: true }, 'confirm.check must be a function'],
    [{ way: 'answer', label: 'Code', check () {}, validFor: -1 }, 'confirm.validFor must be'],
    [{ way: 'answer', label: 'PIN', field: 'password', check () {} }, 'confirm.field must be'],
    [{ way: 'question', validFor: 5 }, 'unknown option confirm.validFor: it takes none here'],
    [{ way: 'none', reason: 5 }, 'confirm.reason must be a text']
  ]
  for (const [answer, sentence] of WRONG) {
    logs.length = 0
    choice = answer
    const reply = await end()
    t.strictSame([reply.statusCode, reply.json().code], [500, 'FST_LOGIN_SESSION_OPTION'])
    t.match(logs.join(''), sentence)
  }
})

t.test('if confirm fails, people see their list, and nothing can be ended', async t => {
  const logs: string[] = []
  const { signIn } = await setup(t, { logs, verifyPassword: someHavePasswords, confirm: async () => { throw new Error('no database') } })
  const { here, there, end } = await signIn('ada')
  const list = (await here.get(API)).json()
  t.strictSame([list.sessions.length, list.confirmation], [2, null])
  t.match(logs.join(''), 'the API does not know how this user can confirm')
  t.strictSame(codeOf(await end({ password: PASSWORD })), [503, 'FST_LOGIN_SESSION_CHECK_FAILED'])
  t.equal(await there.user(), 'ada')
})
