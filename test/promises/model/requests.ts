/**
 * The requests of browsers and thieves, each judged by what its token was worth meanwhile.
 * @module
 */
import { PASSWORD } from '../../support/app.js'
import { isOver } from './endings.js'
import { judgeEvictions } from './evictions.js'
import type { Session } from './ledger.js'
import { verdictOf, type Operation } from './operation.js'
import { identityIn, judge, NOBODY, send, type Identity } from './send.js'

type Work = (operation: Operation) => Promise<void>

/** `GET`s the public page that tells who is signed in, or the one for signed-in users only. */
export const visit = (page: 'public' | 'guarded'): Work => async operation => {
  const reply = await send(operation, 'GET', page === 'public' ? '/who' : '/account')
  if (reply === null) return
  if (reply.statusCode === 401 && page === 'guarded') judge(operation, NOBODY)
  else judge(operation, identityIn(operation, reply))
}

/** Writes a key of its own into the session data, after it was held in the handler so many times. */
export const write = (key: string, holds: number): Work => async operation => {
  operation.mayEnd = one => isUndone(operation, one)
  const reply = await send(operation, 'POST', '/write', { key, holds })
  if (reply === null) return
  const identity = identityIn(operation, reply)
  judge(operation, identity)
  sessionWrittenTo(operation, identity)?.saved.add(key)
}

export const signIn = (user: string, remember: boolean): Work => async operation => {
  const { token, world } = operation
  operation.mayEnd = one => ownsSession(operation, one) || operation.listed.has(one) || isUndone(operation, one)
  const gathered = token?.session.user === null ? [...token.session.saved] : []
  const reply = await send(operation, 'POST', '/login', { user, remember })
  if (operation.failed.length > 0) world.crowded.add(user)
  if (reply === null) return noGhost(operation)
  identityIn(operation, reply)
  const session = world.ledger.byHash(operation.minted[0] ?? '')?.session
  if (session === undefined || session.user !== user || session.tokens[0]!.cookie === null) return world.fail(`${operation.name}: no session of ${user}`)
  judgeEvictions(operation, session)
  if (verdictOf(operation) === 'in') for (const key of gathered) session.saved.add(key)
  if (token !== null) await isOver(operation, [token.session])
}

export const signOut: Work = async operation => {
  operation.mayEnd = session => ownsSession(operation, session)
  const reply = await send(operation, 'POST', '/logout')
  if (reply === null) return
  identityIn(operation, reply)
  const { token, standing } = operation
  // A visitor session goes on unless its cookie leads nowhere: nobody was signed in.
  if (token !== null && (token.session.user !== null || standing !== 'live')) await isOver(operation, [token.session])
}

/** Confirms the password. The answer may bring a new token. */
export const confirm: Work = async operation => {
  const { token, world } = operation
  const reply = await send(operation, 'POST', '/confirm', { password: PASSWORD })
  if (reply === null) return
  const verdict = token?.session.user === null ? 'out' : verdictOf(operation)
  const taken = reply.statusCode === 200
  // Signed out while the password was checked, it confirms nothing.
  const refusable = verdict !== 'in' || !world.rules.records.has(token!.session.key)
  if (taken ? verdict === 'out' : reply.statusCode !== 401 || !refusable) {
    world.fail(`${operation.name} was answered with ${reply.statusCode} and should be ${verdict}: ${reply.body}`)
  }
}

/** Whatever its token is worth by now, a browser may end the session that it was given for. */
const ownsSession = ({ token }: Operation, session: Session): boolean => session === token?.session

/** A session that was stored, but whose caller was told otherwise, is removed again. */
const isUndone = ({ failed, minted }: Operation, { tokens }: Session): boolean =>
  failed.length > 0 && tokens.some(({ hash }) => minted.includes(hash))

/** The session that surely has what was written; null: none that could be told. */
function sessionWrittenTo (operation: Operation, { id }: Identity): Session | null {
  const { token, world, minted } = operation
  if (id !== null) return world.ledger.byId(id)
  if (minted.length > 0) return world.ledger.byHash(minted[0]!)!.session
  return token !== null && verdictOf(operation) === 'in' ? token.session : null
}

/** A sign-in that failed after it had stored its record takes it away again, unless that was what failed. */
function noGhost ({ world, failed, minted, name }: Operation): void {
  if (failed.includes('insert') || minted.length === 0) return
  if (world.rules.aliveUntil(minted[0]!) > world.time()) world.fail(`${name} failed, and left its session behind`)
}
