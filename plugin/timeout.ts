/**
 * Waiting with an end.
 * @module
 */

/** True once `work` has settled; false when that took longer than `milliseconds`. Leaves no timer behind. @throws what `work` rejects with */
export async function settledWithin (milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>(resolve => { timer = setTimeout(resolve, milliseconds, false) })
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
