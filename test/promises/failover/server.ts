/**
 * A server of the shop as a process of its own, whose wall clock is wrong (`shifted-clock.js`). `processes.ts` starts it, and
 * talks to it by HTTP: as browsers do, and by two routes for what the host itself would do.
 * @module
 */
import Fastify from 'fastify'
import { MongoClient } from 'mongodb'
import loginSessions, { type LoginSessions, loginSessionApi, loginSessionPages, mongoStore } from '../../../plugin/index.js'
import '../../support/key-scan.js'
import { API, PAGE } from '../../support/page.js'
import { PASSWORD, shopRoutes } from '../../support/shop-routes.js'
import { BOUND, COLLECTION, DRIVER_OPTIONS } from './faults.js'
import type { ProcessOptions } from './processes.js'

const { uri, announces } = JSON.parse(process.argv[2]!) as ProcessOptions

const client = new MongoClient(uri, { ...DRIVER_OPTIONS, monitorCommands: true })
const sent = new Set<string>()
client.on('commandStarted', ({ commandName }) => sent.add(commandName))

const app = Fastify({ trustProxy: true })
app.addHook('onClose', () => client.close())
await app.register(loginSessions, {
  secret: 'the secret of the shop in processes, long enough',
  store: mongoStore(client.db('shop').collection(COLLECTION)),
  verifyPassword: () => password => password === PASSWORD,
  // Every request is a reason for a touch.
  touchEvery: 1,
  maxSessionsPerUser: null,
  deviceBound: true,
  storeTimeout: BOUND,
  ...(announces && { onSessionEnd () {} })
})
shopRoutes(app)
await app.register(loginSessionPages, { prefix: PAGE })
await app.register(loginSessionApi, { prefix: API })

app.post<{ Body: { verb: keyof LoginSessions, args: unknown[] } }>('/host/verbs', async request => {
  const { verb, args } = request.body
  return { result: await (app.loginSessions[verb] as (...args: unknown[]) => Promise<unknown>)(...args) }
})
app.get('/host/commands', async () => [...sent])

process.on('message', () => {
  process.disconnect()
  app.close()
})
process.send!({ url: await app.listen({ host: '127.0.0.1', port: 0 }) })
