/**
 * Both stores, for tests that hold on either; and a store that breaks when it is told to.
 * @module
 */
import type { Test } from 'tap'
import { memoryStore } from '../../plugin/stores/memory.js'
import { mongoStore } from '../../plugin/stores/mongo.js'
import { type LoginSessionStore, OVERVIEW_METHODS, STORE_METHODS } from '../../plugin/sessions/store.js'
import { createGate, turns } from './gate.js'
import { database } from './mongo.js'

/** An empty store. */
export type MakeStore = () => LoginSessionStore

/** Runs the tests twice: on `memoryStore` and on `mongoStore` over a real mongod. */
export async function onBothStores (t: Test, tests: (t: Test, makeStore: MakeStore) => Promise<void>): Promise<void> {
  const onMemory = t.test('on memoryStore', async t => await tests(t, memoryStore))
  // Both are queued synchronously: tap ends a file that has no test left.
  const onMongo = t.test('on mongoStore', async t => {
    const { collection } = await database(t)
    await tests(t, () => mongoStore(collection()))
  })
  await Promise.all([onMemory, onMongo])
}

/** A store without the part for operators, as hosts may have written one. */
export function withoutOverview (store: LoginSessionStore = memoryStore()): LoginSessionStore {
  return Object.fromEntries(Object.entries(store).filter(([name]) => !(OVERVIEW_METHODS as readonly string[]).includes(name))) as unknown as LoginSessionStore
}

/** The same store, and a way to wait for the touches and retirements that no response waits for. */
export function watched (store: LoginSessionStore): LoginSessionStore & { touched(): Promise<void> } {
  let [writing, retiring]: Array<Promise<void>> = [Promise.resolve(), Promise.resolve()]
  return {
    ...store,
    touch: touches => { writing = store.touch(touches); return writing },
    setTokens (...args) {
      const writing = store.setTokens(...args)
      retiring = writing.then(() => {}, () => {})
      return writing
    },
    async touched () {
      await turns()
      await writing
      await retiring
    }
  }
}

type Method = typeof STORE_METHODS[number] | 'setBinding'

const METHODS: readonly Method[] = [...STORE_METHODS, 'setBinding']

/** The same store, each call of which is made by `around`: it may count it, hold it up, or not make it at all. */
export function aroundCalls (store: LoginSessionStore, around: (method: Method, call: () => Promise<unknown>) => Promise<unknown>): LoginSessionStore {
  const methods = METHODS.map(method => [method, async (...args: unknown[]) =>
    await around(method, async () => await (store[method] as (...args: unknown[]) => Promise<unknown>)(...args))])
  return { ...store, ...Object.fromEntries(methods) }
}

/** The same store, but calls of this method wait until they are let go. */
export function holding (store: LoginSessionStore, method: Method) {
  const [arrived, letGo] = [createGate(), createGate()]
  let held: Promise<unknown> = Promise.resolve()
  return {
    store: aroundCalls(store, async (called, call) => {
      if (called !== method) return await call()
      arrived.open()
      held = letGo.passed.then(call)
      return await held
    }),
    /** Resolves when the first of them has come. */
    arrived: arrived.passed,
    /** Resolves when the last of them is done, and what waited for it has gone on. */
    async letGo (): Promise<void> {
      letGo.open()
      await held
      await turns()
    }
  }
}

export interface BreakableStore extends LoginSessionStore {
  /** From now on these methods (all, if none are named) reject. */
  fail(...methods: Method[]): void
  /** From now on these methods (all, if none are named) never answer. */
  hang(...methods: Method[]): void
  recover(): void
}

export function breakable (store: LoginSessionStore): BreakableStore {
  let trouble: 'fail' | 'hang' | null = null
  let troubled: readonly Method[] = []
  const breakDown = (how: 'fail' | 'hang') => (...methods: Method[]): void => {
    trouble = how
    troubled = methods.length === 0 ? METHODS : methods
  }
  const breaking = aroundCalls(store, async (method, call) => {
    if (troubled.includes(method) && trouble === 'fail') throw new Error('connection refused')
    if (troubled.includes(method) && trouble === 'hang') return await new Promise(() => {})
    return await call()
  })
  return {
    ...breaking,
    prepare: async () => await store.prepare?.(),
    fail: breakDown('fail'),
    hang: breakDown('hang'),
    recover () { troubled = [] }
  }
}
