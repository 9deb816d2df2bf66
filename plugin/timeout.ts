/**
 * Waiting with an upper bound.
 * @module
 */

/** What {@link withTimeout} rejects with. */
class TimeoutError extends Error {}

/**
 * Settles as `work` does, or rejects after `milliseconds`. Leaves no timer behind.
 *
 * @param what took too long, for the error's message
 * @throws TimeoutError, or what `work` rejects with
 */
export function withTimeout<T> (work: Promise<T>, milliseconds: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TimeoutError(`${what} took longer than ${milliseconds} ms`)), milliseconds)
    const settled = <V>(settle: (value: V) => void) => (value: V): void => { clearTimeout(timer); settle(value) }
    work.then(settled(resolve), settled(reject))
  })
}

/** True once `work` has settled; false when that took longer than `milliseconds`. @throws what `work` rejects with */
export async function settledWithin (milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  try {
    await withTimeout(work, milliseconds, 'waiting')
    return true
  } catch (error) {
    if (error instanceof TimeoutError) return false
    throw error
  }
}
