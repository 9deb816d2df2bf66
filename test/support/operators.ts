/**
 * A shop with the operators' page, and people in it.
 * @module
 */
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { type LoginSession, loginSessionAdmin, type LoginSessionAdminOptions, type LoginSessionStore, memoryStore } from '../../plugin/index.js'
import { createShop, type ShopOptions } from './app.js'
import { browser, type JarBrowser } from './browser-jar.js'
import { type Clock, createClock, MINUTE } from './clock.js'
import { someHavePasswords } from './page.js'

export const OPERATORS = '/operators'

export const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1'

/** Users called "root…" may end sessions, users called "auditor…" may look; the others are nobody's operators. */
export const authorize: LoginSessionAdminOptions['authorize'] = ({ loginSession }) => {
  if (loginSession?.userId.startsWith('root')) return 'end'
  return loginSession?.userId.startsWith('auditor') ? 'view' : null
}

export interface OperatorShopOptions extends ShopOptions {
  admin?: Partial<LoginSessionAdminOptions>
}

export interface OperatorShop {
  app: FastifyInstance
  clock: Clock
  store: LoginSessionStore
  /** Signed in as "root". */
  root: JarBrowser
  operator: LoginSession
  /** Signs a user in, a minute after the one before. */
  signIn(user: string, options?: Parameters<typeof browser>[1]): Promise<{ jar: JarBrowser, session: LoginSession }>
}

export async function createOperatorShop (t: Test, { admin, routes, ...options }: OperatorShopOptions = {}): Promise<OperatorShop> {
  const clock = createClock()
  const { store = memoryStore() } = options
  const app = await createShop(t, {
    verifyPassword: someHavePasswords,
    now: clock.now,
    ...options,
    store,
    async routes (app) {
      await app.register(loginSessionAdmin, { prefix: OPERATORS, authorize, ...admin })
      await routes?.(app)
    }
  })

  async function signIn (user: string, choices?: Parameters<typeof browser>[1]): Promise<{ jar: JarBrowser, session: LoginSession }> {
    const jar = browser(app, choices)
    clock.advance(MINUTE)
    return { jar, session: await jar.signIn(user) }
  }

  const { jar: root, session: operator } = await signIn('root')
  return { app, clock, store, root, operator, signIn }
}

/** The same store, which says that it has so many records: more than are counted. */
export const seemingly = (size: number, store: LoginSessionStore = memoryStore()): LoginSessionStore => ({ ...store, size: async () => size })
