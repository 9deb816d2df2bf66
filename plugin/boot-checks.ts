/**
 * Host mistakes that would otherwise show only in production. Checked at registration if possible, otherwise on each request.
 * @module
 */
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import { optionError, storeUnreachableError } from './errors.js'
import type { LoginSessionStore } from './sessions/store.js'
import type { VisitOptions } from './request/visit.js'

/** @fastify/session allows one registration for each context, and this plugin's must be the one. */
export function refuseSecondSession (app: FastifyInstance): void {
  if (app.hasRequestDecorator('loginSession')) {
    throw optionError('it is registered already: register it once, for the whole server')
  }
  if (app.hasDecorator('decryptSession')) {
    throw optionError('@fastify/session is registered already: remove that registration; request.session comes with this plugin')
  }
  if (app.hasRequestDecorator('session')) throw optionError(OTHER_SESSION)
}

const OTHER_SESSION = "another plugin also makes request.session: give its session another name, such as sessionName: 'oauth' of " +
  '@fastify/secure-session, or leave it out'

/** What other plugins would decorate a second time, and what to do instead. */
const LATE_REGISTRATIONS: Record<string, string> = {
  serializeCookie: '@fastify/cookie is registered after this plugin, which has registered it already: register it before, or leave it out',
  decryptSession: '@fastify/session is registered after this plugin, which has registered it already: leave it out; ' +
    'request.session comes with this plugin',
  session: OTHER_SESSION
}

/** Explains the error of a plugin that is registered after this one and brings the same. Fastify's own error names a decorator only. */
export function explainLateRegistrations (app: FastifyInstance): void {
  // Contexts below inherit these. `decorate` and `decorateRequest` are what those plugins call first.
  for (const method of ['decorate', 'decorateRequest'] as const) {
    const original = app[method] as (...args: unknown[]) => unknown
    app[method] = function explained (this: FastifyInstance, name: string, ...rest: unknown[]) {
      try {
        return original.call(this, name, ...rest)
      } catch (error) {
        const isTaken = (error as { code?: unknown }).code === 'FST_ERR_DEC_ALREADY_PRESENT' && Object.hasOwn(LATE_REGISTRATIONS, name)
        throw isTaken ? optionError(LATE_REGISTRATIONS[name]!) : error
      }
    } as never
  }
}

/**
 * Reports an unreachable database within `storeTimeout`, instead of after the 10 seconds of Fastify's `pluginTimeout`. It reads
 * by key, because creating an index, or reading without one, may take longer.
 */
export async function probe (store: LoginSessionStore): Promise<void> {
  await store.find(['nobody']).catch((error: Error) => { throw storeUnreachableError(error.cause) })
}

const COOKIES_NOT_READ = "@fastify/cookie has not read the cookies yet: register it without its option 'hook', or leave it " +
  'to this plugin'

/**
 * onRequest, if the host registered @fastify/cookie itself. With another `hook`, or none, it has not read the cookies yet.
 * @throws FST_LOGIN_SESSION_OPTION
 */
export function needCookies (request: FastifyRequest, _reply: FastifyReply, done: HookHandlerDoneFunction): void {
  if (request.cookies != null) done()
  else done(optionError(COOKIES_NOT_READ))
}

/** With `trustProxy: true`, anybody who sends X-Forwarded-For chooses the address that is recorded. */
export function warnIfAnybodyChoosesAddresses (app: FastifyInstance, { ip, clientIp }: VisitOptions): void {
  if (ip === 'none' || clientIp !== undefined || !trustsEverybody(app)) return
  app.log.warn('login sessions: with trustProxy: true anybody can choose the address that is recorded: ' +
    "write trustProxy: '10.0.0.0/8' with the addresses of your proxy, or give loginSessions a clientIp of your own")
}

/** `initialConfig` lacks this option, so it is read from Fastify's private options. If they move, there is no warning. */
function trustsEverybody (app: object): boolean {
  const withPrototypes = (object: object | null): object[] =>
    object === null ? [] : [object, ...withPrototypes(Object.getPrototypeOf(object))]
  return withPrototypes(app).some(object => Object.getOwnPropertySymbols(object).some(key =>
    key.description === 'fastify.options' && (object as Record<symbol, { trustProxy?: unknown }>)[key]?.trustProxy === true))
}
