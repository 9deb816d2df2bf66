/**
 * The bridge to @fastify/session. Only it, `session-lookup.ts` (its Store) and `session-object.ts` (its Session) know it.
 *
 * What of it bites, and is met here (all observed):
 * - its clearing of the cookie omits Secure, which `__Host-` cookies need: the cookie is hidden from it and cleared here;
 * - it sends no cookie over http when `secure` is true, silently, on localhost too: it is told `secure: false`, and the
 *   attribute is put on when the cookie is issued;
 * - it saves whole sessions, with a Set-Cookie each time: changes are saved here, key by key, and it only issues cookies.
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Attached } from './state.js'
import { type LoginSession, toLoginSession } from '../sessions/login-session.js'
import type { LoginSessionVerbs } from '../sessions/lifecycle.js'
import type { ResolvedCookie } from './cookie.js'
import { clearOutage, noteOutage, outageOf, throwOutage } from './outage.js'
import { isNewest, type LoginSessionRecord, newToken } from '../sessions/record.js'
import { snapshotOf } from './session-data.js'
import { takeLookup } from './fastify-session.js'
import { dataOf, replaceData, replaceMethods, replaceToken } from './request-session.js'
import { createSessionSaving } from './saving.js'
import type { Visits } from './visit.js'

/** Signs tokens into cookie values. */
export interface Signer {
  sign(token: string): string
  unsign(value: string): { valid: true, value: string } | { valid: false, value: string | null }
}

