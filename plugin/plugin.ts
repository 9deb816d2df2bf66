/**
 * The core plugin: registers cookie and session, decorates every request with its login-session record.
 * @module
 */
import cookiePlugin, { Signer } from '@fastify/cookie'
import sessionPlugin from '@fastify/session'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { askForHints } from './accept-ch.js'
import { boundedStore } from './bounded-store.js'
import { createBridge } from './bridge.js'
import { createCsrfTokens, type CsrfTokens } from './csrf.js'
import { optionError, storeAwayAtBootError } from './errors.js'
import { currentLoginSession } from './guard.js'
import { createKnownDevices } from './known-device.js'
import type { LoginSession } from './login-session.js'
import { createLoginSessions, type LoginSessions } from './login-sessions.js'
import { type LoginSessionsOptions, type ResolvedCookie, resolveOptions } from './options.js'
import { type ConfirmationKind, createPasswordConfirmation, type PasswordConfirmation } from './password.js'
import { newToken } from './record.js'
import { createRetirements } from './retirements.js'
import { createSessionEvents } from './session-events.js'
import { createLookup } from './session-lookup.js'
import type { LoginSessionStore } from './store.js'
import { createTouchQueue } from './touch-queue.js'
import { createVisits, type VisitOptions } from './visit.js'

/** Choices of one sign-in. */
export interface StartOptions {
  /** "Keep me signed in": the cookie outlives the browser. @default false */
  remember?: boolean
}

declare module 'fastify' {
  interface FastifyInstance {
    /** List and end any user's login sessions; needs no request. */
    loginSessions: LoginSessions
    /** What the pages need of the core. Not for hosts: it may change in any release. */
    loginSessionInternals: { csrf: CsrfTokens, now: () => Date, lockedFor: PasswordConfirmation['lockedFor'] }
  }

  interface FastifyRequest {
    /** The login session of this request, or null: not signed in (or, during an outage, not known to be). */
    readonly loginSession: LoginSession | null

    /**
     * Signs a user in: a new record and a new token; what this browser was signed in as before ends. Call it after you
     * have checked who it is.
     * @param userId your user's id as a string
     * @throws FST_LOGIN_SESSION_STORE_UNAVAILABLE
     * @example
     * await request.startLoginSession(user.id, { remember: request.body.remember === 'on' })
     */
    startLoginSession(userId: string, options?: StartOptions): Promise<LoginSession>

    /**
     * Signs this browser out: the record is removed, the cookie cleared, `request.session` emptied. Does nothing when not signed in.
     * @throws FST_LOGIN_SESSION_STORE_UNAVAILABLE
     */
    endLoginSession(): Promise<void>

    /**
     * Confirms the signed-in user's password before something sensitive: counted, locked after five wrong ones, and on
     * success the session gets a new token (ASVS 5.0 7.2.4). Without `verifyPassword` it resolves at once.
     * @throws FST_LOGIN_SESSION_REQUIRED, _NO_PASSWORD, _PASSWORD_REQUIRED, _PASSWORD_WRONG, _LOCKED, _PASSWORD_CHECK_FAILED
     */
    confirmPassword(password: unknown): Promise<void>

    /** What {@link confirmPassword} will ask of the signed-in user. */
    confirmationKind(): Promise<ConfirmationKind>
  }
}

