/**
 * Errors as pages: a whole page for a browser, a line in the status region for htmx, the sign-in page for strangers.
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { MessageKey } from './messages.js'
import { isFragment } from './page-headers.js'
import { type HandledError, reportError } from './report-error.js'
import { type PageView, render } from './views.js'

const REASONS: Record<string, MessageKey> = {
  FST_LOGIN_SESSION_NOT_FOUND: 'gone',
  FST_LOGIN_SESSION_CROSS_ORIGIN: 'crossOrigin',
  FST_LOGIN_SESSION_CSRF_TOKEN: 'formExpired',
  FST_LOGIN_SESSION_STORE_UNAVAILABLE: 'unavailable',
  FST_LOGIN_SESSION_PASSWORD_CHECK_FAILED: 'unavailable'
}

/** The error handler of the pages' context. */
export function pageErrors (page: PageView, signInPath: string) {
  return function loginSessionPageError (error: HandledError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    if (error.code === 'FST_LOGIN_SESSION_REQUIRED') return toSignIn(request, reply, signInPath)
    reportError(error, request, reply, 'page')
    // htmx would swap the error into whatever the request was for; the reason belongs beside the list.
    if (isFragment(request)) reply.header('hx-retarget', '#login-sessions-problem').header('hx-reswap', 'innerHTML')
    const message = page.say(REASONS[error.code] ?? 'unexpected')
    const model = { ...page, title: page.say('errorTitle'), message }
    return render(reply, isFragment(request) ? 'problem' : 'error', model)
  }
}

/** Never the sign-in page inside a fragment. */
function toSignIn (request: FastifyRequest, reply: FastifyReply, signInPath: string): FastifyReply {
  return isFragment(request)
    ? reply.code(401).header('hx-redirect', signInPath).type('text/html; charset=utf-8').send('')
    : reply.redirect(signInPath, 303)
}
