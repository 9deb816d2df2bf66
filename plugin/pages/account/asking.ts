/**
 * Asking before a session is ended, and hearing the answer.
 * @module
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { coreOf } from '../../core.js'
import { type LoginSessionError, notFoundError } from '../../errors.js'
import { currentLoginSession } from '../../request/guard.js'
import type { LoginSession } from '../../sessions/login-session.js'
import type { FrameOf } from '../frame.js'
import { isFragment } from '../headers.js'
import type { LoginSessionPagesOptions } from './options.js'
import { questionAbout, reasonNotToAnswer, reasonToAskAgain, type Target } from './question.js'
import { placesFor, wantsAll } from './list.js'
import { render } from '../templates.js'
import type { ConfirmView } from '../view-models.js'
import { withAll } from '../views.js'

/** Questions and answers. */
export interface Asking {
  /** @throws FST_LOGIN_SESSION_NOT_FOUND */
  aboutOne(request: FastifyRequest, id: string): Promise<Extract<Target, { kind: 'one' }>>
  aboutOthers(request: FastifyRequest): Promise<Target>
  /** Asks: a dialog for htmx, a page otherwise. @param error why it is asked again */
  ask(request: FastifyRequest, reply: FastifyReply, target: Target, error?: string | null): Promise<FastifyReply>
  /** The signed-in session, once the form has proved to be ours. @throws FST_LOGIN_SESSION_CSRF_TOKEN */
  verifyForm(request: FastifyRequest): LoginSession
  /**
   * True when the password was right; otherwise the question has been asked again, with the reason.
   * @param findTarget only asking again needs to know what it is about
   */
  confirmed(request: FastifyRequest, reply: FastifyReply, findTarget: () => Promise<Target>): Promise<boolean>
}

export function createAsking (app: FastifyInstance, frameOf: FrameOf, { accountName, locate }: Pick<LoginSessionPagesOptions, 'accountName' | 'locate'>): Asking {
  const { csrf, lockedFor, confirm } = coreOf(app, 'pages: ')

  async function ask (request: FastifyRequest, reply: FastifyReply, target: Target, error: string | null = null): Promise<FastifyReply> {
    const frame = frameOf(request)
    const session = currentLoginSession(request)
    const all = wantsAll(request)
    // Leaving needs no password.
    const confirmation = target.kind === 'one' && target.current ? 'question' : await request.confirmationKind()
    const askPassword = confirmation === 'password'
    const reason = reasonNotToAnswer(target, confirmation, askPassword ? await lockedFor(session) : 0)
    const model: ConfirmView = {
      ...frame,
      ...questionAbout(target, frame, await placesFor(request, target.kind === 'one' ? [target.session.ip] : [], locate, frame)),
      homeUrl: withAll(frame.homeUrl, all),
      csrf: csrf.create(session.id),
      askPassword,
      accountName: askPassword ? await accountNameOf(request, session.userId) : null,
      all,
      error,
      ...(reason !== null && { submit: null, askPassword: false, error: frame.say(...reason) })
    }
    return render(reply, isFragment(request) ? 'dialog' : 'confirm', model)
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
    async aboutOne (request, id) {
      const current = currentLoginSession(request)
      const session = await app.loginSessions.find(current.userId, id)
      if (session === null) throw notFoundError()
      return { kind: 'one', session, current: session.id === current.id }
    },

    async aboutOthers (request) {
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

    async confirmed (request, reply, findTarget) {
      try {
        await confirm(request, field(request, 'password'))
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

function field (request: FastifyRequest, name: string): unknown {
  return (request.body as Record<string, unknown> | null | undefined)?.[name]
}
