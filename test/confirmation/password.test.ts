import { mock } from 'node:test'
import bcrypt from 'bcrypt'
import t, { type Test } from 'tap'
import { ATTEMPTS, LOCK_TIME } from '../../plugin/confirmation/attempts.js'
import { createConfirmation } from '../../plugin/confirmation/confirmation.js'
import { bcryptPassword, PASSWORD_LENGTH, type VerifyPassword } from '../../plugin/confirmation/password.js'
import { MOST_WAITING } from '../../plugin/confirmation/turns.js'
import { createFindWay } from '../../plugin/confirmation/ways.js'
import type { LoginSession } from '../../plugin/sessions/login-session.js'
import type { LoginSessionStore } from '../../plugin/sessions/store.js'
import { idOf } from '../../plugin/sessions/key.js'
import { memoryStore } from '../../plugin/stores/memory.js'
import { PASSWORD, verifyPassword } from '../support/app.js'
import { after, createClock, MINUTE, NOW } from '../support/clock.js'
import { fakeTimeouts, realTimeouts } from '../support/fake-timers.js'
import { createGate, parallel, turns } from '../support/gate.js'
import { aRecord, aToken, stored } from '../support/records.js'

const WRONG = { code: 'FST_LOGIN_SESSION_PASSWORD_WRONG', statusCode: 422 }
const LOCKED = { code: 'FST_LOGIN_SESSION_LOCKED', statusCode: 429 }
const BUSY = { code: 'FST_LOGIN_SESSION_BUSY', statusCode: 429, headers: { 'retry-after': '2' } }
const CHECK_FAILED = { code: 'FST_LOGIN_SESSION_CHECK_FAILED', statusCode: 503, headers: { 'retry-after': '2' } }

/** The confirmation by password, which is given the password alone. */
function createPasswordConfirmation (verifyPassword: VerifyPassword | undefined, store: LoginSessionStore, now: () => Date) {
  const confirmation = createConfirmation(createFindWay({ verifyPassword }), store, now)
  const signedIn = (session: { id: string, userId: string }) => ({ ...session, createdAt: NOW, confirmedAt: null }) as unknown as LoginSession
  return {
    ...confirmation,
    kind: async (userId: string) => (await confirmation.wayFor(signedIn({ id: '', userId }), null)).kind,
    confirm: async (session: { id: string, userId: string }, password: unknown, rotate: () => Promise<boolean>) =>
      await confirmation.confirm(signedIn(session), null, { password }, { rotate, announceFailure () {}, async end () {} })
  }
}

/** One session of ada's, and the confirmation of its password. */
async function setup (verify: VerifyPassword = verifyPassword) {
  const store = memoryStore()
  const record = aRecord()
  let current = record.tokens
  await store.insert(record)
  const clock = createClock()
  const passwords = createPasswordConfirmation(verify, store, clock.now)
  return {
    record,
    session: { id: idOf(record._id), userId: 'ada' },
    clock,
    store,
    passwords,
    /** True once the password was right and the session had its new token; of many at the same moment one brings it. */
    async check (password: unknown) {
      const mine = current
      await passwords.confirm({ id: idOf(record._id), userId: 'ada' }, password, async () => {
        const next = [aToken(1)]
        const rotated = await store.setTokens(record._id, mine, next, { failures: 0, at: clock.now() })
        if (rotated) current = next
        return rotated
      })
      return current !== mine
    },
    remove: () => store.remove(record._id, 'ada'),
    failures: async () => (await stored(store, record))?.confirmation.failures
  }
}

t.test('the right password is taken, a wrong one refused', async t => {
  const { check } = await setup()
  await t.rejects(check('wrong'), WRONG)
  t.equal(await check(PASSWORD), true)
})

t.test('the password reaches the check untouched, and for the right user', async t => {
  const asked: unknown[] = []
  const { check } = await setup(userId => password => { asked.push(userId, password); return true })
  await check('  pass\u0000wörd  ')
  t.strictSame(asked, ['ada', '  pass\u0000wörd  '])
})

