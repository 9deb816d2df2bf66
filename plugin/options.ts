/**
 * The core plugin's options: checked, and completed with their defaults. Nothing else knows a default.
 * @module
 */
import type { AddressMode } from './client/address.js'
import { type LoginSessionCookieOptions, type ResolvedCookie, resolveCookie } from './request/cookie.js'
import { optionError } from './errors.js'
import { rejectUnknown, requireFunction, shown } from './option-check.js'
import type { VerifyPassword } from './confirmation/password.js'
import type { Lifetime } from './sessions/record.js'
import type { OnSessionEnd, OnSessionStart, SessionHooks } from './request/hooks.js'
import { STORE_METHODS, type LoginSessionStore } from './sessions/store.js'
import type { ClientIp, ParseUserAgent, VisitOptions } from './request/visit.js'

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
  verifyPassword?: VerifyPassword
  /** Every session ends this long after sign-in. @default 90 days */
  absoluteTimeout?: number
  /** A session without "keep me signed in" also ends after this long without a request. @default 1 hour */
  idleTimeout?: number
  /** The same for remembered sessions; null: none. @default null */
  rememberIdleTimeout?: number | null
  /** "Last active" is written at most once in this time. @default 60 seconds */
  touchEvery?: number
  /** How long the store may take for one call. @default 2 seconds */
  storeTimeout?: number
  /**
   * How many sessions a user may have at the same time (ASVS 5.0 7.1.2 wants the number written down). A sign-in beyond
   * it ends the least recently active one; null: there is no limit. @default 100
   */
  maxSessionsPerUser?: number | null
  cookie?: LoginSessionCookieOptions
  /**
   * How much of an address is kept: all of it; its network ('shortened': /24 of IPv4, /48 of IPv6); nothing, and then it
   * is null everywhere. Sessions that exist already keep what they have until their next touch. @default 'whole'
   */
  ip?: AddressMode
  /** Where the client's address comes from. What is no address, or an error, leaves the connection's. @default request => request.ip */
  clientIp?: ClientIp
  /** Your own user-agent parser; what it returns goes over what the plugin found out. @default none */
  parseUserAgent?: ParseUserAgent
  /** Called once for each sign-in; with it a second cookie, `${cookie.name}-device`, tells known devices from new ones. @default none */
  onSessionStart?: OnSessionStart
  /** Called once for each session that ends before its time; not for those that expire. @default none */
  onSessionEnd?: OnSessionEnd
  /** The clock, for tests. */
  now?: () => Date
}

/** The options as the plugin works with them. */
export interface ResolvedOptions {
  secrets: string[]
  store: LoginSessionStore
  verifyPassword: VerifyPassword | undefined
  lifetime: Lifetime
  storeTimeout: number
  maxSessionsPerUser: number | null
  cookie: ResolvedCookie
  visits: VisitOptions
  hooks: SessionHooks
  now: () => Date
}

const KNOWN = new Set([
  'secret', 'store', 'verifyPassword', 'absoluteTimeout', 'idleTimeout', 'rememberIdleTimeout', 'touchEvery',
  'storeTimeout', 'maxSessionsPerUser', 'cookie', 'ip', 'clientIp', 'parseUserAgent', 'onSessionStart', 'onSessionEnd', 'now'
])

/**
 * @throws FST_LOGIN_SESSION_OPTION with a sentence that says what to write instead
 */
export function resolveOptions (options: LoginSessionsOptions): ResolvedOptions {
  rejectUnknown(options, KNOWN, '')
  const lifetime = resolveLifetime(options)
  const { verifyPassword, storeTimeout = 2 * SECOND, now = () => new Date() } = options
  requireFunction('', 'verifyPassword', verifyPassword, 'bcryptPassword(userId => yourHashOf(userId))')
  if (typeof now !== 'function' || !isDate(now())) throw optionError('now must be a function that returns a Date: leave it out except in tests')
  return {
    secrets: resolveSecrets(options.secret),
    store: resolveStore(options.store),
    verifyPassword,
    lifetime,
    storeTimeout: duration('storeTimeout', storeTimeout, '2000 for two seconds', LONGEST_TIMER),
    maxSessionsPerUser: resolveCap(options.maxSessionsPerUser),
    cookie: resolveCookie(options.cookie),
    visits: resolveVisits(options),
    hooks: resolveHooks(options),
    now
  }
}

