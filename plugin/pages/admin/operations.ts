/**
 * Ends what an operator's question was about, and reports it to the host.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Core } from '../../core.js'
import type { LoginSession } from '../../sessions/login-session.js'
import type { Overview } from '../../sessions/overview.js'
import type { FrameOf } from '../frame.js'
import type { Notice } from '../notice.js'
import type { OnAction, OperatorAction } from './actions.js'
import type { Gate } from './gate.js'
import type { OperatorTarget, TargetOf } from './question-words.js'
import { toParameters } from './search.js'
import type { Names } from './users.js'
import { createNameOf } from './views.js'
import type { Works, WorkState } from './work.js'

/** What has come of an operation: a message, or work that goes on. */
export type Outcome = { notice: Notice, work: null } | { notice: null, work: WorkState }

/** Ends what the target names. The operator has confirmed. null: other work of the same session is under way, and nothing was done. */
export type CarryOut = (request: FastifyRequest, operator: LoginSession, target: OperatorTarget) => Promise<Outcome | null>

/** What operations need. */
export interface OperationsParts extends Pick<Core, 'callHook'> {
  overview: Pick<Overview, 'forgetNumbers'>
  frameOf: FrameOf
  gate: Pick<Gate, 'mayStillEnd'>
  works: Works
  names: Names
  onAction: OnAction | undefined
}

/** The fields of an action that are reported. The others have defaults. */
type Reported = Pick<OperatorAction, 'kind'> & Partial<OperatorAction>

/** @param app has the core plugin */
export function createOperations (app: FastifyInstance, parts: OperationsParts): CarryOut {
  const { callHook, overview, frameOf, gate, works, names, onAction } = parts

  function report (operator: LoginSession, action: Reported): void {
    overview.forgetNumbers()
    if (onAction === undefined) return
    callHook('onAction', operator, () => onAction({ userId: null, id: null, search: {}, ended: null, complete: true, operator, ...action }))
  }

  /** Does this and reports it, even if it fails: some sessions may have ended before. */
  async function reporting (operator: LoginSession, action: Reported, end: () => Promise<number>): Promise<number> {
    try {
      const ended = await end()
      report(operator, { ...action, ended })
      return ended
    } catch (error) {
      report(operator, { ...action, complete: false })
      throw error
    }
  }

  async function endSession (request: FastifyRequest, operator: LoginSession, { session }: TargetOf<'session'>): Promise<Notice> {
    const { userId, id } = session
    const ended = await reporting(operator, { kind: 'session', userId, id }, async () =>
      await app.loginSessions.revoke(userId, id, { actor: operator }) === null ? 0 : 1)
    if (ended === 0) return { key: 'gone', values: {} }
    const nameOf = createNameOf(frameOf(request), await names(request, [userId]))
    return { key: 'signedOutOne', values: { name: nameOf(session) } }
  }

  async function endUser (operator: LoginSession, { user: { id: userId, name }, self }: TargetOf<'user'>): Promise<Notice> {
    const { revokeAll, revokeOthers } = app.loginSessions
    const by = { actor: operator }
    const count = await reporting(operator, { kind: 'user', userId }, async () =>
      self ? await revokeOthers(operator, by) : await revokeAll(userId, by))
    return { key: 'signedOutUser', values: { count, user: name } }
  }

  async function endMany (
    request: FastifyRequest, operator: LoginSession, target: TargetOf<'search'> | TargetOf<'everyone'>
  ): Promise<Outcome | null> {
    const { kind } = target
    const search = kind === 'search' ? toParameters({ fields: target.fields, from: null }) : {}
    const work = await works.start(operator, {
      search: kind === 'search' ? target.search : {},
      total: totalOf(target),
      mayGoOn: async () => await gate.mayStillEnd(request),
      onEnd (ended, complete) { report(operator, { kind, search, ended, complete }) }
    }).catch(error => {
      report(operator, { kind, search, ended: 0, complete: false })
      throw error
    })
    if (work?.outcome !== 'done') return work && { notice: null, work }
    return { notice: { key: 'signedOutMany', values: { count: work.ended } }, work: null }
  }

  return async (request, operator, target) => {
    switch (target.kind) {
      case 'session': return { notice: await endSession(request, operator, target), work: null }
      case 'user': return { notice: await endUser(operator, target), work: null }
      default: return await endMany(request, operator, target)
    }
  }
}

/** How many are to end; null: it is not known. */
function totalOf (target: TargetOf<'search'> | TargetOf<'everyone'>): number | null {
  if (target.kind === 'everyone') return target.numbers.sessions
  return target.more ? null : target.count
}
