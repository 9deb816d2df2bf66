/**
 * A mailed code and the browser that asked for it. It can be used in that browser only.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import type { CodePurpose, Recipient } from './codes.js'
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

/** Where this browser's code was sent; undefined: the browser has asked for none. */
export function codeSentTo ({ session: { code } }: FastifyRequest, purpose: CodePurpose): string | undefined {
  return code?.purpose === purpose ? code.email : undefined
}

/** The user whose code was entered; null: it is wrong, or no longer valid. */
export async function userOfCode (request: FastifyRequest, { codes }: Services, purpose: CodePurpose): Promise<string | null> {
  const { code } = request.session
  const userId = code === undefined ? null : await codes.userOf(purpose, code.id, field(request, 'code'))
  if (userId !== null) delete request.session.code
  return userId
}

/** What the form says if it is not right. */
export const WRONG_CODE = 'This code is not right, or no longer valid. Look again, or ask for a new one.'
