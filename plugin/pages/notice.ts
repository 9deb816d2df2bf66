/**
 * The one-shot message for the next page view: kept in the session, so that it is in no URL and said once.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import type { MessageKey } from './messages.js'
import type { Texts } from './texts.js'

/** What happened, not its words: the next page may be in another language. */
export interface Notice {
  key: MessageKey
  values: Record<string, string | number>
}

declare module 'fastify' {
  interface Session {
    loginSessionNotice?: Notice
  }
}

/** Leaves a notice for the next page. */
export function leaveNotice (request: FastifyRequest, notice: Notice): void {
  request.session.loginSessionNotice = notice
}

/** The words of the notice that is waiting, which waits no longer; null: there is none. */
export function takeNotice (request: FastifyRequest, { say }: Texts): string | null {
  const notice = request.session.loginSessionNotice
  // Who asks for the headers only, or for later, reads nothing.
  if (notice === undefined || request.method === 'HEAD' || request.headers['sec-purpose'] !== undefined) return null
  delete request.session.loginSessionNotice
  return say(notice.key, notice.values)
}