t.test('five wrong passwords lock the confirmation for fifteen minutes, also for the right one', async t => {
  const { check, clock } = await setup()
  t.equal(ATTEMPTS, 5)
  t.equal(LOCK_TIME, 15 * MINUTE)
  for (let i = 0; i < 5; i++) await t.rejects(check('wrong'), WRONG)
  await t.rejects(check(PASSWORD), { ...LOCKED, headers: { 'retry-after': '900' } })
  clock.advance(15 * MINUTE - 1)
  await t.rejects(check(PASSWORD), { ...LOCKED, headers: { 'retry-after': '1' } })
  clock.advance(1)
  t.equal(await check(PASSWORD), true)
})

t.test('fifty wrong passwords at the same moment reach the check five times', async t => {
  let checked = 0
  const { check, failures } = await setup(() => async () => { checked++; return false })
  const codes = await parallel(50, () => check('wrong').catch(error => error.code))
  t.equal(checked, 5)
  t.equal(codes.filter(code => code === WRONG.code).length, 5)
  t.equal(codes.filter(code => code === LOCKED.code).length, 1 + MOST_WAITING - 5, 'whoever waited learns of the lock')
  t.equal(codes.filter(code => code === BUSY.code).length, 50 - 1 - MOST_WAITING, 'nobody else waits')
  t.equal(await failures(), 5)
})

t.test('right passwords at the same moment are all taken, as many as may wait: none meets a lock that is not there', async t => {
  for (const count of [6, 1 + MOST_WAITING]) {
    let [checking, most] = [0, 0]
    const { check, failures } = await setup(() => async () => {
      most = Math.max(most, ++checking)
      await turns(1)
      checking--
      return true
    })
    const outcomes = await parallel(count, () => check(PASSWORD).catch(error => error.code))
    t.strictSame(outcomes, Array(count).fill(true))
    t.equal(most, 1, 'one after the other')
    t.equal(await failures(), 0)
  }
})

t.test('what only waits is no attempt: beyond those that may wait, right passwords are told to come back, and cost nothing', async t => {
  const gate = createGate()
  const { check, failures } = await setup(() => async () => { await gate.passed; return true })
  const outcomes = parallel(30, () => check(PASSWORD).catch(error => error.code))
  await turns(20)
  t.equal(await failures(), 1, 'only the one that is checked is counted')
  gate.open()
  t.strictSame((await outcomes).sort(), [...Array(29 - MOST_WAITING).fill(BUSY.code), ...Array(1 + MOST_WAITING).fill(true)])
  t.equal(await failures(), 0)
})

t.test('a right password resets the count for the attempts behind it, and five wrong ones behind it lock', async t => {
  let answered = 0
  const { check } = await setup(() => async password => { answered++; await turns(1); return password === PASSWORD })
  const outcomes = await parallel(7, index => check(index === 0 ? PASSWORD : 'wrong').then(() => 'right', error => error.code))
  t.strictSame(outcomes, ['right', ...Array(5).fill(WRONG.code), LOCKED.code])
  t.equal(answered, 6)
})

t.test('attempts that another server is still checking count in advance', async t => {
  const { check, store, record, session, passwords } = await setup()
  for (let i = 0; i < ATTEMPTS; i++) await store.takeAttempt(record._id, ATTEMPTS, after(NOW, LOCK_TIME), NOW)
  await t.rejects(check(PASSWORD), { ...LOCKED, headers: { 'retry-after': '900' } })
  await store.setTokens(record._id, record.tokens, record.tokens, { failures: 0, at: NOW })
  t.equal(await passwords.lockedFor(session), 0, 'a right one among them lifts the lock')
  t.equal(await check(PASSWORD), true)
})

t.test('an attempt that waits for others is told of the lock once they all were wrong', async t => {
  const gate = createGate()
  const { check } = await setup(() => async () => { await gate.passed; return false })
  const five = parallel(5, () => check('wrong').catch(error => error.code))
  let code: string | undefined
  const sixth = check(PASSWORD).catch(error => { code = error.code })
  await turns(20)
  t.equal(code, undefined, 'it cannot know yet')
  gate.open()
  t.strictSame(await five, Array(5).fill(WRONG.code))
  await sixth
  t.equal(code, LOCKED.code)
})

