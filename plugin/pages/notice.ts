/**
 * The message that the next page shows once. It is kept in the session, so that no URL contains it.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import type { MessageKey } from './messages.js'
import type { Texts } from './texts.js'

/** The key of a text and its values, but not the text: the next page may be in another language. */
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

/** The text of the waiting notice, which is removed; null if there is none. */
export function takeNotice (request: FastifyRequest, { say }: Texts): string | null {
  const notice = request.session.loginSessionNotice
  // Nobody reads the answer to a HEAD request or a prefetch now, so the notice keeps waiting.
  if (notice === undefined || request.method === 'HEAD' || request.headers['sec-purpose'] !== undefined) return null
  delete request.session.loginSessionNotice
  return say(notice.key, notice.values)
}
