/**
 * A small shop: what a host of the plugin typically has.
 * @module
 */
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import type { Test } from 'tap'
import loginSessions, {
  currentLoginSession, memoryStore, requireLoginSession, type LoginSessionsOptions, type VerifyPassword
} from '../../plugin/index.js'
import { createClock } from './clock.js'

export const SECRET = 'a secret of the shop, 32 or more characters'
export const OLD_SECRET = 'the secret that the shop had before this one'

/** Everybody's password. */
export const PASSWORD = 'correct horse battery staple'
export const verifyPassword: VerifyPassword = () => password => password === PASSWORD

export interface ShopOptions extends Partial<LoginSessionsOptions> {
  /** What the host does before it registers the plugin. */
  before?(app: FastifyInstance): unknown
  /** Routes of the test's own. */
  routes?(app: FastifyInstance): unknown
  /** Where log lines go. */
  logs?: string[]
}

/** The host's own session data, without @fastify/session's cookie. */
export function dataOf (request: FastifyRequest): Record<string, unknown> {
  return request.session as unknown as Record<string, unknown>
}

/** A shop that is ready for requests, and closes with the test. */
export async function createShop (t: Test, { before, routes, logs, ...options }: ShopOptions = {}): Promise<FastifyInstance> {
  const logger = logs === undefined ? false : { level: 'trace', stream: { write: (line: string) => { logs.push(line) } } }
  const app = Fastify({ trustProxy: true, logger })
  t.teardown(() => app.close())
  await before?.(app)
  await app.register(loginSessions, { secret: SECRET, store: memoryStore(), now: createClock().now, verifyPassword, ...options })

  app.get('/', async request => ({ user: request.loginSession?.userId ?? null }))

  app.post<{ Body: { user: string, remember?: boolean } }>('/login', async request => {
    const { user, remember = false } = request.body
    return await request.startLoginSession(user, { remember })
  })

  app.post('/logout', async request => {
    await request.endLoginSession()
    return { user: null }
  })

  app.get('/account', { onRequest: requireLoginSession }, async request => currentLoginSession(request))

  app.post<{ Body: { password?: unknown } }>('/confirm', async request => {
    await request.confirmPassword(request.body.password)
    return { confirmed: true }
  })

  app.get('/data', async request => JSON.parse(JSON.stringify({ ...dataOf(request), cookie: undefined })))

  app.post<{ Body: Record<string, unknown> }>('/data', async request => {
    for (const [key, value] of Object.entries(request.body)) {
      if (value === null) delete dataOf(request)[key]
      else dataOf(request)[key] = value
    }
    return { saved: true }
  })

  await routes?.(app)
  await app.ready()
  return app
}