t.test('a lock that is older is met at once', async t => {
  const { check, store, record, clock } = await setup()
  for (let i = 0; i < ATTEMPTS; i++) await store.takeAttempt(record._id, ATTEMPTS, after(NOW, LOCK_TIME), NOW)
  clock.advance(1001)
  const looked = mock.method(store, 'takeAttempt')
  await t.rejects(check(PASSWORD), LOCKED)
  t.equal(looked.mock.callCount(), 1)
})

t.test('a store that fails while an attempt is taken stands in nobody\'s way afterwards', async t => {
  const { check, store, failures } = await setup()
  const failing = mock.method(store, 'takeAttempt', async () => { throw new Error('connection refused') })
  t.strictSame(await parallel(3, () => check(PASSWORD).catch(error => error.message)), Array(3).fill('connection refused'))
  failing.mock.restore()
  t.equal(await check(PASSWORD), true)
  t.equal(await failures(), 0)
})

t.test('lockedFor tells how long no password is looked at, and asks nothing of the user\'s attempts', async t => {
  const { check, clock, failures, session, passwords, remove } = await setup()
  t.equal(await passwords.lockedFor(session), 0)
  for (let i = 0; i < 4; i++) await t.rejects(check('wrong'), WRONG)
  t.equal(await passwords.lockedFor(session), 0)
  await t.rejects(check('wrong'), WRONG)
  t.equal(await passwords.lockedFor(session), LOCK_TIME)
  clock.advance(LOCK_TIME - 1)
  t.equal(await passwords.lockedFor(session), 1)
  clock.advance(1)
  t.equal(await passwords.lockedFor(session), 0)
  clock.advance(1)
  t.equal(await passwords.lockedFor(session), 0)
  t.equal(await failures(), 5)
  await remove()
  t.equal(await passwords.lockedFor(session), 0)
})

t.test('what is no password is refused without an attempt being counted or a check being made', async t => {
  let checked = 0
  const { check, failures } = await setup(() => () => { checked++; return true })
  for (const nothing of [undefined, null, '', 0, true, {}, [PASSWORD]]) {
    await t.rejects(check(nothing), { code: 'FST_LOGIN_SESSION_PASSWORD_REQUIRED', statusCode: 422 })
  }
  t.equal(checked, 0)
  t.equal(await failures(), 0)
  t.equal(await check('x'.repeat(PASSWORD_LENGTH)), true)
})

t.test('a password of any length that nobody has is wrong, without being hashed', async t => {
  let checked = 0
  const { check, failures } = await setup(() => () => { checked++; return true })
  await t.rejects(check('x'.repeat(PASSWORD_LENGTH + 1)), WRONG)
  t.equal(checked, 0)
  t.equal(await failures(), 1)
})

t.test('a user without a password cannot confirm, and no attempt is counted', async t => {
  for (const none of [() => null, async () => null, async () => undefined] as VerifyPassword[]) {
    const { check, failures, passwords } = await setup(none)
    await t.rejects(check(PASSWORD), { code: 'FST_LOGIN_SESSION_NO_PASSWORD', statusCode: 409 })
    t.equal(await failures(), 0)
    t.equal(await passwords.kind('ada'), 'no-password')
  }
})

t.test('without verifyPassword a plain question is enough', async t => {
  const [store, record] = [memoryStore(), aRecord()]
  const session = { id: idOf(record._id), userId: 'ada' }
  const passwords = createPasswordConfirmation(undefined, store, createClock().now)
  t.equal(await passwords.kind('ada'), 'question')
  await store.insert(record)
  await passwords.confirm(session, undefined, async () => t.fail('no new token without a password'))
  await store.remove(record._id, 'ada')
  await t.rejects(passwords.confirm(session, undefined, async () => true), { code: 'FST_LOGIN_SESSION_REQUIRED' }, 'the session ended meanwhile')
})

t.test('with verifyPassword the password is asked for', async t => {
  const { passwords } = await setup()
  t.equal(await passwords.kind('ada'), 'password')
})

