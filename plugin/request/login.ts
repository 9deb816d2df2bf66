/**
 * The room `request/`: one request, from its cookie to the record, `request.session` and Set-Cookie.
 * This file: who is signed in on a request, signing in and out, and the token's rotation. Only it, `fastify-session.ts`
 * (the store), `request-session.ts` (the session object) and `plugin.ts`, which registers it, know how @fastify/session
 * works.
 *
 * Three habits of @fastify/session are met here (all observed):
 * - it clears a cookie without Secure, which `__Host-` cookies need: the cookie is hidden from it and cleared here;
 * - with `secure: true` it sends no cookie over http, without a warning, on localhost too: it gets `secure: false`, and
 *   the attribute is added when the cookie is issued;
 * - it saves whole sessions, with a Set-Cookie each time: changes are saved here, key by key, and it only issues cookies.
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type LoginSession, toLoginSession } from '../sessions/login-session.js'
import type { Lifecycle } from '../sessions/lifecycle.js'
import type { LoginSessionRecord } from '../sessions/record.js'
import { isNewest, newToken } from '../sessions/tokens.js'
import type { ResolvedCookie } from './cookie.js'
import { takeLookup } from './fastify-session.js'
import { dataOf, replaceData, replaceMethods, replaceToken } from './request-session.js'
import { createSaving, snapshotOf } from './saving.js'
import { clearOutage, noteOutage, outageOf, type RequestState, throwOutage } from './state.js'
import type { Visits } from './visit.js'

/** Signs tokens into cookie values. */
export interface Signer {
  sign(token: string): string
  unsign(value: string): { valid: true, value: string } | { valid: false, value: string | null }
}

/** What a request can do with its login. */
export interface RequestLogins {
  /** The cookie that @fastify/session is given. */
  cookie: Pick<ResolvedCookie['attributes'], 'path' | 'httpOnly' | 'sameSite'> & { secure: false }
  /** onRequest, after @fastify/session's: attaches the record that was looked up. */
  attach(request: FastifyRequest): void
  /** onSend, before @fastify/session's: saves changed session data and clears a cookie that is no longer valid. */
  beforeResponse(request: FastifyRequest, reply: FastifyReply): Promise<void> | void
  /** The signed-in user's session, or null. */
  current(request: FastifyRequest): LoginSession | null
  /** Starts a session with a new token; the browser's former one ends. */
  signIn(request: FastifyRequest, userId: string, remember: boolean): Promise<LoginSession>
  /** Ends the session and empties `request.session`. */
  signOut(request: FastifyRequest): Promise<void>
  /** Gives the session a new token, after a confirmation. False: a parallel request was faster. */
  rotate(request: FastifyRequest): Promise<boolean>
}

