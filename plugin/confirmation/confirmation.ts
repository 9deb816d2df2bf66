/**
 * The room `confirmation/`: proving who it is before something is ended.
 * This file: what holds for every way of confirming. Attempts are counted and locked, and the session gets a new token.
 * @module
 */
import { requiredError } from '../errors.js'
import type { LoginSessionStore } from '../sessions/store.js'
import { createAttempts } from './attempts.js'

/** What a user must do before a session is ended: answer a question, enter the password, or it cannot be done. */
export type ConfirmationKind = 'question' | 'password' | 'no-password'

/** One way to confirm. The password is the first. */
export interface ConfirmationWay {
  /** What this user must do. */
  kindFor(userId: string): Promise<ConfirmationKind>
  /**
   * Finds out how to check what the user sent. Counts no attempt.
   * @returns the check; true: it is right
   * @throws the coded error if this user cannot confirm in this way, or if nothing was sent that could be checked
   */
  prepare(userId: string, proof: unknown): Promise<() => Promise<boolean>>
  /** The coded error for a check that answered false. */
  wrong(): Error
}

/** Confirms sessions. */
export interface Confirmation {
  /** What this user must do. */
  kind(userId: string): Promise<ConfirmationKind>
  /**
   * Resolves when the proof is right and the session has its new token, or if a question is enough. Rejects with the
   * coded error otherwise.
   * @param rotate gives the session its new token; false: it was rotated or ended meanwhile
   */
  confirm(session: { id: string, userId: string }, proof: unknown, rotate: () => Promise<boolean>): Promise<void>
  /**
   * How long no proof of this session is checked, in ms; 0: it is not locked, or it has ended. One read of the store.
   * @throws FST_LOGIN_SESSION_STORE_UNAVAILABLE
   */
  lockedFor(session: { id: string }): Promise<number>
}

/** @param way null: nothing is checked, a plain question is enough */
export function createConfirmation (way: ConfirmationWay | null, store: LoginSessionStore, now: () => Date): Confirmation {
  const attempts = createAttempts(store, now)

  async function isRight (id: string, check: () => Promise<boolean>): Promise<boolean> {
    try {
      return await check()
    } catch (error) {
      await store.returnAttempt(id)
      throw error
    }
  }

  return {
    async kind (userId) {
      return way === null ? 'question' : await way.kindFor(userId)
    },

    async confirm ({ id, userId }, proof, rotate) {
      if (way === null) return
      const check = await way.prepare(userId, proof)
      await attempts.run(id, async () => {
        if (!await isRight(id, check)) throw way.wrong()
        if (await rotate()) return
        // The session ended during the check: it confirms nothing any more.
        if (await store.attempts(id) === null) throw requiredError()
        // A parallel confirmation was faster, and reset the count before this attempt was taken.
        await store.returnAttempt(id)
      })
    },

    lockedFor: ({ id }) => attempts.lockedFor(id)
  }
}
