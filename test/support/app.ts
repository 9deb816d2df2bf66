/**
 * A small shop: what a host of the plugin typically has.
 * @module
 */
import Fastify, { type FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import loginSessions, { memoryStore, type LoginSessionsOptions, type VerifyPassword } from '../../plugin/index.js'
import { createClock } from './clock.js'
import { rememberClock, withBinding } from './device-binding.js'
import './key-scan.js'
import { PASSWORD, shopRoutes } from './shop-routes.js'
import { tokenScan } from './token-scan.js'
import { watchedStore } from './token-watch.js'

export { dataOf, PASSWORD } from './shop-routes.js'

export const SECRET = 'a secret of the shop, 32 or more characters'
export const OLD_SECRET = 'the secret that the shop had before this one'

export const verifyPassword: VerifyPassword = () => password => password === PASSWORD

export interface ShopOptions extends Partial<LoginSessionsOptions> {
  /** What the host does before it registers the plugin. */
  before?(app: FastifyInstance): unknown
  /** What the host does after it registered the plugin, and before all routes. */
  between?(app: FastifyInstance): unknown
  /** Routes of the test's own. */
  routes?(app: FastifyInstance): unknown
  /** Where log lines go. */
  logs?: string[]
  /** Options of the server. */
  server?: object
}

/** A shop that is ready for requests, and closes with the test. */
export async function createShop (t: Test, { before, between, routes, logs, server, ...options }: ShopOptions = {}): Promise<FastifyInstance> {
  // Lines that no test asks for are scanned all the same.
  const logger = { level: 'trace', stream: { write: (line: string) => { logs?.push(line) } } }
  const app: FastifyInstance = Fastify({ trustProxy: true, logger, ...server })
  t.teardown(() => app.close())
  await before?.(app)
  const { store = memoryStore(), ...others } = options
  const all = { secret: SECRET, store: watchedStore(store, tokenScan), now: createClock().now, verifyPassword, ...others }
  rememberClock(app, all.now)
  await app.register(loginSessions, withBinding(all))
  await between?.(app)
  shopRoutes(app)
  await routes?.(app)
  await app.ready()
  return app
}
