/**
 * A store whose every call ends in time: "not known" becomes one error, never a wrong answer and never silence.
 * @module
 */
import { isLoginSessionError, storeUnavailableError } from '../errors.js'
import type { AttemptState, LoginSessionRecord } from '../sessions/record.js'
import { OVERVIEW_METHODS, STORE_METHODS, type LoginSessionStore } from '../sessions/store.js'
import { withTimeout } from '../timeout.js'

/**
 * Undoes what a call did after it was reported as failed. Nobody waits for this; if the store is still broken,
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

/** Bounded where the store has them. */
const OPTIONAL = ['time', 'setBinding', 'expiriesOf', ...OVERVIEW_METHODS] as const

/** Not bounded: the first may take minutes, and the other goes on for as long as something is watched. */
const UNBOUNDED: ReadonlyArray<keyof LoginSessionStore> = ['prepareOverview', 'watchRemovals']

/** The keys of which no record is left after a call with these arguments. */
const REMOVED: Partial<Record<keyof LoginSessionStore, (args: unknown[], outcome: unknown) => readonly string[]>> = {
  remove: ([key], record) => record === null ? [] : [key as string],
  removeMany: ([keys]) => keys as string[],
  removeFound: ([keys]) => keys as string[]
}

/**
 * The same store, but each call that fails, or takes longer than `timeout` ms, rejects with
 * FST_LOGIN_SESSION_STORE_UNAVAILABLE and the reason as its `cause`. The error carries the call itself: see `lateOutcomeOf`.
 * Errors of ours pass: such a call was the host's mistake, and the store works. What prepares the store is not bounded.
 *
 * @param onRemoved called with the keys that a call has removed, before its caller goes on, and also if the caller has given up
 */
export function boundedStore (store: LoginSessionStore, timeout: number, onRemoved?: (keys: readonly string[]) => void): LoginSessionStore {
  const optional = OPTIONAL.filter(method => store[method] !== undefined && !UNBOUNDED.includes(method))
  const bounded = [...STORE_METHODS, ...optional].map(method => {
    const undo = UNDONE[method]
    return [method, (...args: unknown[]) => {
      // A store that throws synchronously is as broken as one that rejects.
      const call = new Promise<unknown>(resolve => { resolve(Reflect.apply(store[method]!, store, args)) })
      const removedBy = REMOVED[method]
      if (removedBy !== undefined) call.then(outcome => onRemoved?.(removedBy(args, outcome)), () => {})
      return withTimeout(call, timeout, method).catch(cause => {
        if (isLoginSessionError(cause)) throw cause
        if (undo !== undefined) {
          // Without an outcome if the call failed: it may have been carried out all the same.
          call.catch(() => {}).then(outcome => undo(store, args, outcome)).catch(() => {})
        }
        throw storeUnavailableError(cause, call)
      })
    }]
  })
  const unbounded = UNBOUNDED.filter(method => store[method] !== undefined)
    .map(method => [method, (...args: unknown[]) => Reflect.apply(store[method]!, store, args)])
  return Object.fromEntries([...bounded, ...unbounded]) as unknown as LoginSessionStore
}
