/**
 * The core plugin: registers cookie and session, and decorates every request with its login-session record. Wiring only.
 * @module
 */
import cookiePlugin from '@fastify/cookie'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { explainLateRegistrations, needCookies, probe, refuseSecondSession, warnIfAnybodyChoosesAddresses } from './boot-checks.js'
import { createConfirmation } from './confirmation/confirmation.js'
import { preparePassword } from './confirmation/password.js'
import { createFindWay } from './confirmation/ways.js'
import { decorateConfirmation } from './confirming.js'
import { decorateSection, provideCore } from './core.js'
import { storeUnreachableError } from './errors.js'
import { type LoginSessionsOptions, resolveOptions } from './options.js'
import { createCsrfTokens, trustOrigins } from './request/csrf.js'
import { createBinding } from './request/binding/binding.js'
import { createSessionCookie } from './request/cookie.js'
import { registerFastifySession } from './request/fastify-session.js'
import { createSessionEvents } from './request/hooks.js'
import { createKnownDevices } from './request/known-device.js'
import { createRequestLogins, type RequestLogins } from './request/login.js'
import { createRequestLookups } from './request/lookup.js'
import { createSaving } from './request/saving.js'
import { createSignIn } from './request/sign-in.js'
import type { StartOptions } from './request/start-checks.js'
import { provideStates } from './request/state.js'
import { askForHints, createVisits } from './request/visit.js'
import { createBackgroundWrites } from './sessions/background-writes.js'
import { needsBoundCookie } from './sessions/binding.js'
import { createSharedClock } from './sessions/clock.js'
import { createLifecycle } from './sessions/lifecycle.js'
import type { LoginSession } from './sessions/login-session.js'
import { createLoginSessions, type LoginSessions } from './sessions/login-sessions.js'
import { createLookups } from './sessions/lookups.js'
import { createOverview, overviewStoreOf } from './sessions/overview.js'
import { createSessionData } from './sessions/session-data.js'
import type { LoginSessionStore } from './sessions/store.js'
import { createWatches } from './sessions/watches.js'
import { boundedStore } from './stores/bounded.js'

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
     * @throws FST_LOGIN_SESSION_STORE_UNAVAILABLE; _DATA if `request.session` has a value that the store refuses
     * @throws TypeError if an argument is wrong, with a sentence that says what to write
     * @example
     * await request.startLoginSession(user.id, { remember: request.body.remember === 'on' })
     */
    startLoginSession(userId: string, options?: StartOptions): Promise<LoginSession>

    /**
     * Signs this browser out: the record is removed, the cookie cleared, `request.session` emptied. Does nothing when not signed in.
     * @throws FST_LOGIN_SESSION_STORE_UNAVAILABLE
     */
    endLoginSession(): Promise<void>
  }
}

