/**
 * Ends what an operator's question was about, and tells the host's audit log.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Core } from '../../core.js'
import type { LoginSession } from '../../sessions/login-session.js'
import type { Overview } from '../../sessions/overview.js'
import type { FrameOf } from '../frame.js'
import type { Notice } from '../notice.js'
import type { OnAction, OperatorAction } from './actions.js'
import type { ResolvedAdminOptions } from './options.js'
import type { OperatorTarget } from './question-words.js'
import { toParameters } from './search.js'
import { namesFor } from './users.js'
import { createNameOf } from './views.js'
import type { Works, WorkState } from './work.js'

/** What has come of an operation: a message, or work that goes on. */
export type Outcome = { notice: Notice, work: null } | { notice: null, work: WorkState }

/** Ends what the target names. The operator has confirmed. */
export type CarryOut = (request: FastifyRequest, operator: LoginSession, target: OperatorTarget) => Promise<Outcome>

interface OperationsParts extends Pick<Core, 'callHook'> {
  overview: Pick<Overview, 'forgetNumbers'>
  frameOf: FrameOf
  works: Works
  options: Pick<ResolvedAdminOptions, 'describeUsers' | 'onAction'>
}

/** @param app has the core plugin */
export function createOperations (app: FastifyInstance, { callHook, overview, frameOf, works, options }: OperationsParts): CarryOut {
  const { describeUsers, onAction } = options
  const tell = createTeller(callHook, onAction)

  function told (operator: LoginSession, action: Told): void {
    overview.forgetNumbers()
    tell(operator, action)
  }

  async function endSession (request: FastifyRequest, operator: LoginSession, { session: { userId, id } }: OperatorTarget & { kind: 'session' }): Promise<Notice> {
    const session = await app.loginSessions.revoke(userId, id, { actor: operator })
    told(operator, { kind: 'session', userId, id, ended: session === null ? 0 : 1 })
    if (session === null) return { key: 'gone', values: {} }
    const nameOf = createNameOf(frameOf(request), await namesFor(request, [userId], describeUsers))
    return { key: 'signedOutOne', values: { name: nameOf(session) } }
  }

  async function endUser (operator: LoginSession, { user: { id: userId, name }, self }: OperatorTarget & { kind: 'user' }): Promise<Notice> {
    const by = { actor: operator }
    const ended = self ? await app.loginSessions.revokeOthers(operator, by) : await app.loginSessions.revokeAll(userId, by)
    told(operator, { kind: 'user', userId, ended })
    return { key: 'signedOutUser', values: { count: ended, user: name } }
  }

  async function endMany (operator: LoginSession, target: OperatorTarget & { kind: 'search' | 'everyone' }): Promise<Outcome> {
    const work = await works.start(operator, {
      search: target.kind === 'search' ? target.search : {},
      total: totalOf(target),
      onEnd (ended, complete) {
        const search = target.kind === 'search' ? toParameters({ fields: target.fields, from: null }) : {}
        told(operator, { kind: target.kind, search, ended, complete })
      }
    })
    return work.outcome === 'done' ? { notice: { key: 'signedOutMany', values: { count: work.ended } }, work: null } : { notice: null, work }
  }

  return async (request, operator, target) => {
    switch (target.kind) {
      case 'session': return { notice: await endSession(request, operator, target), work: null }
      case 'user': return { notice: await endUser(operator, target), work: null }
      default: return await endMany(operator, target)
    }
  }
}

/** How many are to end; null: it is not known. */
function totalOf (target: OperatorTarget & { kind: 'search' | 'everyone' }): number | null {
  if (target.kind === 'everyone') return target.numbers.sessions
  return target.more ? null : target.count
}

type Told = Pick<OperatorAction, 'kind' | 'ended'> & Partial<OperatorAction>

function createTeller (callHook: Core['callHook'], onAction: OnAction | undefined) {
  return (operator: LoginSession, action: Told): void => {
    if (onAction === undefined) return
    callHook('onAction', operator, () => onAction({ userId: null, id: null, search: {}, complete: true, operator, ...action }))
  }
}
