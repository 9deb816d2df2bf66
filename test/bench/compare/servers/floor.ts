/**
 * The floor: the lookup that the plugin does, and nothing around it. The lookups of one event-loop turn share one `find`
 * by `_id`, and the hash of the cookie's secret is compared. No view of the session, no session data, no touch, no rules
 * about cookies: whatever the plugin costs above this is the price of what it does.
 * @module
 */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import cookie, { Signer } from '@fastify/cookie'
import { type Collection, type Db, MongoClient } from 'mongodb'
import { type Contestant, type ContestantOptions, createApp, serve } from './contestant.js'

interface FloorSession {
  _id: string
  tokens: Array<{ hash: string, generation: number }>
  userId: string
  createdAt: Date
  lastActiveAt: Date
  expiresAt: Date
  endsAt: Date
  remember: boolean
  ip: string
  userAgent: string
  device: object
  confirmation: object
  data: object
}

type Find = (_id: string) => Promise<FloorSession | undefined>

declare module 'fastify' {
  interface FastifyRequest { floor: FloorSession | null }
}

const NAME = '__Host-session'
const COLLECTION = 'sessions'
const LIFE = 90 * 24 * 60 * 60_000
/** Characters of `_id`: eight of the user's hash, and 22 random ones. The secret follows it in the cookie. */
const KEY = 30

const hashOf = (text: string): string => hash('sha256', text, 'base64url')

export async function start ({ uri, database, secret }: ContestantOptions): Promise<Contestant> {
  const db = (await new MongoClient(uri).connect()).db(database)
  const sessions = db.collection<FloorSession>(COLLECTION)
  await sessions.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 })
  const find = sharedFind(db, sessions)
  const signer = new Signer(secret)

  const app = createApp()
  await app.register(cookie)
  app.decorateRequest('floor', null)
  app.addHook('onRequest', async request => {
    const value = request.cookies[NAME]
    if (value === undefined) return
    const { valid, value: token } = signer.unsign(value)
    if (!valid) return
    const session = await find(token.slice(0, KEY))
    if (session !== undefined && isLive(session, token.slice(KEY))) request.floor = session
  })

  return await serve(app, request => request.floor?.userId ?? null, async (userId, request, reply) => {
    const secretPart = randomBytes(32).toString('base64url')
    const session = newSession(userId, secretPart, request.ip, request.headers['user-agent'] ?? '')
    await sessions.insertOne(session)
    reply.setCookie(NAME, signer.sign(session._id + secretPart), { path: '/', httpOnly: true, secure: true, sameSite: 'lax' })
  })
}

function isLive ({ tokens, expiresAt }: FloorSession, secret: string): boolean {
  const presented = Buffer.from(hashOf(secret))
  return tokens.some(token => timingSafeEqual(Buffer.from(token.hash), presented)) && expiresAt > new Date()
}

function newSession (userId: string, secret: string, ip: string, userAgent: string): FloorSession {
  const now = new Date()
  const end = new Date(now.getTime() + LIFE)
  return {
    _id: hashOf(userId).slice(0, 8) + randomBytes(16).toString('base64url'),
    tokens: [{ hash: hashOf(secret), generation: 0 }],
    userId,
    createdAt: now,
    lastActiveAt: now,
    expiresAt: end,
    endsAt: end,
    remember: false,
    ip,
    userAgent,
    device: { browser: null, browserVersion: null, os: null, osVersion: null, kind: 'unknown', model: null },
    confirmation: { failures: 0 },
    data: {}
  }
}

/** One command for all lookups of an event-loop turn. */
function sharedFind (db: Db, sessions: Collection<FloorSession>): Find {
  let waiting: Array<{ _id: string, resolve: (session: FloorSession | undefined) => void, reject: (error: unknown) => void }> = []

  async function send (): Promise<void> {
    const turn = waiting
    waiting = []
    try {
      const found = await findAll(db, sessions, [...new Set(turn.map(({ _id }) => _id))])
      const byId = new Map(found.map(session => [session._id, session]))
      for (const { _id, resolve } of turn) resolve(byId.get(_id))
    } catch (error) {
      for (const { reject } of turn) reject(error)
    }
  }

  return async _id => await new Promise((resolve, reject) => {
    if (waiting.push({ _id, resolve, reject }) === 1) setImmediate(send)
  })
}

/** The plain command costs less than a cursor, but it has no retryable reads, and a reply may be cut at 16 MB. */
async function findAll (db: Db, sessions: Collection<FloorSession>, ids: string[]): Promise<FloorSession[]> {
  const filter = { _id: { $in: ids } }
  try {
    const { cursor } = await db.command({ find: COLLECTION, filter, limit: ids.length, batchSize: ids.length })
    if (String(cursor.id) === '0') return cursor.firstBatch
  } catch {
    // The ordinary find below retries.
  }
  return await sessions.find(filter).toArray()
}
