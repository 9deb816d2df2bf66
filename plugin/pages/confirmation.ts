/**
 * What each kind of confirmation means for a page: the fields of its form, why it cannot be answered, when it is asked
 * again. A new kind adds its row here, and its fields to templates/confirm-form.eta.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import { LOCK_TIME } from '../confirmation/attempts.js'
import type { ConfirmationKind, Proof } from '../confirmation/way.js'
import type { LoginSessionError } from '../errors.js'
import type { ErrorMessages, MessageKey } from './messages.js'

/** What the list shows about the user's kind of confirmation. */
export interface ConfirmationNote {
  canRevoke: boolean
  /** True if the user needs a password to end sessions, and has none. */
  noPassword: boolean
}

/** The fields of the question's form: each kind of confirmation has its own. */
export interface ConfirmationFields {
  askPassword: boolean
}

/** A text that says why: its key, and values for its placeholders. */
export type Reason = [MessageKey, Record<string, number>?]

/** What a kind of confirmation means for a page. */
export interface ConfirmationRules {
  /** What the list shows. */
  note: ConfirmationNote
  /** The fields of the question's form (templates/confirm-form.eta). */
  fields: ConfirmationFields
  /** Are failed attempts counted, so that there can be a lock? */
  canLock: boolean
  /** Why questions cannot be answered; null if they can. */
  obstacle: Reason | null
}

const CAN_REVOKE: ConfirmationNote = { canRevoke: true, noPassword: false }
/** For questions that cannot be answered, or need no proof. */
export const NO_FIELDS: ConfirmationFields = { askPassword: false }

/** Each kind's rules. */
export const CONFIRMATION: Record<ConfirmationKind, ConfirmationRules> = {
  question: { note: CAN_REVOKE, fields: NO_FIELDS, canLock: false, obstacle: null },
  password: { note: CAN_REVOKE, fields: { askPassword: true }, canLock: true, obstacle: null },
  'no-password': { note: { canRevoke: false, noPassword: true }, fields: NO_FIELDS, canLock: false, obstacle: ['noPassword'] },
  answer: { note: CAN_REVOKE, fields: NO_FIELDS, canLock: true, obstacle: null },
  page: { note: CAN_REVOKE, fields: NO_FIELDS, canLock: false, obstacle: null },
  none: { note: { canRevoke: false, noPassword: true }, fields: NO_FIELDS, canLock: false, obstacle: ['noPassword'] }
}

/** What the form's fields prove. */
export const proofIn = ({ body }: FastifyRequest): Proof => body as Proof

const LAST_ATTEMPT: Reason = ['passwordWrongLast', { minutes: LOCK_TIME / 60_000 }]

/** Why the question is asked again; null if the user cannot correct the error in its form. */
export function reasonToAskAgain ({ code, retryAfter, attemptsLeft }: LoginSessionError): Reason | null {
  switch (code) {
    case 'FST_LOGIN_SESSION_PASSWORD_REQUIRED': return ['passwordRequired']
    case 'FST_LOGIN_SESSION_PASSWORD_WRONG': return attemptsLeft === 1 ? LAST_ATTEMPT : ['passwordWrong']
    case 'FST_LOGIN_SESSION_NO_PASSWORD': return ['noPassword']
    case 'FST_LOGIN_SESSION_LOCKED': return locked(Number(retryAfter))
    case 'FST_LOGIN_SESSION_BUSY': return ['busy']
    default: return null
  }
}

/** Why nothing can be confirmed for this long. */
export const locked = (seconds: number): Reason => ['locked', { count: Math.ceil(seconds / 60) }]

/** May people who read this have forgotten their password? */
export const isAboutWrongPasswords = ([key]: Reason): boolean => ['passwordWrong', 'passwordWrongLast', 'locked'].includes(key)

/** Errors of confirmations that have a page of their own. */
export const CONFIRMATION_ERRORS: ErrorMessages = { FST_LOGIN_SESSION_CHECK_FAILED: 'unavailable' }

/**
 * What the list shows for the user's kind of confirmation. If the host cannot tell the kind right now, people still see
 * their list with its buttons, and the question asks the host again.
 */
export async function confirmationNoteFor (request: FastifyRequest): Promise<ConfirmationNote> {
  try {
    return CONFIRMATION[await request.confirmationKind()].note
  } catch (error) {
    request.log.warn({ err: error }, 'login sessions: verifyPassword failed, so the list does not know who has a password')
    return CAN_REVOKE
  }
}

/** A field of the request's form; undefined if it is not there. */
export function field ({ body }: Pick<FastifyRequest, 'body'>, name: string): unknown {
  return (body as Record<string, unknown> | null | undefined)?.[name]
}
