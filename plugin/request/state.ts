/**
 * What is known of one request: its session and cookie, and whether the store failed for it.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { LoginSessionError } from '../errors.js'
import { newVisitorKey } from '../sessions/key.js'
import type { LoginSession } from '../sessions/login-session.js'
import type { LoginSessionRecord } from '../sessions/record.js'
import { RequestSession, type SessionActions } from './request-session.js'
import { type Snapshot, snapshotOf } from './snapshot.js'

/**
 * What happens to the cookie. `none`: the browser has none of ours, and gets none. `keep`: it keeps what it has. `issue`: it
 * gets the state's token. `clear`: the cookie is no longer valid.
 */
export type CookieDecision = 'none' | 'keep' | 'issue' | 'clear'

/** A value of the request's Cookie header that we have signed. */
export interface SentCookie {
  token: string
  /** It was signed with an earlier secret. */
  renew: boolean
}

/** One request's session, from its lookup to the response. */
export class RequestState {
  readonly session: RequestSession<RequestState>
  /** The live record, a login's or a visitor session's. */
  record: LoginSessionRecord | null = null
  /** The record's token that this browser has, or will have with this response. */
  token: string | null = null
  /** The session data as last read or saved. */
  snapshot: Snapshot
  /** The store's failure for this request: it is not known who is signed in. */
  outage: LoginSessionError | null = null
  /** Tokens that the browser sent, except that of the record. Their sessions may exist: they end when this browser signs in or out. */
  others: string[] = []
  /** Another token of a live session was sent. Its browser may have a newer cookie by now, which must not be overwritten. */
  superseded = false
  /** A login of this browser ended with this request: what it showed must not be shown by the Back button. */
  loginEnded = false
  cookie: CookieDecision = 'none'
  /** What was done to the cookie with this response. */
  cookieSent: 'issue' | 'clear' | null = null
  /** A user has signed in with this request. */
  signedIn = false
  /** The token of a live session was sent, but not from the device that the session is bound to. */
  unproven = false
  /** The change of the cookie may wait for a response that is private anyway. */
  cookieMayWait = false
  /** When the token was looked up, in ms. */
  lookedUpAt = 0
  /** A guard has let this request pass, so its handler counts on a login. */
  guarded = false
  /** The save under way; the next one comes after it. */
  saving: Promise<void> | null = null
  /** The response has been sent: no cookie can be set any more. */
  responseSent = false
  /** The public view of the record, made when it is asked for. */
  loginSession: LoginSession | undefined
  #visitorKey: string | undefined

  /** @param sent the cookies that we have signed */
  constructor (readonly request: FastifyRequest, readonly sent: readonly SentCookie[], actions: SessionActions<RequestState>) {
    this.snapshot = snapshotOf(undefined)
    this.session = new RequestSession<RequestState>(this, actions)
  }

  /** The record's key, or the one that a visitor session will get with its first data; '' once none can start any more. */
  get key (): string {
    const key = this.record?._id ?? this.#visitorKey
    // @fastify/session asks for the id of every session when the response is sent. Most visitors need none.
    if (key === undefined && this.responseSent) return ''
    return key ?? (this.#visitorKey = newVisitorKey())
  }

  /** Sets the record and its token. Null: the request goes on as a visitor's, under a key that no browser has. */
  setRecord (record: LoginSessionRecord | null, token: string | null): void {
    this.record = record
    this.token = token
    this.snapshot = snapshotOf(record?.data)
    this.loginSession = undefined
    if (record === null) this.#visitorKey = undefined
  }

  /** @throws the store's failure for this request, if there was one */
  throwOutage (): void {
    if (this.outage !== null) throw this.outage
  }
}

const STATE = Symbol('fastify-login-sessions request state')

/** A request that this plugin has decorated. */
type WithState = FastifyRequest & { [STATE]?: RequestState | null }

/** Gives every request a place for its state. */
export const provideStates = (app: FastifyInstance): void => { app.decorateRequest(STATE as unknown as string, null) }

/** Begins the state of a request. */
export const setState = (request: FastifyRequest, state: RequestState): void => { (request as WithState)[STATE] = state }

/** The state of a request; null or undefined if our onRequest hook has not run for it. */
export const stateOf = (request: object): RequestState | null | undefined => (request as WithState)[STATE]
