/**
 * A shop with pages and API as a process of its own, over a real MongoDB, that tells its parent how it is and closes when
 * it is told to. `shop-process.ts` starts it.
 * @module
 */
import { setTimeout as wait } from 'node:timers/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import Fastify from 'fastify'
import { MongoClient } from 'mongodb'
import loginSessions, { bcryptPassword, loginSessionApi, loginSessionPages, mongoStore } from '../../plugin/index.js'
import type { Closed, Order, ShopProcessOptions, Vitals } from './shop-process.js'
import { shopRoutes } from './shop-routes.js'
import './key-scan.js'

const { uri, database, passwordHash, ...lifetime } = JSON.parse(process.argv[2]!) as ShopProcessOptions

const orders: Record<Order, () => unknown> = { vitals, close }
process.on('message', async (order: Order) => { process.send!(await orders[order]()) })

/** The channel to the parent, which is heard now, and whatever Node.js itself holds: nothing of the shop's. */
const baseline = process.getActiveResourcesInfo()
const delay = monitorEventLoopDelay({ resolution: 10 })
let warnings = 0

const app = Fastify({ logger: { level: 'warn', stream: { write () { warnings++ } } } })
const client = new MongoClient(uri, { serverSelectionTimeoutMS: 1000, waitQueueTimeoutMS: 2000 })
app.addHook('onClose', () => client.close())
await app.register(loginSessions, {
  secret: 'the secret of the shop in a process, long enough',
  store: mongoStore(client.db(database).collection('loginSessions')),
  verifyPassword: bcryptPassword(() => passwordHash),
  onSessionStart () {},
  onSessionEnd () {},
  ...lifetime
})
shopRoutes(app)
await app.register(loginSessionPages, { prefix: '/account/sessions' })
await app.register(loginSessionApi, { prefix: '/api/account/sessions' })
const url = await app.listen({ host: '127.0.0.1', port: 0 })
delay.enable()

process.send!({ url })

/** Garbage is collected first, where the process may. */
function vitals (): Vitals {
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  const loopDelay = delay.percentile(99) / 1e6
  delay.reset()
  return { heapUsed, rss, resources: process.getActiveResourcesInfo().length, loopDelay, warnings }
}

/** Closes, waits for the handles to go, and lets go of the parent: from here on nothing keeps this process alive. */
async function close (): Promise<Closed> {
  const began = performance.now()
  await app.close()
  const took = performance.now() - began
  delay.disable()
  let left = ownResources()
  // Sockets take some turns to go after `close` has answered.
  for (let tries = 0; left.length > 0 && tries < 250; tries++) {
    await wait(20)
    left = ownResources()
  }
  setImmediate(() => process.disconnect())
  return { left, took }
}

function ownResources (): string[] {
  const own = process.getActiveResourcesInfo()
  for (const one of baseline) {
    const index = own.indexOf(one)
    if (index >= 0) own.splice(index, 1)
  }
  return own
}
