/**
 * Registers @fastify/session, which hosts and other plugins expect to find: `request.session` with its types, and
 * `app.decryptSession`. Only this file knows how it works, and `request-session.ts` keeps its interface.
 *
 * It does nothing for a request, by two of its own rules: on paths outside of its cookie's path it looks nothing up, and
 * on responses it leaves a session without `encryptedSessionId` alone. `lookup.ts` then puts our own session in place.
 * @module
 */
import sessionPlugin, { type SessionStore } from '@fastify/session'
import type { FastifyInstance, Session } from 'fastify'
import type { Lifecycle } from '../sessions/lifecycle.js'
import { idOf, newId } from '../sessions/key.js'
import { keyOfToken } from '../sessions/tokens.js'
import type { SessionCookie } from './cookie.js'

/** No request has this path. */
const NO_PATH = '\0'

/** Registers @fastify/session. `app.decryptSession` then reads the sessions of this lifecycle. */
export async function registerFastifySession (app: FastifyInstance, lifecycle: Lifecycle, cookie: SessionCookie): Promise<void> {
  // `decryptSession` calls `unsign` and `get` in the same turn. Between them it carries the public id, so that the
  // session that it makes never shows the token.
  const tokens = new Map<string, string>()

  const store: SessionStore = {
    get (id, callback) {
      const token = tokens.get(id)!
      tokens.delete(id)
      // Outside the promise chain: the promise must not catch what the callback throws.
      lifecycle.resume(token).then(
        ({ record }) => { process.nextTick(callback, null, record === null ? null : { ...record.data } as unknown as Session) },
        error => { process.nextTick(callback, error) })
    },
    set: (_id, _session, callback) => { process.nextTick(callback, readOnly()) },
    destroy: (_id, callback) => { process.nextTick(callback, readOnly()) }
  }

  await app.register(sessionPlugin, {
    store,
    secret: {
      sign: () => '',
      unsign (value) {
        const token = cookie.unsign(value)?.token
        if (token === undefined) return { valid: false, renew: false, value: null }
        const id = idOf(keyOfToken(token))
        tokens.set(id, token)
        return { valid: true, renew: false, value: id }
      }
    },
    cookie: { path: NO_PATH },
    idGenerator: newId,
    rolling: false,
    saveUninitialized: false
  })
}

const readOnly = (): TypeError => new TypeError('a session of app.decryptSession can only be read: ' +
  'change request.session in a request, or end the session with app.loginSessions.revoke(userId, session.sessionId)')
