/**
 * The example application: sign-up, sign-in, an account, and this package's sessions page and API. Builds; does not listen.
 * @module
 */
import { fileURLToPath } from 'node:url'
import formbody from '@fastify/formbody'
import assets from '@fastify/static'
import view from '@fastify/view'
import { Eta } from 'eta'
import Fastify, {
  type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, type FastifyServerOptions
} from 'fastify'
import type { Db } from 'mongodb'
import loginSessions, {
  bcryptPassword, currentLoginSession, loginSessionApi, loginSessionPages, mongoStore, rejectCrossOrigin,
  requireLoginSession, type LoginSession, type LoginSessionError
} from '../plugin/index.js'
import { createUsers, DEMO_USER, DEMO_USER_WITHOUT_PASSWORD, FieldError, requireGoodPassword, type User, type Users } from './users.js'

/** What the application needs from whoever starts it. */
export interface AppOptions {
  db: Db
  /** Signs the session cookie; at least 32 characters. */
  secret: string | string[]
  /** Fastify's. @default false */
  logger?: FastifyServerOptions['logger']
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The signed-in user, or null. */
    user: User | null
  }

  interface Session {
    /** Said once, on the next page of the account. */
    notice?: string
  }
}

const NOT_FOUND = { title: 'Page not found', message: 'There is nothing at this address.' }

const directory = (name: string): string => fileURLToPath(new URL(`./${name}/`, import.meta.url))

/**
 * The application, ready for `listen` or `inject`. It closes neither the database nor its client: they are the caller's.
 *
 * @example
 * const app = await buildApp({ db: client.db('shop'), secret: process.env.SESSION_SECRET })
 */
export async function buildApp ({ db, secret, logger = false }: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({ logger })
  const users = await createUsers(db)

  app.addHook('onRequest', securityHeaders)
  await app.register(loginSessions, {
    secret,
    store: mongoStore(db.collection('loginSessions')),
    verifyPassword: bcryptPassword(users.passwordHash)
  })
  await app.register(loginSessionPages, { prefix: '/account/sessions', signInPath: '/sign-in', templates: directory('views/sessions') })
  await app.register(loginSessionApi, { prefix: '/api/account/sessions' })

  await app.register(view, { engine: { eta: new Eta() }, templates: directory('views') })
  await app.register(assets, { root: directory('public'), prefix: '/assets/' })
  app.get('/favicon.ico', (_request, reply) => reply.sendFile('icon.svg'))
  app.setNotFoundHandler((_request, reply) => reply.code(404).view('error', NOT_FOUND))
  await app.register(async site => await sitePages(site, users))
  return app
}

/** Everything a person sees of the application itself. */
async function sitePages (site: FastifyInstance, users: Users): Promise<void> {
  await site.register(formbody)

  site.decorateRequest('user', null)
  site.addHook('onRequest', noStore)
  site.addHook('onRequest', rejectCrossOrigin)
  site.addHook('preHandler', async request => {
    request.user = request.loginSession && await users.find(request.loginSession.userId)
  })
  site.setErrorHandler(errorPage)

  site.get('/', (request, reply) => reply.view('home', { title: 'Login sessions for Fastify', user: request.user }))
  signUpPages(site, users)
  signInPages(site, users)
  site.post('/sign-out', async (request, reply) => {
    await request.endLoginSession()
    return reply.redirect('/sign-in', 303)
  })
  await site.register(async account => accountPages(account, users), { prefix: '/account' })
}

function signUpPages (site: FastifyInstance, users: Users): void {
  const form = { title: 'Create an account', user: null, values: {}, errors: {} }

  site.get('/sign-up', (request, reply) => request.user === null ? reply.view('sign-up', form) : reply.redirect('/account', 303))

  site.post('/sign-up', async (request, reply) => {
    const email = field(request, 'email')
    try {
      const user = await users.create({ email, password: field(request, 'password') })
      await request.startLoginSession(user.id)
      return reply.redirect('/account', 303)
    } catch (error) {
      return await formAgain(reply, 'sign-up', { ...form, values: { email } }, error)
    }
  })
}

/** A real application also limits the attempts of each address and account, say with @fastify/rate-limit. */
function signInPages (site: FastifyInstance, users: Users): void {
  const form = { title: 'Sign in', user: null, values: {}, errors: {}, demo: DEMO_USER, demoWithoutPassword: DEMO_USER_WITHOUT_PASSWORD }

  site.get('/sign-in', (request, reply) => request.user === null ? reply.view('sign-in', form) : reply.redirect('/account', 303))

  site.post('/sign-in', async (request, reply) => {
    const values = { email: field(request, 'email'), remember: field(request, 'remember') }
    try {
      const user = await users.authenticate(values.email, field(request, 'password'))
      if (user === null) throw new FieldError('password', 'Email or password is not right.')
      await request.startLoginSession(user.id, { remember: values.remember === 'on' })
      return reply.redirect('/account', 303)
    } catch (error) {
      return await formAgain(reply, 'sign-in', { ...form, values }, error)
    }
  })

  // DEMO ONLY, a stand-in for a passkey or a mailed link: it lets anybody in, but only as this one user.
  site.post('/sign-in/demo', async (request, reply) => {
    const user = await users.findByEmail(DEMO_USER_WITHOUT_PASSWORD.email)
    if (user === null) return reply.callNotFound()
    await request.startLoginSession(user.id)
    return reply.redirect('/account', 303)
  })
}

