/**
 * A server that closes under load: is what it had queued written, is nothing left, does the process end?
 * @module
 */
import { Agent } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { Collection } from 'mongodb'
import type { ShopProcess } from '../support/shop-process.js'
import { createVisitor } from './visitor.js'

export interface ClosingReport {
  good: boolean
  /** What was seen, a sentence each. */
  lines: string[]
}

/** Visitors whose touches are due at the moment of closing. */
const VISITORS = 50

/** How long a process may take to end after it has closed, in ms; the default of those who stop servers is longer. */
const END_WITHIN = 10_000

/** @param touchEvery of the server, in ms */
export async function watchClosing (server: ShopProcess, sessions: Collection<any>, touchEvery: number): Promise<ClosingReport> {
  const agent = new Agent({ keepAlive: true })
  const visitors = await Promise.all(Array.from({ length: VISITORS }, async (_, index) => {
    const visitor = createVisitor(server.url, agent, `closing-${index}`)
    return { visitor, id: JSON.parse((await visitor.signIn()).body).id as string }
  }))
  await wait(touchEvery + 100)
  const at = new Date()
  const answers = visitors.map(async ({ visitor, id }) => ({ id, status: (await visitor.get('/account')).status }))
  const asked = Promise.allSettled(answers)
  // Once one is answered, the others are on their way.
  await Promise.any(answers)
  const closing = server.close()
  const settled = await asked
  // Node.js lets connections that were busy when it closed be idle for `keepAliveTimeout`, 72 seconds with Fastify.
  agent.destroy()
  const { left, took } = await closing
  const end = await Promise.race([server.ended, wait(END_WITHIN, 'not at all', { ref: false })])

  const answered = settled.flatMap(one => one.status === 'fulfilled' && one.value.status === 200 ? [one.value.id] : [])
  const touched = await sessions.countDocuments({ _id: { $in: answered }, lastActiveAt: { $gte: at } })
  return {
    good: answered.length > 0 && touched === answered.length && left.length === 0 && end === 0,
    lines: [
      `close() took ${took.toFixed(0)} ms`,
      `${answered.length} requests were answered while it closed, and ${touched} of their touches are in the database`,
      `left behind: ${left.join(', ') || 'nothing'}`,
      `the process ended by itself: ${end}`
    ]
  }
}
