/**
 * Waiting with an upper bound.
 * @module
 */

/**
 * Settles as `work` does, or rejects after `milliseconds`. Leaves no timer behind.
 *
 * @param what took too long, for the error's message
 * @throws Error `<what> took longer than <milliseconds> ms`, or what `work` rejects with
 */
export function withTimeout<T> (work: Promise<T>, milliseconds: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what} took longer than ${milliseconds} ms`)), milliseconds)
    const settled = <V>(settle: (value: V) => void) => (value: V): void => { clearTimeout(timer); settle(value) }
    work.then(settled(resolve), settled(reject))
  })
}

/** True once `work` has settled, whatever its outcome; false if that took longer than `milliseconds`. */
export async function settledWithin (milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const settled = work.then(() => true, () => true)
  return await withTimeout(settled, milliseconds, 'waiting').catch(() => false)
}
