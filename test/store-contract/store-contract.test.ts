/** The contract that is shipped: it finds broken stores, and a store of a host's own keeps it. */
import { AssertionError } from 'node:assert'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import Fastify from 'fastify'
import loginSessions, { memoryStore, type LoginSessionStore } from '../../plugin/index.js'
import { OVERVIEW_METHODS } from '../../plugin/sessions/store.js'
import { type MakeStore, storeContract, type StoreCase, type StoreUnderTest } from '../../plugin/store-contract/store-contract.js'
import { withoutOverview } from '../support/stores.js'
import { mistakesOfChanges } from './mistakes/changes.js'
import { mistakesOfEndings } from './mistakes/endings.js'
import type { FullStore } from './mistakes/mistake.js'
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
const OPTIONAL = ['newest', 'countFound', 'size', 'sample', 'removeFound', 'expiriesOf', 'watchRemovals']

for (const [mistake, beginning, change] of [...mistakesOfRecords, ...mistakesOfChanges, ...mistakesOfEndings]) {
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
  })
}

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
  t.equal(contexts.size, 17)
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

t.test('a store of some sixty lines keeps the contract', async t => {
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
