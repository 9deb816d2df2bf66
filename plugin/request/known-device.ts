/**
 * The device cookie: has this user signed in with this browser before? It decides about an alert, and about nothing else.
 *
 * The rule: a sign-in comes from a known device if the browser carries the device cookie that an earlier sign-in of the
 * same user left in it. Its value is a random id of the browser and up to five marks, one for each user who signed in,
 * newest first. A mark is a keyed hash of browser and user, so the cookie names nobody, cannot be forged, and is worth
 * nothing for another user. What is malformed, forged or there twice is a new device, never an error.
 *
 * Its limits: a private window or a cleared browser is always new, and so is a script without a cookie jar. Whoever has
 * copied the cookie together with the password is known. Of more than five users of one browser, the sixth last is new.
 * @module
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ResolvedCookie } from './cookie.js'

/** Users that one browser's cookie remembers. */
const USERS = 5

/** Bytes of a browser's id, and of each user's mark. */
const BYTES = 16

/** How long browsers keep the cookie, in seconds: 400 days, the longest that RFC 6265bis lets them. */
const MAX_AGE = 400 * 24 * 60 * 60

/** 16 bytes are 22 characters of base64url. */
const VALUE = new RegExp(String.raw`^[\w-]{22}(?:\.[\w-]{22}){1,${USERS}}$`)

/** Tells known devices from new ones. */
export interface KnownDevices {
  /**
   * Has this user signed in with this request's browser before? From now on yes: {@link setCookie} puts the cookie that
   * says so on the response.
   */
  recognise(request: FastifyRequest, userId: string): boolean
  /** onSend: sets the cookie where somebody has signed in. */
  setCookie(request: FastifyRequest, reply: FastifyReply): void
}

/** @param secrets newest first: it makes the marks, and those of all are known */
export function createKnownDevices (secrets: readonly string[], { name, attributes }: ResolvedCookie): KnownDevices {
  const cookieName = `${name}-device`
  const keys = secrets.map(secret => createHmac('sha256', secret).update('known-device').digest())
  const due = new WeakMap<FastifyRequest, string>()

  return {
    recognise (request, userId) {
      const [browser, ...marks] = (due.get(request) ?? sentValue(request, cookieName))?.split('.') ?? [newBrowser()]
      const own = keys.map(key => markOf(key, browser!, userId))
      const others = marks.filter(mark => !own.some(one => equal(one, mark)))
      due.set(request, [browser, own[0], ...others].slice(0, 1 + USERS).join('.'))
      return others.length < marks.length
    },

    setCookie (request, reply) {
      const value = due.get(request)
      if (value === undefined) return
      due.delete(request)
      reply.setCookie(cookieName, value, { ...attributes, maxAge: MAX_AGE } as object)
    }
  }
}

/** As the browser sent it, whatever the host makes of cookies; null when there is not exactly one, or none of ours. */
function sentValue (request: FastifyRequest, name: string): string | null {
  const start = `${name}=`
  const sent = (request.headers.cookie ?? '').split(';').map(pair => pair.trim()).filter(pair => pair.startsWith(start))
  const value = sent.length === 1 ? sent[0]!.slice(start.length) : ''
  return VALUE.test(value) ? value : null
}

const newBrowser = (): string => randomBytes(BYTES).toString('base64url')

/** The browser's id has a fixed length: no two pairs make the same text. */
function markOf (key: Buffer, browser: string, userId: string): string {
  return createHmac('sha256', key).update(browser + userId).digest().subarray(0, BYTES).toString('base64url')
}

/** In a time that does not tell how much of a guess was right. Both are 22 ASCII characters. */
const equal = (one: string, other: string): boolean => timingSafeEqual(Buffer.from(one), Buffer.from(other))
