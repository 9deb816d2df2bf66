/**
 * A store whose every answer comes in time: cannot-know becomes one error, never a wrong answer and never silence.
 * @module
 */
import { storeUnavailableError } from '../errors.js'
import type { Confirmation, LoginSessionRecord } from '../sessions/record.js'
import { STORE_METHODS, type LoginSessionStore } from '../sessions/store.js'

/**
 * Takes back what a call did after its caller was told that it failed: the call got through all the same, only late.
 * Nobody waits for it; a store that is still broken then keeps what it has.
 */
type TakeBack = (store: LoginSessionStore, args: any[], outcome: any) => Promise<void>

/** Elsewhere "not known whether it was done" is all that a failure says; these would do harm. */
const TAKEN_BACK: Partial<Record<keyof LoginSessionStore, TakeBack>> = {
  /** Nobody has this session's token: it would stand in its user's list as a stranger. Its id is its own, so no other can be meant. */
  async insert (store, args) {
    const { userId, id, createdAt } = args[0] as LoginSessionRecord
    if (userId !== undefined) await store.remove(userId, id, createdAt)
  },
  /** Nobody has looked at the password: an outage must not lock anybody's confirmation. */
  async takeAttempt (store, [id], counted: Confirmation | null | undefined) {
    if (counted) await store.returnAttempt(id)
  }
}

/** The calls that failed or were given up, by the error that their callers were given. */
const failedCalls = new WeakMap<object, Promise<any>>()

/** Calls this with the outcome of the call that failed with `error`, if it was given up and gets through late. */
export function whenLate (error: unknown, then: (outcome: any) => void): void {
  failedCalls.get(error as object)?.then(then, () => {})
}

/**
 * The same store, but each call that fails, or takes longer than `timeout` ms, rejects with
 * FST_LOGIN_SESSION_STORE_UNAVAILABLE and the reason as its `cause`.
 */
export function boundedStore (store: LoginSessionStore, timeout: number): LoginSessionStore {
  const bounded = Object.fromEntries(STORE_METHODS.map(method => {
    const call = (...args: unknown[]): Promise<unknown> => Reflect.apply(store[method], store, args)
    const takeBack = TAKEN_BACK[method]
    return [method, (...args: unknown[]) => {
      const late = (outcome?: unknown): void => { takeBack?.(store, args, outcome)?.catch(() => {}) }
      return inTime(() => call(...args), timeout, method, late)
    }]
  }))
  return bounded as unknown as LoginSessionStore
}

/** @param late called when the call is over after its caller was told that it failed: with its outcome, or without one if it rejected */
function inTime<T> (call: () => Promise<T>, timeout: number, method: string, late: (outcome?: T) => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let failed = false
    const fail = (cause: unknown): void => {
      failed = true
      clearTimeout(timer)
      const error = storeUnavailableError(cause)
      failedCalls.set(error, called)
      reject(error)
    }
    const timer = setTimeout(() => fail(new Error(`${method} took longer than ${timeout} ms`)), timeout)
    const done = (value: T): void => {
      if (failed) return late(value)
      clearTimeout(timer)
      resolve(value)
    }
    // A store that throws at once is as broken as one that rejects.
    const called = new Promise<T>(resolve => { resolve(call()) })
    called.then(done, error => { fail(error); late() })
  })
}
