/**
 * A clock that stands still until a test moves it, and begins at the present of the store's contract.
 * @module
 */

import { HOUR, NOW } from '../../plugin/store-contract/records.js'

export { after, HOUR, MINUTE, NOW, SECOND } from '../../plugin/store-contract/records.js'

export const DAY = 24 * HOUR

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
