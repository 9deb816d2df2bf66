/** The contract that is shipped: it finds broken stores, and a store of a host's own keeps it. */
import { AssertionError } from 'node:assert'
import { mock } from 'node:test'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import Fastify from 'fastify'
import loginSessions, { memoryStore, type LoginSessionStore, type RemovalEvents } from '../../plugin/index.js'
import { OVERVIEW_METHODS } from '../../plugin/sessions/store.js'
import { type MakeStore, storeContract, type StoreCase, type StoreUnderTest } from '../../plugin/store-contract/store-contract.js'
import { fakeTimeouts, realTimeouts } from '../support/fake-timers.js'
import { turns } from '../support/gate.js'
import { withoutOverview } from '../support/stores.js'
import { mistakesOfAttempts } from './mistakes/attempts.js'
import { mistakesOfChanges } from './mistakes/changes.js'
import { mistakesOfData } from './mistakes/data.js'
import { BREAKING, mistakesOfEndings } from './mistakes/endings.js'
import type { FullStore } from './mistakes/mistake.js'
import { mistakesOfOverview } from './mistakes/overview.js'
import { mistakesOfRaces } from './mistakes/races.js'
import { mistakesOfReads } from './mistakes/reads.js'
import { mistakesOfRecords } from './mistakes/records.js'
import { ownStore } from './own-store.js'

/** The context of a test whose runner can skip it. */
function skipping () {
  const reasons: string[] = []
  return { reasons, skip (reason: string) { this.reasons.push(reason) } }
}

const failureOf = async ({ run }: StoreCase, context = skipping()): Promise<any> => await run(context).then(() => null, error => error)

/** The cases whose name begins so. */
const about = (beginning: string, makeStore: MakeStore): StoreCase[] =>
  storeContract(makeStore).filter(({ name }) => name.startsWith(beginning))

/** Each of them is in the name of a case that needs the part for operators, or that for `watch`. */
const OPTIONAL = ['prepareOverview', 'newest', 'countFound', 'size', 'sample', 'removeFound', 'expiriesOf', 'watchRemovals']

const MISTAKES = [
  ...mistakesOfRecords, ...mistakesOfReads, ...mistakesOfData, ...mistakesOfChanges, ...mistakesOfAttempts, ...mistakesOfRaces,
  ...mistakesOfEndings, ...mistakesOfOverview
]

for (const [mistake, beginning, change] of MISTAKES) {
  t.test(`a store is found in which ${mistake}`, async t => {
    const store = memoryStore() as FullStore
    const methods = Object.keys(change(store))
    t.strictSame(methods.filter(name => !(name in store) && !['prepare', 'time'].includes(name)), [])
    const cases = about(beginning, () => {
      const store = memoryStore() as FullStore
      return { ...store, ...change(store) } as LoginSessionStore
    })
    t.equal(cases.length, 1, 'one case is about it')
    const [{ name }] = cases as [StoreCase]
    const error = await failureOf(cases[0]!)
    t.ok(error?.message.startsWith(`The store must keep this promise: "${name}".`), String(error))
    t.equal(error instanceof AssertionError, mistake !== BREAKING, `an error instead of a finding: ${String(error?.cause?.stack)}`)
  })
}

t.test('there is a mistake for each case to find', async t => {
  const beginnings = MISTAKES.map(([, beginning]) => beginning)
  const names = storeContract(memoryStore).map(({ name }) => name)
  t.strictSame(names.filter(name => !beginnings.some(beginning => name.startsWith(beginning))), [])
})

t.test('names are sentences, each once', async t => {
  const names = storeContract(memoryStore).map(({ name }) => name)
  t.ok(names.length > 80)
  t.equal(new Set(names).size, names.length)
})

t.test('the list is made without a store', async t => {
  storeContract(() => { throw new Error('too early') })
})

