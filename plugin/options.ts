/**
 * The core plugin's options. To add one: its type and comment in {@link LoginSessionsOptions}, and its row in `TABLE`.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import type { AddressMode } from './client/address.js'
import { type LoginSessionCookieOptions, type ResolvedCookie, resolveCookie } from './request/cookie-options.js'
import { type DeviceBoundOptions, type ResolvedDeviceBound, resolveDeviceBound, trueOrOptions } from './request/binding/options.js'
import { optionError } from './errors.js'
import {
  aFunction, anObject, countFromOne, duration, LONGEST_TIMER, oneOf, type OptionTable, orNull, resolveTable, shown
} from './option-check.js'
import type { Confirm as ConfirmOf } from './confirmation/own-way.js'
import { aVerifyPassword, VERIFY_PASSWORD, type VerifyPassword } from './confirmation/password.js'
import type { Lifetime } from './sessions/record.js'
import type { OnConfirmationFailed, OnSessionEnd, OnSessionStart } from './request/hooks.js'
import { STORE_METHODS, type LoginSessionStore } from './sessions/store.js'
import type { ClientIp, IsActivity, ParseUserAgent } from './request/visit.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 3600 * SECOND
const DAY = 24 * HOUR

/**
 * Chooses how this user confirms before sessions are ended. null or undefined: by password, with `verifyPassword`.
 *
 * @example
 * const confirm: Confirm = async ({ userId }) =>
 *   await users.hasPassword(userId) ? null : { way: 'page', path: '/account/confirm', label: 'Confirm with your passkey' }
 */
export type Confirm = ConfirmOf<FastifyRequest>

/** Options of the core plugin. All times in milliseconds. */
export interface LoginSessionsOptions {
  /** Signs the cookie. At least 32 characters, from a CSPRNG. Several for rotation: the first signs, all are accepted. */
  secret: string | string[]
  /** `mongoStore(collection)`, `memoryStore()`, or your own. */
  store: LoginSessionStore
  /** How to check a user's password before sessions are ended. Without it a plain question is asked. */
  verifyPassword?: VerifyPassword | undefined
  /**
   * How a user confirms before sessions are ended, if not by password: on a page of yours (passkey, mailed code, identity
   * provider), in a field of yours, by a plain question, or not at all. null or undefined: by password.
   * @default by password with `verifyPassword`, otherwise a plain question
   */
  confirm?: Confirm | undefined
  /** Every session ends this long after sign-in. @default 90 days */
  absoluteTimeout?: number
  /** A session without "keep me signed in" also ends after this long without a request. @default 1 hour */
  idleTimeout?: number
  /** The same for remembered sessions; null: they have no idle timeout. @default null */
  rememberIdleTimeout?: number | null
  /**
   * A visitor session, which begins with the first data that you write to `request.session` of a request that is not signed
   * in, ends this long after its last request. @default 30 minutes
   */
  visitorTimeout?: number
  /**
   * "Last active" is written at most once in this time, and once more if the address changes. @default 60 seconds
   */
  touchEvery?: number
  /** How long the store may take for one call. @default 2 seconds */
  storeTimeout?: number
  /**
   * How many sessions a user may have at the same time (ASVS 5.0 7.1.2 wants the number written down). A sign-in beyond
   * it ends one that was never used after its sign-in, otherwise the least recently active one; null: there is no limit.
   * @default 100
   */
  maxSessionsPerUser?: number | null
  /**
   * Origins of yours, such as 'https://app.example.com', whose pages may send unsafe requests here: an SPA on a sibling host.
   * They are compared exactly. `rejectCrossOrigin` lets them pass, on the page, in the API and on your own routes. What
   * their scripts may read is up to @fastify/cors. @default []
   */
  trustedOrigins?: readonly string[]
  /** Its name and attributes. @default {} */
  cookie?: LoginSessionCookieOptions
  /**
   * Binds sessions to the browser that signed in (W3C Device Bound Session Credentials), where the browser can do it: a cookie that is
   * copied to another browser works for `refreshEvery` at most. Other browsers are not affected. Needs https. @default false
   */
  deviceBound?: boolean | DeviceBoundOptions
  /**
   * How much of an address is kept: 'whole'; 'shortened', its network (/24 of IPv4, /48 of IPv6); 'none', and then it is
   * null everywhere. Sessions that exist already keep what they have until their next touch. @default 'whole'
   */
  ip?: AddressMode
  /**
   * Where the client's address comes from. If it throws or returns something else, the connection's address is used.
   * @default request => request.ip
   */
  clientIp?: ClientIp | undefined
  /**
   * Does this request keep its session active? Only `false` says no. A route says the same for all of its requests with
   * `config: { loginSessionActivity: false }`. @default every request does
   */
  isActivity?: IsActivity | undefined
  /** Your own user-agent parser: what it returns replaces what the plugin found out. @default none */
  parseUserAgent?: ParseUserAgent | undefined
  /**
   * Called once for each sign-in. With it, or with the account page, a second cookie, `${cookie.name}-device`, tells known
   * devices from new ones.
   * @default none
   */
  onSessionStart?: OnSessionStart | undefined
  /** Called once for each session that ends before its time; not for those that expire. @default none */
  onSessionEnd?: OnSessionEnd | undefined
  /** Called for each wrong password (or other wrong proof) of a signed-in user. @default none */
  onConfirmationFailed?: OnConfirmationFailed | undefined
  /** The clock, for tests. @default the store's clock, which all servers share */
  now?: (() => Date) | undefined
}

/** The options as the plugin works with them. One without a value and without a default is undefined. */
export interface ResolvedOptions extends Omit<Required<LoginSessionsOptions>, 'secret' | 'cookie' | 'deviceBound'> {
  secrets: string[]
  cookie: ResolvedCookie
  deviceBound: ResolvedDeviceBound
}