t.test('a session that has ended meanwhile is nobody\'s', async t => {
  const { check, remove } = await setup()
  await remove()
  await t.rejects(check(PASSWORD), { code: 'FST_LOGIN_SESSION_REQUIRED', statusCode: 401 })
})

t.test('a lock that is lifted while it is met asks to try again in a second', async t => {
  const store = { ...memoryStore(), takeAttempt: async () => null, findWithoutData: async () => aRecord() }
  const passwords = createPasswordConfirmation(verifyPassword, store, createClock().now)
  await t.rejects(passwords.confirm({ id: 'id', userId: 'ada' }, PASSWORD, async () => true), { ...LOCKED, headers: { 'retry-after': '1' } })
})

t.test('anything but true is a wrong password', async t => {
  for (const answer of [false, undefined, null, 0, 1, 'true', {}, [true]]) {
    const { check, failures } = await setup(() => () => answer as boolean)
    await t.rejects(check(PASSWORD), WRONG, String(answer))
    t.equal(await failures(), 1)
  }
})

const broken: Array<[string, VerifyPassword]> = [
  ['throws', () => { throw new Error('users are away') }],
  ['rejects', async () => { throw new Error('users are away') }],
  ['gives a check that throws', () => () => { throw new Error('users are away') }],
  ['gives a check that rejects', () => async () => { throw new Error('users are away') }]
]
for (const [what, verify] of broken) {
  t.test(`verifyPassword that ${what} is closed, and costs nobody an attempt`, async t => {
    const { check, failures } = await setup(verify)
    for (let i = 0; i < 6; i++) await t.rejects(check(PASSWORD), { ...CHECK_FAILED, cause: { message: 'users are away' } })
    t.equal(await failures(), 0)
  })
}

