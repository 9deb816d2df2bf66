/**
 * The routes of the shop: sign in and out, the account, a password to confirm, and the host's own session data.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { currentLoginSession, requireLoginSession } from '../../plugin/index.js'

/** Everybody's password. */
export const PASSWORD = 'correct horse battery staple'

/** The host's own session data, without @fastify/session's cookie. */
export function dataOf (request: FastifyRequest): Record<string, unknown> {
  return request.session as unknown as Record<string, unknown>
}

export function shopRoutes (app: FastifyInstance): void {
  app.get('/', async request => ({ user: request.loginSession?.userId ?? null }))

  app.post<{ Body: { user: string, remember?: boolean, newAccount?: boolean } }>('/login', async request => {
    const { user, remember = false, newAccount = false } = request.body
    return await request.startLoginSession(user, { remember, newAccount })
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
}
