/**
 * What each kind of confirmation means for a page: the fields of its form, why it cannot be answered, when it is asked
 * again. A new kind adds its row here, and its fields to templates/confirm-form.eta.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import { LOCK_TIME } from '../confirmation/attempts.js'
import { type AnswerField, type ConfirmationKind, type Proof, type WayView, wayView } from '../confirmation/way.js'
import { type Core, wayInTime } from '../core.js'
import type { LoginSessionError } from '../errors.js'
import type { ErrorMessages, MessageKey } from './messages.js'
import type { Texts } from './texts.js'

/** What the list shows about the user's kind of confirmation. */
export interface ConfirmationNote {
  canRevoke: boolean
  /** Why not, in words; null if the user can. */
  whyNot: string | null
  /** True if the user needs a password to end sessions, and has none. */
  noPassword: boolean
  /** False if the user signs in without a password, as far as is known. */
  usesPassword: boolean
}

/** The fields of the question's form: each kind of confirmation has its own. */
export interface ConfirmationFields {
  askPassword: boolean
  /** The host's label for its own field; null: there is no such field. */
  answerLabel: string | null
  /** What that field takes. */
  answerField: AnswerField | null
  /** The host's page, where people confirm first; null: there is no such page. */
  confirmLink: { url: string, label: string } | null
}

/** Why something cannot be done: the key of a text and values for its placeholders, or the host's own text. */
export type Reason = [MessageKey, Record<string, number>?] | string

/** What a kind of confirmation means for a page. */
interface ConfirmationRules {
  /** Are failed attempts counted, so that there can be a lock? */
  canLock: boolean
  /** Why nothing can be ended; null if it can. */
  obstacle(way: WayView): Reason | null
  /** The fields of the question's form (templates/confirm-form.eta). @param linkTo makes the link to a path of the host's */
  fields(way: WayView, say: Texts['say'], linkTo: (path: string) => string): ConfirmationFields
}

/** For questions that cannot be answered, or need no proof. */
export const NO_FIELDS: ConfirmationFields = { askPassword: false, answerLabel: null, answerField: null, confirmLink: null }

/** The way of users who need no proof: to sign out the device that they use. */
export const PLAIN_QUESTION: WayView = wayView('question')

const noObstacle = (): null => null
const noFields = (): ConfirmationFields => NO_FIELDS

/** Each kind's rules. */
export const CONFIRMATION: Record<ConfirmationKind, ConfirmationRules> = {
  question: { canLock: false, obstacle: noObstacle, fields: noFields },
  password: { canLock: true, obstacle: noObstacle, fields: () => ({ ...NO_FIELDS, askPassword: true }) },
  answer: { canLock: true, obstacle: noObstacle, fields: ({ label, field }) => ({ ...NO_FIELDS, answerLabel: label, answerField: field }) },
  page: {
    canLock: true,
    obstacle: noObstacle,
    fields: ({ path, label }, say, linkTo) => ({ ...NO_FIELDS, confirmLink: { url: linkTo(path!), label: label ?? say('confirmIdentity') } })
  },
  none: { canLock: false, obstacle: ({ reason }) => reason ?? ['cannotEnd'], fields: noFields },
  'no-password': { canLock: false, obstacle: () => ['noPassword'], fields: noFields }
}

/** What the form's fields prove. */
export const proofIn = ({ body }: FastifyRequest): Proof => body as Proof

const MINUTES = { minutes: LOCK_TIME / 60_000 }

/** Why the question is asked again; null if the user cannot correct the error in its form. */
export function reasonToAskAgain ({ code, retryAfter, attemptsLeft }: LoginSessionError): Reason | null {
  switch (code) {
    case 'FST_LOGIN_SESSION_PASSWORD_REQUIRED': return ['passwordRequired']
    case 'FST_LOGIN_SESSION_PASSWORD_WRONG': return attemptsLeft === 1 ? ['passwordWrongLast', MINUTES] : ['passwordWrong']
    case 'FST_LOGIN_SESSION_ANSWER_REQUIRED': return ['answerRequired']
    case 'FST_LOGIN_SESSION_ANSWER_WRONG': return attemptsLeft === 1 ? ['answerWrongLast', MINUTES] : ['answerWrong']
    case 'FST_LOGIN_SESSION_CONFIRMATION_REQUIRED': return ['confirmationExpired']
    case 'FST_LOGIN_SESSION_NO_PASSWORD': return ['noPassword']
    case 'FST_LOGIN_SESSION_CANNOT_CONFIRM': return ['cannotEnd']
    case 'FST_LOGIN_SESSION_LOCKED': return locked(Number(retryAfter))
    case 'FST_LOGIN_SESSION_BUSY': return ['busy']
    default: return null
  }
}

/** Why nothing can be confirmed for this long. */
export const locked = (seconds: number): Reason => ['locked', { count: Math.ceil(seconds / 60) }]

/** May people who read this have forgotten their password, if they confirm by one? */
export const isAboutFailures = (reason: Reason): boolean =>
  typeof reason !== 'string' && ['passwordWrong', 'passwordWrongLast', 'locked'].includes(reason[0])

/** The reason in words. */
export const wordsOf = (reason: Reason, say: Texts['say']): string => typeof reason === 'string' ? reason : say(...reason)

/** Errors of confirmations that have a page of their own. */
export const CONFIRMATION_ERRORS: ErrorMessages = { FST_LOGIN_SESSION_CHECK_FAILED: 'checkFailed' }

const UNKNOWN_WAY = 'login sessions: the host did not say how this user confirms, so the list does not know who can end sessions'

/**
 * What the list shows for the user's kind of confirmation. If the host does not tell the kind soon, people still see their
 * list with its buttons, and the question asks the host again.
 */
export async function confirmationNoteFor (request: FastifyRequest, wayFor: Core['wayFor'], say: Texts['say']): Promise<ConfirmationNote> {
  const way = await wayInTime(request, wayFor, UNKNOWN_WAY) ?? PLAIN_QUESTION
  const obstacle = CONFIRMATION[way.kind].obstacle(way)
  return {
    canRevoke: obstacle === null,
    whyNot: obstacle && wordsOf(obstacle, say),
    noPassword: way.kind === 'no-password',
    usesPassword: usesPassword(way)
  }
}

/** Where a plain question is always enough, nothing is known of passwords. Then the advice is to change it. */
const usesPassword = ({ kind, recent }: WayView): boolean => kind === 'password' || (kind === 'question' && !recent)

/** A field of the request's form; undefined if it is not there. */
export function field ({ body }: Pick<FastifyRequest, 'body'>, name: string): unknown {
  return (body as Record<string, unknown> | null | undefined)?.[name]
}
