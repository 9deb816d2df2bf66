/**
 * The host's hooks for sessions that start and end: called after the change is stored. Only `app.close()` waits for them.
 * @module
 */
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { LoginSession } from '../sessions/login-session.js'
import type { AnnounceEnd, SessionEndReason } from '../sessions/endings.js'
import { settledWithin } from '../timeout.js'

/** How a session started. */
export interface SessionStart {
  /**
   * False: this user has signed in with this browser before. A browser is known if it has the device cookie of an earlier
   * sign-in of the same user, or if it was still signed in as this user. Every other one is new: private windows, other
   * profiles, browsers whose cookies were cleared, and scripts that keep none. Use it for an alert, never for access: the
   * cookie is not a credential, and whoever copies it is known.
   */
  newDevice: boolean
  /** The request that signed in. It may have been answered already. */
  request: FastifyRequest
}

/**
 * Called once for each sign-in, after its session is stored and before `startLoginSession` resolves. A promise that it
 * returns is not waited for. An error is logged and changes nothing.
 *
 * @example
 * const onSessionStart: OnSessionStart = async (session, { newDevice }) => {
 *   if (newDevice) await mails.newDevice(session.userId, session.device, session.ip)
 * }
 */
export type OnSessionStart = (session: LoginSession, context: SessionStart) => unknown

/**
 * Called once for each session that ended before it expired, over all servers, on the server that removed it. A promise
 * that it returns is not waited for. An error is logged and changes nothing. If a removal was answered with 503 but
 * completes later, the hook runs then. It never runs for sessions that expire, if the server stops between the removal and
 * the call, or if the database's reply is lost. Nor for sessions that start faster than `revokeOthers` or `revokeAll` can
 * end them: after five rounds the remaining ones are removed with one write, without a call.
 *
 * @example
 * const onSessionEnd: OnSessionEnd = ({ id }, reason) => { sockets.close(id, reason) }
 */
export type OnSessionEnd = (session: LoginSession, reason: SessionEndReason) => unknown

/** The hooks that the host gave. */
export interface SessionHooks {
  onSessionStart: OnSessionStart | undefined
  onSessionEnd: OnSessionEnd | undefined
}

/** The hooks as the plugin calls them: they never throw and are not waited for. undefined: the host gave no such hook. */
export interface SessionEvents {
  started: ((session: LoginSession, context: SessionStart) => void) | undefined
  ended: AnnounceEnd | undefined
  /** Resolves when no hook is running any more, including those started meanwhile, and after 10 s at the latest. */
  drain(): Promise<void>
}

/** How long a closing server waits for hooks, in ms: as long as Fastify gives a plugin to start (`pluginTimeout`). */
const DRAIN_TIMEOUT = 10_000

export function createSessionEvents ({ onSessionStart, onSessionEnd }: SessionHooks, log: FastifyBaseLogger): SessionEvents {
  const underWay = new Set<Promise<void>>()

  function run (hook: string, session: LoginSession, call: () => unknown): void {
    const running = callHook(hook, session, call).finally(() => { underWay.delete(running) })
    underWay.add(running)
  }

  async function callHook (hook: string, { id }: LoginSession, call: () => unknown): Promise<void> {
    try {
      await call()
    } catch (error) {
      log.error({ err: error, loginSession: id }, `login sessions: ${hook} failed`)
    }
  }

  async function finish (): Promise<void> {
    while (underWay.size > 0) await Promise.all(underWay)
  }

  return {
    started: onSessionStart && ((session, context) => { run('onSessionStart', session, () => onSessionStart(session, context)) }),
    ended: onSessionEnd && ((session, reason) => { run(`onSessionEnd (${reason})`, session, () => onSessionEnd(session, reason)) }),

    async drain () {
      if (!await settledWithin(DRAIN_TIMEOUT, finish())) log.warn(`login sessions: ${underWay.size} hooks were still running after ${DRAIN_TIMEOUT} ms and were abandoned`)
    }
  }
}