/** @param signer @fastify/session's signer of cookies */
export function createRequestLogins (lifecycle: Lifecycle, signer: Signer, cookie: ResolvedCookie, visits: Visits): RequestLogins {
  const states = new WeakMap<FastifyRequest, RequestState>()
  const { save, allSaved } = createSaving(lifecycle, visits)
  const { path, httpOnly, sameSite } = cookie.attributes

  function createState (request: FastifyRequest): RequestState {
    const sessionObject = request.session
    const { record, outage } = takeLookup(sessionObject)
    const state: RequestState = {
      request,
      sessionObject,
      token: sessionObject.sessionId,
      record,
      snapshot: snapshotOf(record?.data),
      cookieSent: false,
      clearCookie: false,
      clearSiteData: false,
      unknownToken: null,
      issueCookie: false,
      saving: null,
      responseSent: false
    }
    states.set(request, state)
    if (outage !== null) noteOutage(request, outage)
    judgeCookie(state)
    replaceSessionMethods(state)
    return state
  }

  /**
   * A valid cookie stays, and is signed again after a change of secrets. One that is no longer valid is cleared. Either way
   * it is hidden from the host's logs and from @fastify/session, which would clear any that is not exactly the session's.
   */
  function judgeCookie (state: RequestState): void {
    const { request, sessionObject, record, token } = state
    const { [cookie.name]: sent } = request.cookies
    if (sent === undefined) return
    delete request.cookies[cookie.name]
    state.cookieSent = true
    if (record !== null) state.issueCookie = sent !== sessionObject.encryptedSessionId && isNewest(record, token)
    else if (outageOf(request) === undefined) {
      state.clearCookie = true
      // A forged cookie never showed a private page. An expired visitor session cannot be told from a login.
      const { valid, value } = signer.unsign(sent)
      state.clearSiteData = valid
      state.unknownToken = valid ? value : null
    }
  }

  function replaceSessionMethods (state: RequestState): void {
    const { request, sessionObject } = state
    replaceMethods(sessionObject, {
      isModified: () => state.issueCookie,

      async save () {
        await save(state)
        // The attributes that @fastify/session will send if its own onSend saves: all of them are ours.
        const expires = state.record?.remember ? state.record.endsAt : undefined
        Object.assign(sessionObject.cookie, { toJSON: () => ({ ...cookie.attributes, expires }) })
      },

      destroy: () => end(state, []),
      regenerate: keep => end(state, keep),

      async reload () {
        throwOutage(request)
        const record = await lifecycle.resume(state.token)
        // Ended meanwhile. The browser may hold a newer cookie by now, so nothing is cleared.
        if (record === null) return becomeVisitor(state, {})
        setRecord(state, record)
        replaceData(sessionObject, record.data)
      }
    })
  }

  function setRecord (state: RequestState, record: LoginSessionRecord | null): void {
    state.record = record
    state.snapshot = snapshotOf(record?.data)
    delete state.loginSession
  }

  function setToken (state: RequestState, token: string, issueCookie: boolean): void {
    replaceToken(state.sessionObject, token, signer.sign(token))
    Object.assign(state, { token, issueCookie })
  }

  /** Ends the session and clears its cookie. The visitor keeps these keys of its data. */
  async function end (state: RequestState, keep: string[]): Promise<void> {
    throwOutage(state.request)
    await allSaved(state)
    if (state.record !== null) await lifecycle.end(state.record, state.token, 'signed-out')
    else await endUnknownToken(state)
    if (state.record?.userId !== undefined) state.clearSiteData = state.cookieSent
    const kept = Object.entries(dataOf(state.sessionObject)).filter(([key]) => keep.includes(key))
    becomeVisitor(state, Object.fromEntries(kept))
    state.clearCookie = state.cookieSent
  }

  /** A record that looks removed may come back after a failover, so make the removal durable before answering. */
  async function endUnknownToken (state: RequestState): Promise<void> {
    if (state.unknownToken !== null) await lifecycle.endByTokenDurably(state.unknownToken, 'signed-out')
    state.unknownToken = null
  }

  /** The request goes on with a visitor session, under a token that no browser has. */
  function becomeVisitor (state: RequestState, data: Record<string, unknown>): void {
    setRecord(state, null)
    replaceData(state.sessionObject, data)
    setToken(state, newToken(), false)
  }

  function stateOf (request: FastifyRequest): RequestState {
    const state = states.get(request)
    if (state !== undefined) return state
    throw new TypeError('login sessions were used too early: ' +
      "this plugin's onRequest hook has not run for this request (or its target is *)")
  }

  return {
    // The other attributes are added when the cookie is issued.
    cookie: { path, httpOnly, sameSite, secure: false },

    attach (request) {
      // @fastify/session leaves a bare object if the request's target is not a path: "OPTIONS *".
      if (request.session.sessionId === undefined) return
      const { record, token } = createState(request)
      if (record !== null) lifecycle.noteActivity(record, token, () => visits.sightingOf(request, record))
    },

    beforeResponse (request, reply) {
      const state = states.get(request)
      // A hook before ours has answered: nothing was looked up, so nothing is known about the cookie.
      if (state === undefined) return
      const clear = (): void => {
        if (state.clearCookie && !state.issueCookie) reply.clearCookie(cookie.name, cookie.attributes as object)
        // The Back button must not show private pages again: Chromium keeps `no-store` pages too (ASVS 5.0 14.3.1). Only
        // after a sign-out, since it empties the cache of the whole origin.
        if (state.clearSiteData && !reply.hasHeader('clear-site-data')) reply.header('clear-site-data', '"cache"')
        state.clearCookie = state.clearSiteData = false
        state.responseSent = true
      }
      const saving = save(state)
      return saving === null ? clear() : saving.then(clear)
    },

    current (request) {
      const state = states.get(request)
      if (state?.record?.userId === undefined) return null
      return (state.loginSession ??= toLoginSession(state.record))
    },

    async signIn (request, userId, remember) {
      const state = stateOf(request)
      if (state.responseSent) throw tooLate()
      await allSaved(state)
      const { sessionObject, record: former, token: formerToken } = state
      const token = newToken()
      // Signing in keeps the visitor's session data and discards data of a previous login.
      const data = former?.userId === undefined ? dataOf(sessionObject) : {}
      const record = await lifecycle.start({ token, userId, remember, visit: visits.visitOf(request), data })
      try {
        if (state.responseSent) throw tooLate()
        if (former !== null) await lifecycle.end(former, formerToken, 'replaced')
        // The old record may still exist if its lookup failed, and an expired one may be prolonged by a late touch.
        else if (outageOf(request) !== undefined) await lifecycle.endByToken(formerToken, 'replaced')
        else if (state.unknownToken !== null) await lifecycle.endByToken(state.unknownToken, 'replaced')
      } catch (error) {
        // The browser will not get this token, so its record must not stay in the user's list.
        await lifecycle.undoStart({ userId, id: record.id }).catch(() => {})
        throw error
      }
      state.unknownToken = null
      clearOutage(request)
      setRecord(state, record)
      replaceData(sessionObject, data)
      setToken(state, token, true)
      return toLoginSession(record)
    },

    async signOut (request) {
      const state = stateOf(request)
      throwOutage(request)
      if (state.record === null) await endUnknownToken(state)
      else if (state.record.userId !== undefined) await end(state, [])
    },

    async rotate (request) {
      const state = stateOf(request)
      const next = await lifecycle.rotate(state.record!, state.token)
      if (next !== null) setToken(state, next, true)
      return next !== null
    }
  }
}

const tooLate = (): TypeError => new TypeError('the response has already been sent, so the cookie cannot be set: ' +
  'await startLoginSession before replying')
