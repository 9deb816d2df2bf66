/**
 * Errors that nobody took care of.
 * @module
 */
import type { Test } from 'tap'

/** Collects unhandled rejections and uncaught exceptions until the test is over. */
export function collectUnhandled (t: Test): unknown[] {
  const errors: unknown[] = []
  const collect = (error: unknown): void => { errors.push(error) }
  for (const event of ['unhandledRejection', 'uncaughtExceptionMonitor']) process.on(event, collect)
  t.teardown(() => { for (const event of ['unhandledRejection', 'uncaughtExceptionMonitor']) process.off(event, collect) })
  return errors
}
