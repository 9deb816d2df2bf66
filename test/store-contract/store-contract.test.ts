/** The contract that is shipped: its list, its failures, and what it skips. */
import { AssertionError } from 'node:assert'
import { mock } from 'node:test'
import t from 'tap'
import { memoryStore, type LoginSessionStore, type RemovalEvents } from '../../plugin/index.js'
import { OVERVIEW_METHODS } from '../../plugin/sessions/store.js'
import { type MakeStore, storeContract, type StoreUnderTest } from '../../plugin/store-contract/store-contract.js'
import { fakeTimeouts, realTimeouts } from '../support/fake-timers.js'
import { turns } from '../support/gate.js'
import { withoutOverview } from '../support/stores.js'
import type { FullStore } from './mistakes/mistake.js'
import { mistakesOfRaces } from './mistakes/races.js'
import { about, failureOf, skipping } from './run.js'

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

t.test('a failure in a call about many records names the method, and has the records', async t => {
  const short = (): LoginSessionStore => {
    const store = memoryStore()
    return { ...store, find: async keys => await store.find(keys.slice(0, 999)) }
  }
  const error = await failureOf(about('a thousand records', short)[0]!)
  t.match(error.message, /\. find with 1,000 keys must return all records that there are/)
  t.strictSame([error.actual.length, error.expected.length], [999, 1000])
})

t.test('a store that does not repeat what a conflict has refused is told so', async t => {
  const cause = new Error('could not serialize access')
  for (const beginning of ['touch and other methods', 'touch is one step', 'many calls of touch']) {
    const error = await failureOf(about(beginning, () => ({ ...memoryStore(), touch: async () => { throw cause } }))[0]!)
    t.match(error.message, /It failed: Error: a call rejected while .*: Error: could not serialize access\. If .* the store must repeat it\./)
    t.equal(error.cause.cause, cause)
  }
})

t.test('a wrong record after two changes at the same moment has its likeliest cause beside it', async t => {
  for (const [mistake, beginning, change] of mistakesOfRaces) {
    if (!/^many calls|and other methods$/.test(beginning)) continue
    const [one] = about(beginning, () => { const store = memoryStore() as FullStore; return { ...store, ...change(store) } as LoginSessionStore })
    t.match((await failureOf(one!)).message, /The likeliest cause: a method reads the record and then writes it/, mistake)
  }
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
  const missing = { expiriesOf: undefined as never, watchRemovals: undefined as never, setBinding: undefined as never }
  for (const one of storeContract(() => ({ ...withoutOverview(), ...missing }))) {
    const context = skipping()
    t.equal(await failureOf(one, context), null, one.name)
    if (context.reasons.length > 0) contexts.set(one.name, context.reasons)
  }
  t.equal(contexts.size, 33)
  t.strictSame(contexts.get('newest hands out copies'), [`the store does not have ${OVERVIEW_METHODS.join(', ')}`])
  t.strictSame(contexts.get('expiriesOf hands out copies'), ['the store does not have expiriesOf'])
  t.strictSame(contexts.get('setBinding takes a copy of the binding'), ['the store does not have setBinding'])
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
    mock.timers.tick(4000)
    return await failure
  }
  const unopened = await found('watchRemovals reports that', silent({ opened () {} }))
  t.type(unopened, AssertionError)
  t.match(unopened.message, /why"\. the call of `opened` or `ended` did not come within 4 seconds/)
  const unreported = await found('watchRemovals reports the key', silent({ removed () {} }))
  t.type(unreported, AssertionError)
  t.match(unreported.message, /the report of the removal of \S{30} did not come within 4 seconds/)
  t.equal(stopped, 2)
  const endless = await found('watchRemovals reports that', () => ({
    ...memoryStore(),
    watchRemovals: ({ opened }) => {
      opened()
      return () => new Promise(() => {})
    }
  }))
  t.match(endless.message, /the end of the call that stops the watch did not come within 4 seconds/)
})

t.test('a watch that throws is found with its reason', async t => {
  const cause = new Error('no replica set')
  const throwing = (): LoginSessionStore => ({ ...memoryStore(), watchRemovals () { throw cause } })
  for (const one of about('watchRemovals', throwing)) t.equal((await failureOf(one)).cause, cause)
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
