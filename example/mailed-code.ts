/**
 * A mailed code and the browser that asked for it. It can be used in that browser only.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import type { CodePurpose, Recipient } from './codes.js'
import { FieldError } from './field-error.js'
import { field } from './forms.js'
import { codeMail } from './mail.js'
import type { Services } from './services.js'

declare module 'fastify' {
  interface Session {
    /** The code that this browser asked for last, by its id. The code itself is in the mail only. */
    code?: { id: string, purpose: CodePurpose, email: string }
  }
}

/** Mails a code, if somebody has the address. A real site queues the mail, so that the answer takes the same time in both cases. */
export async function mailCode (request: FastifyRequest, { codes, sendMail }: Services, purpose: CodePurpose, recipient: Recipient): Promise<void> {
  const { id, code } = await codes.create(purpose, recipient)
  request.session.code = { id, purpose, email: recipient.email }
  if (recipient.userId !== null) sendMail(codeMail(recipient.email, code))
}

/** The address to which this browser's code was sent; undefined: the browser has asked for none, or has used it. */
export function codeSentTo ({ session: { code } }: FastifyRequest, purpose: CodePurpose): string | undefined {
  return code?.purpose === purpose ? code.email : undefined
}

/**
 * Call this before a code is checked: an empty field is no attempt.
 * @throws FieldError if the field is empty
 */
export function requireCode (request: FastifyRequest): void {
  if (field(request, 'code').trim() === '') throw new FieldError('code', 'Enter the code from the mail.')
}

/** The error for a browser that has asked for no code. Without a code there is nothing to compare, so this is no attempt. */
export function noCodeSent (): FieldError {
  return new FieldError('form', 'This browser has asked for no code, or has used it. Get a new one.')
}

/** The user whose code was entered, if this browser has asked for one (`codeSentTo`); null: it is wrong, or no longer valid. */
export async function userOfCode (request: FastifyRequest, { codes }: Services, purpose: CodePurpose): Promise<string | null> {
  const userId = await codes.userOf(purpose, request.session.code!.id, field(request, 'code'))
  if (userId !== null) delete request.session.code
  return userId
}

/** The form's words for a code that is not right. */
export const WRONG_CODE = 'This code is wrong, or no longer valid. Look again, or ask for a new one.'
