/**
 * What a competent person writes without a session library: a signed cookie, a hashed token, one `findOne` for each request
 * on a unique index, and an expiry that the read compares with the clock.
 * @module
 */
import { createHash, randomBytes } from 'node:crypto'
import cookie from '@fastify/cookie'
import { MongoClient } from 'mongodb'
import { type Contestant, type ContestantOptions, createApp, serve } from './contestant.js'

interface HandWrittenSession {
  tokens: Array<{ hash: string }>
  userId: string
  createdAt: Date
  expiresAt: Date
  ip: string
  userAgent: string
}

declare module 'fastify' {
  interface FastifyRequest { handWritten: HandWrittenSession | null }
}

const NAME = '__Host-session'
const LIFE = 90 * 24 * 60 * 60_000

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

export async function start ({ uri, database, secret }: ContestantOptions): Promise<Contestant> {
  const client = await new MongoClient(uri).connect()
  const sessions = client.db(database).collection<HandWrittenSession>('sessions')
  await sessions.createIndex({ 'tokens.hash': 1 }, { unique: true })
  await sessions.createIndex({ userId: 1 })
  await sessions.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 })

  const app = createApp()
  await app.register(cookie, { secret })
  app.decorateRequest('handWritten', null)
  app.addHook('onRequest', async request => {
    const value = request.cookies[NAME]
    if (value === undefined) return
    const { valid, value: token } = request.unsignCookie(value)
    if (!valid) return
    const session = await sessions.findOne({ 'tokens.hash': hashOf(token) })
    if (session !== null && session.expiresAt > new Date()) request.handWritten = session
  })

  return await serve(app, request => request.handWritten?.userId ?? null, async (userId, request, reply) => {
    const token = randomBytes(32).toString('base64url')
    const now = new Date()
    await sessions.insertOne({
      tokens: [{ hash: hashOf(token) }],
      userId,
      createdAt: now,
      expiresAt: new Date(now.getTime() + LIFE),
      ip: request.ip,
      userAgent: request.headers['user-agent'] ?? ''
    })
    reply.setCookie(NAME, token, { signed: true, path: '/', httpOnly: true, secure: true, sameSite: 'lax' })
  })
}
