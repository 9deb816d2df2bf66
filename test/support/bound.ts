/**
 * A shop whose sessions are bound to the browser that signed in.
 * @module
 */
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { requireDeviceBinding } from '../../plugin/index.js'
import { createShop, type ShopOptions } from './app.js'
import { browser, type BrowserOptions, type JarBrowser, type Reply } from './browser-jar.js'
import { type Clock, createClock, MINUTE } from './clock.js'
import { softwareDevice } from './software-device.js'

/** How long a proof counts by default, in ms. */
export const REFRESH_EVERY = 10 * MINUTE

export interface BoundShop {
  app: FastifyInstance
  clock: Clock
}

/** A shop with a route `/transfer` that needs a new proof. */
export async function boundShop (t: Test, options: ShopOptions = {}): Promise<BoundShop> {
  const clock = createClock()
  const app = await createShop(t, {
    deviceBound: true,
    now: clock.now,
    ...options,
    async routes (app) {
      app.all('/transfer', { onRequest: requireDeviceBinding() }, async request => ({ sent: request.body ?? null }))
      app.all('/strict/transfer', { onRequest: requireDeviceBinding({ unbound: 'refuse' }) }, async () => ({ sent: true }))
      await options.routes?.(app)
    }
  })
  return { app, clock }
}

/** A bound browser that has used its bound cookie, so that every request of its session needs one. A minute has passed. */
export async function boundBrowser ({ app, clock }: BoundShop, options: BrowserOptions = {}): Promise<JarBrowser> {
  const owner = browser(app, { device: softwareDevice(), ...options })
  await owner.signIn('ada')
  await owner.accountStatus()
  await app.loginSessions.settled()
  clock.advance(MINUTE)
  return owner
}

/** Sends a request to a route that needs a new proof, and follows its redirect, as a browser does. */
export async function transfer (client: JarBrowser, clock: Clock, url = '/transfer'): Promise<Reply> {
  const reply = await client.post(url, { to: 'bob' })
  if (reply.statusCode !== 307) return reply
  clock.advance(1)
  return await client.post(new URL(reply.headers.location!, `https://shop.example${url}`).pathname, { to: 'bob' })
}
