/**
 * Waiting with an upper bound.
 * @module
 */
import { timers } from './timers.js'

/** How late a timer may be, in ms, before the event loop counts as blocked. */
const LATE = 50

/** How often a wait is prolonged because the event loop was blocked. A process that is blocked all the time must fail, too. */
const MOST_PROLONGATIONS = 5

/**
 * Settles as `work` does, or rejects after `milliseconds`. Leaves no timer behind. A blocked event loop is not `work`'s
 * fault: if the timer fires late, the wait is as much longer as it was late.
 *
 * @param what took too long, for the error's message
 * @throws Error `<what> took longer than <milliseconds> ms`, or what `work` rejects with
 */
export function withTimeout<T> (work: Promise<T>, milliseconds: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    let prolongations = 0
    let timer: NodeJS.Timeout

    function wait (time: number): void {
      const due = timers.now() + time
      timer = timers.setTimeout(() => {
        const late = timers.now() - due
        if (late < LATE || ++prolongations > MOST_PROLONGATIONS) reject(new Error(`${what} took longer than ${milliseconds} ms`))
        else wait(Math.min(late, milliseconds))
      }, time)
    }

    wait(milliseconds)
    work.then(value => { timers.clearTimeout(timer); resolve(value) }, error => { timers.clearTimeout(timer); reject(error) })
  })
}

/** True once `work` has settled, whatever its outcome; false if that took longer than `milliseconds`. */
export async function settledWithin (milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const settled = work.then(() => true, () => true)
  return await withTimeout(settled, milliseconds, 'waiting').catch(() => false)
}
