/**
 * The room `confirmation/`: users prove their identity before a session is ended.
 * This file: what holds for every way of confirming. Attempts are counted and locked, and the session gets a new token.
 * @module
 */
import { noPasswordError, requiredError } from '../errors.js'
import { keyOf } from '../sessions/key.js'
import type { LoginSessionStore } from '../sessions/store.js'
import { createAttempts } from './attempts.js'

/** What a user must do before a session is ended: answer a question, enter the password, or it cannot be done. */
export type ConfirmationKind = 'question' | 'password' | 'no-password'

/** What a request sends to confirm: its fields, such as `password`. */
export type Proof = Readonly<Record<string, unknown>>

/** One way to confirm, for those users who can use it. */
export interface ConfirmationWay {
  /** What such a user must do. */
  kind: ConfirmationKind
  /** Finds out how to check this user's proof; null: this user cannot confirm in this way. */
  checkFor(userId: string): Promise<ProofCheck | null>
  /** The coded error for a proof that is wrong. */
  wrongError(): Error
}

/**
 * Looks at what was sent, before an attempt is counted.
 * @returns the check itself, which an attempt runs; true: the proof is right
 * @throws the coded error if nothing was sent that could be checked
 */
export type ProofCheck = (proof: Proof) => () => Promise<boolean>

/** Confirms sessions. */
export interface Confirmation {
  /** What this user must do. */
  kind(userId: string): Promise<ConfirmationKind>
  /**
   * Resolves when the proof is right and the session has its new token, or if a question is enough. Rejects with the
   * coded error otherwise.
   * @param rotate gives the session its new token; false: it has ended, or has too many tokens already
   */
  confirm(session: { id: string, userId: string }, proof: Proof, rotate: () => Promise<boolean>): Promise<void>
  /**
   * How long no proof of this session is checked, in ms; 0: it is not locked, or it has ended. One read of the store.
   * @throws FST_LOGIN_SESSION_STORE_UNAVAILABLE
   */
  lockedFor(session: { id: string, userId: string }): Promise<number>
}

/** @param ways the first that a user can use counts; none at all: nothing is checked, a plain question is enough */
export function createConfirmation (ways: readonly ConfirmationWay[], store: LoginSessionStore, now: () => Date): Confirmation {
  const attempts = createAttempts(store, now)

  async function findWay (userId: string): Promise<{ way: ConfirmationWay, check: ProofCheck } | null> {
    for (const way of ways) {
      const check = await way.checkFor(userId)
      if (check !== null) return { way, check }
    }
    return null
  }

  async function isRight (key: string, verify: () => Promise<boolean>): Promise<boolean> {
    try {
      return await verify()
    } catch (error) {
      await store.returnAttempt(key)
      throw error
    }
  }

  /** A request may have been looked up before its session ended. */
  async function requireSession (key: string): Promise<void> {
    const [record = null] = await store.find([key])
    if (record === null) throw requiredError()
  }

  return {
    async kind (userId) {
      return ways.length === 0 ? 'question' : (await findWay(userId))?.way.kind ?? 'no-password'
    },

    async confirm ({ id, userId }, proof, rotate) {
      const key = keyOf(userId, id)
      if (ways.length === 0) return await requireSession(key)
      const found = await findWay(userId)
      if (found === null) throw noPasswordError()
      const verify = found.check(proof)
      await attempts.run(key, async () => {
        if (!await isRight(key, verify)) throw found.way.wrongError()
        if (await rotate()) return
        // The session ended during the check: it confirms nothing any more.
        await requireSession(key)
        // Parallel confirmations have left no room for another token. This one is right all the same.
        await store.returnAttempt(key)
      })
    },

    lockedFor: ({ id, userId }) => attempts.lockedFor(keyOf(userId, id))
  }
}
