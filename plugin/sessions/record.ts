/**
 * The room `sessions/`: what is kept of a sign-in, and what may happen to it. No HTTP, no database.
 * This file: the login-session record and its life. Pure: the clock is passed in.
 * @module
 */
import type { Device } from '../client/device.js'
import type { DeviceBinding } from './binding.js'
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

/** The address before the present one. */
export interface FormerIp {
  ip: string
  /** When the present address replaced it. */
  until: Date
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
  /** In ms; null: it has none. Only if the sign-in chose its own. */
  idleTimeout?: number | null
  /** Normalised address, whole or shortened, or null when none is known or kept. Follows the session. */
  ip: string | null
  /** The address before `ip`. Absent or null: there was none, or it is not kept any more. */
  formerIp?: FormerIp | null
  /** As sent at sign-in, or after the browser's last update that was noticed. Cut at 512 characters. */
  userAgent: string
  /** The browser as it was at sign-in. Client hints may add details later, and versions follow updates. */
  device: Device
  /** The user had not signed in with this browser before. Absent: they had, or nobody wanted to know. */
  newDevice?: true
  /** The user had signed in earlier, with the sessions that the host had before. Absent: it began with a sign-in. */
  adopted?: true
  confirmation: AttemptState
  /** The key of its browser. Absent: it is not bound to one. */
  binding?: DeviceBinding
  /** The host's `request.session` keys. */
  data: Record<string, unknown>
}

/** A record without its session data. */
export type RecordWithoutData = Omit<LoginSessionRecord, 'data'>

/** What one sign-in may choose for its session, in milliseconds. What is undefined follows the options. */
export interface OwnLifetime {
  absoluteTimeout?: number | undefined
  /** null: none. */
  idleTimeout?: number | null | undefined
}

/** How long sessions live, all in milliseconds. */
export interface Lifetime {
  /** Every session ends this long after sign-in. */
  absoluteTimeout: number
  /** A session without "keep me signed in" also ends after this long without a request. */
  idleTimeout: number
  /** The same for remembered sessions; null: they have no idle timeout. */
  rememberIdleTimeout: number | null
  /** A visitor session ends after this long without a request. */
  visitorTimeout: number
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
  /** Only if it changes; null removes it. */
  formerIp?: FormerIp | null
  /** Only if the request describes the device in more detail than the record, or in a later version. */
  device?: Device
  /** Only if the browser has been updated. */
  userAgent?: string
}

/** Looks at a request. */
export interface Look {
  /** Does it come from another address than the session's last request? Asked for most requests, so it must be cheap. */
  hasMoved(): boolean
  /** What a touch takes from it; null: the request is no activity. Asked only if a touch is due. */
  sight(at: Date): Sighting | null
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
  newDevice?: boolean
  adopted?: boolean
  own?: OwnLifetime
  visit: Visit
  data: Record<string, unknown>
}

/** A record that starts now. */
export function startRecord (session: NewSession, lifetime: Lifetime, now: Date): LoginSessionRecord {
  const { token, userId, remember, newDevice = false, adopted = false, own: { absoluteTimeout, idleTimeout } = {}, visit, data } = session
  const life = {
    ...(userId !== undefined && { userId }),
    endsAt: after(now, absoluteTimeout ?? lifetime.absoluteTimeout),
    remember,
    ...(idleTimeout !== undefined && { idleTimeout })
  }
  return {
    _id: keyOfToken(token),
    tokens: [{ hash: hashToken(token), generation: 0 }],
    createdAt: now,
    lastActiveAt: now,
    expiresAt: expiryAt(now, life, lifetime),
    ...life,
    ...visit,
    ...(newDevice && { newDevice }),
    ...(adopted && { adopted }),
    confirmation: { failures: 0 },
    data
  }
}

/** Has it not expired? Exact to the millisecond, whatever the TTL monitor does. */
export const isLive = ({ expiresAt }: Pick<LoginSessionRecord, 'expiresAt'>, now: Date): boolean => expiresAt > now

/**
 * The touch that is due, or null. One is due when `touchEvery` has passed, and immediately if a signed-in session is used
 * from another address; that happens once in `touchEvery`, so that an address that keeps changing does not write all the
 * time.
 */
export function dueTouch (record: LoginSessionRecord, look: Look, lifetime: Lifetime, now: Date): Touch | null {
  const { touchEvery } = lifetime
  if (!isPast(record.lastActiveAt, touchEvery, now) && !(mayMove(record, touchEvery, now) && look.hasMoved())) return null
  const sighting = look.sight(now)
  if (sighting === null) return null
  return { _id: record._id, lastActiveAt: now, expiresAt: expiryAt(now, record, lifetime), ...sighting }
}

/** Is a change of the address worth a touch of its own? The store takes only touches that are later than the last one. */
function mayMove ({ userId, lastActiveAt, formerIp }: LoginSessionRecord, touchEvery: number, now: Date): boolean {
  return userId !== undefined && now > lastActiveAt && (formerIp == null || isPast(formerIp.until, touchEvery, now))
}

const isPast = (since: Date, milliseconds: number, now: Date): boolean => now.getTime() - since.getTime() >= milliseconds

type Life = Pick<LoginSessionRecord, 'userId' | 'remember' | 'endsAt' | 'idleTimeout'>

function expiryAt (now: Date, life: Life, lifetime: Lifetime): Date {
  const idle = idleTimeoutOf(life, lifetime)
  if (idle === null) return life.endsAt
  // The last request may be up to `touchEvery` later than `lastActiveAt`: nobody may be signed out early.
  const idleEnd = after(now, idle + lifetime.touchEvery)
  return idleEnd < life.endsAt ? idleEnd : life.endsAt
}

function idleTimeoutOf ({ userId, remember, idleTimeout }: Life, lifetime: Lifetime): number | null {
  if (userId === undefined) return lifetime.visitorTimeout
  if (idleTimeout !== undefined) return idleTimeout
  return remember ? lifetime.rememberIdleTimeout : lifetime.idleTimeout
}

function after (now: Date, milliseconds: number): Date {
  return new Date(now.getTime() + milliseconds)
}
