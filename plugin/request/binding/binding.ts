/**
 * The room `request/binding/`: sessions that are bound to the browser that signed in (W3C Device Bound Session Credentials).
 * This file puts its parts together.
 * @module
 */
import type { FastifyInstance } from 'fastify'
import type { BackgroundWrites } from '../../sessions/background-writes.js'
import type { FindRecord } from '../../sessions/lookups.js'
import type { LoginSessionStore } from '../../sessions/store.js'
import type { ResolvedCookie } from '../cookie-options.js'
import { createChallenges } from './challenges.js'
import { createBindingCookies } from './cookies.js'
import { createDeviceBindings, type DeviceBindings } from './device-check.js'
import { createDemands, provideDemands } from './guard.js'
import type { ResolvedDeviceBound } from './options.js'
import { createBindingProtocol } from './protocol.js'
import { registerBindingRoutes } from './routes.js'

/** What it needs of the core. */
export interface BindingParts {
  options: NonNullable<ResolvedDeviceBound>
  cookie: ResolvedCookie
  secrets: readonly string[]
  store: LoginSessionStore
  findRecord: FindRecord
  background: Pick<BackgroundWrites, 'bind'>
  now: () => Date
}

/** Binds sessions: `check` judges requests and completes responses; `register` adds the routes, after the hooks of the core. */
export function createBinding (app: FastifyInstance, parts: BindingParts): { check: DeviceBindings, register: () => Promise<void> } {
  const { options: { refreshEvery, prefix, publicPrefix }, cookie, secrets, store, findRecord, background, now } = parts
  const cookies = createBindingCookies(cookie, secrets)
  const protocol = createBindingProtocol({ setBinding: store.setBinding!, findRecord, challenges: createChallenges(secrets), now })
  // As a browser writes it: a header has no other characters.
  const path = new URL(`${publicPrefix}${app.prefix}${prefix === '/' ? '' : prefix}/register`, 'https://host').pathname
  const check = createDeviceBindings({ cookies, protocol, background, refreshEvery, path })
  provideDemands(app, createDemands({ cookies, check, now, refreshEvery }))
  return { check, register: async () => { await registerBindingRoutes(app, { cookies, protocol, now, refreshEvery, prefix }) } }
}
