/**
 * Fake timers for the package itself, which took the real ones when it was loaded.
 * @module
 */
import { mock } from 'node:test'
import { timers } from '../../plugin/timers.js'

const real = { ...timers }

/** From now on `mock.timers.tick` lets the package's timeouts run out. */
export function fakeTimeouts (): void {
  mock.timers.enable({ apis: ['setTimeout'] })
  timers.setTimeout = (callback, milliseconds) => setTimeout(callback, milliseconds)
  timers.clearTimeout = timer => { clearTimeout(timer) }
}

export function realTimeouts (): void {
  mock.timers.reset()
  Object.assign(timers, real)
}
