/** A host as strict compilers see it: every part of the package, and collections of each driver. */
import mongodbOfFastify from '@fastify/mongodb'
import Fastify, { type FastifyInstance } from 'fastify'
import loginSessions, {
  type Authorize, bcryptPassword, currentLoginSession, deviceName, loginSessionAdmin, loginSessionApi, loginSessionPages,
  type LoginSessionsOptions, memoryStore, mongoStore, rejectCrossOrigin, requireLoginSession, requireRecentConfirmation
} from 'fastify-login-sessions'
import { MongoClient } from 'mongodb'

declare module 'fastify' {
  interface Session { cart?: string[] }
}

const client = new MongoClient('mongodb://127.0.0.1/shop')

export const stores = {
  driver: mongoStore(client.db().collection('loginSessions')),
  typed: mongoStore(client.db().collection<{ _id: string }>('loginSessions')),
  memory: memoryStore(),
  fastify: (app: FastifyInstance) => mongoStore(app.mongo.db!.collection('loginSessions'))
}

export const options: LoginSessionsOptions = {
  secret: 'a secret of 32 or more characters',
  store: stores.driver,
  verifyPassword: bcryptPassword(async userId => userId === 'ada' ? '$2b$' : null),
  ip: 'shortened',
  onSessionStart (session, { newDevice }) {
    if (newDevice) console.log(session.userId, deviceName(session.device))
  },
  onSessionEnd ({ id, userId }, reason) { console.log(id, userId, reason) }
}

export async function createShop (): Promise<FastifyInstance> {
  const app = Fastify({ trustProxy: '10.0.0.0/8' })
  await app.register(mongodbOfFastify, { url: 'mongodb://127.0.0.1/shop' })
  await app.register(loginSessions, options)
  app.addHook('onRequest', rejectCrossOrigin)
  await app.register(loginSessionPages, { prefix: '/account/sessions', language: request => request.headers['accept-language'] ?? 'en' })
  await app.register(loginSessionApi, { prefix: '/api/account/sessions' })
  app.post<{ Body: { user: string } }>('/login', async (request, reply) => {
    await request.startLoginSession(request.body.user, { remember: true })
    request.session.cart = []
    return reply.redirect('/', 303)
  })
  app.get('/account', { onRequest: requireLoginSession }, async request => {
    const { userId, device } = currentLoginSession(request)
    return { userId, browser: device.browser, cart: request.session.cart ?? [] }
  })
  app.post('/close', { onRequest: requireRecentConfirmation(900_000) }, async request =>
    await app.loginSessions.revokeOthers(currentLoginSession(request)))
  return app
}

export async function registerOperators (app: FastifyInstance): Promise<void> {
  const authorize: Authorize = async ({ loginSession }) => loginSession?.userId === 'ada' ? 'end' : null
  await app.register(loginSessionAdmin, { prefix: '/operators', authorize })
}

// @ts-expect-error wrong use does not compile
export const wrong: LoginSessionsOptions = { secret: 5, store: stores.memory }
