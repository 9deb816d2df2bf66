/**
 * What the pages and the API have in common when a request fails. Each then answers in its own way.
 * @module
 */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { LoginSessionError } from '../errors.js'

/** The errors that reach an error handler: Fastify's, the host's, and ours, which have response headers. */
export type HandledError = FastifyError & Pick<LoginSessionError, 'headers'>

/** Sets the error's status and headers on the reply, and logs the error. Returns the status. */
export function reportError (error: HandledError, request: FastifyRequest, reply: FastifyReply, part: 'page' | 'API'): number {
  const { statusCode = 500, headers = {} } = error
  if (statusCode >= 500) request.log.error({ err: error }, `login sessions: the ${part} failed`)
  else request.log.info({ err: error }, `login sessions: the ${part} refused a request`)
  reply.code(statusCode).headers(headers)
  return statusCode
}
