/**
 * Errors as pages: a whole page for a browser, a line of text for htmx, the sign-in page for people who are not signed in.
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorMessages, MessageKey } from './messages.js'
import { type FrameOf, withParameter } from './frame.js'
import { isFragment, setPageHeaders } from './headers.js'
import { type HandledError, reportError } from '../core.js'
import { renderKit } from './templates.js'

/** Errors that every page can have. */
const MESSAGES: ErrorMessages = {
  FST_LOGIN_SESSION_NOT_FOUND: 'gone',
  FST_LOGIN_SESSION_CROSS_ORIGIN: 'crossOrigin',
  FST_LOGIN_SESSION_CSRF_TOKEN: 'formExpired',
  FST_LOGIN_SESSION_STORE_UNAVAILABLE: 'unavailable'
}

/**
 * The error handler of a context of pages.
 *
 * @param signInUrl where people who are not signed in are sent
 * @param pageMessages for errors that only this page can have
 */
export function createErrorPages (frameOf: FrameOf, signInUrl: (request: FastifyRequest) => string, pageMessages: ErrorMessages) {
  const messages: Record<string, MessageKey> = { ...MESSAGES, ...pageMessages }

  return function loginSessionPageError (error: HandledError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    // A hook of the host's may have refused the request before our own hook has run.
    setPageHeaders(request, reply)
    if (error.code === 'FST_LOGIN_SESSION_REQUIRED') return toSignIn(request, reply, signInUrl(request))
    reportError(error, request, reply, 'page')
    // htmx would swap the error into the target of the request, but it belongs beside the list. If a dialog is open and
    // its form can be sent again, the form shows the error itself (templates/confirm-form.eta).
    if (isFragment(request)) reply.header('hx-retarget', '[data-ls-part=problem]').header('hx-reswap', 'innerHTML')
    const frame = frameOf(request)
    const model = { ...frame, title: frame.say('errorTitle'), message: frame.say(messages[error.code] ?? 'unexpected') }
    return renderKit(reply, isFragment(request) ? 'problem' : 'error', model)
  }
}

/** For htmx, a header loads the sign-in page. htmx would insert the target of a redirect into the page. */
function toSignIn (request: FastifyRequest, reply: FastifyReply, url: string): FastifyReply {
  return isFragment(request)
    ? reply.code(401).header('hx-redirect', url).type('text/html; charset=utf-8').send('')
    : reply.redirect(url, 303)
}

/** Where people sign in. */
export interface SignInOptions {
  signInPath: string
  /** Query parameter that tells the sign-in page where people wanted to go. */
  returnTo?: string | undefined
}

/** The sign-in URL for a request, with the way back if the host wants it. */
export function createSignInUrl ({ signInPath, returnTo }: SignInOptions, frameOf: FrameOf): (request: FastifyRequest) => string {
  return request => {
    if (returnTo === undefined) return signInPath
    const wanted = request.method === 'GET' && !isFragment(request) ? request.url : frameOf(request).homeUrl
    return withParameter(signInPath, returnTo, onThisSite(wanted))
  }
}

/**
 * The path and query of a request's target. A client may send it in absolute form (RFC 9112, 3.2.2), and
 * "//evil.example" would be another site.
 */
const onThisSite = (target: string): string => target.replace(/^[a-z][a-z\d+.-]*:\/\/[^/\\?#]*/i, '').replace(/^[/\\]*/, '/')
