/**
 * Sign-ins in the past, for the sessions of the demo users.
 * @module
 */
import { randomBytes } from 'node:crypto'
import Fastify from 'fastify'
import type { Db } from 'mongodb'
import loginSessions, { mongoStore } from '../plugin/index.js'
import { START_TIMEOUT } from './in-time.js'

/** A device at a place, and its sessions. */
export interface Visit {
  headers: Record<string, string>
  ip: string
  /** The time since each session was started, and since it was last used, in ms. */
  sessions: Array<[signedIn: number, lastActive: number]>
}

/** Signs users in, with a clock in the past. */
export type Past = Awaited<ReturnType<typeof createPast>>

/** @param db the sessions are in its collection `loginSessions` */
export async function createPast (db: Db) {
  const start = Date.now()
  let now = new Date(start)
  const app = Fastify()
  await app.register(loginSessions, {
    // Nobody gets these cookies.
    secret: randomBytes(32).toString('base64'),
    store: mongoStore(db.collection('loginSessions')),
    storeTimeout: START_TIMEOUT,
    now: () => now,
    // Sends no mail. Only with this hook does the plugin mark devices as known or new.
    onSessionStart () {}
  })
  app.post<{ Body: { userId: string } }>('/', async request => await request.startLoginSession(request.body.userId, { remember: true }))
  app.get('/', async () => 'active')

  return {
    async isSignedIn (userId: string): Promise<boolean> {
      return (await app.loginSessions.list(userId)).length > 0
    },

    async signIn (userId: string, { headers, ip, sessions }: Visit): Promise<void> {
      let device = ''
      for (const [signedIn, lastActive] of sessions) {
        now = new Date(start - signedIn)
        const reply = await app.inject({ method: 'POST', url: '/', payload: { userId }, remoteAddress: ip, headers: { ...headers, cookie: device } })
        if (reply.statusCode !== 200) throw new Error(`A demo user could not be signed in: ${reply.body}`)
        const cookies = reply.cookies.map(({ name, value }) => `${name}=${value}`)
        now = new Date(start - lastActive)
        if (lastActive < signedIn) await app.inject({ url: '/', remoteAddress: ip, headers: { ...headers, cookie: cookies.join('; ') } })
        // The next sign-in comes from a known device that is not signed in any more.
        device = cookies.find(cookie => cookie.includes('-device='))!
      }
    },

    async close (): Promise<void> {
      await app.close()
    }
  }
}
