/**
 * The attempts at one session's password: counted in the store, over all servers, before the password is looked at.
 * @module
 */
import { lockedError, requiredError } from '../errors.js'
import type { LoginSessionStore } from '../sessions/store.js'

/** Wrong passwords that lock a session's confirmation (ASVS 5.0 6.3.1 wants a limit; what an account may take in all is the host's). */
export const ATTEMPTS = 5

/** How long it stays locked, in ms. */
export const LOCK_TIME: number = 15 * 60_000

/** A lock younger than this, in ms, may be lifted by a right password that another server is still checking. */
const YOUNG_LOCK = 1000

/** How long to wait for that, in ms: bcrypt at cost 12 takes about 250. */
const SECOND_LOOK = 300

/**
 * How long a password check may take, in ms: far above any sensible hash, far below a client's patience. An attempt waits
 * no longer than that for those before it, all its tries together.
 */
export const CHECK_TIMEOUT = 10_000

/**
 * How often an attempt is tried again after those before it are over. Five are checked at a time, so of 60 right passwords
 * at the same moment the last 10 are told of a lock that is none, with the advice to try again in a second: meant so, since
 * nobody types that fast, and each more would hold a request and a hash.
 */
const TRIES = 10

/** How long to stay away when that was not enough, in ms. */
const BUSY = 1000

/** Takes attempts. */
export interface PasswordAttempts {
  /**
   * Takes one attempt of this session. The fifth one that fails locks; but as all are counted as failures until they are
   * over, an attempt that meets the lock waits for those under way, as long as one check may take: a right password among
   * them lifts it again.
   * @returns to be called when the attempt is over, whatever its outcome
   * @throws FST_LOGIN_SESSION_LOCKED with the time that is left, FST_LOGIN_SESSION_REQUIRED when the session is gone
   */
  take(id: string): Promise<() => void>
  /** How long this session's confirmation is locked, in ms; 0: it is not. */
  lockedFor(id: string): Promise<number>
}

/** An attempt of this process. */
interface Attempt {
  /** Did the store grant it? */
  granted: Promise<boolean>
  /** Resolves when it was refused, or is over. */
  over: Promise<void>
}

export function createPasswordAttempts (store: LoginSessionStore, now: () => Date): PasswordAttempts {
  const underWay = new Map<string, Set<Attempt>>()

  async function granted (id: string): Promise<boolean> {
    const at = now()
    return await store.takeAttempt(id, ATTEMPTS, new Date(at.getTime() + LOCK_TIME), at) !== null
  }

  /** What ends the attempt; null: refused. */
  async function tryOnce (id: string): Promise<(() => void) | null> {
    const attempts = underWay.get(id) ?? new Set()
    underWay.set(id, attempts)
    let end!: () => void
    const attempt: Attempt = { granted: granted(id), over: new Promise(resolve => { end = resolve }) }
    attempts.add(attempt)
    const release = (): void => {
      end()
      attempts.delete(attempt)
      if (attempts.size === 0) underWay.delete(id)
    }
    attempt.granted.then(granted => { if (!granted) release() }, release)
    return await attempt.granted ? release : null
  }

  /** Waits for the attempts of this process that hold the lock. False: there are none. */
  async function othersAreOver (id: string): Promise<boolean> {
    const attempts = [...underWay.get(id) ?? []]
    const outcomes = await Promise.allSettled(attempts.map(attempt => attempt.granted))
    const holding = attempts.filter((_, index) => (outcomes[index] as PromiseFulfilledResult<boolean>).value)
    await Promise.all(holding.map(attempt => attempt.over))
    return holding.length > 0
  }

  async function takeBefore (late: Promise<'late'>, id: string): Promise<() => void> {
    let looked = false
    for (let tries = 0; tries < TRIES; tries++) {
      const release = await tryOnce(id)
      if (release !== null) return release
      const state = await store.confirmation(id)
      if (state === null) throw requiredError()
      const waited = await Promise.race([late, othersAreOver(id)])
      if (waited === 'late') break
      if (waited) continue
      const at = now().getTime()
      const left = (state.lockedUntil?.getTime() ?? at) - at
      // Lifted just as it was met.
      if (left <= 0) continue
      if (looked || left < LOCK_TIME - YOUNG_LOCK) throw lockedError(left)
      looked = true
      await new Promise(resolve => { setTimeout(resolve, SECOND_LOOK) })
    }
    throw lockedError(BUSY)
  }

  return {
    async take (id) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<'late'>(resolve => { timer = setTimeout(resolve, CHECK_TIMEOUT, 'late') })
      try {
        return await takeBefore(late, id)
      } finally {
        clearTimeout(timer)
      }
    },

    async lockedFor (id) {
      const lockedUntil = (await store.confirmation(id))?.lockedUntil
      return lockedUntil === undefined ? 0 : Math.max(0, lockedUntil.getTime() - now().getTime())
    }
  }
}
