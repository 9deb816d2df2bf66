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
import type { LoginSessionRecord } from '../sessions/record.js'
import { keyOfToken } from '../sessions/tokens.js'
import type { SessionCookie } from './cookie.js'

/** No request has this path. */
const NO_PATH = '\0'

/** How many decrypted sessions can still be ended by their own `destroy`. */
const MOST_REMEMBERED = 10_000

/** Must requests of this session prove their device? `app.decryptSession` sees one cookie only, so it cannot know whose it is. */
type NeedsProof = (record: LoginSessionRecord, at: Date) => boolean

/** Registers @fastify/session. `app.decryptSession` then reads the sessions of this lifecycle. */
export async function registerFastifySession (
  app: FastifyInstance, lifecycle: Lifecycle, cookie: SessionCookie, needsProof: NeedsProof
): Promise<void> {
  // Sessions that `decryptSession` makes show the public id, never the token. So the token is kept here.
  const tokens = new Map<string, string>()

  function remember (token: string): string {
    const id = idOf(keyOfToken(token))
    // Set anew, it is the last to leave.
    tokens.delete(id)
    tokens.set(id, token)
    if (tokens.size > MOST_REMEMBERED) tokens.delete(tokens.keys().next().value!)
    return id
  }

  const store: SessionStore = {
    get (id, callback) {
      const token = tokens.get(id)
      if (token === undefined) return process.nextTick(callback, null, null)
      // Outside the promise chain: the promise must not catch what the callback throws.
      lifecycle.resume(token).then(
        ({ record, at }) => {
          const isKnown = record !== null && !needsProof(record, at)
          process.nextTick(callback, null, isKnown ? { ...record.data } as unknown as Session : null)
        },
        error => { process.nextTick(callback, error) })
    },
    set: (_id, _session, callback) => { process.nextTick(callback, readOnly('saved')) },
    destroy (id, callback) {
      const token = tokens.get(id)
      if (token === undefined) return process.nextTick(callback, readOnly('ended, it is too long ago that it was decrypted'))
      lifecycle.endByToken(token, 'signed-out').then(() => { process.nextTick(callback, null) }, error => { process.nextTick(callback, error) })
    }
  }

  await app.register(sessionPlugin, {
    store,
    secret: {
      sign: () => '',
      unsign (value) {
        const token = cookie.unsign(value)?.token
        return token === undefined
          ? { valid: false, renew: false, value: null }
          : { valid: true, renew: false, value: remember(token) }
      }
    },
    cookie: { path: NO_PATH },
    idGenerator: newId,
    rolling: false,
    saveUninitialized: false
  })
}

const readOnly = (what: string): TypeError => new TypeError(`a session of app.decryptSession cannot be ${what}: ` +
  'change request.session in a request, or end the session with app.loginSessions.revoke(userId, session.sessionId)')