const corePlugin: FastifyPluginAsync<LoginSessionsOptions> = async function loginSessionsPlugin (app, options) {
  const resolved = resolveOptions(options)
  const { secrets, store: given, verifyPassword, confirm: choose, storeTimeout, maxSessionsPerUser, touchEvery, cookie, deviceBound } = resolved
  refuseSecondSession(app)
  warnIfAnybodyChoosesAddresses(app, resolved)
  const warn = (err: unknown, message: string): void => { app.log.warn({ err }, message) }
  const store = boundedStore(given, storeTimeout, keys => watches.removed(keys))
  await probe(store)
  await given.prepare?.()
  await preparePassword(verifyPassword)
  const now = resolved.now ?? await startClock(store, warn)

  const background = createBackgroundWrites(store, warn)
  const { announceStart, announceEnd, announceFailure, callHook, drain } = createSessionEvents(resolved, app.log)
  const watches = createWatches({ store, now, warn })
  const parts = { store, now, announceEnd, watch: watches.watch }
  const findRecord = createLookups(store)
  const lifecycle = createLifecycle({ ...parts, lifetime: resolved, background, findRecord })
  const confirmation = createConfirmation(createFindWay(resolved), store, now)
  const sessionCookie = createSessionCookie(cookie, secrets)
  const visits = createVisits(resolved)
  const logins = createRequestLogins(lifecycle, sessionCookie, createSaving(lifecycle, sessionCookie, visits), visits)
  const binding = deviceBound === null ? undefined : createBinding(app, { options: deviceBound, cookie, secrets, store, findRecord, background, now })
  const device = binding?.check
  const lookups = createRequestLookups({ lifecycle, cookie: sessionCookie, name: cookie.name, actions: logins.actions, visits, device, now })
  const devices = createKnownDevices(secrets, cookie)
  if (announceStart !== undefined) devices.enable()

  if (!app.hasReplyDecorator('setCookie')) await app.register(cookiePlugin)
  else app.addHook('onRequest', needCookies)
  // Before the hook of @fastify/session, which asks for the session's id.
  app.addHook('onSend', function loginSessionsBeforeResponse (request, reply, payload, done) {
    askForHints(request, reply)
    // The session's cookie comes first: simple scripts take the first one.
    const finish = (): void => {
      device?.beforeResponse(request, reply)
      devices.setCookie(request, reply)
      done(null, payload)
    }
    const saving = logins.beforeResponse(request, reply)
    if (saving === undefined) finish()
    else saving.then(finish, done)
  })

  await registerFastifySession(app, lifecycle, sessionCookie, (record, at) => device !== undefined && needsBoundCookie(record, at))
  explainLateRegistrations(app)
  provideStates(app)
  trustOrigins(app, resolved.trustedOrigins)
  app.addHook('onRequest', function loginSessionsLookUp (request, _reply, done) { lookups.begin(request, done) })
  app.addHook('preHandler', function loginSessionsLookAgain (request, _reply, done) { lookups.repeat(request, done) })
  await binding?.register()
  const settled = async (): Promise<void> => { await Promise.all([background.flush(), drain()]) }
  app.addHook('onClose', async () => { await Promise.all([settled(), watches.close()]) })

  app.decorate('loginSessions', createLoginSessions({ ...parts, settled }))
  decorateSection(app)
  const { confirm, wayFor } = decorateConfirmation(app, { confirmation, logins, announceFailure, verifyPassword })
  const needsProof = verifyPassword !== undefined || choose !== undefined
  const overviewStore = overviewStoreOf(store)
  provideCore(app, {
    csrf: createCsrfTokens(secrets),
    now,
    lockedFor: confirmation.lockedFor,
    needsProof,
    confirm,
    wayFor,
    recogniseDevices: devices.enable,
    overview: overviewStore && createOverview({ ...parts, store: overviewStore }),
    sessionData: createSessionData(store, now),
    callHook
  })

  const signIn = createSignIn({ logins, lifecycle, devices, announceStart, cookie, maxSessionsPerUser, touchEvery })
  decorateLogins(app, logins, signIn)
}

/** The clock that all servers share; this server's own if the store has none. */
async function startClock ({ time }: LoginSessionStore, warn: (error: unknown, message: string) => void): Promise<() => Date> {
  const clock = createSharedClock(time, Date.now, error => warn(error, "login sessions: the store's clock could not be read"))
  await clock.adjust().catch((error: Error) => { throw storeUnreachableError(error.cause ?? error) })
  return clock.now
}

function decorateLogins (app: FastifyInstance, logins: RequestLogins, signIn: ReturnType<typeof createSignIn>): void {
  app.decorateRequest('loginSession', { getter (this: FastifyRequest) { return logins.current(this) } })

  app.decorateRequest('startLoginSession', async function startLoginSession (this: FastifyRequest, userId, options = {}) {
    return await signIn(this, userId, options)
  })

  app.decorateRequest('endLoginSession', async function endLoginSession (this: FastifyRequest) {
    await logins.signOut(this)
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