function resolveVisits ({ ip = 'whole', clientIp, parseUserAgent }: LoginSessionsOptions): VisitOptions {
  if (!['whole', 'shortened', 'none'].includes(ip)) throw optionError("ip must be 'whole', 'shortened' or 'none'")
  requireFunction('', 'clientIp', clientIp, "request => request.headers['x-real-ip']?.toString()")
  requireFunction('', 'parseUserAgent', parseUserAgent, "userAgent => ({ browser: 'Shop app' })")
  return { ip, clientIp, parseUserAgent }
}

function resolveHooks ({ onSessionStart, onSessionEnd }: LoginSessionsOptions): SessionHooks {
  requireFunction('', 'onSessionStart', onSessionStart, 'async (session, { newDevice }) => { … }')
  requireFunction('', 'onSessionEnd', onSessionEnd, 'async (session, reason) => { … }')
  return { onSessionStart, onSessionEnd }
}

const isDate = (value: unknown): boolean => value instanceof Date && !Number.isNaN(value.getTime())

function resolveSecrets (secret: unknown): string[] {
  const secrets = Array.isArray(secret) ? secret : [secret]
  const good = secrets.length > 0 && secrets.every(one => typeof one === 'string' && one.length >= 32)
  if (!good) {
    throw optionError('secret must be a string of at least 32 characters, or an array of them (newest first): ' +
      'write secret: process.env.SESSION_SECRET and make one with `openssl rand -base64 32`')
  }
  return [...secrets]
}

function resolveStore (store: unknown): LoginSessionStore {
  if (typeof store === 'function') throw optionError("store is a function: call it: write store: memoryStore(), or mongoStore(db.collection('loginSessions'))")
  if (store === null || typeof store !== 'object') {
    throw optionError("store is missing: write store: mongoStore(db.collection('loginSessions')), or memoryStore() in tests")
  }
  const missing = STORE_METHODS.filter(method => typeof (store as Record<string, unknown>)[method] !== 'function')
  if (missing.length > 0) {
    throw optionError(`the store has no ${missing.join(', ')}: a store needs every method of LoginSessionStore; mongoStore(collection) has them`)
  }
  return store as LoginSessionStore
}

function resolveLifetime (options: LoginSessionsOptions): Lifetime {
  const { absoluteTimeout = 90 * DAY, idleTimeout = HOUR, rememberIdleTimeout = null, touchEvery = 60 * SECOND } = options
  const lifetime = {
    absoluteTimeout: duration('absoluteTimeout', absoluteTimeout, '90 * 24 * 60 * 60_000 for 90 days'),
    idleTimeout: duration('idleTimeout', idleTimeout, '60 * 60_000 for an hour'),
    rememberIdleTimeout: rememberIdleTimeout === null ? null : duration('rememberIdleTimeout', rememberIdleTimeout, '14 * 24 * 60 * 60_000 for two weeks, or null for no end'),
    touchEvery: duration('touchEvery', touchEvery, '60_000 for a minute')
  }
  const shortest = Math.min(lifetime.absoluteTimeout, lifetime.idleTimeout, lifetime.rememberIdleTimeout ?? Infinity)
  if (lifetime.touchEvery >= shortest) {
    throw optionError(`touchEvery (${lifetime.touchEvery} ms) must be shorter than every timeout (the shortest is ${shortest} ms): ` +
      'otherwise active people would be signed out')
  }
  return lifetime
}

function resolveCap (most: number | null = 100): number | null {
  if (most === null || (Number.isInteger(most) && most > 0)) return most
  throw optionError(`maxSessionsPerUser must be a whole number from 1 on, or null for no limit, not ${shown(most)}: write maxSessionsPerUser: 100`)
}

/** The largest delay that Date and MongoDB take comfortably: a thousand years. */
const LONGEST = 1000 * 366 * DAY

/** Node's timers take no more: a longer one would end at once. */
const LONGEST_TIMER = 2 ** 31 - 1

/** @param example what to write instead */
function duration (name: string, value: unknown, example: string, longest: number = LONGEST): number {
  const right = typeof value === 'number' && value > 0
  if (right && value <= longest) return value
  throw optionError(`${name} must be ${right ? `at most ${longest}` : 'a positive number of'} milliseconds, not ${shown(value)}: write ${name}: ${example}`)
}
