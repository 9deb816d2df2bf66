/**
 * The host's hooks for sessions that start and end, and for failed confirmations. They are called after the change is
 * stored. Only `app.close()` and `app.loginSessions.settled()` wait.
 * @module
 */
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { LoginSession } from '../sessions/login-session.js'
import type { Actor, AnnounceEnd, SessionEndReason } from '../sessions/endings.js'
import type { AttemptState } from '../sessions/record.js'
import { settledWithin } from '../timeout.js'

/** How a session started. */
export interface SessionStart {
  /**
   * False if this user has signed in with this browser before, at the sign-up (`newAccount`), and if the session is `adopted`.
   * A browser is known if it sends the device cookie of an earlier sign-in of the same user, or if it was still signed in as
   * this user. All others are new: private windows, other profiles, browsers whose cookies were cleared, and scripts without a
   * cookie jar. Use it for an alert, never for access: the cookie is not a credential, and a thief who copies it is known.
   */
  newDevice: boolean
  /** The request that signed in. The response may already have been sent. */
  request: FastifyRequest
}

/**
 * Called once for each sign-in, after its session is stored and before `startLoginSession` resolves. If it returns a
 * promise, the request does not wait for it. If it fails, the error is logged and nothing else changes.
 *
 * @example
 * const onSessionStart: OnSessionStart = async (session, { newDevice }) => {
 *   if (newDevice) await mails.newDevice(session.userId, session.device, session.ip)
 * }
 */
export type OnSessionStart = (session: LoginSession, context: SessionStart) => unknown

/**
 * Called exactly once for each session that ends before it expires, across all servers, on the server that removed it. If
 * it returns a promise, the request does not wait for it. If it fails, the error is logged and nothing else changes. If a
 * removal was answered with 503 but completes later, the hook runs then.
 *
 * It does not run when a session expires, when the server stops between the removal and the call, or when the database's
 * reply is lost. It also does not run for sessions that start faster than `revokeOthers` or `revokeAll` can end them: after
 * five rounds the remaining ones are removed with one write, without a call.
 *
 * `actor` says who ended it: a signed-in session of this or another user, or your own code.
 *
 * @example
 * const onSessionEnd: OnSessionEnd = ({ id }, reason, { actor }) => {
 *   sockets.close(id, reason)
 *   audit.log('session ended', { id, reason, actor })
 * }
 */
export type OnSessionEnd = (session: LoginSession, reason: SessionEndReason, context: { actor: Actor }) => unknown

/** A failed confirmation. */
export interface FailedConfirmation {
  /** Wrong proofs of this session since its last success or lock, with this one. The fifth locks. */
  failures: number
  /** Wrong proofs of this session since its last success, over all locks. With the hundredth the session ends. */
  total: number
  /** Until when the session's confirmation is locked; null: it is not. */
  lockedUntil: Date | null
  /** The request that sent the proof. The response may already have been sent. */
  request: FastifyRequest
}

/**
 * Called for each wrong password, or other wrong proof, of a signed-in user, after it is counted. Somebody who sits at an
 * unlocked computer, or has copied a cookie, may be guessing. If it returns a promise, the request does not wait for it. If
 * it fails, the error is logged and nothing else changes.
 *
 * @example
 * const onConfirmationFailed: OnConfirmationFailed = async ({ userId }, { lockedUntil }) => {
 *   if (lockedUntil !== null) await mails.wrongPasswords(userId)
 * }
 */
export type OnConfirmationFailed = (session: LoginSession, failed: FailedConfirmation) => unknown

/** The hooks that the host gave. */
export interface SessionHooks {
  onSessionStart: OnSessionStart | undefined
  onSessionEnd: OnSessionEnd | undefined
  onConfirmationFailed: OnConfirmationFailed | undefined
}

/** The hooks as the plugin calls them. They return immediately and never throw. Undefined: the host did not give this hook. */
export interface SessionEvents {
  announceStart: ((session: LoginSession, context: SessionStart) => void) | undefined
  announceEnd: AnnounceEnd | undefined
  announceFailure(session: LoginSession, state: AttemptState, request: FastifyRequest): void
  /** Calls another hook of the host's. @param hook its name, for the log */
  callHook(hook: string, session: LoginSession, call: () => unknown): void
  /** Resolves when no hook is running any more, including hooks started meanwhile, and after 10 s at the latest. */
  drain(): Promise<void>
}

/** How long a closing server, or `settled()`, waits for hooks, in ms. Fastify gives a plugin the same time to start (`pluginTimeout`). */
const DRAIN_TIMEOUT = 10_000

/** Calls the host's hooks and logs their errors. */
export function createSessionEvents (hooks: SessionHooks, log: FastifyBaseLogger): SessionEvents {
  const { onSessionStart, onSessionEnd, onConfirmationFailed } = hooks
  const running = new Set<Promise<void>>()

  function run (hook: string, session: LoginSession, call: () => unknown): void {
    const completion = callAndLog(hook, session, call).finally(() => { running.delete(completion) })
    running.add(completion)
  }

  async function callAndLog (hook: string, { id }: LoginSession, call: () => unknown): Promise<void> {
    try {
      await call()
    } catch (error) {
      log.error({ err: error, loginSession: id }, `login sessions: ${hook} failed`)
    }
  }

  async function finish (): Promise<void> {
    while (running.size > 0) await Promise.all(running)
  }

  return {
    announceStart: onSessionStart && ((session, context) => {
      run('onSessionStart', session, () => onSessionStart(session, context))
    }),

    announceEnd: onSessionEnd && ((session, reason, actor) => {
      run(`onSessionEnd (${reason})`, session, () => onSessionEnd(session, reason, { actor }))
    }),

    announceFailure (session, { failures, total = failures, lockedUntil = null }, request) {
      if (onConfirmationFailed === undefined) return
      run('onConfirmationFailed', session, () => onConfirmationFailed(session, { failures, total, lockedUntil, request }))
    },

    callHook: run,

    async drain () {
      if (await settledWithin(DRAIN_TIMEOUT, finish())) return
      log.warn(`login sessions: ${running.size} hooks were still running after ${DRAIN_TIMEOUT} ms and were abandoned`)
    }
  }
}
