/**
 * The question before a session is ended: finds what it is about, asks it, and checks the answer.
 * @module
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { coreOf } from '../../core.js'
import { type LoginSessionError, notFoundError } from '../../errors.js'
import { currentLoginSession } from '../../request/guard.js'
import type { LoginSession } from '../../sessions/login-session.js'
import { CONFIRMATION, locked, NO_FIELDS, proofIn, type Reason, reasonToAskAgain } from '../confirmation.js'
import type { FrameOf } from '../frame.js'
import { field, isFragment } from '../headers.js'
import { placesFor } from '../places.js'
import type { LoginSessionPagesOptions } from './options.js'
import type { ConfirmView } from './view-models.js'
import { render, type SessionTarget, type Target, toQuestionView, wantsWholeList, withWholeList } from './views.js'

/** Questions and their answers. */
export interface Questions {
  /** @throws FST_LOGIN_SESSION_NOT_FOUND */
  findSession(request: FastifyRequest, id: string): Promise<SessionTarget>
  findOthers(request: FastifyRequest): Promise<Target>
  /** Asks: in a dialog for htmx, on a page otherwise. @param error why the question is asked again */
  ask(request: FastifyRequest, reply: FastifyReply, target: Target, error?: string | null): Promise<FastifyReply>
  /** The signed-in session, after its form's token has been checked. @throws FST_LOGIN_SESSION_CSRF_TOKEN */
  verifyForm(request: FastifyRequest): LoginSession
  /**
   * True if the user has confirmed. Otherwise the question has been asked again, with the reason.
   * @param findTarget called only if the question is asked again
   */
  confirmOrAskAgain(request: FastifyRequest, reply: FastifyReply, findTarget: () => Promise<Target>): Promise<boolean>
}

/** The host's functions that a question calls. */
export type QuestionOptions = Pick<LoginSessionPagesOptions, 'accountName' | 'locate'>

export function createQuestions (app: FastifyInstance, frameOf: FrameOf, { accountName, locate }: QuestionOptions): Questions {
  const { csrf, lockedFor, confirm } = coreOf(app, 'pages: ')

  async function ask (request: FastifyRequest, reply: FastifyReply, target: Target, error: string | null = null): Promise<FastifyReply> {
    const frame = frameOf(request)
    const session = currentLoginSession(request)
    const all = wantsWholeList(request)
    // People can always sign out the device that they use.
    const kind = target.kind === 'session' && target.current ? 'question' : await request.confirmationKind()
    const { fields, canLock, obstacle } = CONFIRMATION[kind]
    const reason = obstacleOf(target) ?? obstacle ?? (canLock ? await lockOf(session) : null)
    const places = await placesFor(request, target.kind === 'session' ? [target.session.ip] : [], locate, frame.texts)
    const model: ConfirmView = {
      ...frame,
      ...toQuestionView(target, frame, places),
      homeUrl: withWholeList(frame.homeUrl, all),
      csrf: csrf.create(session.id),
      ...fields,
      accountName: fields.askPassword ? await accountNameOf(request, session.userId) : null,
      all,
      error,
      ...(reason !== null && { submit: null, ...NO_FIELDS, error: frame.say(...reason) })
    }
    return render(reply, isFragment(request) ? 'dialog' : 'confirm', model)
  }

  async function lockOf (session: LoginSession): Promise<Reason | null> {
    const milliseconds = await lockedFor(session)
    return milliseconds > 0 ? locked(milliseconds / 1000) : null
  }

  async function accountNameOf (request: FastifyRequest, userId: string): Promise<string | null> {
    try {
      return await accountName?.(userId) ?? null
    } catch (error) {
      request.log.warn({ err: error }, 'login sessions: accountName failed; password managers will have to guess')
      return null
    }
  }

  return {
    async findSession (request, id) {
      const current = currentLoginSession(request)
      const session = await app.loginSessions.find(current.userId, id)
      if (session === null) throw notFoundError()
      return { kind: 'session', session, current: session.id === current.id }
    },

    async findOthers (request) {
      const { userId, id } = currentLoginSession(request)
      const list = await app.loginSessions.list(userId)
      return { kind: 'others', count: list.filter(session => session.id !== id).length }
    },

    ask,

    verifyForm (request) {
      const session = currentLoginSession(request)
      csrf.verify(session.id, field(request, 'csrf'))
      return session
    },

    async confirmOrAskAgain (request, reply, findTarget) {
      try {
        await confirm(request, proofIn(request))
        return true
      } catch (error) {
        const { statusCode, headers = {} } = error as LoginSessionError
        const reason = reasonToAskAgain(error as LoginSessionError)
        if (reason === null) throw error
        await ask(request, reply.code(statusCode).headers(headers), await findTarget(), frameOf(request).say(...reason))
        return false
      }
    }
  }
}

/** Why a question about nothing cannot be answered; null if it is about something. */
const obstacleOf = (target: Target): Reason | null => target.kind === 'others' && target.count === 0 ? ['noOthers'] : null
