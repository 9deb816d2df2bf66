/**
 * The core plugin: registers cookie and session, decorates every request with its login-session record.
 * @module
 */
import cookiePlugin, { Signer } from '@fastify/cookie'
import sessionPlugin from '@fastify/session'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { askForHints } from './request/accept-ch.js'
import { needCookies, probe, refuseSecondSession, warnIfAnybodyChoosesAddresses } from './boot-checks.js'
import { boundedStore } from './stores/bounded.js'
import { provideCore } from './core.js'
import { createBridge } from './request/login.js'
import { createCsrfTokens } from './request/csrf.js'
import { optionError } from './errors.js'
import { currentLoginSession } from './request/guard.js'
import { createKnownDevices } from './request/known-device.js'
import type { LoginSession } from './sessions/login-session.js'
import { createLoginSessions, type LoginSessions } from './sessions/lifecycle.js'
import { type LoginSessionsOptions, resolveOptions } from './options.js'
import { type ConfirmationKind, createPasswordConfirmation } from './confirmation/password.js'
import { newToken } from './sessions/record.js'
import { createRetirements } from './sessions/retirements.js'
import { createSessionEvents } from './request/hooks.js'
import { createLookup } from './request/fastify-session.js'
import { checkedStart, type StartOptions, warnIfCookieIsLost } from './request/start-checks.js'
import { createTouchQueue } from './sessions/background-writes.js'
import { createVisits } from './request/visit.js'

declare module 'fastify' {
  interface FastifyInstance {
    /** List and end any user's login sessions; needs no request. */
    loginSessions: LoginSessions
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
     * success the session gets a new token (ASVS 5.0 7.2.4).
     * @throws FST_LOGIN_SESSION_REQUIRED, _NO_PASSWORD, _PASSWORD_REQUIRED, _PASSWORD_WRONG, _LOCKED, _PASSWORD_CHECK_FAILED;
     * _OPTION without `verifyPassword`
     */
    confirmPassword(password: unknown): Promise<void>

    /** What {@link confirmPassword} will ask of the signed-in user. */
    confirmationKind(): Promise<ConfirmationKind>
  }
}

const corePlugin: FastifyPluginAsync<LoginSessionsOptions> = async function loginSessionsPlugin (app, options) {
  const resolved = resolveOptions(options)
  const { secrets, store: given, verifyPassword, storeTimeout, maxSessionsPerUser, cookie, now } = resolved
  refuseSecondSession(app)
  warnIfAnybodyChoosesAddresses(app, resolved)
  const store = boundedStore(given, storeTimeout)
  await probe(store)
  await given.prepare?.()

  const touches = createTouchQueue(store.touch, error => app.log.warn({ err: error }, 'login sessions: last-active times could not be written'))
  const { started, ended, drain } = createSessionEvents(resolved, app.log)
  const retirements = createRetirements(store.retireFormer, error => app.log.warn({ err: error }, 'login sessions: a former token could not be retired'))
  const sessions = createLoginSessions(store, touches, retirements, resolved, now, ended)
  const passwords = createPasswordConfirmation(verifyPassword, store, now)
  const signer = new Signer(secrets)
  const bridge = createBridge(sessions, signer, cookie, createVisits(resolved))
  const devices = createKnownDevices(secrets, cookie)

  if (!app.hasReplyDecorator('setCookie')) await app.register(cookiePlugin)
  else app.addHook('onRequest', needCookies)

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
  const confirm = async (request: FastifyRequest, password: unknown): Promise<void> => {
    await passwords.confirm(currentLoginSession(request), password, () => bridge.rotate(request))
  }
  provideCore(app, { csrf: createCsrfTokens(secrets), now, lockedFor: passwords.lockedFor, confirm })

  app.decorateRequest('loginSession', { getter (this: FastifyRequest) { return bridge.current(this) } })

  app.decorateRequest('startLoginSession', async function startLoginSession (this: FastifyRequest, userId, options = {}) {
    const { remember } = checkedStart(userId, options)
    warnIfCookieIsLost(this, cookie)
    const again = this.loginSession?.userId === userId
    const session = await bridge.signIn(this, userId, remember)
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
    currentLoginSession(this)
    // A route of the host's that asks for a password, which nobody looks at, would let everybody pass.
    if (verifyPassword === undefined) throw optionError('confirmPassword has nothing to check passwords with: write verifyPassword: bcryptPassword(userId => yourHashOf(userId))')
    await confirm(this, password)
  })
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