const TABLE: OptionTable<LoginSessionsOptions> = {
  secret: { check: secretOrSecrets, write: 'process.env.SESSION_SECRET, at least 32 characters from `openssl rand -base64 32`' },
  store: { check: aStore, write: "mongoStore(db.collection('loginSessions')), or memoryStore() in tests" },
  verifyPassword: { default: undefined, check: aVerifyPassword, write: VERIFY_PASSWORD },
  confirm: { default: undefined, check: aFunction, write: "({ userId }) => hasPassword(userId) ? null : { way: 'page', path: '/account/confirm' }" },
  absoluteTimeout: { default: 90 * DAY, check: duration(), write: '90 * 24 * 60 * 60_000 for 90 days' },
  idleTimeout: { default: HOUR, check: duration(), write: '60 * 60_000 for an hour' },
  rememberIdleTimeout: { default: null, check: orNull(duration()), write: '14 * 24 * 60 * 60_000 for 14 days, or null for none' },
  visitorTimeout: { default: 30 * MINUTE, check: duration(), write: '30 * 60_000 for half an hour' },
  touchEvery: { default: MINUTE, check: duration(), write: '60_000 for a minute' },
  storeTimeout: { default: 2 * SECOND, check: duration(LONGEST_TIMER), write: '2000 for two seconds' },
  maxSessionsPerUser: { default: 100, check: orNull(countFromOne), write: '100, or null for no limit' },
  trustedOrigins: { default: [], check: origins, write: "['https://app.example.com']" },
  cookie: { default: {}, check: anObject, write: "{ name: 'login-session', secure: false }" },
  deviceBound: { default: false, check: trueOrOptions, write: 'true' },
  ip: { default: 'whole', check: oneOf('whole', 'shortened', 'none'), write: "'shortened'" },
  clientIp: { default: undefined, check: aFunction, write: "request => request.headers['x-real-ip']?.toString()" },
  isActivity: { default: undefined, check: aFunction, write: "request => request.headers['x-polling'] === undefined" },
  parseUserAgent: { default: undefined, check: aFunction, write: "userAgent => ({ browser: 'Shop app' })" },
  onSessionStart: { default: undefined, check: aFunction, write: 'async (session, { newDevice }) => { … }' },
  onSessionEnd: { default: undefined, check: aFunction, write: 'async (session, reason, { actor }) => { … }' },
  onConfirmationFailed: { default: undefined, check: aFunction, write: 'async (session, { total, lockedUntil }) => { … }' },
  now: { default: undefined, check: aClock, write: '() => new Date()' }
}

/**
 * @throws FST_LOGIN_SESSION_OPTION with a sentence that says what to write instead
 */
export function resolveOptions (options: LoginSessionsOptions): ResolvedOptions {
  const { secret, cookie: givenCookie, deviceBound, ...resolved } = resolveTable(TABLE, options, { kind: 'plugin', name: '' })
  requireTouchesInTime(resolved, options.visitorTimeout)
  const cookie = resolveCookie(givenCookie)
  return { ...resolved, secrets: [secret].flat(), cookie, deviceBound: resolveDeviceBound(deviceBound, cookie, resolved.store) }
}

/**
 * An idle session ends up to `touchEvery` later than its idle timeout, because its last request may be that much later than
 * what is written.
 * @param givenVisitorTimeout undefined: the default, which fits any `touchEvery`, so that hosts without visitors need not know it
 */
function requireTouchesInTime (
  { touchEvery, absoluteTimeout, idleTimeout, rememberIdleTimeout }: Lifetime, givenVisitorTimeout: number = Infinity
): void {
  const shortest = Math.min(absoluteTimeout, idleTimeout, rememberIdleTimeout ?? Infinity, givenVisitorTimeout)
  if (touchEvery < shortest) return
  throw optionError(`touchEvery (${touchEvery} ms) must be shorter than every timeout (the shortest is ${shortest} ms): ` +
    'sessions stay up to touchEvery longer than their idle timeout, so it would not hold')
}

/** The value is not shown: it may be the secret. */
function secretOrSecrets (secret: string | string[]): string | undefined {
  const secrets = [secret].flat()
  if (secrets.length > 0 && secrets.every(key => typeof key === 'string' && key.length >= 32)) return undefined
  return 'must be a string of at least 32 characters, or an array of them (newest first)'
}

function aStore (store: LoginSessionStore | null): string | undefined {
  if (typeof store === 'function') return 'is a function that was not called'
  if (store === null || typeof store !== 'object') return 'is missing'
  const missing = STORE_METHODS.filter(method => typeof store[method] !== 'function')
  return missing.length === 0 ? undefined : `lacks ${missing.join(', ')} (a store has every method of LoginSessionStore)`
}

/** As browsers write them: a scheme, a host in lower case, and a port unless it is the default one. */
function origins (list: unknown): string | undefined {
  if (!Array.isArray(list)) return `must be an array of origins, not ${shown(list)}`
  const isOrigin = (origin: unknown): boolean => typeof origin === 'string' && /^https?:[^*]+$/.test(origin) &&
    URL.canParse(origin) && new URL(origin).origin === origin
  const wrong = list.findIndex(origin => !isOrigin(origin))
  return wrong === -1 ? undefined : `has ${shown(list[wrong])}, which is not an origin as browsers send it`
}

function aClock (now: () => unknown): string | undefined {
  const time = typeof now === 'function' ? now() : undefined
  return time instanceof Date && !Number.isNaN(time.getTime()) ? undefined : 'must be a function that returns a Date'
}
