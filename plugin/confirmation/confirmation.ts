/**
 * The room `confirmation/`: users prove their identity before a session is ended.
 * This file: what holds for every way of confirming. Attempts are counted and locked, and the session gets a new token.
 * @module
 */
import { requiredError } from '../errors.js'
import type { SessionName } from '../sessions/endings.js'
import { keyOf } from '../sessions/key.js'
import { isConfirmedWithin, type LoginSession } from '../sessions/login-session.js'
import type { AttemptState } from '../sessions/record.js'
import type { LoginSessionStore } from '../sessions/store.js'
import { ATTEMPTS, createAttempts, MOST_FAILURES } from './attempts.js'
import { createTurns } from './turns.js'
import { type ConfirmationWay, type Proof, type Trial, type WayView, wayView } from './way.js'
import type { FindWay } from './ways.js'

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
export interface Confirmation<Request> {
  /** What this user must do now. */
  wayFor(session: LoginSession, request: Request): Promise<WayView>
  /**
   * Resolves when the proof is right and the session has its new token, or if a question is enough. Rejects with the
   * coded error otherwise.
   */
  confirm(session: LoginSession, request: Request, proof: Proof, effects: ConfirmationEffects): Promise<void>
  /**
   * The same with a proof of the caller's choice, whatever the user's way is. The confirmations of a user run one after the
   * other in each process, so that a right one lifts the count before the next is taken.
   *
   * @param prepare the trial; called again if it had to wait, because the password may have been changed meanwhile.
   * null: there is nothing to check
   */
  attempt(session: SessionName, prepare: () => Promise<Trial | null>, effects: ConfirmationEffects): Promise<void>
  /**
   * How long no proof of this session is checked, in ms; 0: it is not locked, or it has ended. One read of the store.
   * @throws FST_LOGIN_SESSION_STORE_UNAVAILABLE
   */
  lockedFor(session: SessionName): Promise<number>
}

/** Confirms in the way that `findWay` finds. Attempts are counted in this store. @param now the clock */
export function createConfirmation<Request> (
  findWay: FindWay<Request>, store: LoginSessionStore, now: () => Date
): Confirmation<Request> {
  const attempts = createAttempts(store, now)
  const hashingTurns = createTurns()
  // The host's own checks wait for other services. They must not take the places of those that hash.
  const hostTurns = createTurns(Infinity)

  /** Does a confirmation, or the sign-in, still count? */
  const isRecent = (session: LoginSession, { validFor }: ConfirmationWay): boolean =>
    validFor > 0 && isConfirmedWithin(session, validFor, now())

  async function isRight (key: string, { verify }: Trial): Promise<boolean> {
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
  async function refuse ({ wrongError }: Trial, state: AttemptState, { announceFailure, end }: ConfirmationEffects): Promise<never> {
    announceFailure(state)
    const { failures, total = failures } = state
    if (total < MOST_FAILURES) throw wrongError(Math.max(0, ATTEMPTS - failures))
    await end()
    throw requiredError()
  }

  async function attempt ({ id, userId }: SessionName, prepare: () => Promise<Trial | null>, effects: ConfirmationEffects): Promise<void> {
    const key = keyOf(userId, id)
    const prepared = await prepare()
    if (prepared === null) return await requireSession(key)
    // The turn comes first: a confirmation that only waited is no attempt.
    await (prepared.hashes ? hashingTurns : hostTurns).run(userId, key, async hasWaited => {
      const trial = hasWaited ? await prepare() : prepared
      if (trial === null) return await requireSession(key)
      const state = await attempts.take(key)
      if (!await isRight(key, trial)) return await refuse(trial, state, effects)
      if (await effects.rotate()) return
      // The session ended during the check: it confirms nothing any more.
      await requireSession(key)
      // Parallel confirmations of other servers were first each time. This one is right all the same.
      await store.returnAttempt(key)
    })
  }

  return {
    async wayFor (session, request) {
      const way = await findWay(session, request)
      return isRecent(session, way) ? wayView('question', { recent: true }) : way.view
    },

    async confirm (session, request, proof, effects) {
      await attempt(session, async () => {
        const way = await findWay(session, request)
        return way.check === null || isRecent(session, way) ? null : way.check(proof)
      }, effects)
    },

    attempt,
    lockedFor: ({ id, userId }) => attempts.lockedFor(keyOf(userId, id))
  }
}
