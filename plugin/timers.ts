/**
 * The timers of Node.js, taken when this module is loaded. Tests of hosts replace the global ones (fake timers of vitest,
 * sinon and node:test). With those, a lookup or `app.close()` would wait for a timer that nobody lets run out.
 *
 * No other file of plugin/ uses a global timer: `test/architecture.test.ts` checks it.
 * @module
 */
const { setTimeout, clearTimeout, setImmediate } = globalThis

/** Milliseconds since the process started. Nobody can set this clock. */
const monotonicNow: () => number = performance.now.bind(performance)

export { setTimeout, clearTimeout, setImmediate, monotonicNow }
