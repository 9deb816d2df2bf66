/**
 * Requests with a session's cookie to any of several servers, each answer judged: done, refused, or not to be.
 * @module
 */
import type { FastifyInstance } from 'fastify'
import { browser, type Reply } from '../../support/browser-jar.js'
import type { Ledger, Signed } from './ledger.js'

const UNAVAILABLE = 'FST_LOGIN_SESSION_STORE_UNAVAILABLE'

/** The outcome of an operation. */
export type Outcome = 'done' | 'refused'

/** Sends requests and judges answers. */
export interface Client {
  /** A request with this cookie value, or without one. The value in the jar afterwards is part of the answer. */
  send(app: FastifyInstance, cookie: string | null, method: 'GET' | 'POST', url: string, payload?: object): Promise<{ reply: Reply, cookie: string | undefined }>
  /** The same for a session, whose new token it notes. */
  sendAs(app: FastifyInstance, session: Signed, method: 'GET' | 'POST', url: string, payload?: object): Promise<Reply>
  /** 200: done; 503 with the right code: refused; these other statuses are fine, too; the rest breaks a promise. */
  judge(reply: Reply, what: string, ...fine: number[]): Outcome
  /** The same for what is asked of `app.loginSessions`. */
  ask<T>(what: string, verb: () => Promise<T>): Promise<Outcome>
}

export function createClient (ledger: Ledger): Client {
  const refused = (): Outcome => { ledger.figures.refusals++; return 'refused' }

  const client: Client = {
    async send (app, cookie, method, url, payload) {
      const visitor = browser(app)
      if (cookie !== null) visitor.forge(cookie)
      ledger.figures.requests++
      const reply = method === 'GET' ? await visitor.get(url) : await visitor.post(url, payload)
      return { reply, cookie: visitor.cookieValue() }
    },

    async sendAs (app, session, method, url, payload) {
      const { cookie: before, state } = session
      const { reply, cookie } = await client.send(app, before, method, url, payload)
      if (cookie !== undefined && cookie !== before) ledger.rotated(session, cookie)
      if (state === 'live' && session.state === 'live' && (reply.statusCode === 401 || cookie === undefined)) {
        ledger.figures.signOutsWithoutCause++
        ledger.broken.push(`SIGNED OUT WITHOUT CAUSE: ${url} answered ${reply.statusCode}, the cookie is ${cookie === undefined ? 'gone' : 'there'}`)
      }
      return reply
    },

    judge (reply, what, ...fine) {
      if (reply.statusCode === 200) return 'done'
      if (reply.statusCode === 503 && reply.json().code === UNAVAILABLE && reply.headers['retry-after'] !== undefined) return refused()
      if (!fine.includes(reply.statusCode)) ledger.broken.push(`${what} answered ${reply.statusCode}: ${reply.body}`)
      return 'refused'
    },

    async ask (what, verb) {
      try {
        await verb()
        return 'done'
      } catch (error) {
        if ((error as { code?: unknown }).code !== UNAVAILABLE) ledger.broken.push(`${what} rejected: ${String(error)}`)
        return refused()
      }
    }
  }
  return client
}
