/**
 * A shop with the sessions page on a real port and a real MongoDB, for real browsers.
 * @module
 */
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { type LoginSession, mongoStore } from '../../plugin/index.js'
import { keyOf } from '../../plugin/sessions/key.js'
import { database } from './mongo.js'
import { createShopWithPages, PAGE, type ShopWithPagesOptions } from './page.js'
import { BINDING } from './records.js'

export interface ServedShop {
  app: FastifyInstance
  url: string
  /** Signs a user in from elsewhere: another browser. @param isKnown the device is not new to the user */
  signInElsewhere(user: string, userAgent: string, ip?: string, isKnown?: boolean): Promise<LoginSession>
  /** Binds a session to its device, as its browser would. */
  bind(session: LoginSession): Promise<void>
}

/** Opening `/start?user=ada` signs in and leads to the sessions page. */
export async function serveShop (t: Test, options: ShopWithPagesOptions = {}): Promise<ServedShop> {
  const { collection } = await database(t)
  const { store = mongoStore(collection()) } = options
  const app = await createShopWithPages(t, {
    now: () => new Date(),
    ...options,
    store,
    async routes (app) {
      app.get<{ Querystring: { user: string, remember?: string } }>('/start', async (request, reply) => {
        await request.startLoginSession(request.query.user, { remember: request.query.remember === 'on' })
        return reply.redirect(PAGE, 303)
      })
      app.get('/login', async (_request, reply) => reply.type('text/html').send('<!doctype html><html lang="en"><title>Sign in</title><main><h1>Sign in</h1></main></html>'))
      await options.routes?.(app)
    }
  })
  await app.listen({ port: 0, host: 'localhost' })
  const { port } = app.server.address() as AddressInfo

  return {
    app,
    url: `http://localhost:${port}`,
    async signInElsewhere (user, userAgent, ip = '198.51.100.7', isKnown = false) {
      const reply = await app.inject({ method: 'POST', url: '/login', payload: { user, newAccount: isKnown }, headers: { 'user-agent': userAgent, 'x-forwarded-for': ip, 'x-forwarded-proto': 'https' } })
      if (reply.statusCode !== 200) throw new Error(`sign-in answered ${reply.statusCode}: ${reply.body}`)
      return reply.json()
    },
    async bind ({ userId, id }) { await store.setBinding!(keyOf(userId, id), undefined, BINDING) }
  }
}
