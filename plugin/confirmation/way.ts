/**
 * What a way to confirm is: what users see of it, and how a proof is checked. A new way that sends a proof adds its field here.
 * @module
 */

/**
 * What a user must do before a session is ended: answer a plain question, enter the password, fill in the host's own field,
 * go to the host's own page. It cannot be done with 'none' (the host offers nothing) and 'no-password' (the user has none).
 */
export type ConfirmationKind = (typeof CONFIRMATION_KINDS)[number]

/** Every {@link ConfirmationKind}. */
export const CONFIRMATION_KINDS = ['question', 'password', 'answer', 'page', 'none', 'no-password'] as const

/** What the host's own field takes: any text, digits (phones then show digits only), or something that nobody may see. */
export type AnswerField = (typeof ANSWER_FIELDS)[number]

/** Every {@link AnswerField}. */
export const ANSWER_FIELDS = ['text', 'digits', 'secret'] as const

/** What a request sends to confirm: its fields, such as `password`. */
export type Proof = Readonly<Record<string, unknown>>

/** The fields of a request that can be part of a proof, with their description in the API. All are strings. */
export const PROOF_FIELDS: Readonly<Record<string, string>> = {
  password: "The signed-in user's password",
  answer: "What the field of the server's own holds, such as a code"
}

/** What the user sees of the way. */
export interface WayView {
  kind: ConfirmationKind
  /** The host's name for its field ('answer') or for the link to its page ('page'). */
  label: string | null
  /** What the host's field takes ('answer'). */
  field: AnswerField | null
  /** The host's page ('page'). */
  path: string | null
  /** Why this user cannot confirm, in the host's words ('none'). */
  reason: string | null
  /** True: a confirmation or the sign-in still counts, so a question is enough. */
  recent: boolean
}

/** One attempt: a check that can be run, and the coded error if it fails. */
export interface Trial {
  verify(): Promise<boolean>
  /** Does the check keep one of the process's few threads busy, as hashing a password does? */
  hashes: boolean
  /** @param attemptsLeft how many more can fail before the lock */
  wrongError(attemptsLeft: number): Error
}

/**
 * Looks at what was sent, before an attempt is counted.
 * @throws the coded error if nothing was sent that could be checked
 */
export type ProofCheck = (proof: Proof) => Trial

/** How a user can confirm now. */
export interface ConfirmationWay {
  view: WayView
  /** A confirmation, or the sign-in, counts for this long, in ms. 0: each time anew. */
  validFor: number
  /** null: nothing is checked, because a plain question is enough. */
  check: ProofCheck | null
}

/** What users see of a way of this kind. */
export const wayView = (kind: ConfirmationKind, words: Partial<WayView> = {}): WayView =>
  ({ kind, label: null, field: null, path: null, reason: null, recent: false, ...words })
