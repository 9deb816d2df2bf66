/**
 * The timers of Node.js, taken when this module is loaded. Tests of hosts replace the global ones (fake timers of vitest,
 * sinon and node:test). With those, a lookup or `app.close()` would wait for a timer that nobody lets run out.
 *
 * No other file of plugin/ uses a global timer: `test/architecture.test.ts` checks it.
 * @module
 */
const { setTimeout, clearTimeout, setImmediate, performance } = globalThis

/** An object, so that this package's own tests can replace them (`test/support/fake-timers.ts`). */
export const timers = {
  setTimeout: (callback: () => void, milliseconds: number): NodeJS.Timeout => setTimeout(callback, milliseconds),
  clearTimeout: (timer: NodeJS.Timeout): void => { clearTimeout(timer) },
  setImmediate: (callback: () => void): void => { setImmediate(callback) },
  /** Milliseconds since the process started. Nobody can set this clock. */
  now: (): number => performance.now()
}
