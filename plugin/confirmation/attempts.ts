/**
 * The attempts at confirming one session: counted in the store, over all servers, before anything is checked.
 * @module
 */
import { lockedError, requiredError } from '../errors.js'
import type { AttemptState } from '../sessions/record.js'
import type { LoginSessionStore } from '../sessions/store.js'

/** Wrong attempts that lock a session's confirmation (ASVS 5.0 6.3.1 wants a limit; the limit of an account is the host's). */
export const ATTEMPTS = 5

/** How long the lock lasts, in ms. */
export const LOCK_TIME: number = 15 * 60_000

/** Wrong attempts in a row, over all locks, that end the session (NIST SP 800-63B-4 3.2.2). */
export const MOST_FAILURES = 100

/** Takes attempts. */
export interface Attempts {
  /**
   * Takes one attempt. The store counts it as a failure in advance, so that parallel ones on several servers get no more
   * than {@link ATTEMPTS}. Returns the state with this attempt counted.
   * @throws FST_LOGIN_SESSION_LOCKED with the time that is left; FST_LOGIN_SESSION_REQUIRED if the session has ended
   */
  take(key: string): Promise<AttemptState>
  /** How long this session's confirmation is locked, in ms; 0: it is not. */
  lockedFor(key: string): Promise<number>
}

/** Takes attempts, and counts them in this store. @param now the clock */
export function createAttempts (store: LoginSessionStore, now: () => Date): Attempts {
  const timeLeft = (lockedUntil: Date | undefined): number =>
    lockedUntil === undefined ? 0 : Math.max(0, lockedUntil.getTime() - now().getTime())

  return {
    async take (key) {
      const at = now()
      const taken = await store.takeAttempt(key, ATTEMPTS, new Date(at.getTime() + LOCK_TIME), at)
      if (taken !== null) return taken
      const record = await store.findWithoutData(key)
      if (record === null) throw requiredError()
      throw lockedError(timeLeft(record.confirmation.lockedUntil))
    },

    async lockedFor (key) {
      return timeLeft((await store.findWithoutData(key))?.confirmation.lockedUntil)
    }
  }
}
