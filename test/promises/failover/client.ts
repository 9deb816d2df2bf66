/**
 * Requests with a session's cookie to any of several servers, each answer judged: done, refused, or not to be.
 * @module
 */
import type { FastifyInstance } from 'fastify'
import { KEY_LENGTH } from '../../../plugin/sessions/key.js'
import { browser, type Reply } from '../../support/browser-jar.js'
import { type SoftwareDevice, softwareDevice } from '../../support/software-device.js'
import type { Ledger, Signed } from './ledger.js'

const UNAVAILABLE = 'FST_LOGIN_SESSION_STORE_UNAVAILABLE'

/** The browser could not renew its proof, because the store was away. */
const UNPROVEN = 'FST_LOGIN_SESSION_DEVICE_UNPROVEN'

/** How many requests of a bound session come between two for which its browser needs a new proof. */
const RENEWED_EVERY = 10

/** What proves the device of a session. */
interface Binding {
  device: SoftwareDevice
  /** Its cookies of device binding. */
  jar: NonNullable<Parameters<typeof browser>[3]>
  requests: number
}

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
  /** By the key of the session. Every second browser can bind its sessions. */
  const bindings = new Map<string, Binding>()
  let browsers = 0

  function bindingFor (cookie: string | null): Binding | undefined {
    if (cookie !== null) return bindings.get(cookie.slice(0, KEY_LENGTH))
    return browsers++ % 2 === 0 ? { device: softwareDevice(), jar: new Map(), requests: 0 } : undefined
  }

  const refused = (): Outcome => { ledger.figures.refusals++; return 'refused' }

  const client: Client = {
    async send (app, cookie, method, url, payload) {
      const binding = bindingFor(cookie)
      if (binding && ++binding.requests % RENEWED_EVERY === 0) binding.jar.clear()
      const visitor = browser(app, binding && { device: binding.device }, undefined, binding?.jar)
      if (cookie !== null) visitor.forge(cookie)
      ledger.figures.requests++
      const reply = method === 'GET' ? await visitor.get(url) : await visitor.post(url, payload)
      if (url === '/account' && reply.statusCode === 200 && reply.json().deviceBound) ledger.figures.bound++
      const now = visitor.cookieValue()
      if (binding && now !== undefined) bindings.set(now.slice(0, KEY_LENGTH), binding)
      return { reply, cookie: now }
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
      if (reply.statusCode === 503 && [UNAVAILABLE, UNPROVEN].includes(reply.json().code) && reply.headers['retry-after'] !== undefined) return refused()
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
