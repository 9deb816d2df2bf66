import Fastify from 'fastify'
import t from 'tap'
import {
  busyError, confirmationRequiredError, crossOriginError, csrfTokenError, isLoginSessionError, lockedError, type LoginSessionError, noPasswordError, notFoundError, optionError,
  checkFailedError, passwordRequiredError, passwordWrongError, requiredError, storeUnavailableError, storeUnreachableError
} from '../plugin/errors.js'

const CAUSE = new Error('connection to 10.0.0.7 refused')

const ERRORS: Array<[error: LoginSessionError, code: string, status: number, retryAfter?: string]> = [
  [optionError('write this instead'), 'OPTION', 500],
  [requiredError(), 'REQUIRED', 401],
  [crossOriginError(), 'CROSS_ORIGIN', 403],
  [csrfTokenError(), 'CSRF_TOKEN', 403],
  [notFoundError(), 'NOT_FOUND', 404],
  [noPasswordError(), 'NO_PASSWORD', 409],
  [passwordRequiredError(), 'PASSWORD_REQUIRED', 422],
  [passwordWrongError(3), 'PASSWORD_WRONG', 422],
  [lockedError(900_000), 'LOCKED', 429, '900'],
  [busyError(), 'BUSY', 429, '2'],
  [confirmationRequiredError(), 'CONFIRMATION_REQUIRED', 403],
  [checkFailedError(CAUSE), 'CHECK_FAILED', 503, '2'],
  [storeUnavailableError(CAUSE, Promise.resolve()), 'STORE_UNAVAILABLE', 503, '2']
]

for (const [error, code, status, retryAfter] of ERRORS) {
  t.test(`FST_LOGIN_SESSION_${code} reaches the client as ${status} in Fastify's error shape`, async t => {
    const app = Fastify()
    t.teardown(() => app.close())
    app.get('/', async () => { throw error })
    const reply = await app.inject('/')
    t.equal(reply.statusCode, status)
    t.equal(reply.headers['retry-after'], retryAfter)
    const body = reply.json()
    t.strictSame(Object.keys(body).sort(), ['code', 'error', 'message', 'statusCode'])
    t.equal(body.code, `FST_LOGIN_SESSION_${code}`)
    t.match(body.message, /^[A-Zf].{9,}/)
    t.notMatch(reply.body, /10\.0\.0\.7/, 'the cause is for the log')
  })

  t.test(`FST_LOGIN_SESSION_${code} is told from other errors`, async t => {
    t.equal(isLoginSessionError(error), true)
    t.ok(error instanceof Error)
  })
}

t.test('errors of others are not ours', async t => {
  for (const other of [new Error('x'), Object.assign(new Error('x'), { code: 'FST_ERR_VALIDATION' }), Object.assign(new Error('x'), { code: 1 }), { code: 'FST_LOGIN_SESSION_REQUIRED' }, null, undefined, 'x']) {
    t.equal(isLoginSessionError(other), false)
  }
})

t.test('each error is a new one: one reply\'s changes do not reach another', async t => {
  t.not(requiredError(), requiredError())
})

t.test('the reason of a failure is its cause', async t => {
  t.equal(storeUnavailableError(CAUSE, Promise.resolve()).cause, CAUSE)
  t.equal(checkFailedError(CAUSE).cause, CAUSE)
  t.equal(storeUnreachableError(CAUSE).cause, CAUSE)
  t.match(storeUnreachableError(CAUSE).message, CAUSE.message)
  t.match(storeUnreachableError('no more than text').message, '(no more than text)')
})

t.test('a lock tells whole seconds, rounded up, one at the least', async t => {
  const told = (milliseconds: number) => [lockedError(milliseconds).headers?.['retry-after'], lockedError(milliseconds).message]
  t.strictSame(told(1001), ['2', 'Too many wrong attempts: try again in 2 seconds'])
  t.strictSame(told(1000), ['1', 'Too many wrong attempts: try again in 1 seconds'])
  t.strictSame(told(0), ['1', 'Too many wrong attempts: try again in 1 seconds'])
  t.strictSame(told(-5), ['1', 'Too many wrong attempts: try again in 1 seconds'])
})
