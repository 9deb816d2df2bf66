/**
 * One clock for all servers: the store's. Each server adds to its own clock what it was behind at the last measurement, so
 * that times that several servers compare do not depend on how well their clocks agree.
 * @module
 */

/** The clock that all servers share. */
export interface SharedClock {
  now(): Date
  /** Measures how far this server's clock is behind. A clock that has never been measured is this server's own. */
  adjust(): Promise<void>
}

/** How old a measurement may be, in ms. MongoDB's drivers look at their servers as often. */
const MEASURE_EVERY = 10_000

/** A measurement that took longer, in ms, is too inexact to replace an earlier one. */
const LONGEST_READ = 500

/**
 * @param time reads the store's clock; undefined: the store has none, and the servers' own clocks count
 * @param ownNow this server's clock, in ms
 * @param warn called if the clock could not be read later on: the last measurement stays
 */
export function createSharedClock (
  time: (() => Promise<Date>) | undefined, ownNow: () => number, warn: (error: unknown) => void
): SharedClock {
  let behind: number | undefined
  let measuredAt = ownNow()

  async function adjust (): Promise<void> {
    if (time === undefined) return
    const asked = ownNow()
    const read = await time()
    const answered = ownNow()
    measuredAt = answered
    if (behind !== undefined && answered - asked > LONGEST_READ) return
    // The store looked at its clock somewhere between question and answer.
    behind = read.getTime() - (asked + answered) / 2
  }

  return {
    adjust,

    now () {
      const own = ownNow()
      if (Math.abs(own - measuredAt) >= MEASURE_EVERY) {
        measuredAt = own
        adjust().catch(warn)
      }
      return new Date(own + (behind ?? 0))
    }
  }
}
