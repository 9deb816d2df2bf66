/**
 * What one user does with some browsers, a operation at a time, so that it is known what must be true after each; within a
 * operation much happens at the same moment.
 * @module
 */
import type { FastifyInstance } from 'fastify'
import { PASSWORD } from '../../support/app.js'
import { API } from '../../support/page.js'
import type { Random } from '../../support/random.js'
import type { Client } from './client.js'
import type { Ledger, Signed } from './ledger.js'

/** Where operations run. */
export interface World {
  apps: FastifyInstance[]
  ledger: Ledger
  client: Client
  random: Random
}

/** One operation of a user: with a session of theirs, and all of them. */
export type Operation = (world: World, session: Signed, all: Signed[]) => Promise<void>

/** Signs in from a new browser, or from one that is signed in: that session is replaced then. */
export async function signIn ({ apps, ledger, client, random }: World, userId: string, former?: Signed): Promise<void> {
  const { reply, cookie } = await client.send(random.pick(apps), former?.cookie ?? null, 'POST', '/login', { user: userId, remember: true })
  const done = client.judge(reply, 'a sign-in') === 'done'
  if (former !== undefined) ledger[done ? 'ended' : 'doubtful']([former])
  if (done) ledger.signedIn({ id: reply.json().id, userId, cookie: cookie! })
}

const look: Operation = async ({ apps, ledger, client, random }, session) => {
  const wasLive = session.state === 'live'
  const reply = await client.sendAs(random.pick(apps), session, 'GET', '/account')
  const outcome = client.judge(reply, 'a look', ...(wasLive ? [] : [401]))
  if (outcome === 'done' && reply.json().id !== session.id) ledger.broken.push('a look found another session')
}

const lookAround: Operation = async ({ apps, ledger, client, random }, session) => {
  const reply = await client.sendAs(random.pick(apps), session, 'GET', '/')
  const { user } = reply.json()
  if (client.judge(reply, 'a public page') !== 'done' || ![session.userId, null].includes(user)) ledger.broken.push(`a public page answered ${reply.statusCode} for ${user}`)
}

const save: Operation = async ({ apps, ledger, client, random }, session) => {
  const key = `key-${session.keys++}`
  // Afterwards it may be an anonymous visitor's: its cookie is nobody's.
  const { reply } = await client.send(random.pick(apps), session.cookie, 'POST', '/data', { [key]: session.keys })
  if (client.judge(reply, 'a save') !== 'done') return
  ledger.figures.saves++
  session.data.set(key, session.keys)
}

const confirm: Operation = async ({ apps, ledger, client, random }, session) => {
  // Each that was refused may have been counted: five would lock.
  if (session.refusedConfirmations >= 3) return
  const wasLive = session.state === 'live'
  session.refusedConfirmations++
  const reply = await client.sendAs(random.pick(apps), session, 'POST', '/confirm', { password: PASSWORD })
  // Ended at the same moment, it may be 401.
  if (client.judge(reply, 'a confirmation', ...(wasLive && session.state === 'live' ? [] : [401])) !== 'done') return
  session.refusedConfirmations = 0
  ledger.figures.confirmations++
}

/** Two tabs confirm at the same moment, with one cookie. Whichever answer is the last, its cookie is the browser's. */
const confirmTogether: Operation = async (world, session) => {
  await Promise.all([confirm(world, session, []), confirm(world, session, [])])
  await Promise.all([look(world, session, []), look(world, session, [])])
}

/** Requests that have left with the former cookie are under way while the browser gets a new one, and use it. */
const confirmMeanwhile: Operation = async (world, session) => {
  await Promise.all([look(world, session, []), confirm(world, session, []), look(world, session, [])])
  await Promise.all([look(world, session, []), confirm(world, session, []), look(world, session, [])])
}

/** Work with a session that is under way when something else begins. */
function underWay (world: World, session: Signed): Array<Promise<void>> {
  return [save(world, session, []), save(world, session, []), look(world, session, []), ...(world.random.below(2) === 0 ? [confirm(world, session, [])] : [])]
}

/** A operation that ends sessions, while they are at work. */
function ending (gone: (session: Signed, all: Signed[]) => Signed[], operation: (world: World, session: Signed) => Promise<'done' | 'refused'>): Operation {
  return async (world, session, all) => {
    const ends = gone(session, all)
    // From here on nothing of them is certain until the answer is there.
    const were = ends.map(({ state }) => state)
    for (const one of ends) one.state = 'doubtful'
    const work = ends.slice(0, 2).flatMap(one => underWay(world, one))
    const outcome = await operation(world, session)
    ends.forEach((one, index) => { one.state = were[index]! })
    world.ledger[outcome === 'done' ? 'ended' : 'doubtful'](ends)
    await Promise.all(work)
  }
}

const others = (session: Signed, all: Signed[]): Signed[] => all.filter(one => one !== session)

/** What a user may do; each as often as it stands here. */
export const OPERATIONS: Operation[] = [
  look, look, look, lookAround, save, save, save, confirm, confirmTogether, confirmMeanwhile,

  async (world, session) => await signIn(world, session.userId, session),

  ending(session => [session], async ({ apps, client, random }, { userId, id }) =>
    await client.ask('revoke', () => random.pick(apps).loginSessions.revoke(userId, id))),

  // The same one from everywhere at the same moment: whoever is told "gone already" is promised as much.
  ending(session => [session], async ({ apps, client }, { userId, id }) => {
    const outcomes = await Promise.all(apps.map(app => client.ask('revoke', () => app.loginSessions.revoke(userId, id))))
    return outcomes.includes('done') ? 'done' : 'refused'
  }),

  // With any cookie that it has ever had: one that signs nobody in any more still signs out.
  ending(session => [session], async ({ apps, client, random }, session) =>
    client.judge((await client.send(random.pick(apps), random.pick([...session.cookies]), 'POST', '/logout')).reply, 'a sign-out')),

  ending(others, async ({ apps, client, random }, session) =>
    await client.ask('revokeOthers', () => random.pick(apps).loginSessions.revokeOthers(session))),

  // From the API, by a session that goes on with a new token.
  ending(others, async ({ apps, client, random }, session) => {
    if (session.state !== 'live' || session.refusedConfirmations >= 3) return 'refused'
    session.refusedConfirmations++
    const outcome = client.judge(await client.sendAs(random.pick(apps), session, 'POST', `${API}/others/revoke`, { password: PASSWORD }), 'revoking others')
    if (outcome === 'done') session.refusedConfirmations = 0
    return outcome
  }),

  ending((_session, all) => all, async ({ apps, client, random }, { userId }) =>
    await client.ask('revokeAll', () => random.pick(apps).loginSessions.revokeAll(userId)))
]
