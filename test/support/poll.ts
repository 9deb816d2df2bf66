/**
 * Waiting for a state of the world that tells nobody when it comes.
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Asks again and again until there is an answer.
 * @param what for the error
 * @param ask undefined or an error: not yet
 * @param within how long, in ms
 * @throws when it takes longer, with the last error as its cause
 */
export async function poll<T> (what: string, ask: () => Promise<T | undefined> | T | undefined, within = 60_000): Promise<T> {
  const end = Date.now() + within
  let cause: unknown
  while (Date.now() < end) {
    try {
      const answer = await ask()
      if (answer !== undefined) return answer
    } catch (error) {
      cause = error
    }
    await delay(20)
  }
  throw new Error(`waited too long for ${what}`, { cause })
}
