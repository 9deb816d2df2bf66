/**
 * Forms: their fields, and the form again with the reason why an entry is refused.
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LoginSessionError } from '../plugin/index.js'
import { UNAVAILABLE } from './error-page.js'
import { FieldError } from './field-error.js'

/** The text of this field, or '' if it was not sent. A field that was sent twice comes as an array, which no form of this site sends. */
export function field (request: FastifyRequest, name: string): string {
  const value = (request.body as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value : ''
}

/**
 * Shows a form again with the reason, at the field that it is about. The model has the entries that stay. An error that is not
 * the form's is thrown again.
 *
 * @param proof the field that a wrong confirmation is about
 */
export async function formAgain (reply: FastifyReply, form: string, model: object, error: unknown, proof = 'current'): Promise<FastifyReply> {
  const reason = reasonOf(error, proof)
  if (reason === null) throw error
  const { field, message, statusCode, headers } = reason
  if (statusCode >= 500) reply.log.error(error)
  return await reply.code(statusCode).headers(headers).view(form, { ...model, errors: { [field]: message } })
}

const CONFIRMATION_ERRORS: Partial<Record<string, string>> = {
  FST_LOGIN_SESSION_PASSWORD_REQUIRED: 'Enter your current password.',
  FST_LOGIN_SESSION_PASSWORD_WRONG: 'This is not your current password.',
  FST_LOGIN_SESSION_ANSWER_WRONG: 'This is wrong, or no longer valid. Try again.',
  FST_LOGIN_SESSION_LOCKED: 'That was wrong too often. Try again in {minutes} minutes.'
}

function reasonOf (error: unknown, proof: string) {
  if (error instanceof FieldError) return { field: error.field, message: error.message, statusCode: 422, headers: {} }
  const { code, statusCode, headers = {}, retryAfter } = error as LoginSessionError
  if (statusCode === 503) return { field: 'form', message: UNAVAILABLE.message, statusCode, headers }
  const message = CONFIRMATION_ERRORS[code]?.replace('{minutes}', String(Math.ceil(Number(retryAfter) / 60)))
  return message === undefined ? null : { field: proof, message, statusCode, headers }
}
