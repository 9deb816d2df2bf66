/**
 * The attempts at confirming one session: counted in the store, over all servers, before anything is checked.
 * @module
 */
import { lockedError, requiredError } from '../errors.js'
import type { LoginSessionStore } from '../sessions/store.js'
import { settledWithin } from '../timeout.js'

/** Wrong attempts that lock a session's confirmation (ASVS 5.0 6.3.1 wants a limit; the limit of an account is the host's). */
export const ATTEMPTS = 5

/** How long the lock lasts, in ms. */
export const LOCK_TIME: number = 15 * 60_000

/**
 * How long an attempt waits for earlier ones of its session, in ms. As long as one check may take: far more than any
 * sensible hash needs, and less than a client's patience.
 */
export const LONGEST_WAIT = 10_000

/** Takes attempts. */
export interface Attempts {
  /**
   * Runs `check` as one attempt of this session. Attempts of a session run one after the other in each process, so that a
   * right one lifts the count before the next is taken. The store counts each as a failure in advance, so that parallel
   * ones on several servers get no more than {@link ATTEMPTS}.
   * @throws FST_LOGIN_SESSION_LOCKED with the time that is left, or with a second if earlier attempts take too long;
   * FST_LOGIN_SESSION_REQUIRED if the session has ended; what `check` throws
   */
  run<T>(key: string, check: () => Promise<T>): Promise<T>
  /** How long this session's confirmation is locked, in ms; 0: it is not. */
  lockedFor(key: string): Promise<number>
}

export function createAttempts (store: LoginSessionStore, now: () => Date): Attempts {
  const inTurn = createTurns()

  async function take (key: string): Promise<void> {
    const at = now()
    if (await store.takeAttempt(key, ATTEMPTS, new Date(at.getTime() + LOCK_TIME), at) !== null) return
    const [record = null] = await store.find([key])
    if (record === null) throw requiredError()
    throw lockedError(timeLeft(record.confirmation.lockedUntil))
  }

  const timeLeft = (lockedUntil: Date | undefined): number =>
    lockedUntil === undefined ? 0 : Math.max(0, lockedUntil.getTime() - now().getTime())

  return {
    run: (key, check) => inTurn(key, async () => {
      await take(key)
      return await check()
    }),

    async lockedFor (key) {
      const [record] = await store.find([key])
      return timeLeft(record?.confirmation.lockedUntil)
    }
  }
}

/** Runs the work of each key one after the other. What waits longer than {@link LONGEST_WAIT} is refused. */
function createTurns (): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  /** For each key, when everything that was asked for so far is over. */
  const busy = new Map<string, Promise<unknown>>()

  return async (key, work) => {
    const before = busy.get(key)
    const running = before === undefined ? work() : waitFor(before).then(work)
    // Also after those that still run when this one has given up waiting.
    const over = Promise.allSettled([before, running]).then(() => {})
    busy.set(key, over)
    over.then(() => { if (busy.get(key) === over) busy.delete(key) })
    return await running
  }
}

async function waitFor (others: Promise<unknown>): Promise<void> {
  if (!await settledWithin(LONGEST_WAIT, others)) throw lockedError(0)
}
