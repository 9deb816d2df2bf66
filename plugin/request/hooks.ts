/**
 * The host's hooks for sessions that start and end: called after the deed, waited for by nobody but `app.close()`.
 * @module
 */
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { LoginSession } from '../sessions/login-session.js'
import type { Ended, SessionEndReason } from '../sessions/endings.js'
import { settledWithin } from '../timeout.js'

/** How a session started. */
export interface SessionStart {
  /**
   * False: this user has signed in with this browser before. Known is a browser that carries the device cookie which an
   * earlier sign-in of the same user left in it, or that was still signed in as this user; every other one is new, and
   * so are private windows, other profiles, browsers whose cookies were cleared, and scripts that keep none. An alert
   * for the user may follow from it, never a right: the cookie is no credential, and whoever can copy it can be known.
   */
  newDevice: boolean
  /** The request that signed in. It may be answered by now. */
  request: FastifyRequest
}

/**
 * Called once for each sign-in, after its session is stored and before `startLoginSession` resolves, which does not wait
 * for what it returns. What it throws is logged and changes nothing.
 *
 * @example
 * const onSessionStart: OnSessionStart = async (session, { newDevice }) => {
 *   if (newDevice) await mails.newDevice(session.userId, session.device, session.ip)
 * }
 */
export type OnSessionStart = (session: LoginSession, context: SessionStart) => unknown

/**
 * Called once for each session that ended before its time, over all servers, on the one that removed it; nobody waits
 * for what it returns, and what it throws is logged and changes nothing. Not called for sessions that expire. A removal
 * that was answered 503 and gets through late is told of when it does. A server that is lost between the removal and the
 * call, or that never hears of the database's answer, calls nobody; nor are
 * those announced that somebody starts faster than `revokeOthers` or `revokeAll` can end them: after five rounds of one
 * by one, all that are left end with one write, without a call.
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

/** The hooks as the plugin calls them: they neither throw nor are they waited for. A hook that is not there is undefined. */
export interface SessionEvents {
  started: ((session: LoginSession, context: SessionStart) => void) | undefined
  ended: Ended | undefined
  /** Resolves when none is under way any more, those that others started meanwhile included, at the latest after 10 s. */
  drain(): Promise<void>
}

/** How long a closing server waits for hooks, in ms: as long as Fastify gives a plugin to start (`pluginTimeout`). */
const DRAIN_TIMEOUT = 10_000

export function createSessionEvents ({ onSessionStart, onSessionEnd }: SessionHooks, log: FastifyBaseLogger): SessionEvents {
  const underWay = new Set<Promise<void>>()

  function run (hook: string, session: LoginSession, call: () => unknown): void {
    const running = settle(hook, session, call).finally(() => { underWay.delete(running) })
    underWay.add(running)
  }

  async function settle (hook: string, { id }: LoginSession, call: () => unknown): Promise<void> {
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
      if (!await settledWithin(DRAIN_TIMEOUT, finish())) log.warn(`login sessions: ${underWay.size} hooks were still under way after ${DRAIN_TIMEOUT} ms and were left behind`)
    }
  }
}