function accountPages (account: FastifyInstance, users: Users): void {
  account.addHook('onRequest', requireLoginSession)
  account.addHook('preHandler', requireUser)

  account.get('/', async (request, reply) => {
    const session = currentLoginSession(request)
    const places = (await account.loginSessions.list(session.userId)).length
    return reply.view('account', { title: 'Your profile', user: request.user, notice: takeNotice(request), session, device: deviceName(session), places, date })
  })

  account.get('/password', async (request, reply) => reply.view('password', await passwordForm(request)))

  account.post('/password', async (request, reply) => {
    const session = currentLoginSession(request)
    const password = field(request, 'password')
    try {
      // First: a new password that will not do costs no attempt at the current one.
      requireGoodPassword(password)
      if (await request.confirmationKind() === 'password') await request.confirmPassword(field(request, 'current'))
      await users.setPassword(session.userId, password)
      request.session.notice = passwordChanged(await account.loginSessions.revokeOthers(session))
      return reply.redirect('/account', 303)
    } catch (error) {
      return await formAgain(reply, 'password', await passwordForm(request), error)
    }
  })
}

/** Without a password there is none to ask for: this user is setting the first. A real application would ask for the passkey again. */
async function passwordForm (request: FastifyRequest) {
  const hasPassword = await request.confirmationKind() === 'password'
  return { title: hasPassword ? 'Change your password' : 'Set a password', user: request.user, hasPassword, values: {}, errors: {} }
}

function passwordChanged (ended: number): string {
  if (ended === 0) return 'Your new password has been saved. You were not signed in anywhere else.'
  return `Your new password has been saved, and ${ended === 1 ? 'one other session has' : `${ended} other sessions have`} been signed out.`
}

/** Shows a form again with the reason at the field that it is about; any other error is not the form's. */
async function formAgain (reply: FastifyReply, form: string, model: object, error: unknown): Promise<FastifyReply> {
  const reason = reasonOf(error)
  if (reason === null) throw error
  return await reply.code(reason.statusCode).headers(reason.headers).view(form, { ...model, errors: { [reason.field]: reason.message } })
}

const CONFIRMATION_ERRORS: Partial<Record<string, string>> = {
  FST_LOGIN_SESSION_PASSWORD_REQUIRED: 'Enter your current password.',
  FST_LOGIN_SESSION_PASSWORD_WRONG: 'This is not your current password.',
  FST_LOGIN_SESSION_LOCKED: 'Too many wrong passwords. Try again in {minutes} minutes.'
}

function reasonOf (error: unknown) {
  if (error instanceof FieldError) return { field: error.field, message: error.message, statusCode: 422, headers: {} }
  const { code, statusCode, headers = {}, retryAfter } = error as LoginSessionError
  const message = CONFIRMATION_ERRORS[code]?.replace('{minutes}', String(Math.ceil(Number(retryAfter) / 60)))
  return message === undefined ? null : { field: 'current', message, statusCode, headers }
}

/** What came in as text. A field sent twice comes as an array: none of ours. */
function field (request: FastifyRequest, name: string): string {
  const value = (request.body as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value : ''
}

function takeNotice (request: FastifyRequest): string | null {
  const { notice = null } = request.session
  delete request.session.notice
  return notice
}

/** The session may outlive its user: deleted in another process, say. */
async function requireUser (request: FastifyRequest): Promise<void> {
  if (request.user === null) throw Object.assign(new Error('Sign in to continue'), { statusCode: 401 })
}

async function errorPage (error: FastifyError & Pick<LoginSessionError, 'headers'>, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { statusCode = 500, headers = {} } = error
  if (statusCode === 401) return reply.redirect('/sign-in', 303)
  if (statusCode >= 500) request.log.error(error)
  // Unforeseen errors speak to programmers.
  const message = statusCode === 500 ? 'Something went wrong. Try again in a moment.' : `${error.message}.`
  return await reply.code(statusCode).headers(headers).view('error', { title: 'That did not work', message })
}

const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff'
}

async function securityHeaders (_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.headers(SECURITY_HEADERS)
}

async function noStore (_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('cache-control', 'no-store')
}

/** "Chrome on Windows" */
function deviceName ({ device: { browser, os } }: LoginSession): string {
  return `${browser ?? 'Unknown browser'} on ${os ?? 'unknown system'}`
}

const dates = new Intl.DateTimeFormat('en', { dateStyle: 'long' })

function date (value: Date): string {
  return dates.format(value)
}
