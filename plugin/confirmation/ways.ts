/**
 * The ways to confirm: which one a user has now.
 * @module
 */
import { optionError } from '../errors.js'
import type { LoginSession } from '../sessions/login-session.js'
import { askConfirm, type Confirm, ownWay } from './own-way.js'
import { passwordWay, type VerifyPassword } from './password.js'
import type { ConfirmationWay } from './way.js'

/** Finds the way of this user. @throws FST_LOGIN_SESSION_CHECK_FAILED if the host's function throws or hangs */
export type FindWay<Request> = (session: LoginSession, request: Request) => Promise<ConfirmationWay>

/** What the host gave for confirming. */
export interface WayOptions<Request> {
  verifyPassword?: VerifyPassword | undefined
  confirm?: Confirm<Request> | undefined
}

/** For hosts that gave nothing to check by. */
const QUESTION: ConfirmationWay = ownWay({ way: 'question' })

/** The host's `confirm` chooses first. Where it chooses nothing, the password is the way. */
export function createFindWay<Request> ({ verifyPassword, confirm }: WayOptions<Request>): FindWay<Request> {
  return async (session, request) => {
    const choice = confirm === undefined ? null : await askConfirm(confirm, session, request)
    if (choice !== null) return ownWay(choice)
    if (verifyPassword !== undefined) return await passwordWay(verifyPassword, session.userId)
    if (confirm === undefined) return QUESTION
    throw optionError('confirm chose nothing, which means the password, but there is no verifyPassword: ' +
      "return { way: 'none' } for users who cannot confirm, or { way: 'question' } where a plain question is enough")
  }
}
