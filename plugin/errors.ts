/**
 * All errors of this package. Test for the `code`, never for the message.
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
  | 'FST_LOGIN_SESSION_NOT_ALLOWED'
  | 'FST_LOGIN_SESSION_NO_PASSWORD'
  | 'FST_LOGIN_SESSION_PASSWORD_REQUIRED'
  | 'FST_LOGIN_SESSION_PASSWORD_WRONG'
  | 'FST_LOGIN_SESSION_ANSWER_REQUIRED'
  | 'FST_LOGIN_SESSION_ANSWER_WRONG'
  | 'FST_LOGIN_SESSION_CANNOT_CONFIRM'
  | 'FST_LOGIN_SESSION_LOCKED'
  | 'FST_LOGIN_SESSION_BUSY'
  | 'FST_LOGIN_SESSION_CONFIRMATION_REQUIRED'
  | 'FST_LOGIN_SESSION_NOT_BOUND'
  | 'FST_LOGIN_SESSION_DEVICE_UNPROVEN'
  | 'FST_LOGIN_SESSION_CHECK_FAILED'
  | 'FST_LOGIN_SESSION_STORE_UNAVAILABLE'
  | 'FST_LOGIN_SESSION_DATA'

/** An error of this package, with a stable `code`, an HTTP `statusCode` and its response headers. */
export interface LoginSessionError extends Error {
  code: LoginSessionErrorCode
  statusCode: number
  /** Fastify's default error handler puts these on the reply. */
  headers?: Record<string, string>
  /** Seconds after which it is worth trying again. */
  retryAfter?: number
  /** How many more passwords or answers can be wrong before confirming is locked. */
  attemptsLeft?: number
  /** The page where the user confirms, if that is the way. */
  confirmPath?: string
}

/** Seconds after which a client may try again if the store or a password check was unavailable. */
const RETRY_AFTER_SECONDS = 2

const OptionError = createError<[string]>('FST_LOGIN_SESSION_OPTION', 'fastify-login-sessions: %s', 500)
const RequiredError = createError<[]>('FST_LOGIN_SESSION_REQUIRED', 'Sign in to continue', 401)
const CrossOriginError = createError<[]>('FST_LOGIN_SESSION_CROSS_ORIGIN',
  'This request came from another site and was refused', 403)
const CsrfTokenError = createError<[]>('FST_LOGIN_SESSION_CSRF_TOKEN',
  'The form has expired: reload the page and try again', 403)
const NotFoundError = createError<[]>('FST_LOGIN_SESSION_NOT_FOUND', 'There is no such session, or it has ended already', 404)
const NotAllowedError = createError<[]>('FST_LOGIN_SESSION_NOT_ALLOWED', 'You are not allowed to do this', 403)
const NoPasswordError = createError<[]>('FST_LOGIN_SESSION_NO_PASSWORD', 'This account has no password to confirm with', 409)
const PasswordRequiredError = createError<[]>('FST_LOGIN_SESSION_PASSWORD_REQUIRED', 'Enter your password', 422)
const PasswordWrongError = createError<[]>('FST_LOGIN_SESSION_PASSWORD_WRONG', 'Wrong password', 422)
const AnswerRequiredError = createError<[]>('FST_LOGIN_SESSION_ANSWER_REQUIRED', 'Enter an answer', 422)
const AnswerWrongError = createError<[]>('FST_LOGIN_SESSION_ANSWER_WRONG', 'Wrong answer', 422)
const CannotConfirmError = createError<[]>('FST_LOGIN_SESSION_CANNOT_CONFIRM', 'This account has no way to confirm', 409)
const LockedError = createError<[number]>('FST_LOGIN_SESSION_LOCKED', 'Too many wrong attempts: try again in %d seconds', 429)
const BusyError = createError<[]>('FST_LOGIN_SESSION_BUSY', 'Too many attempts are being checked: try again in a moment', 429)
const ConfirmationRequiredError = createError<[]>('FST_LOGIN_SESSION_CONFIRMATION_REQUIRED', 'Confirm that it is you to continue', 403)
const NotBoundError = createError<[]>('FST_LOGIN_SESSION_NOT_BOUND', 'This needs a browser that is bound to its device', 403)
const DeviceUnprovenError = createError<[]>('FST_LOGIN_SESSION_DEVICE_UNPROVEN',
  'Your browser could not prove that it is the one that signed in: try again in a moment', 503)
const CheckFailedError = createError<[{ cause: unknown }]>('FST_LOGIN_SESSION_CHECK_FAILED',
  'This cannot be confirmed right now', 503)
const StoreUnreachableError = createError<[string, { cause: unknown }]>('FST_LOGIN_SESSION_STORE_UNAVAILABLE',
  'fastify-login-sessions: the store cannot be read at startup (%s): is the database running and its address right? ' +
  'If connecting takes longer, await client.connect() first or raise storeTimeout', 503)
const StoreUnavailableError = createError<[{ cause: unknown }]>('FST_LOGIN_SESSION_STORE_UNAVAILABLE',
  'Sign-in is temporarily unavailable', 503)
const DataError = createError<[string, { cause: unknown }]>('FST_LOGIN_SESSION_DATA',
  'request.session has a value that the database refuses (%s): keep strings, numbers, dates, arrays and plain objects in it; ' +
  'values such as ObjectId must come from the mongodb version whose collection was given to mongoStore', 500)

