/**
 * The core plugin's options. To add one: its type and comment in {@link LoginSessionsOptions}, and its row in `TABLE`.
 * @module
 */
import type { AddressMode } from './client/address.js'
import { type LoginSessionCookieOptions, type ResolvedCookie, resolveCookie } from './request/cookie-options.js'
import { optionError } from './errors.js'
import {
  aFunction, anObject, countFromOne, duration, LONGEST_TIMER, oneOf, type OptionTable, orNull, resolveTable
} from './option-check.js'
import { aVerifyPassword, VERIFY_PASSWORD, type VerifyPassword } from './confirmation/password.js'
import type { Lifetime } from './sessions/record.js'
import type { OnConfirmationFailed, OnSessionEnd, OnSessionStart } from './request/hooks.js'
import { STORE_METHODS, type LoginSessionStore } from './sessions/store.js'
import type { ClientIp, ParseUserAgent } from './request/visit.js'

const SECOND = 1000
const HOUR = 3600 * SECOND
const DAY = 24 * HOUR

/** Options of the core plugin. All times in milliseconds. */
export interface LoginSessionsOptions {
  /** Signs the cookie. At least 32 characters, from a CSPRNG. Several for rotation: the first signs, all are accepted. */
  secret: string | string[]
  /** `mongoStore(collection)`, `memoryStore()`, or your own. */
  store: LoginSessionStore
  /** How to check a user's password before sessions are ended. Without it a plain question is asked. */
  verifyPassword?: VerifyPassword | undefined
  /** Every session ends this long after sign-in. @default 90 days */
  absoluteTimeout?: number
  /** A session without "keep me signed in" also ends after this long without a request. @default 1 hour */
  idleTimeout?: number
  /** The same for remembered sessions; null: they have no idle timeout. @default null */
  rememberIdleTimeout?: number | null
  /** "Last active" is written at most once in this time. @default 60 seconds */
  touchEvery?: number
  /** How long the store may take for one call. @default 2 seconds */
  storeTimeout?: number
  /**
   * How many sessions a user may have at the same time (ASVS 5.0 7.1.2 wants the number written down). A sign-in beyond
   * it ends one that was never used after its sign-in, otherwise the least recently active one; null: there is no limit.
   * @default 100
   */
  maxSessionsPerUser?: number | null
  /** Its name and attributes. @default {} */
  cookie?: LoginSessionCookieOptions
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
  /** Your own user-agent parser: what it returns replaces what the plugin found out. @default none */
  parseUserAgent?: ParseUserAgent | undefined
  /**
   * Called once for each sign-in. With it a second cookie, `${cookie.name}-device`, tells known devices from new ones.
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
export interface ResolvedOptions extends Omit<Required<LoginSessionsOptions>, 'secret' | 'cookie'> {
  secrets: string[]
  cookie: ResolvedCookie
}

const TABLE: OptionTable<LoginSessionsOptions> = {
  secret: { check: secretOrSecrets, write: 'process.env.SESSION_SECRET, at least 32 characters from `openssl rand -base64 32`' },
  store: { check: aStore, write: "mongoStore(db.collection('loginSessions')), or memoryStore() in tests" },
  verifyPassword: { default: undefined, check: aVerifyPassword, write: VERIFY_PASSWORD },
  absoluteTimeout: { default: 90 * DAY, check: duration(), write: '90 * 24 * 60 * 60_000 for 90 days' },
  idleTimeout: { default: HOUR, check: duration(), write: '60 * 60_000 for an hour' },
  rememberIdleTimeout: { default: null, check: orNull(duration()), write: '14 * 24 * 60 * 60_000 for 14 days, or null for none' },
  touchEvery: { default: 60 * SECOND, check: duration(), write: '60_000 for a minute' },
  storeTimeout: { default: 2 * SECOND, check: duration(LONGEST_TIMER), write: '2000 for two seconds' },
  maxSessionsPerUser: { default: 100, check: orNull(countFromOne), write: '100, or null for no limit' },
  cookie: { default: {}, check: anObject, write: "{ name: 'login-session', secure: false }" },
  ip: { default: 'whole', check: oneOf('whole', 'shortened', 'none'), write: "'shortened'" },
  clientIp: { default: undefined, check: aFunction, write: "request => request.headers['x-real-ip']?.toString()" },
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
  const { secret, cookie, ...resolved } = resolveTable(TABLE, options, { kind: 'plugin', name: '' })
  requireTouchesInTime(resolved)
  return { ...resolved, secrets: [secret].flat(), cookie: resolveCookie(cookie) }
}

function requireTouchesInTime ({ touchEvery, absoluteTimeout, idleTimeout, rememberIdleTimeout }: Lifetime): void {
  const shortest = Math.min(absoluteTimeout, idleTimeout, rememberIdleTimeout ?? Infinity)
  if (touchEvery < shortest) return
  throw optionError(`touchEvery (${touchEvery} ms) must be shorter than every timeout (the shortest is ${shortest} ms): ` +
    'otherwise active people would be signed out')
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

function aClock (now: () => unknown): string | undefined {
  const time = typeof now === 'function' ? now() : undefined
  return time instanceof Date && !Number.isNaN(time.getTime()) ? undefined : 'must be a function that returns a Date'
}
