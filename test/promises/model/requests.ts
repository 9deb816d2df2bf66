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
import type { Browser } from './world.js'

type Work = (operation: Operation) => Promise<void>

/** `GET`s the public page that tells who is signed in, or the one for signed-in users only. */
export const visit = (browser: Browser | null, page: 'public' | 'guarded'): Work => async operation => {
  const reply = await send(operation, browser, 'GET', page === 'public' ? '/who' : '/account')
  if (reply === null) return
  if (reply.statusCode === 401 && page === 'guarded') judge(operation, NOBODY)
  else judge(operation, identityIn(operation, reply))
}

/** Writes a key of its own into the session data, after it was held in the handler so many times. */
export const write = (browser: Browser | null, key: string, holds: number): Work => async operation => {
  const reply = await send(operation, browser, 'POST', '/write', { key, holds })
  if (reply === null) return
  const identity = identityIn(operation, reply)
  judge(operation, identity)
  sessionWrittenTo(operation, identity)?.saved.add(key)
}

export const signIn = (browser: Browser, user: string, remember: boolean): Work => async operation => {
  const { token, world, minted } = operation
  operation.mayEnd = one => ownsSession(operation, one) || operation.listed.has(one) ||
    (operation.failed.length > 0 && one.tokens.some(({ hash }) => minted.includes(hash)))
  const gathered = token?.session.user === null ? [...token.session.saved] : []
  const reply = await send(operation, browser, 'POST', '/login', { user, remember })
  if (operation.failed.length > 0) world.crowded.add(user)
  if (reply === null) return noGhost(operation)
  identityIn(operation, reply)
  const session = world.ledger.byHash(operation.minted[0] ?? '')?.session
  if (session === undefined || session.user !== user || browser.token?.session !== session) return world.fail(`${operation.name}: no session of ${user}`)
  judgeEvictions(operation, session)
  if (verdictOf(operation) === 'in') for (const key of gathered) session.saved.add(key)
  if (hasToBeOver(operation)) await isOver(operation, [token!.session])
}

export const signOut = (browser: Browser | null): Work => async operation => {
  operation.mayEnd = session => ownsSession(operation, session)
  const reply = await send(operation, browser, 'POST', '/logout')
  if (reply === null) return
  identityIn(operation, reply)
  if (operation.token?.session.user !== null && hasToBeOver(operation)) await isOver(operation, [operation.token!.session])
}

/** Confirms the password; the answer, which may bring a new token, may get lost. */
export const confirm = (browser: Browser | null, lost: boolean): Work => async operation => {
  const { token, world } = operation
  const reply = await send(operation, lost ? null : browser, 'POST', '/confirm', { password: PASSWORD })
  if (reply === null) return
  const verdict = token?.session.user === null ? 'out' : verdictOf(operation)
  const taken = reply.statusCode === 200
  // Signed out while the password was checked, it confirms nothing.
  const refusable = verdict !== 'in' || !world.rules.records.has(token!.session.id)
  if (taken ? verdict === 'out' : reply.statusCode !== 401 || !refusable) {
    world.fail(`${operation.name} was answered with ${reply.statusCode} and should be ${verdict}: ${reply.body}`)
  }
}

/** A former token that has run out has no session to end. */
const ownsSession = ({ owns, token }: Operation, session: Session): boolean => owns && session === token!.session

/**
 * Has the session of its token to be over once this is answered? The expired one, too: a late touch would bring it back. Only
 * that of a token that had run out goes on.
 */
function hasToBeOver ({ owns, token, world: { rules, time } }: Operation): boolean {
  if (token === null) return false
  return owns || rules.ownUntil(token.hash) > time() || !rules.records.has(token.session.id)
}

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
