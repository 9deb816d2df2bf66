/**
 * @fastify/session with connect-mongo: as shipped, or tuned (variant `tuned`) as a careful host does it.
 * @module
 */
import cookie from '@fastify/cookie'
import session from '@fastify/session'
import MongoStore from 'connect-mongo'
import Fastify from 'fastify'
import { MongoClient } from 'mongodb'

const DAY = 24 * 60 * 60

export async function start ({ uri, database, secret, variant }) {
  const client = await new MongoClient(uri).connect()
  const tuned = variant === 'tuned'
  const app = Fastify()
  await app.register(cookie)
  await app.register(session, {
    secret,
    store: MongoStore.create({ client, dbName: database, collectionName: 'sessions', ...tuned && { touchAfter: DAY } }),
    cookie: { secure: false, maxAge: 90 * DAY * 1000 },
    ...tuned && { rolling: false, saveUninitialized: false }
  })
  app.get('/', async (request, reply) => {
    const user = request.session.get('user') ?? null
    if (user === null) reply.code(401)
    return { user }
  })
  app.post('/sign-in/:user', async request => {
    await request.session.regenerate()
    request.session.set('user', request.params.user)
    return { user: request.params.user }
  })
  return { url: await app.listen({ host: '127.0.0.1', port: 0 }) }
}
