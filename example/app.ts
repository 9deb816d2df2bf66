/**
 * The example application: sign-up, sign-in, an account, and this package's sessions page, operators' page and API. Builds; does not listen.
 * @module
 */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import formbody from '@fastify/formbody'
import assets from '@fastify/static'
import view from '@fastify/view'
import { Eta } from 'eta'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type FastifyServerOptions } from 'fastify'
import type { Db } from 'mongodb'
import loginSessions, {
  bcryptPassword, loginSessionApi, type LoginSessionCookieOptions, loginSessionPages, mongoStore, rejectCrossOrigin
} from '../plugin/index.js'
import { accountPages } from './account.js'
import { createConfirm } from './confirm.js'
import { signedInPage } from './enter.js'
import { errorPage, NOT_FOUND } from './error-page.js'
import { createSessionHooks, type Print } from './mail.js'
import { operatorPages } from './operators.js'
import { locate } from './places.js'
import { RETURN_TO } from './return-to.js'
import { createServices, type Services } from './services.js'
import { signInPages } from './sign-in.js'
import { signUpPages } from './sign-up.js'
import type { User } from './users.js'

/** The options of the application. */
export interface AppOptions {
  db: Db
  /** Signs the session cookie; at least 32 characters. */
  secret: string | string[]
  /** The URL at which people reach the site, for the links in mails. @default 'http://localhost:3000' */
  url?: string
  /** The origin at which passkeys work: https, or localhost. @default the one of `url` */
  passkeyOrigin?: string
  /** The session cookie. @default that of the plugin, which needs https or localhost, and does not work in Safari without https */
  cookie?: LoginSessionCookieOptions
  /** The certificate of an https server. Sessions are then bound to the browser that signed in, where it can do that. @default none */
  tls?: { key: string, cert: string } | undefined
  /** bcrypt's cost of the users' passwords. @default 12 */
  hashCost?: number
  /** Takes the mails and the lines of the audit log. @default console.log */
  print?: Print
  /** Fastify's. @default false */
  logger?: FastifyServerOptions['logger']
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The signed-in user, or null. */
    user: User | null
  }

  interface FastifyReply {
    /** The data that every template gets: of @fastify/view. */
    locals: { viewer?: User | null }
  }
}

/** SimpleWebAuthn's part for browsers, in one file. */
const WEBAUTHN = join(dirname(createRequire(import.meta.url).resolve('@simplewebauthn/browser')), '../dist/bundle')

const directory = (name: string): string => fileURLToPath(new URL(`./${name}/`, import.meta.url))

/**
 * The application, ready for `listen` or `inject`. It closes neither the database nor its client: they are the caller's.
 *
 * @example
 * const app = await buildApp({ db: client.db('shop'), secret: process.env.SESSION_SECRET })
 */
export async function buildApp (options: AppOptions): Promise<FastifyInstance> {
  const { db, secret, url = 'http://localhost:3000', cookie = {}, tls, hashCost = 12, print = console.log, logger = false } = options
  // The types of an https server are not those of the plugins' hosts here.
  const app = Fastify({ logger, ...(tls && { https: tls }) } as FastifyServerOptions)
  const origin = new URL(options.passkeyOrigin ?? url).origin
  const services = await createServices(db, { secret: [secret].flat()[0]!, origin, hashCost, print })
  const { users } = services

  app.addHook('onRequest', securityHeaders)
  await app.register(loginSessions, {
    secret,
    store: mongoStore(db.collection('loginSessions')),
    cookie,
    deviceBound: tls !== undefined,
    verifyPassword: bcryptPassword(users.passwordHash),
    confirm: createConfirm(services),
    ...createSessionHooks(users, url, print)
  })
  await app.register(loginSessionApi, { prefix: '/api/account/sessions' })

  await app.register(view, { engine: { eta: new Eta() }, templates: directory('views') })
  await app.register(assets, { root: directory('public'), prefix: '/assets/' })
  app.get('/assets/simplewebauthn.js', (_request, reply) => reply.sendFile('index.umd.min.js', WEBAUTHN))
  app.get('/favicon.ico', (_request, reply) => reply.sendFile('icon.svg'))
  await app.register(async pages => await allPages(pages, services))
  return app
}

/** All pages. The site's header names the signed-in user, on the sessions page too. */
async function allPages (pages: FastifyInstance, services: Services): Promise<void> {
  const { users } = services
  pages.decorateRequest('user', null)
  pages.addHook('preHandler', async (request, reply) => {
    request.user = request.loginSession && await users.find(request.loginSession.userId)
    // Not "user": on the operators' page, that is the user whose sessions are shown.
    reply.locals.viewer = request.user
  })

  await pages.register(loginSessionPages, {
    prefix: '/account/sessions',
    signInPath: '/sign-in',
    returnTo: RETURN_TO,
    passwordPath: '/account/password',
    locate,
    accountName: async userId => (await users.find(userId))?.email,
    templates: directory('views/sessions')
  })
  await pages.register(async operators => await operatorPages(operators, services))
  await pages.register(async site => await sitePages(site, services))
}

/** The pages of the application itself. */
async function sitePages (site: FastifyInstance, services: Services): Promise<void> {
  await site.register(formbody)
  site.addHook('onRequest', noStore)
  site.addHook('onRequest', rejectCrossOrigin)
  site.setErrorHandler(errorPage)
  site.setNotFoundHandler((_request, reply) => reply.code(404).view('error', NOT_FOUND))

  site.get('/', (_request, reply) => reply.view('home', { title: 'Login sessions for Fastify' }))
  signUpPages(site, services)
  signInPages(site, services)
  signedInPage(site)
  await site.register(async account => await accountPages(account, services), { prefix: '/account' })
}

const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; " +
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff'
}

async function securityHeaders (_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.headers(SECURITY_HEADERS)
}

async function noStore (_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('cache-control', 'no-store')
}
