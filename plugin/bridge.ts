/**
 * The bridge to @fastify/session: the only file that knows its Store and its Session.
 *
 * What of it bites, and is met here (all observed):
 * - a store that answers "nothing" makes it drop the browser's cookie, an error makes every route a 500: on an outage
 *   `get` answers a stand-in instead;
 * - its clearing of the cookie omits Secure, which `__Host-` cookies need: a dead cookie is hidden from it and cleared here;
 * - it sends no cookie over http when `secure` is true, silently, on localhost too: it is told `secure: false`, and the
 *   attribute is put on when the cookie is saved;
 * - it saves whole sessions, with a Set-Cookie each time: changes are saved here, key by key, and it only issues cookies.
 * @module
 */
import type { FastifyReply, FastifyRequest, Session } from 'fastify'
import type { FastifySessionObject, SessionStore } from '@fastify/session'
import type { LoginSessionError } from './errors.js'
import type { LoginSession, LoginSessionVerbs } from './login-sessions.js'
import { toLoginSession } from './login-sessions.js'
import type { ResolvedCookie } from './options.js'
import { noteOutage, outageOf } from './outage.js'
import { type LoginSessionRecord, newToken } from './record.js'
import { changesBetween, type Snapshot, snapshotOf } from './session-data.js'
import type { DataChanges } from './store.js'
import { addressOf, visitOf } from './visit.js'

/** Signs tokens into cookie values, and back. */
export interface Signer {
  sign(token: string): string
  unsign(cookie: string): { valid: boolean, renew: boolean, value: string | null }
}

/** What the bridge knows of one Session object. */
interface Attached {
  request: FastifyRequest
  token: string
  record: LoginSessionRecord | null
  /** The session data as last read or saved. */
  snapshot: Snapshot
  /** Set-Cookie is due on this response. */
  issue: boolean
  view?: LoginSession
}

/** What `get` hands over through @fastify/session's copying: one enumerable key, which vanishes from its hashes. */
interface Carried {
  record: LoginSessionRecord | null
  outage: LoginSessionError | null
  toJSON(): undefined
}

const CARRIED = '__loginSession'
type Carrier = Session & Record<string, unknown> & { [CARRIED]?: Carried }

/** Joins Fastify requests, @fastify/session and the verbs. */
export interface Bridge {
  /** The store that @fastify/session is given. */
  store: SessionStore
  /** The cookie that @fastify/session is given. */
  cookie: { path: '/', httpOnly: true, secure: false, sameSite: 'lax' | 'strict', domain?: string }
  /** onRequest, after @fastify/session's: takes over what was looked up. */
  adopt(request: FastifyRequest): void
  /** onSend, before @fastify/session's: saves changed session data, clears a dead cookie. */
  settle(request: FastifyRequest, reply: FastifyReply): Promise<void> | void
  /** The signed-in user's session, or null. */
  current(request: FastifyRequest): LoginSession | null
  /** Starts a session with a new token; the browser's former one ends. */
  signIn(request: FastifyRequest, userId: string, remember: boolean): Promise<LoginSession>
  /** Ends the session and empties `request.session`. */
  signOut(request: FastifyRequest): Promise<void>
  /** Gives the session a new token, after a confirmed password. False: a parallel request was first. */
  rotate(request: FastifyRequest): Promise<boolean>
}

