/**
 * Errors as pages: a whole page for a browser, a line in the status region for htmx, the sign-in page for strangers.
 * @module
 */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { MessageKey } from './messages.js'
import { isFragment } from './page-headers.js'
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
  return function loginSessionPageError (error: FastifyError & { headers?: Record<string, string> }, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { code, statusCode = 500, headers = {} } = error
    reply.headers(headers)
    if (code === 'FST_LOGIN_SESSION_REQUIRED') return toSignIn(request, reply, signInPath)
    if (statusCode >= 500) request.log.error({ err: error }, 'login sessions: the page failed')
    else request.log.info({ err: error }, 'login sessions: the page refused a request')
    // htmx would swap the error into whatever the request was for; the reason belongs beside the list.
    if (isFragment(request)) reply.header('hx-retarget', '#login-sessions-problem').header('hx-reswap', 'innerHTML')
    const message = page.say(REASONS[code] ?? 'unexpected')
    const model = { ...page, title: page.say('errorTitle'), message }
    return render(reply.code(statusCode), isFragment(request) ? 'problem' : 'error', model)
  }
}

/** Never the sign-in page inside a fragment. */
function toSignIn (request: FastifyRequest, reply: FastifyReply, signInPath: string): FastifyReply {
  return isFragment(request)
    ? reply.code(401).header('hx-redirect', signInPath).type('text/html; charset=utf-8').send('')
    : reply.redirect(signInPath, 303)
}