t.test('verifyPassword that answers with anything but a function or null is told what to write, and costs nobody an attempt', async t => {
  const nonsense: Array<[answer: unknown, what: string]> = [[true, 'boolean'], [false, 'boolean'], ['$2b$12$hash', 'string'], [{}, 'object']]
  for (const [answer, what] of nonsense) {
    for (const verify of [() => answer, async () => answer] as VerifyPassword[]) {
      const { check, failures } = await setup(verify)
      const error = await check(PASSWORD).catch(error => error)
      t.match(error, { code: 'FST_LOGIN_SESSION_OPTION', statusCode: 500 })
      t.match(error.message, `verifyPassword answered with a ${what} instead of a function that checks the password (or null for a user without one)`)
      t.match(error.message, /: write verifyPassword: bcryptPassword\(userId => yourHashOf\(userId\)\), or async userId => \{ const hash/)
      t.notMatch(error.message, '$2b$', 'a hash is not shown')
      t.equal(await failures(), 0)
    }
  }
})

t.test('verifyPassword that hangs', async t => {
  t.beforeEach(() => fakeTimeouts())
  t.afterEach(() => realTimeouts())

  async function closedAfterTenSeconds (t: Test, answer: Promise<unknown>): Promise<void> {
    let settled = false
    const rejected = t.rejects(answer.finally(() => { settled = true }), { ...CHECK_FAILED, cause: { message: /longer than 10000 ms/ } })
    await turns()
    mock.timers.tick(9999)
    await turns()
    t.equal(settled, false)
    mock.timers.tick(1)
    await rejected
  }

  t.test('is closed after ten seconds', async t => {
    const { check, failures, passwords } = await setup(() => new Promise(() => {}))
    await closedAfterTenSeconds(t, check(PASSWORD))
    await closedAfterTenSeconds(t, passwords.kind('ada'))
    t.equal(await failures(), 0)
  })

  t.test('is closed after ten seconds, also when only the check hangs', async t => {
    const { check, failures } = await setup(() => () => new Promise(() => {}))
    await closedAfterTenSeconds(t, check(PASSWORD))
    t.equal(await failures(), 0)
  })
})

t.test('an attempt waits for hanging checks ten seconds, and no longer', async t => {
  fakeTimeouts()
  t.teardown(() => realTimeouts())
  let checks = 0
  const { check } = await setup(() => () => { checks++; return new Promise(() => {}) })
  const codes: string[] = []
  const all = parallel(1 + MOST_WAITING, () => check(PASSWORD).then(() => {}, error => { codes.push(`${error.code} ${error.headers['retry-after']}`) }))
  await turns(20)
  mock.timers.tick(9_999)
  await turns(20)
  t.strictSame(codes, [])
  mock.timers.tick(1)
  await turns(20)
  t.equal(codes.length, 1 + MOST_WAITING, 'nobody waits for a second round')
  t.equal(codes.filter(code => code === 'FST_LOGIN_SESSION_CHECK_FAILED 2').length, 1)
  t.equal(codes.filter(code => code === 'FST_LOGIN_SESSION_BUSY 2').length, MOST_WAITING)
  t.equal(checks, 1)
  await all
})

t.test('bcryptPassword', async t => {
  t.test('takes a function, and says so', async t => {
    for (const wrong of [undefined, null, '$2b$10$', {}]) {
      t.throws(() => bcryptPassword(wrong as never), { code: 'FST_LOGIN_SESSION_OPTION', message: /write bcryptPassword\(userId => yourHashOf\(userId\)\)/ })
    }
  })

  const hash = await bcrypt.hash(PASSWORD, 4)

  t.test('compares with the user\'s hash, given at once or later', async t => {
    for (const verify of [bcryptPassword(() => hash), bcryptPassword(async () => hash)]) {
      const { check } = await setup(verify)
      t.equal(await check(PASSWORD), true)
      await t.rejects(check('wrong'), WRONG)
    }
  })

  t.test('asks for the hash of this user', async t => {
    const asked: string[] = []
    const { check } = await setup(bcryptPassword(userId => { asked.push(userId); return hash }))
    await check(PASSWORD)
    t.strictSame(asked, ['ada'])
  })

  t.test('a user without a hash has no password', async t => {
    for (const none of [null, undefined, '']) {
      const { passwords } = await setup(bcryptPassword(() => none))
      t.equal(await passwords.kind('ada'), 'no-password')
    }
  })

  t.test('what is no hash lets nobody in', async t => {
    const { check } = await setup(bcryptPassword(() => PASSWORD))
    await t.rejects(check(PASSWORD))
  })
})

// --- the time limit of a check ---

const timers = (): number => process.getActiveResourcesInfo().filter(resource => resource === 'Timeout').length

t.test('a confirmation that is over leaves no timer behind, whatever came of it', async t => {
  const store = memoryStore()
  const record = aRecord()
  await store.insert(record)
  const before = timers()
  const { confirm, kind } = createPasswordConfirmation(() => password => {
    if (password === 'broken') throw new Error('no hash')
    return password === 'right'
  }, store, () => NOW)
  const session = { id: idOf(record._id), userId: 'ada' }
  await kind('ada')
  await confirm(session, 'right', async () => true)
  await t.rejects(confirm(session, 'wrong', async () => true), { code: 'FST_LOGIN_SESSION_PASSWORD_WRONG' })
  await t.rejects(confirm(session, 'broken', async () => true), { code: 'FST_LOGIN_SESSION_CHECK_FAILED' })
  t.equal(timers(), before)
})

t.test('a session that is gone when its password has been checked confirms nothing, and one that was rotated meanwhile does', async t => {
  const store = memoryStore()
  const [ended, rotated] = [aRecord(), aRecord()]
  await store.insert(ended)
  await store.insert(rotated)
  const { confirm } = createPasswordConfirmation(() => () => true, store, () => NOW)
  const lost = async (): Promise<boolean> => { await store.remove(ended._id, 'ada'); return false }
  await t.rejects(confirm({ id: idOf(ended._id), userId: 'ada' }, 'right', lost), { code: 'FST_LOGIN_SESSION_REQUIRED' })
  await confirm({ id: idOf(rotated._id), userId: 'ada' }, 'right', lost)
  t.strictSame((await stored(store, rotated))?.confirmation, { failures: 0, total: 0 })
})