export function createBridge (sessions: LoginSessionVerbs, signer: Signer, cookie: ResolvedCookie): Bridge {
  const attached = new WeakMap<object, Attached>()
  const deadCookies = new WeakSet<FastifyRequest>()

  /** The state of a Session object; objects that @fastify/session made meanwhile (regenerate, reload) are taken over. */
  function stateOf (request: FastifyRequest): Attached {
    const session = request.session as Carrier & FastifySessionObject
    return attached.get(session) ?? attach(request, session)
  }

  function attach (request: FastifyRequest, session: Carrier & FastifySessionObject): Attached {
    const carried = session[CARRIED]
    delete session[CARRIED]
    const record = carried?.record ?? null
    const state: Attached = { request, token: session.sessionId, record, snapshot: snapshotOf(record?.data ?? {}), issue: false }
    attached.set(session, state)
    Object.defineProperty(session, 'isModified', { value: () => state.issue, configurable: true })
    if (carried?.outage) noteOutage(request, carried.outage)
    judgeCookie(state, session)
    return state
  }

  /** A live cookie stays (signed anew after a change of secrets); one that leads nowhere is hidden, to be cleared. */
  function judgeCookie (state: Attached, session: FastifySessionObject): void {
    const sent = state.request.cookies[cookie.name]
    if (sent === undefined) return
    if (state.record !== null) state.issue = sent !== session.encryptedSessionId
    else if (outageOf(state.request) === undefined) bury(state.request)
  }

  function bury (request: FastifyRequest): void {
    deadCookies.add(request)
    delete request.cookies[cookie.name]
  }

  /** Puts another token on the Session object and has it issued. */
  function retoken (session: FastifySessionObject, state: Attached, token: string, issue: boolean): void {
    Object.defineProperty(session, 'sessionId', { value: token, configurable: true })
    Object.defineProperty(session, 'encryptedSessionId', { value: signer.sign(token), configurable: true })
    Object.assign(state, { token, issue })
  }

  function replaceRecord (state: Attached, record: LoginSessionRecord | null): void {
    state.record = record
    state.snapshot = snapshotOf(record?.data ?? {})
    delete state.view
  }

  function empty (session: FastifySessionObject): void {
    for (const key of Object.keys(dataOf(session))) delete (session as unknown as Record<string, unknown>)[key]
  }

  /** Saves what the host changed; null: nothing. An anonymous session gets its record with its first data. */
  function save (session: FastifySessionObject, state: Attached): Promise<void> | null {
    const data = dataOf(session)
    const changes = changesBetween(state.snapshot, data)
    if (changes === null) return null
    // Noted first: if the store fails, the error's own response must not try again.
    state.snapshot = snapshotOf(data)
    return write(state, changes)
  }

  async function write (state: Attached, changes: DataChanges): Promise<void> {
    // False means signed out meanwhile: nothing to save into, and no revival.
    if (state.record !== null) await sessions.save(state.record, changes)
    else {
      state.record = await sessions.start({ token: state.token, remember: false, visit: visitOf(state.request), data: changes.set })
      state.issue = true
    }
  }

  /** What @fastify/session sends as the cookie's attributes. */
  function dress (session: FastifySessionObject, record: LoginSessionRecord | null): void {
    session.cookie.secure = cookie.attributes.secure
    session.cookie.expires = record?.remember ? record.endsAt : null
  }

  const store: SessionStore = {
    get (token, callback) {
      sessions.resume(token).then(
        record => later(callback, null, record === null ? null : carry(record, null)),
        (outage: LoginSessionError) => later(callback, null, carry(null, outage)))
    },

    set (_token, session, callback) {
      const state = attached.get(session)
      if (state === undefined) return later(callback, null) // regenerate(): the new Session is saved once it is the request's
      Promise.resolve(save(session as FastifySessionObject, state)).then(
        () => {
          dress(session as FastifySessionObject, state.record)
          later(callback, null)
        },
        error => later(callback, error))
    },

    destroy (token, callback) {
      sessions.end(token).then(() => later(callback, null), error => later(callback, error))
    }
  }

  return {
    store,
    cookie: { ...cookie.attributes, secure: false },

    adopt (request) {
      const { record } = stateOf(request)
      if (record !== null) sessions.seen(record, addressOf(request))
    },

    settle (request, reply) {
      const session = request.session as FastifySessionObject | null
      // destroy() leaves null, and leaves the browser's cookie.
      if (session === null && request.cookies[cookie.name] !== undefined) bury(request)
      const state = session === null ? null : stateOf(request)
      const clear = (): void => {
        if (deadCookies.delete(request) && !state?.issue) reply.clearCookie(cookie.name, cookie.attributes)
      }
      const saving = state === null ? null : save(session!, state)
      return saving === null ? clear() : saving.then(clear)
    },

    current (request) {
      if (request.session === null) return null
      const state = stateOf(request)
      if (state.record?.userId === undefined) return null
      return (state.view ??= toLoginSession(state.record))
    },

    async signIn (request, userId, remember) {
      const session = request.session
      const state = stateOf(request)
      const former = state.record
      // What an anonymous visitor gathered comes along; what another login left stays behind.
      if (former?.userId !== undefined) empty(session)
      const token = newToken()
      const record = await sessions.start({ token, userId, remember, visit: visitOf(request), data: dataOf(session) })
      if (former !== null) await sessions.end(state.token)
      replaceRecord(state, record)
      retoken(session, state, token, true)
      return toLoginSession(record)
    },

    async signOut (request) {
      const session = request.session
      const state = stateOf(request)
      const outage = outageOf(request)
      if (outage !== undefined) throw outage
      if (state.record?.userId === undefined) return
      await sessions.end(state.token)
      empty(session)
      replaceRecord(state, null)
      retoken(session, state, newToken(), false)
      bury(request)
    },

    async rotate (request) {
      const state = stateOf(request)
      const next = await sessions.rotate(state.record!, state.token)
      if (next !== null) retoken(request.session, state, next, true)
      return next !== null
    }
  }
}

function carry (record: LoginSessionRecord | null, outage: LoginSessionError | null): Session {
  const carried: Carried = { record, outage, toJSON: () => undefined }
  return { ...record?.data, [CARRIED]: carried } as unknown as Session
}

/** The host's own keys of a session. */
function dataOf (session: object): Record<string, unknown> {
  const { cookie, ...data } = session as Record<string, unknown>
  return data
}

/** Out of the promise chain: what the callback throws is not the promise's. */
function later<A extends unknown[]> (callback: (...args: A) => void, ...args: A): void {
  process.nextTick(callback, ...args)
}
