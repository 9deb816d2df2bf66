/**
 * Former tokens that get their end at the new one's first request: one write each, never waited for by a response.
 * @module
 */
import type { Retirement } from './record.js'
import type { LoginSessionStore } from './store.js'

/** Retires former tokens. */
export interface Retirements {
  /** Begins a retirement; one of the same session that is under way does for both. */
  add(retirement: Retirement): void
  /** Resolves when all that are under way have been written or have failed. */
  flush(): Promise<void>
}

/** @param onError one that fails is made up for by the next request: the record shows that it is still due */
export function createRetirements (write: LoginSessionStore['retireFormer'], onError: (error: unknown) => void): Retirements {
  const underWay = new Map<string, Promise<void>>()

  return {
    add ({ id, newest, until }) {
      if (underWay.has(newest)) return
      underWay.set(newest, write(id, newest, until).catch(onError).finally(() => { underWay.delete(newest) }))
    },

    async flush () {
      await Promise.all(underWay.values())
    }
  }
}
