/**
 * The ends of sessions, by their user from elsewhere or by the host, and what an answer to one promises.
 * @module
 */
import { isLoginSessionError } from '../../../plugin/index.js'
import type { Session, Token } from './ledger.js'
import type { Operation } from './operation.js'
import { judge, send } from './send.js'
import type { World } from './world.js'

type Work = (operation: Operation) => Promise<void>

/** Ends one session of this user; somebody else's is not to be found. */
export const revoke = (session: Session, user: string): Work => async operation => {
  const { world, name } = operation
  operation.mayEnd = one => one === session && one.user === user
  const ended = await attempt(operation, loginSessions => loginSessions.revoke(user, session.id))
  if (ended === undefined) return
  if (ended !== null && ended.id !== session.id) world.fail(`${name} ended ${world.ledger.byId(ended.id).name}`)
  if (user === session.user) await isOver(operation, [session])
  else if (ended !== null) world.fail(`${name} ended a session of somebody else`)
}

/** Ends the user's other sessions: all that are there when it begins. */
export const revokeOthers = (kept: Session): Work => async operation => {
  operation.mayEnd = one => one !== kept && one.user === kept.user
  const others = sessionsOf(operation, kept.user!).filter(session => session !== kept)
  const ended = await attempt(operation, loginSessions => loginSessions.revokeOthers({ userId: kept.user!, id: kept.id }))
  if (ended !== undefined) await isOver(operation, others)
}

/** Ends all sessions of the user that are there when it begins. */
export const revokeAll = (user: string): Work => async operation => {
  operation.mayEnd = one => one.user === user
  const all = sessionsOf(operation, user)
  const ended = await attempt(operation, loginSessions => loginSessions.revokeAll(user))
  if (ended !== undefined) await isOver(operation, all)
}

/**
 * It is answered that these sessions are over: from here on none of their tokens may sign anybody in, on any server. All
 * of them are tried.
 */
export async function isOver (operation: Operation, sessions: Session[]): Promise<void> {
  const { world, name } = operation
  world.numbers.revocations++
  for (const session of sessions) {
    session.over ??= name
    for (const { hash } of session.tokens) if (world.rules.aliveUntil(hash) > world.time()) world.fail(`${name} was answered, and ${session.name} is alive`)
  }
  // Each server on its own: lookups of the same moment would be one call of the store.
  await Promise.all(world.servers.map(async (_, server) => {
    for (const token of sessions.flatMap(({ tokens }) => tokens)) await tryInVain(operation, token, server)
  }))
}

/** A token that the session has had, at a public and at a guarded page. */
async function tryInVain ({ world, name }: Operation, token: Token, server: number): Promise<void> {
  if (token.cookie === null) return
  await world.probe({ name: `after ${name}: ${token.name}`, server, token }, async probe => {
    judge(probe, (await send(probe, 'GET', '/who'))!.json())
  })
  await world.probe({ name: `after ${name}: ${token.name}`, server, token }, async probe => {
    const { statusCode } = (await send(probe, 'GET', '/account'))!
    if (statusCode !== 401) world.fail(`${probe.name} was answered with ${statusCode} by a guarded page`)
  })
}

const sessionsOf = ({ world: { rules, ledger } }: Operation, user: string): Session[] =>
  ledger.sessions.filter(session => session.user === user && rules.records.has(session.key))

/** What the server's verb resolves to; undefined: the store failed, and it was told so. */
async function attempt<T> ({ world, server, failed, name }: Operation, verb: (loginSessions: World['servers'][number]['loginSessions']) => Promise<T>): Promise<T | undefined> {
  try {
    return await verb(world.servers[server]!.loginSessions)
  } catch (error) {
    if (failed.length === 0 || !isLoginSessionError(error)) world.fail(`${name} was rejected: ${String(error)}`)
    return undefined
  }
}
