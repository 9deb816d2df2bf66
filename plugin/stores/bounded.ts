/**
 * A store whose every call ends in time: "not known" becomes one error, never a wrong answer and never silence.
 * @module
 */
import { isLoginSessionError, storeUnavailableError } from '../errors.js'
import type { AttemptState, LoginSessionRecord } from '../sessions/record.js'
import { OVERVIEW_METHODS, STORE_METHODS, type LoginSessionStore } from '../sessions/store.js'
import { withTimeout } from '../timeout.js'

/**
 * Undoes what a call did after its caller was told that it failed. Nobody waits for this; if the store is still broken,
 * the effect stays.
 */
type Undo = (store: LoginSessionStore, args: unknown[], outcome: unknown) => Promise<void>

/** For other methods a late success is harmless. These two would do damage, so they are undone. */
const UNDONE: Partial<Record<keyof LoginSessionStore, Undo>> = {
  /** Nobody has this session's token: a login would stay in its user's list as an unknown device. */
  async insert (store, args) {
    const { _id, userId } = args[0] as LoginSessionRecord
    await store.remove(_id, userId)
  },
  /** No password was checked: an outage must not lock anybody's confirmation. */
  async takeAttempt (store, args, counted) {
    if (counted as AttemptState | null | undefined) await store.returnAttempt(args[0] as string)
  }
}

/**
 * The same store, but each call that fails, or takes longer than `timeout` ms, rejects with
 * FST_LOGIN_SESSION_STORE_UNAVAILABLE and the reason as its `cause`. The error carries the call itself: see `lateOutcomeOf`.
 * Errors of ours pass: such a call was the host's mistake, and the store works. What prepares the store is not bounded.
 */
export function boundedStore (store: LoginSessionStore, timeout: number): LoginSessionStore {
  const optional = (['time', ...OVERVIEW_METHODS] as const).filter(method => method !== 'prepareOverview' && store[method] !== undefined)
  const bounded = Object.fromEntries([...STORE_METHODS, ...optional].map(method => {
    const undo = UNDONE[method]
    return [method, (...args: unknown[]) => {
      // A store that throws synchronously is as broken as one that rejects.
      const call = new Promise<unknown>(resolve => { resolve(Reflect.apply(store[method]!, store, args)) })
      return withTimeout(call, timeout, method).catch(cause => {
        if (isLoginSessionError(cause)) throw cause
        if (undo !== undefined) {
          // Without an outcome if the call failed: it may have been carried out all the same.
          call.catch(() => {}).then(outcome => undo(store, args, outcome)).catch(() => {})
        }
        throw storeUnavailableError(cause, call)
      })
    }]
  }))
  const { prepareOverview } = store
  const unbounded = prepareOverview && { prepareOverview: async () => await prepareOverview.call(store) }
  return { ...bounded as unknown as LoginSessionStore, ...unbounded }
}
