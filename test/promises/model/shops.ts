/**
 * The servers under attack: built once, and used by run after run, since each request brings its run along.
 * @module
 */
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { createShop, dataOf } from '../../support/app.js'
import { NOW } from '../../support/clock.js'
import { LIFETIME, MOST } from './lifetime.js'
import { here, underWay } from './operation.js'
import { scheduledStore } from './scheduled-store.js'

/** How many; the second and third have a hook for ended sessions, and so end many of them one by one. */
export const SERVERS = 3

/** The store answers as late as the schedule wants. */
const PATIENCE = 10 * 60_000

export async function openShops (t: Test): Promise<FastifyInstance[]> {
  return await Promise.all(Array.from({ length: SERVERS }, (_, index) => createShop(t, {
    ...LIFETIME,
    maxSessionsPerUser: MOST,
    // Proofs count until their session ends.
    deviceBound: { refreshEvery: 2 * LIFETIME.absoluteTimeout },
    store: scheduledStore(),
    storeTimeout: PATIENCE,
    // The options are checked at boot, outside of any run.
    now: () => underWay.getStore()?.world.timeAt(index) ?? NOW,
    ...(index > 0 && { onSessionEnd: ({ id }: { id: string }) => { announce(id) } }),
    routes
  })))
}

function announce (id: string): void {
  const { world } = here()
  if (world.announced.has(id)) world.fail(`the end of ${world.ledger.byId(id).name} was announced twice`)
  if (world.rules.records.has(world.ledger.byId(id).key)) world.fail(`the end of ${world.ledger.byId(id).name} was announced, and it is there`)
  world.announced.add(id)
}

/** How old a lookup may be when the handler begins, in ms. */
const FRESH = 1000

function routes (app: FastifyInstance): void {
  app.addHook('preValidation', async () => {
    const operation = here()
    if (operation.slow) await operation.world.hold(operation, 'its body arrives')
  })

  app.addHook('preHandler', async request => {
    const operation = here()
    operation.handling = true
    const { world, decidedAt, name } = operation
    if (request.loginSession !== null && world.time() - decidedAt! > FRESH) world.fail(`${name} is carried out after a lookup that is too old`)
  })

  app.get('/who', async request => ({ id: request.loginSession?.id ?? null, user: request.loginSession?.userId ?? null }))

  app.post<{ Body: { key: string, holds: number } }>('/write', async request => {
    const { key, holds } = request.body
    const operation = here()
    for (let i = 0; i < holds; i++) await operation.world.hold(operation, 'works')
    dataOf(request)[key] = true
    return { id: request.loginSession?.id ?? null, user: request.loginSession?.userId ?? null }
  })
}
