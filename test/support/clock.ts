/**
 * A clock that stands still until a test moves it. It stands in the far future, so that MongoDB's own TTL monitor,
 * which knows only the real time, never removes a record under a test.
 * @module
 */

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** Where every test's time begins. */
export const NOW = new Date('2100-01-01T12:00:00.000Z')

export interface Clock {
  now(): Date
  advance(milliseconds: number): void
}

export function createClock (start: Date = NOW): Clock {
  let time = start.getTime()
  return {
    now: () => new Date(time),
    advance (milliseconds) { time += milliseconds }
  }
}

/** `milliseconds` after `date`. */
export const after = (date: Date, milliseconds: number): Date => new Date(date.getTime() + milliseconds)
