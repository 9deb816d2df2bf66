/**
 * Errors as pages: a whole page for a browser, a line of text for htmx, the sign-in page for people who are not signed in.
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorMessages, MessageKey } from './messages.js'
import type { Kit } from './kit.js'
import { withParameter } from './frame.js'
import { isFragment, loadPage } from './headers.js'
import { type HandledError, reportError } from '../core.js'
import { renderKit } from './templates.js'

/** Errors that every page can have. */
const MESSAGES: ErrorMessages = {
  FST_LOGIN_SESSION_NOT_FOUND: 'gone',
  FST_LOGIN_SESSION_CROSS_ORIGIN: 'crossOrigin',
  FST_LOGIN_SESSION_CSRF_TOKEN: 'formExpired',
  FST_LOGIN_SESSION_STORE_UNAVAILABLE: 'unavailable',
  FST_LOGIN_SESSION_DEVICE_UNPROVEN: 'unavailable'
}

/**
 * The error handler of a context of pages.
 *
 * @param signIn where people who are not signed in are sent
 * @param pageMessages for errors that only this page can have
 * @param isHidden says that the page does not exist for this request
 * @throws the error itself then: the error handler of the context above answers, as for unknown URLs
 */
export function createErrorPages (
  kit: Kit, signIn: SignInOptions, pageMessages: ErrorMessages, isHidden: (request: FastifyRequest) => boolean = () => false
) {
  const { frameOf, setHeaders } = kit
  const signInUrl = createSignInUrl(signIn, kit)
  const messages: Record<string, MessageKey> = { ...MESSAGES, ...pageMessages }

  return function loginSessionPageError (error: HandledError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    if (isHidden(request)) throw error
    // A hook of the host's may have refused the request before our own hook has run.
    setHeaders(reply)
    if (error.code === 'FST_LOGIN_SESSION_REQUIRED') return toSignIn(request, reply, signInUrl(request))
    const status = reportError(error, request, reply, 'page')
    // htmx would swap the error into the target of the request, but it belongs beside the list. If a dialog is open and
    // its form can be sent again, the form shows the error itself (templates/confirm-form.eta).
    if (isFragment(request)) reply.header('hx-retarget', '[data-ls-part=problem]').header('hx-reswap', 'innerHTML')
    const frame = frameOf(request)
    const message = messages[error.code] ?? (status === 429 ? 'tooManyRequests' : 'unexpected')
    const model = { ...frame, title: frame.say('errorTitle'), message: frame.say(message) }
    return renderKit(reply, isFragment(request) ? 'problem' : 'error', model)
  }
}

function toSignIn (request: FastifyRequest, reply: FastifyReply, url: string): FastifyReply {
  return isFragment(request) ? loadPage(reply.code(401), url) : reply.redirect(url, 303)
}

/** Where people sign in. */
export interface SignInOptions {
  signInPath: string
  /** Query parameter that tells the sign-in page where people wanted to go. */
  returnTo?: string | undefined
}

/** The sign-in URL for a request, with the way back if the host wants it. */
function createSignInUrl (signIn: SignInOptions, { frameOf, urlOf }: Kit): (request: FastifyRequest) => string {
  return request => {
    const wanted = request.method === 'GET' && !isFragment(request) ? urlOf(request) : frameOf(request).homeUrl
    return signInUrlTo(signIn, wanted)
  }
}

/** The sign-in URL. @param wanted where people come back to, if the host wants to know */
export const signInUrlTo = ({ signInPath, returnTo }: SignInOptions, wanted: string): string =>
  returnTo === undefined ? signInPath : withParameter(signInPath, returnTo, wanted)
