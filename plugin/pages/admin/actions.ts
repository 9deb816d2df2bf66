/**
 * What operators do, for the host's audit log.
 * @module
 */
import type { LoginSession } from '../../sessions/login-session.js'

/** What an operator has done. */
export interface OperatorAction {
  /** One session; all sessions of a user; what a search found; everyone's. */
  kind: 'session' | 'user' | 'search' | 'everyone'
  /** The session of the operator who did it. */
  operator: LoginSession
  /** Whose sessions, for 'session' and 'user'; otherwise null. */
  userId: string | null
  /** The session's id, for 'session'; otherwise null. */
  id: string | null
  /** The fields of the search form that were filled in, for 'search'; otherwise empty. */
  search: Readonly<Record<string, string>>
  /** How many sessions have ended; null: some may have, before it failed. */
  ended: number | null
  /** False: it was stopped, or it failed, before everything had ended. */
  complete: boolean
}

/**
 * Called once for each action of an operator that ends sessions, when it is over, also if it failed. `onSessionEnd` is also
 * called for each session, with the operator's session as the actor. If it fails, the error is logged and nothing else changes.
 * It is not called if the process is killed before the action is over.
 *
 * @example
 * const onAction: OnAction = ({ kind, operator, ended }) => audit.log(`${operator.userId} ended ${ended} sessions (${kind})`)
 */
export type OnAction = (action: OperatorAction) => unknown
