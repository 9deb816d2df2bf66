/**
 * The room `request/`: one request, from its cookie to the record, `request.session` and Set-Cookie.
 * This file: signing in and out, the token's rotation, and what `request.session`'s methods do. `lookup.ts` finds the
 * record first, `cookie.ts` changes the cookie last.
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { idOf, keyOf, newId } from '../sessions/key.js'
import type { Lifecycle } from '../sessions/lifecycle.js'
import { type LoginSession, toLoginSession } from '../sessions/login-session.js'
import type { SessionEndReason, SessionName } from '../sessions/endings.js'
import type { OwnLifetime } from '../sessions/record.js'
import { newToken } from '../sessions/tokens.js'
import type { SessionCookie } from './cookie.js'
import { dataOf, replaceData, type SessionActions } from './request-session.js'
import type { Saving } from './saving.js'
import { changesBetween } from './snapshot.js'
import { type RequestState, stateOf } from './state.js'
import type { Visits } from './visit.js'

/** What a sign-in chooses for its session. */
export interface SignInChoices extends OwnLifetime {
  remember: boolean
  /** Is the device new to the user? */
  newDevice: boolean
  /** Did the user sign in earlier, elsewhere? */
  adopted: boolean
}

/** What a request can do with its login. */
export interface RequestLogins {
  /** What the methods of `request.session` do. */
  actions: SessionActions<RequestState>
  /** onSend: saves changed session data, then issues or clears the cookie. */
  beforeResponse(request: FastifyRequest, reply: FastifyReply): Promise<void> | void
  /** The signed-in user's session, or null. */
  current(request: FastifyRequest): LoginSession | null
  /** Starts a session with a new token; the browser's former one ends. */
  signIn(request: FastifyRequest, userId: string, choices: SignInChoices): Promise<LoginSession>
  /** Ends the session and empties `request.session`. */
  signOut(request: FastifyRequest): Promise<void>
  /** Ends the session because its user could not be confirmed, and empties `request.session`. */
  endAfterFailures(request: FastifyRequest): Promise<void>
  /** Notes a confirmation, and gives the session a new token. False: it has ended, or too many did so at the same moment. */
  rotate(request: FastifyRequest): Promise<boolean>
}

/**
 * The logins of requests: starts, ends and rotates their sessions, and decides which cookie the response has.
 *
 * @param saving saves changed session data before the response
 * @param visits describes where requests come from
 */