const corePlugin: FastifyPluginAsync<LoginSessionsOptions> = async function loginSessionsPlugin (app, options) {
  const { secrets, store: given, verifyPassword, lifetime, storeTimeout, maxSessionsPerUser, cookie, visits, hooks, now } = resolveOptions(options)
  refuseSecondSession(app)
  warnIfAnybodyChoosesAddresses(app, visits)
  const store = boundedStore(given, storeTimeout)
  await probe(store)
  await given.prepare?.()

  const touches = createTouchQueue(store.touch, error => app.log.warn({ err: error }, 'login sessions: last-active times could not be written'))
  const { started, ended, drain } = createSessionEvents(hooks, app.log)
  const retirements = createRetirements(store.retireFormer, error => app.log.warn({ err: error }, 'login sessions: a former token could not be retired'))
  const sessions = createLoginSessions(store, touches, retirements, lifetime, now, ended)
  const passwords = createPasswordConfirmation(verifyPassword, store, now)
  const signer = new Signer(secrets)
  const bridge = createBridge(sessions, signer, cookie, createVisits(visits))
  const devices = createKnownDevices(secrets, cookie)

  if (!app.hasReplyDecorator('setCookie')) await app.register(cookiePlugin)

  // Before @fastify/session's own onSend, which then only has to issue the cookie.
  app.addHook('onSend', function loginSessionsSettle (request, reply, payload, done) {
    askForHints(request, reply)
    if (started !== undefined) devices.settle(request, reply)
    const saving = bridge.settle(request, reply)
    if (saving === undefined) done(null, payload)
    else saving.then(() => done(null, payload), done)
  })

  await app.register(sessionPlugin, {
    secret: signer,
    store: createLookup(sessions),
    cookieName: cookie.name,
    cookie: bridge.cookie,
    idGenerator: newToken,
    // Its defaults write on every request and store a document for every visiting robot.
    rolling: false,
    saveUninitialized: false
  })

  app.addHook('onRequest', function loginSessionsAdopt (request, _reply, done) {
    bridge.adopt(request)
    done()
  })

  app.addHook('onClose', async () => { await Promise.all([touches.flush(), retirements.flush(), drain()]) })

  const { list, find, revoke, revokeOthers, revokeAll } = sessions
  app.decorate('loginSessions', { list, find, revoke, revokeOthers, revokeAll })
  app.decorate('loginSessionInternals', { csrf: createCsrfTokens(secrets), now, lockedFor: passwords.lockedFor })

  app.decorateRequest('loginSession', { getter (this: FastifyRequest) { return bridge.current(this) } })

  app.decorateRequest('startLoginSession', async function startLoginSession (this: FastifyRequest, userId, { remember = false } = {}) {
    if (typeof userId !== 'string' || userId === '') {
      throw new TypeError('startLoginSession takes the user id as a string that is not empty: write startLoginSession(String(user._id))')
    }
    warnIfCookieIsLost(this, cookie)
    const again = this.loginSession?.userId === userId
    const session = await bridge.signIn(this, userId, remember === true)
    if (started !== undefined) started(session, { newDevice: !devices.recognise(this, userId) && !again, request: this })
    if (maxSessionsPerUser !== null) await evictSurplus(this, session, maxSessionsPerUser)
    return session
  })

  /** The user is signed in by now: what cannot be ended today, the next sign-in ends. */
  async function evictSurplus (request: FastifyRequest, session: LoginSession, most: number): Promise<void> {
    await sessions.evictSurplus(session, most).catch(error => {
      request.log.warn({ err: error }, `login sessions: what is beyond ${most} sessions of a user could not be ended`)
    })
  }

  app.decorateRequest('endLoginSession', async function endLoginSession (this: FastifyRequest) {
    await bridge.signOut(this)
  })

  app.decorateRequest('confirmationKind', async function confirmationKind (this: FastifyRequest) {
    return await passwords.kind(currentLoginSession(this).userId)
  })

  app.decorateRequest('confirmPassword', async function confirmPassword (this: FastifyRequest, password) {
    await passwords.confirm(currentLoginSession(this), password, () => bridge.rotate(this))
  })
}

/**
 * A database that is away shall be told at once, and not as the 10 seconds of Fastify's `pluginTimeout`. A read
 * only, and by id: making an index may rightly take longer than one call, and so may reading without it.
 */
async function probe (store: LoginSessionStore): Promise<void> {
  await store.confirmation('nobody').catch(error => { throw storeAwayAtBootError(error.cause) })
}

/** Whoever sends X-Forwarded-For then names the address that is recorded. */
function warnIfAnybodyChoosesAddresses (app: FastifyInstance, { ip, clientIp }: VisitOptions): void {
  if (ip === 'none' || clientIp !== undefined || !trustsEverybody(app)) return
  app.log.warn('login sessions: with trustProxy: true anybody can choose the address that is recorded: ' +
    "write trustProxy: '10.0.0.0/8' with the addresses of your proxy, or give loginSessions a clientIp of your own")
}

/** Fastify keeps this option to itself: `initialConfig` leaves it out. Where it is kept otherwise, there is no warning. */
function trustsEverybody (app: object): boolean {
  const chain = (one: object | null): object[] => one === null ? [] : [one, ...chain(Object.getPrototypeOf(one))]
  return chain(app).some(one => Object.getOwnPropertySymbols(one).some(key =>
    key.description === 'fastify.options' && (one as Record<symbol, { trustProxy?: unknown }>)[key]?.trustProxy === true))
}

/** @fastify/session allows one registration a context, and ours has to be it. */
function refuseSecondSession (app: FastifyInstance): void {
  if (app.hasRequestDecorator('loginSession')) throw optionError('it is registered already: register it once, for the whole server')
  if (app.hasRequestDecorator('session')) {
    throw optionError('@fastify/session is registered already: remove that registration; request.session comes with this plugin')
  }
}

const LOCAL = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/

/** Browsers drop Secure cookies over plain http, except from this machine: that must not look like a wrong password. */
function warnIfCookieIsLost (request: FastifyRequest, cookie: ResolvedCookie): void {
  if (!cookie.attributes.secure || request.protocol === 'https' || LOCAL.test(request.hostname)) return
  request.log.warn(`the sign-in cookie is Secure but this request came over ${request.protocol} for ${request.hostname}, so browsers will drop it: ` +
    "use https; behind a proxy that ends TLS set Fastify's trustProxy; only without any https: cookie: { name: 'login-session', secure: false }")
}

/**
 * Login sessions for Fastify. Register it once, before the routes, and await it.
 *
 * @throws FST_LOGIN_SESSION_OPTION at boot for wrong options, with a sentence that says what to write
 * @example
 * await app.register(loginSessions, {
 *   secret: process.env.SESSION_SECRET,
 *   store: mongoStore(db.collection('loginSessions')),
 *   verifyPassword: bcryptPassword(userId => users.passwordHash(userId))
 * })
 */
export const loginSessions: FastifyPluginAsync<LoginSessionsOptions> = fp(corePlugin, { fastify: '5.x', name: 'fastify-login-sessions' })
