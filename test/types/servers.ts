/** Everything can be used on servers of every kind: HTTP, HTTPS, HTTP/2, with a type provider. */
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Http2SecureServer, Http2Server, Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  currentLoginSession, type LoginSessionsOptions, loginSessionApi, loginSessionPages, loginSessions, rejectCrossOrigin, requireDeviceBinding,
  requireLoginSession, requireRecentConfirmation
} from '../../plugin/index.js'

declare const options: LoginSessionsOptions

export async function http2 (): Promise<void> {
  const app = Fastify({ http2: true })
  await app.register(loginSessions, options)
  await app.register(loginSessionPages, { prefix: '/account/sessions' })
  await app.register(loginSessionApi, { prefix: '/api/account/sessions' })
  app.addHook('onRequest', rejectCrossOrigin)
  app.get<{ Querystring: { page: string } }>('/', { onRequest: requireLoginSession }, async request => currentLoginSession(request).userId)
  app.get('/recent', { onRequest: requireRecentConfirmation(60_000) }, async () => null)
  app.post('/sensitive', { onRequest: requireDeviceBinding(), preHandler: requireDeviceBinding({ unbound: 'refuse' }) }, async () => null)
  app.post('/', { onRequest: [rejectCrossOrigin, requireLoginSession], preHandler: requireLoginSession }, async request => request.loginSession)
}

export async function secureHttp2 (): Promise<void> {
  const app = Fastify({ http2: true, https: {} })
  await app.register(loginSessions, options)
  app.get('/', { onRequest: requireLoginSession }, async request => currentLoginSession(request).userId)
}

export async function https (): Promise<void> {
  const app = Fastify({ https: {} })
  await app.register(loginSessions, options)
  app.addHook('onRequest', rejectCrossOrigin)
  app.get('/', { onRequest: requireLoginSession }, async request => currentLoginSession(request).userId)
}

export async function withTypeProvider (): Promise<void> {
  const app = Fastify().withTypeProvider<ZodTypeProvider>()
  await app.register(loginSessions, options)
  app.get('/', { onRequest: [requireLoginSession] }, async request => currentLoginSession(request).userId)
  // What the schema says of the body stays, whatever guards the route.
  const schema = { body: z.object({ book: z.string() }) }
  const length = (book: string): number => book.length
  app.post('/one', { onRequest: requireLoginSession, schema }, async request => length(request.body.book))
  app.post('/more', { onRequest: [rejectCrossOrigin, requireLoginSession], preHandler: requireRecentConfirmation(60_000), schema }, async request => length(request.body.book))
  app.post('/sensitive', { onRequest: requireDeviceBinding(), schema }, async request => length(request.body.book))
}

export function plugin (app: FastifyInstance<Http2Server | Http2SecureServer, Http2ServerRequest, Http2ServerResponse, FastifyBaseLogger>): void {
  app.addHook('onRequest', requireLoginSession)
}
