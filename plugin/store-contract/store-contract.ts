/**
 * The room `store-contract/`: the promises of a store (`sessions/store.ts`), each as a case that any test runner can run.
 * This file: what is public as `fastify-login-sessions/store-contract`.
 * @module
 */
import { AssertionError } from 'node:assert'
import type { LoginSessionRecord } from '../sessions/record.js'
import { type LoginSessionStore, OVERVIEW_METHODS } from '../sessions/store.js'
import { attemptCases } from './attempt-cases.js'
import { bindingCases, type StoreWithBinding } from './binding-cases.js'
import { dataCases } from './data-cases.js'
import { findCases } from './find-cases.js'
import { insertCases } from './insert-cases.js'
import { listCases } from './list-cases.js'
import { manyCases } from './many-cases.js'
import { overviewCases, type StoreWithOverview } from './overview-cases.js'
import { raceCases } from './race-cases.js'
import { removeCases } from './remove-cases.js'
import { type Cases, NotRun } from './scene.js'
import { tokenCases } from './token-cases.js'
import { touchCases } from './touch-cases.js'
import { expiryCases, removalCases, type StoreWithExpiries, type StoreWithRemovals } from './watch-cases.js'

/** A store under test. It may have a `close`, which is called at the end of each case. */
export interface StoreUnderTest extends LoginSessionStore {
  close?(): Promise<void> | void
}

/** Makes an empty store that shares nothing with the ones before. */
export type MakeStore = () => StoreUnderTest | Promise<StoreUnderTest>

/** One promise of the contract. */
export interface StoreCase {
  /** The promise, as a sentence. */
  name: string
  /**
   * Rejects if the store breaks the promise. It takes the context that node:test, Vitest and tap give to a test, whose `skip` it
   * calls if the store does not have the optional methods that the case is about. Without such a context it emits a warning.
   */
  run(...context: unknown[]): Promise<void>
}

/** Cases, and the methods that a store needs for them. */
interface Part<Store extends LoginSessionStore> {
  methods: ReadonlyArray<keyof LoginSessionStore & string>
  cases: Cases<Store>
  /** Awaited after the store's own `prepare`. */
  prepare?(store: Store): Promise<void>
}

/**
 * The contract of a store, as a flat list of cases. It needs no database, no test runner and no package of its own.
 *
 * Cases about optional methods (`setBinding`, the part for operators, and the part for `watch`) are in the list of every store. If the
 * store lacks these methods, such a case is skipped, visibly: through the runner's context, otherwise by a warning of the process.
 *
 * What no case can check: that writes are durable, that `barrier` waits for a majority, that reads ask the primary, and that
 * removals by other servers or by the database itself are reported. A race is looked for by many calls at the same moment, so a
 * mistake that is rarely wrong may not be found.
 *
 * @param makeStore called at least once by each case; never while the list is made
 * @example
 * import { test } from 'node:test'
 * import { storeContract } from 'fastify-login-sessions/store-contract'
 * import { myStore } from './my-store.js'
 *
 * for (const { name, run } of storeContract(() => myStore())) test(name, run)
 */
export function storeContract (makeStore: MakeStore): StoreCase[] {
  const needed = [
    insertCases, findCases, listCases, dataCases, touchCases, tokenCases, attemptCases, removeCases, raceCases, manyCases
  ]
  return [
    ...needed.flatMap(cases => casesOf<LoginSessionStore>({ methods: [], cases }, makeStore)),
    ...casesOf<StoreWithBinding>({ methods: ['setBinding'], cases: bindingCases }, makeStore),
    ...casesOf<StoreWithOverview>({
      methods: OVERVIEW_METHODS, cases: overviewCases, prepare: async store => { await store.prepareOverview() }
    }, makeStore),
    ...casesOf<StoreWithExpiries>({ methods: ['expiriesOf'], cases: expiryCases }, makeStore),
    ...casesOf<StoreWithRemovals>({ methods: ['watchRemovals'], cases: removalCases }, makeStore)
  ]
}

function casesOf<Store extends LoginSessionStore> (part: Part<Store>, makeStore: MakeStore): StoreCase[] {
  return Object.entries(part.cases).map(([name, run]) => ({
    name,
    run: async (...context) => {
      const opened: StoreUnderTest[] = []
      try {
        await run(sceneOf(part, makeStore, opened))
      } catch (error) {
        if (!(error instanceof NotRun)) throw broken(name, error)
        skip(context[0], name, error.message)
      } finally {
        for (const store of opened) await store.close?.()
      }
    }
  }))
}

/** @param opened gets every store that is made */
function sceneOf<Store extends LoginSessionStore> (part: Part<Store>, makeStore: MakeStore, opened: StoreUnderTest[]) {
  async function emptyStore (): Promise<Store> {
    const store = await makeStore()
    opened.push(store)
    const missing = part.methods.filter(name => store[name] === undefined)
    if (missing.length > 0) throw new NotRun(`the store does not have ${missing.join(', ')}`)
    await store.prepare?.()
    await part.prepare?.(store as unknown as Store)
    return store as unknown as Store
  }

  async function storeWith (...records: LoginSessionRecord[]): Promise<Store> {
    const store = await emptyStore()
    for (const record of records) await store.insert(record)
    return store
  }

  return { emptyStore, storeWith }
}

/** Says which promise it is about. Runners show the `actual` and `expected` of an AssertionError. */
function broken (name: string, error: unknown): Error {
  const promise = `The store must keep this promise: "${name}".`
  if (!(error instanceof AssertionError)) return new Error(`${promise} It failed: ${String(error)}`, { cause: error })
  const { message, actual, expected, operator } = error
  const failure = new AssertionError({ message: `${promise} ${message}`, actual, expected, operator })
  return Object.assign(failure, { cause: error })
}

function skip (context: unknown, name: string, reason: string): void {
  const { skip } = (context ?? {}) as { skip?: unknown }
  if (typeof skip === 'function') Reflect.apply(skip, context, [reason])
  else process.emitWarning(`not run: "${name}": ${reason}`, 'StoreContractWarning')
}
