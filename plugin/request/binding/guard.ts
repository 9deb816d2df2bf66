/**
 * The guard for sensitive routes: a bound session must have proven its device in the last ten seconds.
 * @module
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { deviceUnprovenError, notBoundError, optionError } from '../../errors.js'
import { isObject, oneOf, type OptionTable, resolveTable } from '../../option-check.js'
import { isBound } from '../../sessions/binding.js'
import type { LoginSessionRecord } from '../../sessions/record.js'
import { makePrivate } from '../caching.js'
import { type AnyRequest, requireLoginSession } from '../guard.js'
import type { DeviceCheck } from '../lookup.js'
import { stateOf } from '../state.js'
import type { BindingCookies } from './cookies.js'

/** What {@link requireDeviceBinding} does with sessions that are not bound. */
export interface DeviceBindingOptions {
  /**
   * 'pass': they pass, so that people whose browser cannot do it can use the route. 'refuse': 403. @default 'pass'
   */
  unbound?: 'pass' | 'refuse'
}

/** Demands proofs. */
export interface Demands {
  /** Can the browser of this request prove its device? */
  canProve(request: FastifyRequest, record: LoginSessionRecord): boolean
  /**
   * Lets a request with a recent proof pass, and demands one otherwise. Answers false if it has sent the response.
   * @throws FST_LOGIN_SESSION_DEVICE_UNPROVEN: the browser has not proven it
   */
  demand(request: FastifyRequest, reply: FastifyReply, record: LoginSessionRecord): boolean
}

/** What demands work on. */
export interface DemandParts {
  cookies: BindingCookies
  check: Pick<DeviceCheck, 'noteRefusal'>
  now: () => Date
  /** How long a proof counts, in ms. */
  refreshEvery: number
}

/**
 * How old a proof may be, in ms. It takes one redirect, a refresh, and a signature, which takes a second with a slow TPM. A demand is no
 * condition: Chromium lets a request wait for one refresh only, redirects included. If the bound cookie was over, it has waited already.
 */
const RECENT = 10_000

/** What the guard needs of a reply of any server. */
interface AnyReply {
  redirect(url: string, code?: number): unknown
}

const DEMANDS = Symbol('fastify-login-sessions demands')

const TABLE: OptionTable<DeviceBindingOptions> = {
  unbound: { default: 'pass', check: oneOf('pass', 'refuse'), write: "'refuse'" }
}

const NOT_BINDING = 'requireDeviceBinding needs bound sessions: write deviceBound: true for loginSessions'

const OWNER = { kind: 'method', name: 'requireDeviceBinding', example: "requireDeviceBinding({ unbound: 'refuse' })" } as const

/** Makes demands available to the guard. */
export function provideDemands (app: FastifyInstance, demands: Demands): void {
  app.decorate(DEMANDS, demands)
}

/**
 * Returns a hook that lets a signed-in request pass if its browser has proven its device in the last ten seconds. So a copied cookie is
 * refused here from its first request, and not only after `refreshEvery`. If the proof is older, the browser is sent to the same URL
 * again (307, with its body), and signs a new challenge on the way. Chromium signs at most 6 times in 9 minutes for a site, so use it
 * where people come rarely.
 *
 * @throws TypeError if an option is wrong, or if it is given to a route without being called
 * @throws FST_LOGIN_SESSION_NOT_BOUND 403 (the hook): the session is not bound, and `unbound` is 'refuse'
 * @throws FST_LOGIN_SESSION_DEVICE_UNPROVEN 503 (the hook): no proof came, because the cookie is a copy, or the browser cannot sign now
 * @throws FST_LOGIN_SESSION_OPTION 500 (the hook): the option `deviceBound` is not set
 * @throws what {@link requireLoginSession} throws (the hook)
 * @example
 * app.post('/transfers', { onRequest: requireDeviceBinding() }, transferMoney)
 */
export function requireDeviceBinding (
  options: DeviceBindingOptions = {}
): (request: AnyRequest, reply: AnyReply) => Promise<unknown> {
  if (isObject(options) && 'raw' in options) {
    throw new TypeError('requireDeviceBinding makes the hook: write requireDeviceBinding(), with its parentheses')
  }
  const { unbound } = resolveTable(TABLE, options, OWNER)
  return async function loginSessionDeviceBinding (request, reply) {
    await requireLoginSession(request)
    const demands = (request.server as unknown as Record<symbol, Demands | undefined>)[DEMANDS]
    if (demands === undefined) throw optionError(NOT_BINDING)
    const record = stateOf(request)!.record!
    if (demands.canProve(request as FastifyRequest, record)) {
      const hasPassed = demands.demand(request as FastifyRequest, reply as FastifyReply, record)
      if (!hasPassed) return reply
    } else if (unbound === 'refuse') throw notBoundError()
  }
}

/** The request has shown no proof, so the demand carries none. */
const NEVER = new Date(0)

/** Created once for each server. */
export function createDemands ({ cookies: { bound, demand }, check, now, refreshEvery }: DemandParts): Demands {
  const isRecent = (provenAt: Date): boolean => now().getTime() - provenAt.getTime() < RECENT

  return {
    canProve: (request, record) => isBound(record) || bound.read(request, record._id) !== null,

    demand (request, reply, record) {
      const provenAt = bound.read(request, record._id)
      if (provenAt !== null && isRecent(provenAt)) return true
      // It was sent here without its bound cookie, and came back without a new one: a copy, or a browser that could not sign.
      if (provenAt === null && demand.read(request, record._id) !== null) {
        check.noteRefusal(request, record)
        throw deviceUnprovenError()
      }
      reply.header('cache-control', 'no-store')
      makePrivate(reply, true)
      // It lives as long as the proof that it carries may count.
      demand.issue(reply, record._id, provenAt ?? NEVER, refreshEvery)
      bound.clear(reply)
      // The browser's own URL: the host may rewrite it.
      reply.redirect(sameUrl(request.originalUrl), 307)
      return false
    }
  }
}

/** The URL that was asked for, relative to itself: a proxy may have taken a part of the path away. */
function sameUrl (url: string): string {
  const [path = '', ...query] = url.split('?')
  return ['./' + path.slice(path.lastIndexOf('/') + 1), ...query].join('?')
}
