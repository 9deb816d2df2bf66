/**
 * Every coded error of this package. Test for the `code`, never for the message.
 *
 * @example
 * app.setErrorHandler((error, request, reply) => {
 *   if (error.code === 'FST_LOGIN_SESSION_REQUIRED') return reply.redirect('/login', 303)
 *   return reply.send(error)
 * })
 * @module
 */
import createError from '@fastify/error'

/** The `code` of every error that this package throws. */
export type LoginSessionErrorCode =
  | 'FST_LOGIN_SESSION_OPTION'
  | 'FST_LOGIN_SESSION_REQUIRED'
  | 'FST_LOGIN_SESSION_CROSS_ORIGIN'
  | 'FST_LOGIN_SESSION_CSRF_TOKEN'
  | 'FST_LOGIN_SESSION_NOT_FOUND'
  | 'FST_LOGIN_SESSION_NO_PASSWORD'
  | 'FST_LOGIN_SESSION_PASSWORD_REQUIRED'
  | 'FST_LOGIN_SESSION_PASSWORD_WRONG'
  | 'FST_LOGIN_SESSION_LOCKED'
  | 'FST_LOGIN_SESSION_PASSWORD_CHECK_FAILED'
  | 'FST_LOGIN_SESSION_STORE_UNAVAILABLE'

/** An error of this package: a stable `code`, an HTTP `statusCode`, and the response headers that belong to it. */
export interface LoginSessionError extends Error {
  code: LoginSessionErrorCode
  statusCode: number
  /** Fastify's default error handler puts these on the reply. */
  headers?: Record<string, string>
  /** Seconds after which it is worth trying again. */
  retryAfter?: number
}

/** Seconds after which a client may ask again when the store was away. */
const RETRY_AFTER_SECONDS = 2

const OptionError = createError<[string]>('FST_LOGIN_SESSION_OPTION', 'fastify-login-sessions: %s', 500)
const RequiredError = createError<[]>('FST_LOGIN_SESSION_REQUIRED', 'Sign in to continue', 401)
const CrossOriginError = createError<[]>('FST_LOGIN_SESSION_CROSS_ORIGIN', 'This request came from another site and was refused', 403)
const CsrfTokenError = createError<[]>('FST_LOGIN_SESSION_CSRF_TOKEN', 'The form has expired: load the page again and repeat', 403)
const NotFoundError = createError<[]>('FST_LOGIN_SESSION_NOT_FOUND', 'There is no such session, or it has ended already', 404)
const NoPasswordError = createError<[]>('FST_LOGIN_SESSION_NO_PASSWORD', 'This account has no password to confirm with', 409)
const PasswordRequiredError = createError<[]>('FST_LOGIN_SESSION_PASSWORD_REQUIRED', 'Enter your password', 422)
const PasswordWrongError = createError<[]>('FST_LOGIN_SESSION_PASSWORD_WRONG', 'This password is not right', 422)
const LockedError = createError<[number]>('FST_LOGIN_SESSION_LOCKED', 'Too many wrong passwords: try again in %d seconds', 429)
const PasswordCheckFailedError = createError<[{ cause: unknown }]>('FST_LOGIN_SESSION_PASSWORD_CHECK_FAILED', 'The password could not be checked right now', 503)
const StoreAwayAtBootError = createError<[string, { cause: unknown }]>('FST_LOGIN_SESSION_STORE_UNAVAILABLE',
  'fastify-login-sessions: the store cannot be read at startup (%s): is the database running, and reachable at the address it is given? ' +
  'Where connecting takes longer, await client.connect() first or raise storeTimeout', 503)
const StoreUnavailableError = createError<[{ cause: unknown }]>('FST_LOGIN_SESSION_STORE_UNAVAILABLE', 'Sign-in is temporarily unavailable', 503)

/** Wrong option at registration; `advice` says what to write instead. */
export const optionError = (advice: string): LoginSessionError => as(new OptionError(advice))

/** 401: the route needs a signed-in user. */
export const requiredError = (): LoginSessionError => as(new RequiredError())

/** 403: Sec-Fetch-Site or Origin names another site. */
export const crossOriginError = (): LoginSessionError => as(new CrossOriginError())

/** 403: the form's token is missing, of another session, or forged. */
export const csrfTokenError = (): LoginSessionError => as(new CsrfTokenError())

/** 404: unknown, foreign, expired and already ended sessions, all alike. */
export const notFoundError = (): LoginSessionError => as(new NotFoundError())

/** 409: the user has no password, so there is nothing to confirm with. */
export const noPasswordError = (): LoginSessionError => as(new NoPasswordError())

/** 422: no password was sent; no attempt is counted. */
export const passwordRequiredError = (): LoginSessionError => as(new PasswordRequiredError())

/** 422: the password did not match; the attempt is counted. */
export const passwordWrongError = (): LoginSessionError => as(new PasswordWrongError())

/** 429 with Retry-After: the confirmation of this session is locked for `milliseconds` more. */
export function lockedError (milliseconds: number): LoginSessionError {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000))
  return withRetryAfter(new LockedError(seconds), seconds)
}

/** 503 with Retry-After: the host's `verifyPassword` threw or did not answer; the attempt is not counted. */
export const passwordCheckFailedError = (cause: unknown): LoginSessionError =>
  withRetryAfter(new PasswordCheckFailedError({ cause }), RETRY_AFTER_SECONDS)

/**
 * 503 with Retry-After: the store failed or did not answer in time. Nobody is signed out by it.
 * @param call the call that failed or was given up; see {@link lateOutcomeOf}
 */
export function storeUnavailableError (cause: unknown, call: Promise<unknown>): LoginSessionError {
  const error = withRetryAfter(new StoreUnavailableError({ cause }), RETRY_AFTER_SECONDS)
  // Not enumerable: loggers and serializers must not see it.
  return Object.defineProperty(error, LATE, { value: call })
}

const LATE = Symbol('late outcome')

/** The call that this error of the store gave up, which may still complete; undefined for any other error. */
export function lateOutcomeOf (error: unknown): Promise<unknown> | undefined {
  return (error as { [LATE]?: Promise<unknown> } | null | undefined)?.[LATE]
}

/** Stops the boot: the store failed, or did not answer in time, before the server takes requests. */
export const storeAwayAtBootError = (cause: unknown): LoginSessionError =>
  as(new StoreAwayAtBootError(cause instanceof Error ? cause.message : String(cause), { cause }))

/** Is `error` one of this package's? Narrows to its codes. */
export function isLoginSessionError (error: unknown): error is LoginSessionError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('FST_LOGIN_SESSION_')
}

function withRetryAfter (error: Error, seconds: number): LoginSessionError {
  return Object.assign(as(error), { retryAfter: seconds, headers: { 'retry-after': String(seconds) } })
}

function as (error: Error): LoginSessionError {
  return error as LoginSessionError
}
