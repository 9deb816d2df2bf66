/**
 * What the pages and the API do alike with an error, before each answers it in its own way.
 * @module
 */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { LoginSessionError } from '../errors.js'

/** What reaches an error handler: Fastify's errors, the host's, and ours with their response headers. */
export type HandledError = FastifyError & Pick<LoginSessionError, 'headers'>

/** Puts the error's status and headers on the reply and a line into the log. Returns the status. */
export function reportError (error: HandledError, request: FastifyRequest, reply: FastifyReply, where: 'page' | 'API'): number {
  const { statusCode = 500, headers = {} } = error
  if (statusCode >= 500) request.log.error({ err: error }, `login sessions: the ${where} failed`)
  else request.log.info({ err: error }, `login sessions: the ${where} refused a request`)
  reply.code(statusCode).headers(headers)
  return statusCode
}
