/**
 * What the bridge knows of one request's session.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import type { LoginSession } from '../sessions/login-session.js'
import type { LoginSessionRecord } from '../sessions/record.js'
import type { Snapshot } from './session-data.js'
import type { SessionObject } from './request-session.js'

/** One request's session, from its lookup to the response. */
export interface Attached {
  request: FastifyRequest
  session: SessionObject
  token: string
  record: LoginSessionRecord | null
  /** The session data as last read or saved. */
  snapshot: Snapshot
  /** The browser has sent a cookie. */
  carried: boolean
  /** It leads nowhere: to be cleared on this response. */
  dead: boolean
  /** This browser's sign-in is over, here or since its last request: it shall forget the pages it has seen. */
  over: boolean
  /** The token of a well-signed cookie that signs nobody in. */
  gone: string | null
  /** Set-Cookie is due on this response. */
  issue: boolean
  /** What is being saved; the next save comes after it. */
  saving: Promise<void> | null
  /** The response is on its way: no cookie can go with it any more. */
  sent: boolean
  view?: LoginSession
}
