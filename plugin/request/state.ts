/**
 * What is known of one request: its session and cookie, and whether the store failed for it.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import type { LoginSessionError } from '../errors.js'
import type { LoginSession } from '../sessions/login-session.js'
import type { LoginSessionRecord } from '../sessions/record.js'
import type { SessionObject } from './request-session.js'

/** Session data, to be compared later: each key's value as JSON, as @fastify/session compares them. */
export type Snapshot = ReadonlyMap<string, string>

/** One request's session, from its lookup to the response. */
export interface RequestState {
  request: FastifyRequest
  sessionObject: SessionObject
  token: string
  record: LoginSessionRecord | null
  /** The session data as last read or saved. */
  snapshot: Snapshot
  /** The browser sent a cookie. */
  cookieSent: boolean
  /** The cookie is no longer valid: clear it on this response. */
  clearCookie: boolean
  /** This browser was signed out, now or since its last request: send Clear-Site-Data. */
  clearSiteData: boolean
  /** Token of a correctly signed cookie for which no live record was found. */
  unknownToken: string | null
  /** Set-Cookie is due on this response. */
  issueCookie: boolean
  /** The save under way; the next one comes after it. */
  saving: Promise<void> | null
  /** The response has been sent: no cookie can be set any more. */
  responseSent: boolean
  loginSession?: LoginSession
}

const outages = new WeakMap<FastifyRequest, LoginSessionError>()

/** Notes that the store failed for this request: it is not known who is signed in. */
export const noteOutage = (request: FastifyRequest, error: LoginSessionError): void => { outages.set(request, error) }

/** It is known now: somebody has signed in since. */
export const clearOutage = (request: FastifyRequest): void => { outages.delete(request) }

/** The store's failure for this request, if there was one. */
export const outageOf = (request: FastifyRequest): LoginSessionError | undefined => outages.get(request)

/** @throws the store's failure for this request, if there was one */
export function throwOutage (request: FastifyRequest): void {
  const outage = outageOf(request)
  if (outage !== undefined) throw outage
}
