/**
 * The room `sessions/`: what is kept of a sign-in, and what may happen to it. No HTTP, no database.
 * This file: the login-session record and its life. Pure: the clock is passed in.
 * @module
 */
import type { Device } from '../client/device.js'
import { keyOfToken, hashToken, type TokenHash } from './tokens.js'

/** The attempts at confirming one session. Counted in the store, so over all servers. */
export interface AttemptState {
  /** Failed attempts since the last success or lock. */
  failures: number
  /** Failed attempts since the last success, over all locks. Absent: as many as `failures`. */
  total?: number
  /** No attempt is taken before this. */
  lockedUntil?: Date
  /** When the session was last confirmed. */
  at?: Date
}

/** What is kept of one browser: its sign-in and its session data, in one document. */
export interface LoginSessionRecord {
  /** Its key: the user key, then the public id (`key.ts`). */
  _id: string
  /** The hashes of its tokens, the newest first (`tokens.ts`). At most 8. */
  tokens: TokenHash[]
  /** Absent on a visitor session, which exists only because the host wrote data to it. */
  userId?: string
  /** When the user signed in. */
  createdAt: Date
  /** Last request, exact to `touchEvery`. */
  lastActiveAt: Date
  /** When it ends if no further request comes. The TTL index is on it, and every read compares it with now. */
  expiresAt: Date
  /** Absolute end; `expiresAt` never passes it. */
  endsAt: Date
  /** "Keep me signed in": the cookie outlives the browser. */
  remember: boolean
  /** Normalised address, whole or shortened, or null when none is known or kept. Follows the session. */
  ip: string | null
  /** As sent at sign-in, cut at 512 characters. */
  userAgent: string
  /** The browser as it was at sign-in; client hints that come later may add details, once. */
  device: Device
  confirmation: AttemptState
  /** The host's `request.session` keys. */
  data: Record<string, unknown>
}

/** A record without its session data. */
export type RecordWithoutData = Omit<LoginSessionRecord, 'data'>

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

/** What a touch takes from the request that caused it. */
export interface Sighting {
  ip: string | null
  /** Only if the request describes the device in more detail than the record. */
  device?: Device
}

/** The change that a touch writes. */
export interface Touch extends Sighting {
  /** The record's. */
  _id: string
  lastActiveAt: Date
  expiresAt: Date
}

/** What a new record is made from. */
export interface NewSession {
  /** Its first token, which names the record's key. */
  token: string
  userId?: string
  remember: boolean
  visit: Visit
  data: Record<string, unknown>
}

/** A record that starts now. */
export function startRecord (session: NewSession, lifetime: Lifetime, now: Date): LoginSessionRecord {
  const { token, userId, remember, visit, data } = session
  const endsAt = after(now, lifetime.absoluteTimeout)
  return {
    _id: keyOfToken(token),
    tokens: [{ hash: hashToken(token), generation: 0 }],
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

/** Has it not expired? Exact to the millisecond, whatever the TTL monitor does. */
export const isLive = ({ expiresAt }: Pick<LoginSessionRecord, 'expiresAt'>, now: Date): boolean => expiresAt > now

/**
 * The touch that is due, or null: nothing is written more often than `touchEvery`.
 * @param sight called only if one is due: most requests need not be examined
 */
export function dueTouch (record: LoginSessionRecord, sight: () => Sighting, lifetime: Lifetime, now: Date): Touch | null {
  if (now.getTime() - record.lastActiveAt.getTime() < lifetime.touchEvery) return null
  return {
    _id: record._id,
    lastActiveAt: now,
    expiresAt: expiryAt(now, record.remember, record.endsAt, lifetime),
    ...sight()
  }
}

function expiryAt (now: Date, remember: boolean, endsAt: Date, lifetime: Lifetime): Date {
  const idle = remember ? lifetime.rememberIdleTimeout : lifetime.idleTimeout
  if (idle === null) return endsAt
  // The last request may be up to `touchEvery` later than `lastActiveAt`: nobody may be signed out early.
  const idleEnd = after(now, idle + lifetime.touchEvery)
  return idleEnd < endsAt ? idleEnd : endsAt
}

function after (now: Date, milliseconds: number): Date {
  return new Date(now.getTime() + milliseconds)
}
