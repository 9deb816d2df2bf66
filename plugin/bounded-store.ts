/**
 * A store whose every answer comes in time: cannot-know becomes one error, never a wrong answer and never silence.
 * @module
 */
import { storeUnavailableError } from './errors.js'
import { STORE_METHODS, type LoginSessionStore } from './store.js'

/**
 * The same store, but each call that fails, or takes longer than `timeout` ms, rejects with
 * FST_LOGIN_SESSION_STORE_UNAVAILABLE and the reason as its `cause`.
 */
export function boundedStore (store: LoginSessionStore, timeout: number): LoginSessionStore {
  const bounded = Object.fromEntries(STORE_METHODS.map(method => {
    const call = (...args: unknown[]): Promise<unknown> => Reflect.apply(store[method], store, args)
    return [method, (...args: unknown[]) => inTime(() => call(...args), timeout, method)]
  }))
  return bounded as unknown as LoginSessionStore
}

function inTime<T> (call: () => Promise<T>, timeout: number, method: string): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const fail = (cause: unknown) => { clearTimeout(timer); reject(storeUnavailableError(cause)) }
    const timer = setTimeout(() => fail(new Error(`${method} took longer than ${timeout} ms`)), timeout)
    // A store that throws at once is as broken as one that rejects.
    new Promise<T>(resolve => { resolve(call()) }).then(value => { clearTimeout(timer); resolve(value) }, fail)
  })
}
