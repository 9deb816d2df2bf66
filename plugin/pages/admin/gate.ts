/**
 * Who may see the operators' page, and who may end sessions there. The host decides at each request, again before each
 * ending, and every second during a long one.
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { askHost } from '../../confirmation/ask-host.js'
import { isLoginSessionError, notAllowedError, optionError } from '../../errors.js'
import { currentLoginSession, type AnyRequest } from '../../request/guard.js'
import { shown } from '../../option-check.js'

/** What an operator may do: look, or also end sessions. */
export type OperatorRight = 'view' | 'end'

/**
 * What this request may do; null or undefined: nothing. If it throws, or takes more than ten seconds, the answer is 503. During a
 * long ending it is asked about a request that has been answered already; if it fails then, the ending goes on.
 *
 * @example
 * const authorize: Authorize = async ({ loginSession }) => await users.isAdmin(loginSession?.userId) ? 'end' : null
 */
export type Authorize = (request: FastifyRequest) => OperatorRight | null | undefined | Promise<OperatorRight | null | undefined>

/** The gate of the operators' page. */
export interface Gate {
  /** onRequest, for every route of the page, its files too. */
  pass(request: FastifyRequest, reply: FastifyReply): Promise<unknown>
  /** Does the page not exist for this request? True as well as long as nobody has been asked. */
  hides(request: FastifyRequest): boolean
  /** Could this request end sessions when it came? For what the page shows. */
  mayEnd(request: FastifyRequest): boolean
  /** Asks the host again. */
  mayStillEnd(request: FastifyRequest): Promise<boolean>
}

/** @param refusal what people get who may do nothing */
export function createGate (authorize: Authorize, refusal: 'not-found' | 'forbidden'): Gate {
  const rights = new WeakMap<FastifyRequest, OperatorRight>()

  async function ask (request: FastifyRequest): Promise<OperatorRight | null> {
    const right = await askHost('authorize', async () => await authorize(request)) ?? null
    if (right === null || right === 'view' || right === 'end') return right
    throw optionError(`admin: authorize returned ${shown(right)}: it must return 'end', 'view' or null`)
  }

  return {
    async pass (request, reply) {
      requireKnown(request)
      const right = await ask(request)
      if (right !== null) {
        rights.set(request, right)
        return
      }
      if (refusal === 'forbidden') {
        currentLoginSession(request)
        throw notAllowedError()
      }
      reply.callNotFound()
      return reply
    },

    hides: request => refusal === 'not-found' && !rights.has(request),

    mayEnd: request => rights.get(request) === 'end',

    mayStillEnd: async request => await ask(request) === 'end'
  }
}

/** During an outage nobody is known. An operator must not read that the page does not exist. */
function requireKnown (request: AnyRequest): void {
  try {
    currentLoginSession(request)
  } catch (error) {
    if (isLoginSessionError(error) && error.code !== 'FST_LOGIN_SESSION_REQUIRED') throw error
  }
}
