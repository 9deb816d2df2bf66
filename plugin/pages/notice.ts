/**
 * The message that the next page shows once. It is kept in the session, so that no URL contains it.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import type { MessageKey } from './messages.js'
import type { NoticeView, PageView } from './view-models.js'

/** The key of a text and its values, but not the text: the next page may be in another language. */
export interface Notice {
  key: MessageKey
  values: Record<string, string | number>
  /** True: the password should be changed now. The notice leads there if the page knows where. */
  changePassword?: boolean
}

declare module 'fastify' {
  interface Session {
    loginSessionNotice?: Notice
  }
}

/** There is nothing to say. */
export const NO_NOTICE: NoticeView = { message: null, messageLink: null }

/** The notice in words. */
export function toNoticeView ({ key, values, changePassword = false }: Notice, { say, passwordUrl }: PageView): NoticeView {
  const messageLink = changePassword && passwordUrl !== null ? { url: passwordUrl, label: say('changePassword') } : null
  return { message: say(key, values), messageLink }
}

/** Leaves a notice for the next page. */
export function leaveNotice (request: FastifyRequest, notice: Notice): void {
  request.session.loginSessionNotice = notice
}

/** The waiting notice in words. It is removed. */
export function takeNotice (request: FastifyRequest, frame: PageView): NoticeView {
  const notice = request.session.loginSessionNotice
  // Nobody reads the answer to a HEAD request or a prefetch now, so the notice keeps waiting.
  if (notice === undefined || request.method === 'HEAD' || request.headers['sec-purpose'] !== undefined) return NO_NOTICE
  delete request.session.loginSessionNotice
  return toNoticeView(notice, frame)
}