export function createRequestLogins (lifecycle: Lifecycle, cookie: SessionCookie, saving: Saving, visits: Visits): RequestLogins {
  /** Ends the browser's sessions: the request's own, and those of other cookies that it sent. */
  async function endAll (state: RequestState, reason: SessionEndReason, by?: SessionName): Promise<void> {
    if (state.record !== null) {
      await lifecycle.end(state.record, reason, by)
      state.loginEnded ||= state.record.userId !== undefined
    }
    await endOthers(state, reason, by)
  }

  async function endOthers (state: RequestState, reason: SessionEndReason, by?: SessionName): Promise<void> {
    // After a sign-out nothing must come back. A sign-in has a new cookie in any case.
    const endByToken = reason === 'signed-out' ? lifecycle.endByTokenDurably : lifecycle.endByToken
    await Promise.all(state.others.map(token => endByToken(token, reason, by)))
    state.others = []
  }

  /** Ends everything that the browser is signed in to, and clears its cookie. The visitor keeps these keys of its data. */
  async function end (state: RequestState, keep: string[]): Promise<void> {
    throwOutage(state)
    await saving.allSaved(state)
    await endAll(state, 'signed-out')
    const kept = Object.entries(dataOf(state.session)).filter(([key]) => keep.includes(key))
    becomeVisitor(state, Object.fromEntries(kept))
    clearCookie(state)
  }

  function clearCookie (state: RequestState): void {
    state.cookie = state.sent.length > 0 ? 'clear' : 'none'
    state.cookieMayWait = state.superseded = false
    // The session that nobody has proven is over, too.
    if (state.unproven) state.outage = null
    state.unproven = false
  }

  const actions: SessionActions<RequestState> = {
    idOf: state => idOf(state.key),
    cookieOf: state => cookie.attributesOf(state),
    isModified: state => changesBetween(state.snapshot, dataOf(state.session)) !== null,
    isSaved: state => state.record !== null && !actions.isModified(state),
    async save (state) { await saving.save(state) },
    destroy: state => end(state, []),
    regenerate: (state, keep) => end(state, keep),

    async reload (state) {
      state.throwOutage()
      const { record } = state.token === null ? { record: null } : await lifecycle.resume(state.token)
      // Ended meanwhile. The browser may hold a newer cookie by now, so nothing is cleared.
      if (record === null) return becomeVisitor(state, {})
      state.setRecord(record, state.token)
      replaceData(state.session, record.data)
    }
  }

  return {
    actions,

    beforeResponse (request, reply) {
      const state = stateOf(request)
      // A hook before ours has answered: nothing was looked up, so nothing is known about the cookie.
      if (state == null) return
      const saved = saving.save(state)
      if (saved === null) finish()
      else return saved.then(finish)

      function finish (): void {
        cookie.send(state!, reply)
        state!.responseSent = true
      }
    },

    current (request) {
      const state = stateOf(request)
      if (state?.record?.userId === undefined) return null
      return (state.loginSession ??= toLoginSession(state.record))
    },

    async signIn (request, userId, { remember, newDevice, adopted, ...own }) {
      const state = requireState(request)
      if (state.responseSent) throw tooLate()
      await saving.allSaved(state)
      // Signing in keeps the visitor's session data and discards data of a previous login.
      const data = state.record?.userId === undefined ? { ...dataOf(state.session) } : {}
      const token = newToken(keyOf(userId, newId()))
      const record = await lifecycle.start({ token, userId, remember, newDevice, adopted, own, visit: visits.visitOf(request), data })
      try {
        if (state.responseSent) throw tooLate()
        await endAll(state, 'replaced', { userId, id: idOf(record._id) })
      } catch (error) {
        // The browser will not get this token, so its record must not stay in the user's list.
        await lifecycle.undoStart({ userId, id: idOf(record._id) }).catch(() => {})
        throw error
      }
      state.outage = null
      state.signedIn = true
      state.setRecord(record, token)
      state.lookedUpAt = record.createdAt.getTime()
      replaceData(state.session, data)
      issueCookie(state)
      return toLoginSession(record)
    },

    async signOut (request) {
      const state = requireState(request)
      if (state.record?.userId !== undefined) return await end(state, [])
      throwOutage(state)
      const hadOthers = state.others.length > 0
      await endOthers(state, 'signed-out')
      if (hadOthers && state.record === null) clearCookie(state)
    },

    async rotate (request) {
      const state = requireState(request)
      const rotation = await lifecycle.rotate(state.record!, state.token!)
      if (rotation === null) return false
      state.record!.confirmation = { failures: 0, at: rotation.at }
      state.loginSession = undefined
      if (rotation.token === null) return true
      state.token = rotation.token
      issueCookie(state)
      return true
    },

    async endAfterFailures (request) {
      const state = requireState(request)
      await saving.allSaved(state)
      await lifecycle.end(state.record!, 'attempts-exhausted')
      state.loginEnded = true
      becomeVisitor(state, {})
      clearCookie(state)
    }
  }
}

/** The request goes on as a visitor's, with these session data. There is no token any more that could be issued. */
export function becomeVisitor (state: RequestState, data: Record<string, unknown>): void {
  if (state.cookie === 'issue') state.cookie = state.sent.length > 0 ? 'keep' : 'none'
  state.setRecord(null, null)
  replaceData(state.session, data)
}

function issueCookie (state: RequestState): void {
  state.cookie = 'issue'
  state.cookieMayWait = state.superseded = false
}

/** A cookie may sign out also without a proof of its device. */
function throwOutage (state: RequestState): void {
  if (!state.unproven) state.throwOutage()
}

function requireState (request: FastifyRequest): RequestState {
  const state = stateOf(request)
  if (state != null) return state
  throw new TypeError("login sessions were used too early: this plugin's onRequest hook has not run for this request")
}

const tooLate = (): TypeError => new TypeError('the response has already been sent, so the cookie cannot be set: ' +
  'await startLoginSession before replying')
