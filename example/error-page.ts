/**
 * Errors as pages; strangers are sent to the sign-in page, and people who have to confirm to that page.
 * @module
 */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { LoginSessionError } from '../plugin/index.js'
import { withReturnTo } from './return-to.js'

export const NOT_FOUND = { title: 'Page not found', message: 'There is nothing at this address. It may have moved, or have a typing error in it.' }

/** During an outage nobody is signed out: people who were signed in still are. */
export const UNAVAILABLE = { title: 'Back in a moment', message: 'We cannot reach our database right now. Try again in a moment; if you were signed in, you still are.' }

/** Unforeseen errors speak to programmers; the page does not. */
const UNFORESEEN = { title: 'Something went wrong', message: 'This was not your fault. Try again in a moment.' }

/** The error handler of all pages of the site. */
export async function errorPage (error: FastifyError & Pick<LoginSessionError, 'headers'>, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { code, statusCode = 500, headers = {} } = error
  // The URL of each form can also be opened: it is the form's page, or it leads there.
  if (statusCode === 401) return reply.redirect(withReturnTo('/sign-in', request.url), 303)
  if (code === 'FST_LOGIN_SESSION_CONFIRMATION_REQUIRED') return reply.redirect(withReturnTo('/account/confirm', request.url), 303)
  if (statusCode >= 500) request.log.error(error)
  return await reply.code(statusCode).headers(headers).view('error', wordsFor(error, statusCode))
}

function wordsFor (error: Error, statusCode: number): { title: string, message: string } {
  if (statusCode === 503) return UNAVAILABLE
  return statusCode >= 500 ? UNFORESEEN : { title: 'That did not work', message: `${error.message}.` }
}
