/**
 * better-auth's `getSession` with its MongoDB adapter, in Fastify. Signing in goes past its password hash, which takes a
 * good part of a second: its own adapter makes user and session, and the cookie is signed as it does.
 * @module
 */
import { createHmac } from 'node:crypto'
import { betterAuth } from 'better-auth'
import { mongodbAdapter } from 'better-auth/adapters/mongodb'
import { fromNodeHeaders } from 'better-auth/node'
import Fastify from 'fastify'
import { MongoClient } from 'mongodb'

export async function start ({ uri, database, secret }) {
  const client = await new MongoClient(uri).connect()
  const auth = betterAuth({
    secret,
    baseURL: 'http://127.0.0.1',
    database: mongodbAdapter(client.db(database)),
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false }
  })
  const { internalAdapter, authCookies } = await auth.$context

  const app = Fastify()
  app.get('/', async (request, reply) => {
    const session = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) })
    if (session === null) reply.code(401)
    return { user: session?.user.name ?? null }
  })
  app.post('/sign-in/:user', async (request, reply) => {
    const { user: name } = request.params
    const user = await internalAdapter.createUser({ name, email: `${name}@shop.example`, emailVerified: true })
    const { token } = await internalAdapter.createSession(user.id)
    const signature = createHmac('sha256', secret).update(token).digest('base64')
    reply.header('set-cookie', `${authCookies.sessionToken.name}=${encodeURIComponent(`${token}.${signature}`)}; Path=/; HttpOnly`)
    return { user: name }
  })
  return { url: await app.listen({ host: '127.0.0.1', port: 0 }) }
}
