/**
 * A steady load of users on several servers, and requests with the cookies of ended sessions all the while.
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Reply } from '../../support/browser-jar.js'
import { parallel } from '../../support/gate.js'
import { API } from '../../support/page.js'
import { poll } from '../../support/poll.js'
import { createRandom } from '../../support/random.js'
import { createClient } from './client.js'
import { OPERATIONS, signIn, type World } from './operations.js'
import { createLedger, type Signed } from './ledger.js'

/** Sessions that a user has at the most. */
const DEVICES = 5

/** More than the first answer of a cursor holds, so that listing them takes another command. */
const MANY = 105

/** Requests with dead cookies at the same moment. */
const CHECKS = 8

/** Between two of these rounds, in ms: users should not have to wait for them. */
const CHECK_PAUSE = 25

/** Between the operations of a user, in ms: the database should be busy, not this process. */
const PAUSE = 2

export interface Load {
  /** Ends it, and resolves when nothing of it is under way. */
  stop(): Promise<void>
}

/** A world of these servers, in which nothing has been promised yet. */
export function worldOf (servers: Array<{ app: FastifyInstance }>, seed: number): World {
  const ledger = createLedger()
  return {
    apps: servers.map(({ app }) => app),
    ledger,
    client: createClient(ledger),
    random: createRandom(seed)
  }
}

/** Begins it. @param users how many @param withMany beside them, one with very many sessions who lists them again and again */
export async function startLoad (world: World, users: number, withMany = false): Promise<Load> {
  while (world.ledger.sessions.length < (withMany ? MANY : 0)) await parallel(15, () => signIn(world, 'many'))
  const over = new AbortController()
  const forever = async (turn: () => Promise<void>, pause: number): Promise<void> => {
    while (!over.signal.aborted) {
      await turn()
      await delay(pause)
    }
  }
  const running = [
    ...Array.from({ length: users }, (_, index) => forever(() => doSomething(world, `user-${index}`), PAUSE)),
    ...(withMany ? [forever(() => listMany(world), CHECK_PAUSE)] : []),
    ...world.apps.map(app => forever(checks(world, app), CHECK_PAUSE))
  ]
  return {
    async stop () {
      over.abort()
      await Promise.all(running)
    }
  }
}

async function doSomething (world: World, userId: string): Promise<void> {
  const { random, ledger } = world
  const mine = ledger.sessions.filter(session => session.userId === userId && session.state !== 'ended')
  if (mine.length === 0 || (mine.length < DEVICES && random.below(3) === 0)) return await signIn(world, userId)
  await random.pick(OPERATIONS)(world, random.pick(mine), mine)
}

async function listMany ({ apps, ledger, client, random }: World): Promise<void> {
  const [one] = ledger.sessions.filter(({ userId }) => userId === 'many')
  const reply = await client.sendAs(random.pick(apps), one!, 'GET', API)
  if (client.judge(reply, 'a list') === 'done' && reply.json().sessions.length < MANY) ledger.broken.push(`a list lacks sessions: ${reply.json().sessions.length}`)
}

/** Tries cookies of ended sessions, round and round; each may only be told that it is unknown, or that nothing is known. */
function checks (world: World, app: FastifyInstance): () => Promise<void> {
  const { ledger } = world
  let next = 0
  return async () => {
    const cookies = Array.from({ length: Math.min(CHECKS, ledger.dead.length) }, () => ledger.dead[next++ % ledger.dead.length]!)
    await Promise.all(cookies.map(cookie => checkDead(world, app, cookie)))
  }
}

/** @returns is it known to be dead, or alive? */
export async function checkDead ({ ledger, client }: World, app: FastifyInstance, cookie: string): Promise<boolean> {
  ledger.figures.deadChecks++
  const { reply } = await client.send(app, cookie, 'GET', '/account')
  if (reply.statusCode === 200) ledger.broken.push(`REVIVED: an ended session of ${reply.json().userId} is signed in`)
  client.judge(reply, 'an ended session', 401)
  return reply.statusCode !== 503
}

/** What was promised, held against a database that is back: call it when the load is over. */
export async function settleAccounts (world: World): Promise<void> {
  const { apps, ledger } = world
  for (const app of apps) {
    for (const cookie of ledger.dead) await poll('an ended session to be known as one', async () => await checkDead(world, app, cookie) || undefined)
    for (const session of ledger.sessions) if (session.state === 'live') await checkLive(world, app, session)
  }
}

async function checkLive (world: World, app: FastifyInstance, session: Signed): Promise<void> {
  const { ledger } = world
  const account = await answerOf(world, app, session, '/account')
  if (account.statusCode !== 200 || account.json().id !== session.id) {
    ledger.broken.push(`SIGN-IN LOST: ${account.statusCode} for a session of ${session.userId}`)
    return
  }
  const data = (await answerOf(world, app, session, '/data')).json()
  for (const [key, value] of session.data) if (data[key] !== value) ledger.broken.push(`WRITE LOST: ${key} is ${data[key]}, was saved as ${value}`)
}

/** The first answer that is not "unknown": on a busy machine that may take more than one try. */
async function answerOf ({ client }: World, app: FastifyInstance, session: Signed, url: string): Promise<Reply> {
  return await poll(`an answer of ${url}`, async () => {
    const reply = await client.sendAs(app, session, 'GET', url)
    return reply.statusCode === 503 ? undefined : reply
  })
}
