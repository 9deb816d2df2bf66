/**
 * Device binding on every request: does it come from the browser that the session is bound to? And what a response says about it:
 * the offer of a sign-in, and the cookies that are over.
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { deviceUnprovenError, type LoginSessionError } from '../../errors.js'
import type { BackgroundWrites } from '../../sessions/background-writes.js'
import { inForce, needsBoundCookie } from '../../sessions/binding.js'
import { idOf } from '../../sessions/key.js'
import type { LoginSessionRecord } from '../../sessions/record.js'
import { makePrivate } from '../caching.js'
import type { DeviceCheck } from '../lookup.js'
import { type RequestState, stateOf } from '../state.js'
import type { BindingCookies } from './cookies.js'
import { ALGORITHMS } from './proof.js'
import type { BindingProtocol } from './protocol.js'

/** What it works on. */
export interface DeviceCheckParts {
  cookies: BindingCookies
  protocol: Pick<BindingProtocol, 'offer'>
  background: Pick<BackgroundWrites, 'bind'>
  /** In ms. */
  refreshEvery: number
  /** The public path of the registration's route. */
  path: string
}

/** The check of requests, and the headers of responses. */
export interface DeviceBindings extends DeviceCheck {
  /** onSend: offers a binding after a sign-in, and clears cookies that are over. */
  beforeResponse(request: FastifyRequest, reply: FastifyReply): void
}

/** A browser says with it that it could not renew its proof, and why. */
const SKIPPED = 'secure-session-skipped'

/** How long a browser should wait if it has signed too often, in seconds. Chromium counts the last nine minutes. */
const QUOTA_WAIT = 60

const hasSkipped = (headers: IncomingHttpHeaders): boolean => headers[SKIPPED] !== undefined

/** Created once for each server. */
export function createDeviceBindings ({ cookies, protocol, background, refreshEvery, path }: DeviceCheckParts): DeviceBindings {
  const isFresh = (challengedAt: Date | null, at: Date): boolean =>
    challengedAt !== null && at.getTime() - challengedAt.getTime() < refreshEvery

  /** A demand takes the bound cookie away, so the proof that it showed counts on. */
  const isProof = (request: FastifyRequest, key: string, at: Date): boolean =>
    isFresh(cookies.bound.read(request, key) ?? cookies.demand.read(request, key), at)

  function offer ({ record }: RequestState, reply: FastifyReply): void {
    const header = `(${ALGORITHMS.join(' ')});path="${path}";challenge="${protocol.offer(record!._id)}"`
    reply.header('secure-session-registration', header)
  }

  function clear ({ request }: RequestState, reply: FastifyReply): void {
    for (const cookie of [cookies.bound, cookies.demand]) if (cookie.has(request)) cookie.clear(reply)
  }

  return {
    cookies: [cookies.bound.name, cookies.demand.name],

    isProven (request, { _id, binding }: LoginSessionRecord, at) {
      if (binding === undefined) return true
      if (!isProof(request, _id, at)) return !needsBoundCookie({ binding }, at)
      if (binding.requiredFrom === undefined) background.bind({ _id, expected: binding, binding: inForce(binding, at) })
      return true
    },

    refusal ({ headers }): LoginSessionError | null {
      if (!hasSkipped(headers)) return null
      return String(headers[SKIPPED]).includes('quota_exceeded') ? deviceUnprovenError(QUOTA_WAIT) : deviceUnprovenError()
    },

    noteRefusal ({ headers, log }, { _id }) {
      const what = hasSkipped(headers) ? 'its browser could not renew its proof' : 'the cookie came from another browser, or its key is lost'
      log.warn({ loginSession: idOf(_id), skipped: headers[SKIPPED] }, `login sessions: a bound session was refused: ${what}`)
    },

    beforeResponse (request, reply) {
      const state = stateOf(request)
      if (state == null) return
      const { cookieSent } = state
      // An error in a later onSend hook runs this one a second time.
      state.cookieSent = null
      if (cookieSent === 'clear' || (cookieSent === 'issue' && state.signedIn)) clear(state, reply)
      // A browser that still has a bound cookie does not renew its proof, even if the cookie is worthless here.
      else if (state.unproven && cookies.bound.has(state.request) && makePrivate(reply, false)) cookies.bound.clear(reply)
      if (cookieSent === 'issue' && state.signedIn) offer(state, reply)
    }
  }
}
