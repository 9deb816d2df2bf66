/**
 * The room `confirmation/`: users prove their identity before a session is ended.
 * This file: what holds for every way of confirming. Attempts are counted and locked, and the session gets a new token.
 * @module
 */
import { noPasswordError, requiredError } from '../errors.js'
import type { SessionName } from '../sessions/endings.js'
import { keyOf } from '../sessions/key.js'
import type { AttemptState } from '../sessions/record.js'
import type { LoginSessionStore } from '../sessions/store.js'
import { ATTEMPTS, createAttempts, MOST_FAILURES } from './attempts.js'
import { createTurns } from './turns.js'

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
  /** The coded error for a proof that is wrong. @param attemptsLeft how many more can fail before the lock */
  wrongError(attemptsLeft: number): Error
}

/**
 * Looks at what was sent, before an attempt is counted.
 * @returns the check itself, which an attempt runs; true: the proof is right
 * @throws the coded error if nothing was sent that could be checked
 */
export type ProofCheck = (proof: Proof) => () => Promise<boolean>

/** What a confirmation does to its session. */
export interface ConfirmationEffects {
  /** Notes the confirmation, and gives the session a new token. False: it has ended, or too many did so at the same moment. */
  rotate(): Promise<boolean>
  /** Called for each wrong proof, with the state that it led to. */
  announceFailure(state: AttemptState): void
  /** Ends the session: too many proofs in a row were wrong. */
  end(): Promise<void>
}

/** Confirms sessions. */
export interface Confirmation {
  /** What this user must do. */
  kind(userId: string): Promise<ConfirmationKind>
  /**
   * Resolves when the proof is right and the session has its new token, or if a question is enough. Rejects with the
   * coded error otherwise. The confirmations of a user run one after the other in each process, so that a right one lifts
   * the count before the next is taken.
   */
  confirm(session: SessionName, proof: Proof, effects: ConfirmationEffects): Promise<void>
  /**
   * How long no proof of this session is checked, in ms; 0: it is not locked, or it has ended. One read of the store.
   * @throws FST_LOGIN_SESSION_STORE_UNAVAILABLE
   */
  lockedFor(session: SessionName): Promise<number>
}

/** @param ways the first that a user can use counts; none at all: nothing is checked, a plain question is enough */
export function createConfirmation (ways: readonly ConfirmationWay[], store: LoginSessionStore, now: () => Date): Confirmation {
  const attempts = createAttempts(store, now)
  const turns = createTurns()

  async function findWay (userId: string): Promise<{ way: ConfirmationWay, check: ProofCheck } | null> {
    for (const way of ways) {
      const check = await way.checkFor(userId)
      if (check !== null) return { way, check }
    }
    return null
  }

  /** Finds out how to check this proof. @throws the coded error if it cannot be checked */
  async function prepare (userId: string, proof: Proof): Promise<{ way: ConfirmationWay, verify: () => Promise<boolean> }> {
    const found = await findWay(userId)
    if (found === null) throw noPasswordError()
    return { way: found.way, verify: found.check(proof) }
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
    if (await store.findWithoutData(key) === null) throw requiredError()
  }

  /** @throws the coded error for this wrong proof */
  async function refuse (way: ConfirmationWay, state: AttemptState, { announceFailure, end }: ConfirmationEffects): Promise<never> {
    announceFailure(state)
    const { failures, total = failures } = state
    if (total < MOST_FAILURES) throw way.wrongError(Math.max(0, ATTEMPTS - failures))
    await end()
    throw requiredError()
  }

  return {
    async kind (userId) {
      return ways.length === 0 ? 'question' : (await findWay(userId))?.way.kind ?? 'no-password'
    },

    async confirm ({ id, userId }, proof, effects) {
      const key = keyOf(userId, id)
      if (ways.length === 0) return await requireSession(key)
      const found = await prepare(userId, proof)
      // The turn comes first: a confirmation that only waited is no attempt.
      await turns.run(userId, key, async hasWaited => {
        // The password may have been changed meanwhile.
        const { way, verify } = hasWaited ? await prepare(userId, proof) : found
        const state = await attempts.take(key)
        if (!await isRight(key, verify)) return await refuse(way, state, effects)
        if (await effects.rotate()) return
        // The session ended during the check: it confirms nothing any more.
        await requireSession(key)
        // Parallel confirmations of other servers were first each time. This one is right all the same.
        await store.returnAttempt(key)
      })
    },

    lockedFor: ({ id, userId }) => attempts.lockedFor(keyOf(userId, id))
  }
}
