/**
 * The public view of a login-session record: what hosts, hooks, pages and the API are handed.
 * @module
 */
import type { Device } from '../client/device.js'
import { isBound } from './binding.js'
import { idOf } from './key.js'
import type { FormerIp, RecordWithoutData } from './record.js'

/** One place where a user is signed in: the public view of its record. Holds no credential; safe to show to its user. */
export interface LoginSession {
  /** The public id, for pages and URLs; never a credential. */
  readonly id: string
  readonly userId: string
  /** When the user signed in; if `adopted`, when the session was adopted. */
  readonly createdAt: Date
  /** Last request, exact to `touchEvery`. */
  readonly lastActiveAt: Date
  /** When it ends if no further request comes. */
  readonly expiresAt: Date
  /** When it ends in any case. */
  readonly endsAt: Date
  /** "Keep me signed in" was chosen. */
  readonly remember: boolean
  /** The address of the last request, as the option `ip` keeps it; null: none is known or kept. */
  readonly ip: string | null
  /** The address before `ip`, and when `ip` replaced it; null: there was none. */
  readonly formerIp: Readonly<FormerIp> | null
  /**
   * The user-agent header of the sign-in, or of the browser's last update that was noticed, cut at 512 characters. It is text
   * that a client has chosen, so escape it in HTML.
   */
  readonly userAgent: string
  /**
   * The browser, system and device, as known from the sign-in, from client hints and from updates since. The names are text
   * that a client may have chosen, so escape them in HTML.
   */
  readonly device: Readonly<Device>
  /**
   * The sign-in came from a browser that this user had not signed in with before. False for the sign-up (`newAccount`), and
   * if nobody wanted to know: the core finds out with `onSessionStart`, or if the account page is registered.
   */
  readonly newDevice: boolean
  /** The user had signed in earlier, with the sessions that the host had before (`startLoginSession` with `adopted`). */
  readonly adopted: boolean
  /**
   * Bound to this device: the browser has a key, and a cookie that is copied to another browser is refused. False for browsers that
   * cannot do it, and until the browser has used its key. True says nothing if the option `deviceBound` has been turned off since.
   */
  readonly deviceBound: boolean
  /** When its user last confirmed who it is, such as by password; null: not since the sign-in. */
  readonly confirmedAt: Date | null
}

/** The public view of a signed-in user's record. */
export function toLoginSession (record: RecordWithoutData): LoginSession {
  const { _id, userId = '', createdAt, lastActiveAt, expiresAt, endsAt, remember, userAgent, device } = record
  const { ip, formerIp = null, newDevice = false, adopted = false, confirmation: { at: confirmedAt = null } } = record
  const id = idOf(_id)
  const deviceBound = isBound(record)
  return {
    id, userId, createdAt, lastActiveAt, expiresAt, endsAt, remember, ip, formerIp, userAgent, device, newDevice, adopted, deviceBound, confirmedAt
  }
}

/**
 * Has the user signed in or confirmed within this time? Nobody knows when the user of an adopted session signed in, so only a
 * confirmation counts there.
 *
 * @param milliseconds how long ago it may be
 * @param at now
 */
export function isConfirmedWithin ({ createdAt, confirmedAt, adopted }: LoginSession, milliseconds: number, at: Date): boolean {
  const last = confirmedAt ?? (adopted ? null : createdAt)
  return last !== null && at.getTime() - last.getTime() <= milliseconds
}
