/**
 * The device cookie: has this user signed in with this browser before? It is for alerts and
 * for the mark "New" on the account page only, and grants no access.
 *
 * A device is known if the browser sends the device cookie that an earlier sign-in of the same user set. The cookie contains
 * a random id of the browser and up to five marks, one for each user who signed in, newest first. A mark is a keyed hash of
 * browser and user. Therefore the cookie identifies nobody, cannot be forged, and does not work for another user. If the
 * cookie is malformed, forged or sent twice, the device is new. That is never an error.
 *
 * Limits: a private window, a browser whose cookies were cleared, and a script without a cookie jar are always new. A thief
 * who has the cookie and the password counts as known. A browser remembers its last five users; earlier ones are new.
 * @module
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { fastifyCookie } from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ResolvedCookie } from './cookie-options.js'
import { keysFor } from './keys.js'

/** The number of users that a cookie remembers. */
const USERS = 5

/** The length of a browser's id and of each mark, in bytes. */
const BYTES = 16

/** How long browsers keep the cookie, in seconds: 400 days, the maximum of RFC 6265bis. */
const MAX_AGE = 400 * 24 * 60 * 60

/** 16 bytes are 22 characters of base64url. */
const VALUE = new RegExp(String.raw`^[\w-]{22}(?:\.[\w-]{22}){1,${USERS}}$`)

/** Distinguishes known devices from new ones, if anybody wants to know. */
export interface KnownDevices {
  /** From now on devices are recognised. Before, none is new and no cookie is set. */
  enable(): void
  /** Has this user never signed in with this request's browser before? */
  isNew(request: FastifyRequest, userId: string): boolean
  /** From now on the device is known: {@link setCookie} sets the cookie for it on the response. */
  remember(request: FastifyRequest, userId: string): void
  /** onSend: sets the cookie if somebody signed in on this request. */
  setCookie(request: FastifyRequest, reply: FastifyReply): void
}

/** @param secrets newest first. The newest one makes the marks; marks of all of them are recognised */
export function createKnownDevices (secrets: readonly string[], { name, attributes }: ResolvedCookie): KnownDevices {
  const cookieName = `${name}-device`
  const keys = keysFor('device cookie', secrets)
  const pendingValues = new WeakMap<FastifyRequest, string>()
  let enabled = false

  /** The browser's id, and its marks: those of this user, as each secret makes it, and those in the cookie that are others'. */
  function read (request: FastifyRequest, userId: string) {
    const value = pendingValues.get(request) ?? sentValue(request, cookieName)
    const [browserId, ...marks] = value?.split('.') ?? [newBrowserId()]
    const userMarks = keys.map(key => markOf(key, browserId!, userId))
    const otherMarks = marks.filter(mark => !userMarks.some(userMark => isEqual(userMark, mark)))
    return { browserId, userMark: userMarks[0], otherMarks, isKnown: otherMarks.length < marks.length }
  }

  return {
    enable () { enabled = true },

    isNew: (request, userId) => enabled && !read(request, userId).isKnown,

    remember (request, userId) {
      if (!enabled) return
      const { browserId, userMark, otherMarks } = read(request, userId)
      pendingValues.set(request, [browserId, userMark, ...otherMarks].slice(0, 1 + USERS).join('.'))
    },

    setCookie (request, reply) {
      const value = pendingValues.get(request)
      if (value === undefined) return
      pendingValues.delete(request)
      reply.header('set-cookie', fastifyCookie.serialize(cookieName, value, { ...attributes, maxAge: MAX_AGE }))
    }
  }
}

/** The value as the browser sent it, however the host parses cookies. null if there is not exactly one, or it is malformed. */
function sentValue (request: FastifyRequest, name: string): string | null {
  const prefix = `${name}=`
  const sent = (request.headers.cookie ?? '').split(';').map(pair => pair.trim()).filter(pair => pair.startsWith(prefix))
  const value = sent.length === 1 ? sent[0]!.slice(prefix.length) : ''
  return VALUE.test(value) ? value : null
}

const newBrowserId = (): string => randomBytes(BYTES).toString('base64url')

/** The browser's id has a fixed length, so different pairs of browser and user never make the same text. */
function markOf (key: Buffer, browserId: string, userId: string): string {
  return createHmac('sha256', key).update(browserId + userId).digest().subarray(0, BYTES).toString('base64url')
}

/** Compares in constant time. Both marks are 22 ASCII characters. */
const isEqual = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(a), Buffer.from(b))