/** 500: the host configured or called this package wrongly. @param advice what to write instead */
export const optionError = (advice: string): LoginSessionError => coded(new OptionError(advice))

/** 401: the route needs a signed-in user. */
export const requiredError = (): LoginSessionError => coded(new RequiredError())

/** 403: Sec-Fetch-Site or Origin names another site. */
export const crossOriginError = (): LoginSessionError => coded(new CrossOriginError())

/** 403: the form's token is missing, forged, or of another session. */
export const csrfTokenError = (): LoginSessionError => coded(new CsrfTokenError())

/** 404: the same for unknown and foreign sessions, and for sessions that have expired or ended. */
export const notFoundError = (): LoginSessionError => coded(new NotFoundError())

/** 403: the host's `authorize` does not allow this operator to do it. */
export const notAllowedError = (): LoginSessionError => coded(new NotAllowedError())

/** 409: the user has no password, so there is nothing to confirm with. */
export const noPasswordError = (): LoginSessionError => coded(new NoPasswordError())

/** 422: no password was sent. No attempt is counted. */
export const passwordRequiredError = (): LoginSessionError => coded(new PasswordRequiredError())

/** 422: the password did not match. The attempt is counted. @param attemptsLeft how many more can fail before the lock */
export const passwordWrongError = (attemptsLeft: number): LoginSessionError =>
  Object.assign(coded(new PasswordWrongError()), { attemptsLeft })

/** 422: no answer was sent. No attempt is counted. */
export const answerRequiredError = (): LoginSessionError => coded(new AnswerRequiredError())

/**
 * 422: the host's own check did not succeed. The attempt is counted.
 * @param attemptsLeft how many more can fail before the lock
 */
export const answerWrongError = (attemptsLeft: number): LoginSessionError =>
  Object.assign(coded(new AnswerWrongError()), { attemptsLeft })

/** 409: the host offers this user no way to confirm. */
export const cannotConfirmError = (): LoginSessionError => coded(new CannotConfirmError())

/** 429 with Retry-After: confirming is locked for this session, for `milliseconds` more. */
export function lockedError (milliseconds: number): LoginSessionError {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000))
  return withRetryAfter(new LockedError(seconds), seconds)
}

/** 429 with Retry-After: too many checks of this session wait, or this one waited too long. Nothing was checked, and no attempt is counted. */
export const busyError = (): LoginSessionError => withRetryAfter(new BusyError(), RETRY_AFTER_SECONDS)

/** 403: the user must confirm again before this. @param confirmPath where; undefined: on a page that only the host knows */
export const confirmationRequiredError = (confirmPath?: string): LoginSessionError =>
  Object.assign(coded(new ConfirmationRequiredError()), confirmPath !== undefined && { confirmPath })

/** 403: the session is not bound to a device, and the route wants that. */
export const notBoundError = (): LoginSessionError => coded(new NotBoundError())

/**
 * 503 with Retry-After: no proof of the device came, so nobody knows whether the cookie is a copy.
 * @param seconds when the browser may be able to give one
 */
export const deviceUnprovenError = (seconds: number = RETRY_AFTER_SECONDS): LoginSessionError =>
  withRetryAfter(new DeviceUnprovenError(), seconds)

/** 503 with Retry-After: the host's `verifyPassword` or `confirm` threw or did not answer in time. The attempt is not counted. */
export const checkFailedError = (cause: unknown): LoginSessionError =>
  withRetryAfter(new CheckFailedError({ cause }), RETRY_AFTER_SECONDS)

/**
 * 503 with Retry-After: the store failed or did not answer in time. Nobody is signed out by that.
 * @param call the call that failed or timed out, see {@link lateOutcomeOf}
 */
export function storeUnavailableError (cause: unknown, call: Promise<unknown>): LoginSessionError {
  const error = withRetryAfter(new StoreUnavailableError({ cause }), RETRY_AFTER_SECONDS)
  // Not enumerable: loggers and serializers must not see it.
  return Object.defineProperty(error, LATE, { value: call })
}

/** 500: the host put a value into `request.session` that the store cannot keep. Nothing was saved. */
export const dataError = (cause: Error): LoginSessionError => coded(new DataError(cause.message, { cause }))

const LATE = Symbol('late outcome')

/** The call of the store that failed with this error. It may still complete. undefined for any other error. */
export function lateOutcomeOf (error: unknown): Promise<unknown> | undefined {
  return (error as { [LATE]?: Promise<unknown> } | null | undefined)?.[LATE]
}

/** Stops the startup: the store failed, or did not answer in time. */
export const storeUnreachableError = (cause: unknown): LoginSessionError =>
  coded(new StoreUnreachableError(cause instanceof Error ? cause.message : String(cause), { cause }))

/** Is `error` one of this package's? Narrows its type, so that TypeScript knows the codes. */
export function isLoginSessionError (error: unknown): error is LoginSessionError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('FST_LOGIN_SESSION_')
}

function withRetryAfter (error: Error, seconds: number): LoginSessionError {
  return Object.assign(coded(error), { retryAfter: seconds, headers: { 'retry-after': String(seconds) } })
}

/** The type of an error that `createError` made: its own type does not know the codes. */
function coded (error: Error): LoginSessionError {
  return error as LoginSessionError
}
