/**
 * Who is signed in on a request: from its cookie to the record.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import { type LoginSessionError, requiredError } from '../errors.js'
import type { Lifecycle, Resumed } from '../sessions/lifecycle.js'
import type { LoginSessionRecord } from '../sessions/record.js'
import { isLatest } from '../sessions/tokens.js'
import { MOST_SENT, type SessionCookie } from './cookie.js'
import { becomeVisitor } from './login.js'
import { replaceData, type SessionActions } from './request-session.js'
import { RequestState, setState, stateOf } from './state.js'
import type { Visits } from './visit.js'

/** Looks requests up. */
export interface RequestLookups {
  /** onRequest: begins the request's state, and calls back once it is known who is signed in. */
  begin(request: FastifyRequest, done: () => void): void
  /**
   * preHandler: looks again if the request's body took its time. Otherwise requests whose bodies are held back would still
   * be carried out long after their session was ended.
   */
  repeat(request: FastifyRequest, done: (error?: Error) => void): void
}

/** Tells requests of the browser that a session is bound to from those with a copied cookie. */
export interface DeviceCheck {
  /** Does this request come from the session's device? Also if the session is not bound to one. */
  isProven(request: FastifyRequest, record: LoginSessionRecord, at: Date): boolean
  /** For a request that is not proven: the error if its browser could not renew its proof; null: its cookie is a copy. */
  refusal(request: FastifyRequest): LoginSessionError | null
  /** Writes into the log that a request is not proven. */
  noteRefusal(request: FastifyRequest, record: LoginSessionRecord): void
  /** The names of its cookies. */
  cookies: readonly string[]
}

/** In the configuration of a route: nobody is looked up for its requests. */
export const WITHOUT_LOOKUP: unique symbol = Symbol('fastify-login-sessions without lookup')

/** What lookups work on. */
export interface LookupParts {
  lifecycle: Lifecycle
  cookie: SessionCookie
  /** The cookie's name. */
  name: string
  actions: SessionActions<RequestState>
  visits: Visits
  /** Undefined: sessions are not bound to devices. */
  device: DeviceCheck | undefined
  now: () => Date
}

/** How old a lookup may be when the handler starts, in ms. */
const FRESH = 1000

/** Finds out who sends a request. The first live token of its cookies counts. */
export function createRequestLookups ({ lifecycle, cookie, name, actions, visits, device, now }: LookupParts): RequestLookups {
  const bindingCookies = device?.cookies ?? []

  function lookUp (state: RequestState): Promise<void> {
    const { sent } = state
    const resumed = sent.length === 1
      ? lifecycle.resume(sent[0]!.token).then(only => { take(state, [only]) })
      : Promise.all(sent.map(({ token }) => lifecycle.resume(token))).then(all => { take(state, all) })
    return resumed.catch((outage: LoginSessionError) => {
      state.outage = outage
      state.others = sent.map(({ token }) => token)
      state.cookie = 'keep'
    })
  }

  /** Is the token live, and does the request come from the session's device? */
  const isSignedIn = ({ request }: RequestState, { record, at }: Resumed): boolean =>
    record !== null && (device === undefined || device.isProven(request, record, at))

  /** The first live token counts, if it comes from the session's device. */
  function take (state: RequestState, resumed: Resumed[]): void {
    const index = resumed.findIndex(one => isSignedIn(state, one))
    if (resumed.length > 1 || index === -1) state.others = resumed.flatMap(({ token }, at) => at === index ? [] : token)
    if (index === -1) return takeNone(state, resumed)
    const { record, token, hash, at } = resumed[index]! as Resumed & { record: NonNullable<Resumed['record']> }
    state.setRecord(record, token)
    state.lookedUpAt = at.getTime()
    replaceData(state.session, record.data)
    state.cookieMayWait = true
    state.cookie = state.sent[index]!.renew && isLatest(record, hash) ? 'issue' : 'keep'
    lifecycle.noteActivity(record, hash, visits.lookAt(state.request, record))
  }

  /**
   * A cookie whose session lives on stays: the browser may have a newer one by now, or sign out with this one. So does one
   * of a name that the browser has so often that not all were looked up: a live one may be among the others.
   */
  function takeNone (state: RequestState, resumed: Resumed[]): void {
    const unproven = resumed.find(({ record }) => record !== null)
    state.superseded = unproven !== undefined || resumed.some(({ standing }) => standing === 'superseded')
    state.cookie = state.superseded || state.sent.length === MOST_SENT ? 'keep' : 'clear'
    state.cookieMayWait = true
    if (unproven !== undefined) noteUnproven(state, unproven)
  }

  /** The token is live, and does not come from the session's device. */
  function noteUnproven (state: RequestState, { record }: Resumed): void {
    state.unproven = true
    state.outage = device!.refusal(state.request)
    device!.noteRefusal(state.request, record!)
  }

  async function lookAgain (state: RequestState): Promise<void> {
    const resumed = await lifecycle.resume(state.token!)
    state.lookedUpAt = resumed.at.getTime()
    if (isSignedIn(state, resumed)) return
    giveUp(state)
    // It was live a second ago: the browser may have signed in again meanwhile, and has a newer cookie then.
    state.cookie = 'keep'
    state.superseded = true
    if (resumed.record !== null) noteUnproven(state, resumed)
    if (state.guarded) throw state.outage ?? requiredError()
  }

  /** The login of the first lookup counts no more. Its token may still have a session, which a sign-in or sign-out ends. */
  function giveUp (state: RequestState): void {
    state.others = [...state.others, state.token!]
    becomeVisitor(state, {})
  }

  return {
    begin (request, done) {
      const sent = cookie.read(request)
      const state = new RequestState(request, sent, actions)
      setState(request, state)
      request.session = state.session
      // Hosts log cookies, and neither the token nor what proves the device must be among them.
      for (const own of bindingCookies) delete request.cookies[own]
      if (sent.length > 0) delete request.cookies[name]
      // What hooks of the host write to its session must not start a visitor session, whose cookie would replace that of a login.
      state.superseded = WITHOUT_LOOKUP in request.routeOptions.config
      if (sent.length === 0 || state.superseded) return done()
      lookUp(state).then(done)
    },

    repeat (request, done) {
      const state = stateOf(request)
      if (state?.record?.userId === undefined || now().getTime() - state.lookedUpAt <= FRESH) return done()
      lookAgain(state).then(() => done(), (error: Error) => {
        if (state.guarded) return done(error)
        state.outage = error as LoginSessionError
        giveUp(state)
        done()
      })
    }
  }
}