/** Joins Fastify requests, @fastify/session and the verbs. */
export interface Bridge {
  /** The cookie that @fastify/session is given. */
  cookie: Pick<ResolvedCookie['attributes'], 'path' | 'httpOnly' | 'sameSite'> & { secure: false }
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

/** @param sessions the verbs @param signer @fastify/session's signer of cookies */
export function createBridge (sessions: LoginSessionVerbs, signer: Signer, cookie: ResolvedCookie, visits: Visits): Bridge {
  const attached = new WeakMap<FastifyRequest, Attached>()
  const { save, saved } = createSessionSaving(sessions, visits)
  const { path, httpOnly, sameSite } = cookie.attributes

  function attach (request: FastifyRequest): Attached {
    const session = request.session
    const { record, outage } = takeLookup(session)
    const state: Attached = { request, session, token: session.sessionId, record, snapshot: snapshotOf(record?.data), carried: false, dead: false, over: false, gone: null, issue: false, saving: null, sent: false }
    attached.set(request, state)
    if (outage !== null) noteOutage(request, outage)
    judgeCookie(state)
    takeOver(state)
    return state
  }

  /**
   * A live cookie stays, signed anew after a change of secrets; one that leads nowhere will be cleared. Either way it is
   * hidden from @fastify/session, which would clear any that is not exactly the session's, and from the host's logs.
   */
  function judgeCookie (state: Attached): void {
    const { request, session, record, token } = state
    const { [cookie.name]: sent } = request.cookies
    if (sent === undefined) return
    delete request.cookies[cookie.name]
    state.carried = true
    if (record !== null) state.issue = sent !== session.encryptedSessionId && isNewest(record, token)
    else if (outageOf(request) === undefined) {
      state.dead = true
      // A forged one has shown nothing to anybody. A visitor's session that expired cannot be told from a login.
      const { valid, value } = signer.unsign(sent)
      state.over = valid
      state.gone = valid ? value : null
    }
  }

  function takeOver (state: Attached): void {
    const { request, session } = state
    replaceMethods(session, {
      isModified: () => state.issue,

      async save () {
        await save(state)
        // The attributes that @fastify/session is about to send, if it is its onSend that saves: all of them ours.
        const expires = state.record?.remember ? state.record.endsAt : undefined
        Object.assign(session.cookie, { toJSON: () => ({ ...cookie.attributes, expires }) })
      },

      destroy: () => end(state, []),
      regenerate: keep => end(state, keep),

      async reload () {
        throwOutage(request)
        const record = await sessions.resume(state.token)
        // Gone meanwhile. The browser may hold a newer cookie than this request's by now: nothing is cleared.
        if (record === null) return leave(state, {})
        setRecord(state, record)
        replaceData(session, record.data)
      }
    })
  }

  function setRecord (state: Attached, record: LoginSessionRecord | null): void {
    state.record = record
    state.snapshot = snapshotOf(record?.data)
    delete state.view
  }

  function setToken (state: Attached, token: string, issue: boolean): void {
    replaceToken(state.session, token, signer.sign(token))
    Object.assign(state, { token, issue })
  }

  /** Ends the session and clears its cookie; these keys of its data go on with the visitor. */
  async function end (state: Attached, keep: string[]): Promise<void> {
    throwOutage(state.request)
    await saved(state)
    if (state.record !== null) await sessions.end(state.record, state.token, 'signed-out')
    else await endGone(state)
    if (state.record?.userId !== undefined) state.over = state.carried
    const kept = Object.entries(dataOf(state.session)).filter(([key]) => keep.includes(key))
    leave(state, Object.fromEntries(kept))
    state.dead = state.carried
  }

  /** Nobody is told to be signed out by a record that is gone, but perhaps not for good. */
  async function endGone (state: Attached): Promise<void> {
    if (state.gone !== null) await sessions.endForCertain(state.gone, 'signed-out')
    state.gone = null
  }

  /** The session goes on as that of a visitor, under a token that nobody has seen. */
  function leave (state: Attached, data: Record<string, unknown>): void {
    setRecord(state, null)
    replaceData(state.session, data)
    setToken(state, newToken(), false)
  }

  function stateOf (request: FastifyRequest): Attached {
    const state = attached.get(request)
    if (state === undefined) throw new TypeError('login sessions work from the onRequest hooks on that come after this plugin, and on requests with a path')
    return state
  }

  return {
    // The attributes that matter are put on where the cookie is issued.
    cookie: { path, httpOnly, sameSite, secure: false },

    adopt (request) {
      // It leaves a bare object where the request's target is no path: "OPTIONS *".
      if (request.session.sessionId === undefined) return
      const { record, token } = attach(request)
      if (record !== null) sessions.seen(record, token, () => visits.sightingOf(request, record))
    },

    settle (request, reply) {
      const state = attached.get(request)
      // A hook before ours has answered: nothing was looked up, so nothing is known of the cookie.
      if (state === undefined) return
      const clear = (): void => {
        if (state.dead && !state.issue) reply.clearCookie(cookie.name, cookie.attributes as object)
        // The Back button must not bring private pages back: Chromium keeps `no-store` pages too (ASVS 5.0 14.3.1). Not
        // for less: it empties the cache of the whole origin.
        if (state.over && !reply.hasHeader('clear-site-data')) reply.header('clear-site-data', '"cache"')
        state.dead = state.over = false
        state.sent = true
      }
      const saving = save(state)
      return saving === null ? clear() : saving.then(clear)
    },

    current (request) {
      const state = attached.get(request)
      if (state?.record?.userId === undefined) return null
      return (state.view ??= toLoginSession(state.record))
    },

    async signIn (request, userId, remember) {
      const state = stateOf(request)
      if (state.sent) throw tooLate()
      await saved(state)
      const { session, record: former, token: formerToken } = state
      const token = newToken()
      // What an anonymous visitor gathered comes along; what another login left stays behind.
      const data = former?.userId === undefined ? dataOf(session) : {}
      const record = await sessions.start({ token, userId, remember, visit: visits.visitOf(request), data })
      try {
        if (state.sent) throw tooLate()
        if (former !== null) await sessions.end(former, formerToken, 'replaced')
        // One that could not be read before may be there all the same, and one that has expired may be prolonged.
        else if (outageOf(request) !== undefined) await sessions.endByToken(formerToken, 'replaced')
        else if (state.gone !== null) await sessions.endByToken(state.gone, 'replaced')
      } catch (error) {
        // The browser will not get this token: no ghost of it shall stay in the list.
        await sessions.discard({ userId, id: record.id }).catch(() => {})
        throw error
      }
      state.gone = null
      clearOutage(request)
      setRecord(state, record)
      replaceData(session, data)
      setToken(state, token, true)
      return toLoginSession(record)
    },

    async signOut (request) {
      const state = stateOf(request)
      throwOutage(request)
      if (state.record === null) await endGone(state)
      else if (state.record.userId !== undefined) await end(state, [])
    },

    async rotate (request) {
      const state = stateOf(request)
      const next = await sessions.rotate(state.record!, state.token)
      if (next !== null) setToken(state, next, true)
      return next !== null
    }
  }
}

const tooLate = (): TypeError => new TypeError('the response is on its way, and no cookie can go with it any more: await startLoginSession before you answer')
