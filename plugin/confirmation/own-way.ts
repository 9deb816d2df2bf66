/**
 * Confirmation in the host's own way: its page, its field, a plain question, or none.
 * @module
 */
import {
  answerRequiredError, answerWrongError, cannotConfirmError, confirmationRequiredError, optionError
} from '../errors.js'
import { aFunction, aPath, duration, isObject, oneOf, type OptionTable, resolveTable } from '../option-check.js'
import type { LoginSession } from '../sessions/login-session.js'
import { askHost } from './ask-host.js'
import { ANSWER_FIELDS, type AnswerField, type ConfirmationWay, type Trial, wayView } from './way.js'

/** How one user can confirm. Labels and reasons are shown as they are, so write them in the reader's language. */
export type ConfirmationChoice = PageChoice | AnswerChoice | { way: 'question' } | NoChoice

/**
 * Your own page: for a passkey, a mailed code, the identity provider. There you call `request.confirmLoginSession`, and send
 * people back.
 */
export interface PageChoice {
  way: 'page'
  /** The path of the page. With the pages' option `returnTo`, it gets that parameter: where people come back to. */
  path: string
  /** The label of the link to it. @default a text of the page: "Confirm that it is you" */
  label?: string | undefined
  /** A confirmation, or the sign-in, counts for this long, in ms. @default 10 minutes */
  validFor?: number | undefined
}

/** One field on the account page, such as the code of an authenticator app. */
export interface AnswerChoice {
  way: 'answer'
  /** The label of the field. */
  label: string
  /** What the field takes: 'digits' for most codes, 'secret' for a PIN. @default 'text' */
  field?: AnswerField | undefined
  /** Is this answer right? It is handed over as it was typed. */
  check: (answer: string) => boolean | Promise<boolean>
  /** A confirmation, or the sign-in, counts for this long, in ms. @default 0: people answer each time */
  validFor?: number | undefined
}

/** This user sees the list, and cannot end sessions. */
export interface NoChoice {
  way: 'none'
  /** Why. @default a text of the page */
  reason?: string | undefined
}

/** Chooses how a user confirms: the option `confirm`. null or undefined: by password. */
export type Confirm<Request> = (session: LoginSession, request: Request) =>
  ConfirmationChoice | null | undefined | Promise<ConfirmationChoice | null | undefined>

/**
 * How long a confirmation on the host's page counts by default, in ms: time to come back and end a few sessions. Elsewhere it
 * is five minutes (MediaWiki before 1.45) to two hours (GitHub).
 */
export const VALID_FOR: number = 10 * 60_000

/** The longest answer that is checked, in characters. A signed answer of a passkey is shorter, too. */
export const ANSWER_LENGTH = 8192

const aLabel = (text: unknown): string | undefined =>
  typeof text === 'string' && text.trim() !== '' ? undefined : 'must be a text that is not empty'
const zeroOrDuration = (validFor: number | undefined): string | undefined =>
  validFor === 0 ? undefined : duration()(validFor!)
const label = { check: aLabel, write: "'Code from your authenticator app'" }

/** The options of each way, beside its name. {@link ownWay} has their defaults. */
const TABLES: { [Way in ConfirmationChoice['way']]: OptionTable<Omit<Extract<ConfirmationChoice, { way: Way }>, 'way'>> } = {
  page: {
    path: { check: aPath, write: "'/account/confirm'" },
    label: { default: undefined, ...label, write: "'Confirm with your passkey'" },
    validFor: { default: undefined, check: duration(), write: '10 * 60_000 for ten minutes' }
  },
  answer: {
    label,
    field: { default: undefined, check: oneOf(...ANSWER_FIELDS), write: "'digits'" },
    check: { check: aFunction, write: 'answer => codes.verify(session.userId, answer)' },
    validFor: { default: undefined, check: zeroOrDuration, write: '10 * 60_000 for ten minutes, or 0' }
  },
  question: {},
  none: { reason: { default: undefined, check: aLabel, write: "'Add a passkey first.'" } }
}

/**
 * The host's choice, checked; null: the password.
 *
 * @throws FST_LOGIN_SESSION_CHECK_FAILED if `confirm` throws or hangs: nothing can be confirmed then
 * @throws FST_LOGIN_SESSION_OPTION if it answers with something else than a choice
 */
export async function askConfirm<Request> (
  confirm: Confirm<Request>, session: LoginSession, request: Request
): Promise<ConfirmationChoice | null> {
  const choice = await askHost('confirm', async () => await confirm(session, request)) ?? null
  if (choice === null) return null
  if (!isObject(choice) || !Object.hasOwn(TABLES, choice.way)) {
    throw optionError("confirm must choose a way: return { way: 'page', path: '/account/confirm' }, { way: 'answer', label, check }, " +
      "{ way: 'question' } or { way: 'none' }; null for the password")
  }
  const { way, ...rest } = choice
  return { way, ...resolveTable(TABLES[way] as OptionTable<object>, rest, { kind: 'option', name: 'confirm' }) } as ConfirmationChoice
}

/** The way that the host has chosen. @param choice already checked */
export function ownWay (choice: ConfirmationChoice): ConfirmationWay {
  switch (choice.way) {
    case 'page': {
      const { path, label = null, validFor = VALID_FOR } = choice
      return { view: wayView('page', { path, label }), validFor, check: () => { throw confirmationRequiredError(path) } }
    }
    case 'answer': {
      const { label, field = 'text', check, validFor = 0 } = choice
      return { view: wayView('answer', { label, field }), validFor, check: ({ answer }) => answerTrial(answer, check) }
    }
    case 'question': return { view: wayView('question'), validFor: 0, check: null }
    case 'none': {
      const { reason = null } = choice
      return { view: wayView('none', { reason }), validFor: 0, check: () => { throw cannotConfirmError() } }
    }
  }
}

function answerTrial (answer: unknown, check: AnswerChoice['check']): Trial {
  if (typeof answer !== 'string' || answer === '') throw answerRequiredError()
  // Counted as an attempt like any wrong answer, but not handed over.
  if (answer.length > ANSWER_LENGTH) return { verify: async () => false, hashes: false, wrongError: answerWrongError }
  return hostTrial(() => check(answer), 'confirm')
}

/** An attempt that the host checks. Only `true` is right. @param name what the host gave the check as */
export function hostTrial (check: () => boolean | Promise<boolean>, name: string): Trial {
  return { verify: async () => await askHost(name, async () => await check()) === true, hashes: false, wrongError: answerWrongError }
}