t.test('a failure has what runners show of it, and what the store itself threw is its cause', async t => {
  const [first] = storeContract(() => ({ ...memoryStore(), find: undefined as never }))
  const wrong = await failureOf(first!)
  t.type(wrong, AssertionError)
  t.strictSame([wrong.actual, wrong.expected, wrong.operator], [['find'], [], 'deepStrictEqual'])
  t.type(wrong.cause, AssertionError)

  const cause = new Error('connection lost')
  const thrown = await failureOf(about('insert keeps every field', () => ({ ...memoryStore(), insert: async () => { throw cause } }))[0]!)
  t.equal(thrown.cause, cause)
  t.match(thrown.message, /insert keeps every field of the record"\. It failed: Error: connection lost/)
})

t.test('each store is closed at the end of its case, also if the case fails or is skipped', async t => {
  let [made, closed] = [0, 0]
  const makeStore = (): StoreUnderTest => {
    made++
    return { ...withoutOverview(), countByUser: async () => 99, close () { closed++ } }
  }
  for (const one of storeContract(makeStore)) {
    await failureOf(one)
    t.equal(closed, made, one.name)
  }
  t.ok(made > 80)
})

t.test('what a store does not have is skipped with the reason, by the context of the runner', async t => {
  const contexts = new Map<string, string[]>()
  for (const one of storeContract(() => ({ ...withoutOverview(), expiriesOf: undefined as never, watchRemovals: undefined as never }))) {
    const context = skipping()
    t.equal(await failureOf(one, context), null, one.name)
    if (context.reasons.length > 0) contexts.set(one.name, context.reasons)
  }
  t.equal(contexts.size, 23)
  t.strictSame(contexts.get('newest hands out copies'), [`the store does not have ${OVERVIEW_METHODS.join(', ')}`])
  t.strictSame(contexts.get('expiriesOf hands out copies'), ['the store does not have expiriesOf'])
})

t.test('a database that cannot report removals is no failure', async t => {
  const refused = (): LoginSessionStore => ({
    ...memoryStore(),
    watchRemovals ({ ended }) { ended(new Error('no replica set'), true); return async () => {} }
  })
  const outcomes: unknown[] = []
  for (const one of about('watchRemovals', refused)) {
    const context = skipping()
    outcomes.push([await failureOf(one, context), context.reasons])
  }
  const refusal = [null, ['the store\'s watchRemovals is refused here: no replica set']]
  t.strictSame(outcomes, [[null, []], refusal, refusal])
})

t.test('a store that never reports is found, and its watch is stopped', async t => {
  fakeTimeouts()
  t.teardown(realTimeouts)
  let stopped = 0
  const silent = (events: Partial<RemovalEvents>) => (): LoginSessionStore => {
    const store = memoryStore() as FullStore
    const stop = async (): Promise<void> => { stopped++ }
    return { ...store, watchRemovals (given) { store.watchRemovals({ ...given, ...events }); return stop } }
  }
  async function found (beginning: string, makeStore: MakeStore): Promise<AssertionError> {
    const failure = failureOf(about(beginning, makeStore)[0]!)
    await turns()
    mock.timers.tick(10_000)
    return await failure
  }
  const unopened = await found('watchRemovals reports that', silent({ opened () {} }))
  t.type(unopened, AssertionError)
  t.match(unopened.message, /why"\. the call of `opened` or `ended` did not come within 10 seconds/)
  const unreported = await found('watchRemovals reports the key', silent({ removed () {} }))
  t.type(unreported, AssertionError)
  t.match(unreported.message, /the report of the removal of \S{30} did not come within 10 seconds/)
  t.equal(stopped, 2)
})

t.test('a field that is undefined is as good as one that is absent', async t => {
  const absent = { userId: undefined, idleTimeout: undefined, formerIp: undefined, newDevice: undefined, adopted: undefined }
  const answering = (): LoginSessionStore => {
    const store = memoryStore()
    const filled = (record: any): any =>
      record && { ...absent, ...record, confirmation: { at: undefined, lockedUntil: undefined, total: undefined, ...record.confirmation } }
    return {
      ...store,
      find: async keys => (await store.find(keys)).map(filled),
      findWithoutData: async key => filled(await store.findWithoutData(key)),
      listByUser: async (...args) => (await store.listByUser(...args)).map(filled),
      page: async (...args) => (await store.page(...args)).map(filled),
      remove: async (...args) => filled(await store.remove(...args)),
      newest: async (...args) => (await store.newest!(...args)).map(filled),
      sample: async count => (await store.sample!(count)).map(filled)
    }
  }
  for (const one of storeContract(answering)) t.equal(await failureOf(one), null, one.name)
})

t.test('a driver may throw or reject if a user id is an object', async t => {
  const strict = (): LoginSessionStore => {
    const store = memoryStore()
    const check = (userId: unknown): void => { if (typeof userId === 'object') throw new TypeError('no text') }
    return {
      ...store,
      listByUser (userId, ...args) { check(userId); return store.listByUser(userId, ...args) },
      async countByUser (userId, ...args) { check(userId); return await store.countByUser(userId, ...args) },
      keysOfUser (userId, ...args) { check(userId); return store.keysOfUser(userId, ...args) },
      remove (key, userId) { check(userId); return store.remove(key, userId) },
      removeMany (keys, userId, ...args) { check(userId); return store.removeMany(keys, userId, ...args) }
    }
  }
  for (const one of storeContract(strict)) t.equal(await failureOf(one), null, one.name)
})

t.test('values of another realm are equal, as Jest gives them to tests', async t => {
  const foreign = runInNewContext('Array') as ArrayConstructor
  const [keys] = about('keysOfUser', () => {
    const store = memoryStore()
    return { ...store, keysOfUser: async (...args) => foreign.from(await store.keysOfUser(...args)) }
  })
  t.equal(await failureOf(keys!), null)

  const [, replaced] = about('setTokens replaces', () => {
    const store = memoryStore()
    return { ...store, setTokens: async (key, expected, ...args) => await store.setTokens(key, foreign.from(expected), ...args) }
  })
  t.equal(await failureOf(replaced!), null)
})

t.test('removals are reported by a store without the part for operators, too', async t => {
  for (const one of about('watchRemovals', withoutOverview)) {
    const context = skipping()
    t.strictSame([await failureOf(one, context), context.reasons], [null, []])
  }
})

t.test('a runner without contexts gets a warning of the process for each case that is not run', async t => {
  const warnings = t.capture(process, 'emitWarning', () => {})
  const [skipped] = about('size', withoutOverview)
  await skipped!.run()
  await skipped!.run({ done: true })
  const warning = [/^not run: "size counts every record.*": the store does not have prepareOverview/, 'StoreContractWarning']
  t.match(warnings().map(({ args }) => args), [warning, warning])
  t.equal(skipped!.run.length, 0, 'a runner that passes a callback to functions with a parameter passes none')
})

// --- a store of a host's own ---

t.test('a store of a hundred lines keeps the contract', async t => {
  for (const one of storeContract(ownStore)) {
    const context = skipping()
    t.equal(await failureOf(one, context), null, one.name)
    t.equal(context.reasons.length > 0, OPTIONAL.some(name => one.name.includes(name)), one.name)
  }
})

t.test('it is enough for signing in and out, and a mistake with session data says so', async t => {
  const app = Fastify()
  await app.register(loginSessions, { secret: 'x'.repeat(32), store: ownStore() })
  app.post('/in', async request => (await request.startLoginSession('ada')).userId)
  app.get('/', async request => request.loginSession?.userId ?? null)
  app.post('/keep', async request => { Object.assign(request.session, { value: () => {} }); return null })
  app.post('/out', async request => await request.endLoginSession())
  const signIn = await app.inject({ method: 'POST', url: '/in' })
  const headers = { cookie: String(signIn.headers['set-cookie']).split(';')[0]! }
  t.equal((await app.inject({ url: '/', headers })).body, 'ada')
  const { statusCode, ...refused } = await app.inject({ method: 'POST', url: '/keep', headers })
  t.strictSame([statusCode, refused.json().code], [500, 'FST_LOGIN_SESSION_DATA'])
  await app.inject({ method: 'POST', url: '/out', headers })
  t.not((await app.inject({ url: '/', headers })).body, 'ada')
  await app.close()
})
