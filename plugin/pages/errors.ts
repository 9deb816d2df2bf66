/**
 * Errors as pages: a whole page for a browser, a line of text for htmx, the sign-in page for strangers.
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { MessageKey } from './messages.js'
import type { FrameOf } from './frame.js'
import { isFragment } from './headers.js'
import { type HandledError, reportError } from '../request/report-error.js'
import { render } from './templates.js'

const REASONS: Record<string, MessageKey> = {
  FST_LOGIN_SESSION_NOT_FOUND: 'gone',
  FST_LOGIN_SESSION_CROSS_ORIGIN: 'crossOrigin',
  FST_LOGIN_SESSION_CSRF_TOKEN: 'formExpired',
  FST_LOGIN_SESSION_STORE_UNAVAILABLE: 'unavailable',
  FST_LOGIN_SESSION_PASSWORD_CHECK_FAILED: 'unavailable'
}

/** The error handler of the pages' context. @param signInUrl where a stranger with this request is sent */
export function pageErrors (frameOf: FrameOf, signInUrl: (request: FastifyRequest) => string) {
  return function loginSessionPageError (error: HandledError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    if (error.code === 'FST_LOGIN_SESSION_REQUIRED') return toSignIn(request, reply, signInUrl(request))
    reportError(error, request, reply, 'page')
    // htmx would swap the error into whatever the request was for; the reason belongs beside it. Where a dialog is open
    // and its form can be sent again, the form says so itself (templates/confirm-form.eta).
    if (isFragment(request)) reply.header('hx-retarget', '[data-ls-part=problem]').header('hx-reswap', 'innerHTML')
    const frame = frameOf(request)
    const model = { ...frame, title: frame.say('errorTitle'), message: frame.say(REASONS[error.code] ?? 'unexpected') }
    return render(reply, isFragment(request) ? 'problem' : 'error', model)
  }
}

/** Never the sign-in page inside a fragment. */
function toSignIn (request: FastifyRequest, reply: FastifyReply, url: string): FastifyReply {
  return isFragment(request)
    ? reply.code(401).header('hx-redirect', url).type('text/html; charset=utf-8').send('')
    : reply.redirect(url, 303)
}
