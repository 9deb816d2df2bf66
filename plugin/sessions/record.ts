/**
 * The login-session record and its life: start, expire, touch, rotate. Pure: no store, no HTTP, the clock is passed in.
 * @module
 */
import { createHash, randomBytes } from 'node:crypto'
import type { Device } from '../client/device.js'

/** One credential of a session: SHA-256 of the cookie's token, base64url. */
export interface TokenHash {
  hash: string
  /** Only on the token before the last rotation, once the newer one has been seen: when it stops working. */
  until?: Date
}

/** The password attempts of one session. Counted in the store, so over all servers. */
export interface Confirmation {
  failures: number
  /** No attempt is taken before this. */
  lockedUntil?: Date
  /** When the password was last confirmed. */
  at?: Date
}

/** What is kept of one browser: its sign-in and its session data, in one document. */
export interface LoginSessionRecord {
  /** Public handle, 128 random bits, base64url. Shown in pages and URLs; never a credential and not derived from one. */
  id: string
  /** The newest, and after a rotation the one before it. */
  tokens: TokenHash[]
  /** Absent on an anonymous session, which exists only because the host wrote data to it. */
  userId?: string
  /** When the user signed in. */
  createdAt: Date
  /** Last request, exact to `touchEvery`. */
  lastActiveAt: Date
  /** Next death. The TTL index is on it, and every read compares it with now. */
  expiresAt: Date
  /** Absolute end; `expiresAt` never passes it. */
  endsAt: Date
  /** "Keep me signed in": the cookie outlives the browser. */
  remember: boolean
  /** Normalised address, whole or shortened, or null when none is known or kept. Follows the session. */
  ip: string | null
  /** As sent at sign-in, cut at 512 characters. */
  userAgent: string
  /** Words for the browser as it was at sign-in; client hints that come later may make them more exact, once. */
  device: Device
  confirmation: Confirmation
  /** The host's `request.session` keys. */
  data: Record<string, unknown>
}

/** How long sessions live, all in milliseconds. */
export interface Lifetime {
  /** Every session ends this long after sign-in. */
  absoluteTimeout: number
  /** A session without "keep me signed in" also ends after this long without a request. */
  idleTimeout: number
  /** The same for remembered sessions; null: they have no idle timeout. */
  rememberIdleTimeout: number | null
  /** `lastActiveAt` is written at most once in this time. */
  touchEvery: number
}

/** Where a request came from. */
export interface Visit {
  ip: string | null
  userAgent: string
  device: Device
}

/** What a touch notes of the request that is its occasion. */
export interface Sighting {
  ip: string | null
  /** Only when the request tells the device more exactly than the record does. */
  device?: Device
}

/** The change that a touch writes. */
export interface Touch extends Sighting {
  id: string
  lastActiveAt: Date
  expiresAt: Date
}

/** A former token that gets its end. */
export interface Retirement {
  /** The record's. */
  id: string
  /** The hash of the token that replaced it. */
  newest: string
  until: Date
}

/**
 * How long the token before a rotation still works once the new one has been seen, in ms, so that parallel requests
 * survive. It begins at the new token's first use, not at the rotation: the answer that brings it may never arrive (a
 * reload, a closed tab, a connection reset while the password is checked), and who holds only the former token then is
 * the user. A thief of the former token gains nothing by it: its owner's next request ends it.
 */
export const ROTATION_GRACE = 30_000

/** A new secret token: 256 random bits, base64url (ASVS 5.0 7.2.3 asks for 128). */
export const newToken = (): string => randomBytes(32).toString('base64url')

/** What is stored of a token. No salt: 256 random bits cannot be guessed from their hash. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url')

const newId = (): string => randomBytes(16).toString('base64url')

/** What a new record starts from. */
export interface Beginning {
  token: string
  userId?: string
  remember: boolean
  visit: Visit
  data: Record<string, unknown>
}

/** A record born now. */
export function startRecord (beginning: Beginning, lifetime: Lifetime, now: Date): LoginSessionRecord {
  const { token, userId, remember, visit, data } = beginning
  const endsAt = after(now, lifetime.absoluteTimeout)
  return {
    id: newId(),
    tokens: [{ hash: hashToken(token) }],
    ...(userId === undefined ? {} : { userId }),
    createdAt: now,
    lastActiveAt: now,
    expiresAt: expiryAt(now, remember, endsAt, lifetime),
    endsAt,
    remember,
    ...visit,
    confirmation: { failures: 0 },
    data
  }
}

/** Does the token with this hash sign in now? To the millisecond, whatever the TTL monitor does. */
export function isLive (record: LoginSessionRecord, hash: string, now: Date): boolean {
  return ownsRecord(record, hash, now) && record.expiresAt > now
}

/** Is the record this token's, expired or not? A former token that has run out has none any more. */
export function ownsRecord (record: LoginSessionRecord, hash: string, now: Date): boolean {
  const token = record.tokens.find(token => token.hash === hash)
  return token !== undefined && (token.until === undefined || token.until > now)
}

/** Is this its newest token, not the one before a rotation? Only the newest is ever issued again. */
export function isNewest (record: LoginSessionRecord, token: string): boolean {
  return record.tokens[0]?.hash === hashToken(token)
}

/** The retirement of its former token that is due when a request comes with this one, or null: due at the newest one's first use. */
export function dueRetirement (record: LoginSessionRecord, token: string, now: Date): Retirement | null {
  const [newest, former] = record.tokens
  // Most records have no former token, or one that has its end: no hash is made for them.
  if (newest === undefined || former === undefined || former.until !== undefined || !isNewest(record, token)) return null
  return { id: record.id, newest: newest.hash, until: after(now, ROTATION_GRACE) }
}

/** A rotation at this moment or before, whose new token has not been seen at `now`, has evidently been lost on its way. */
export const lostBefore = (now: Date): Date => after(now, -ROTATION_GRACE)

/**
 * The touch that is due, or null: nothing is written more often than `touchEvery`.
 * @param look called only when one is due: most requests need not be looked at
 */
export function dueTouch (record: LoginSessionRecord, look: () => Sighting, lifetime: Lifetime, now: Date): Touch | null {
  if (now.getTime() - record.lastActiveAt.getTime() < lifetime.touchEvery) return null
  return {
    id: record.id,
    lastActiveAt: now,
    expiresAt: expiryAt(now, record.remember, record.endsAt, lifetime),
    ...look()
  }
}

/** The tokens after a rotation: the new one, and the one it replaces, which gets its end when the new one is first seen. */
export const rotatedTokens = (current: string, next: string): TokenHash[] => [{ hash: next }, { hash: current }]

function expiryAt (now: Date, remember: boolean, endsAt: Date, lifetime: Lifetime): Date {
  const idle = remember ? lifetime.rememberIdleTimeout : lifetime.idleTimeout
  if (idle === null) return endsAt
  // The last request may be up to `touchEvery` younger than `lastActiveAt` tells: nobody is signed out early.
  const idleEnd = after(now, idle + lifetime.touchEvery)
  return idleEnd < endsAt ? idleEnd : endsAt
}

function after (now: Date, milliseconds: number): Date {
  return new Date(now.getTime() + milliseconds)
}
