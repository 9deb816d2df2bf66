/**
 * Two operations on one store in every order: the second one happens, whole, before each call of the store that the first one makes.
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { type LoginSessionStore, STORE_METHODS } from '../../plugin/sessions/store.js'

type Work<T> = () => Promise<T>

/** What both came to. */
export interface Outcome<First, Second> {
  first: First
  second: Second
}

export interface InterleavedStore {
  store: LoginSessionStore
  /**
   * Does the first one, and the second one before its call number `at`, counted from 0. Null: the first one makes fewer calls, and
   * the second one was not done.
   */
  interleave<First, Second>(at: number, first: Work<First>, second: Work<Second>): Promise<Outcome<First, Second> | null>
}

/** What the operation under way does before a call; null: it was done. */
interface Plan {
  before: number
  act: Work<void> | null
}

/** The same store; `setBinding` is one of its methods. */
export function interleaved (given: LoginSessionStore): InterleavedStore {
  const plans = new AsyncLocalStorage<Plan | undefined>()
  const methods = [...STORE_METHODS, 'setBinding' as const].map(method => [method, async (...args: unknown[]) => {
    const plan = plans.getStore()
    if (plan !== undefined && plan.before-- === 0) {
      const { act } = plan
      plan.act = null
      await plans.run(undefined, act!)
    }
    return await Reflect.apply(given[method]!, given, args)
  }])

  return {
    store: { ...given, ...Object.fromEntries(methods) },

    async interleave (at, first, second) {
      let doing: ReturnType<typeof second> | undefined
      const plan: Plan = { before: at, act: async () => { await (doing = second()) } }
      const result = await plans.run(plan, first)
      // A write that no response waits for may still wait for the second one.
      return doing === undefined ? null : { first: result, second: await doing }
    }
  }
}
