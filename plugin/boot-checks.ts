/**
 * What of the host's would otherwise only show in production: looked at while the plugin registers, or, where nothing
 * tells it that early, at each request.
 * @module
 */
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import { optionError, storeAwayAtBootError } from './errors.js'
import type { LoginSessionStore } from './sessions/store.js'
import type { VisitOptions } from './request/visit.js'

/** @fastify/session allows one registration a context, and ours has to be it. */
export function refuseSecondSession (app: FastifyInstance): void {
  if (app.hasRequestDecorator('loginSession')) throw optionError('it is registered already: register it once, for the whole server')
  if (app.hasRequestDecorator('session')) {
    throw optionError('@fastify/session is registered already: remove that registration; request.session comes with this plugin')
  }
}

/**
 * A database that is away shall be told at once, and not as the 10 seconds of Fastify's `pluginTimeout`. A read
 * only, and by id: making an index may rightly take longer than one call, and so may reading without it.
 */
export async function probe (store: LoginSessionStore): Promise<void> {
  await store.confirmation('nobody').catch(error => { throw storeAwayAtBootError(error.cause) })
}

/**
 * onRequest, where @fastify/cookie is the host's: with another `hook`, or none, no cookie has been read by now.
 * @throws FST_LOGIN_SESSION_OPTION
 */
export function needCookies (request: FastifyRequest, _reply: FastifyReply, done: HookHandlerDoneFunction): void {
  if (request.cookies == null) done(optionError("@fastify/cookie has not read the cookies yet: register it without its option 'hook', or leave it to this plugin"))
  else done()
}

/** Whoever sends X-Forwarded-For then names the address that is recorded. */
export function warnIfAnybodyChoosesAddresses (app: FastifyInstance, { ip, clientIp }: VisitOptions): void {
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
