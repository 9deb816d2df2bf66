/**
 * The question before sessions are ended, whoever they belong to: asks the viewer, and checks the answer.
 * @module
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { PASSWORD_LENGTH } from '../confirmation/password.js'
import { coreOf } from '../core.js'
import type { LoginSessionError } from '../errors.js'
import { currentLoginSession } from '../request/guard.js'
import type { LoginSession } from '../sessions/login-session.js'
import { CONFIRMATION, field, isAboutWrongPasswords, locked, NO_FIELDS, proofIn, type Reason, reasonToAskAgain } from './confirmation.js'
import type { FrameOf } from './frame.js'
import { isFragment } from './headers.js'
import type { PageOptions } from './options.js'
import { renderKit } from './templates.js'
import type { ConfirmView } from './view-models.js'

/** What a page's question is made of. */
export interface Question {
  /** Its words, where its form is sent, the page's hidden fields, and where people come back to. */
  view: Pick<ConfirmView, 'title' | 'question' | 'detail' | 'facts' | 'submit' | 'action' | 'hidden' | 'homeUrl'>
  /** Why the question cannot be answered; null if it can. */
  obstacle: Reason | null
  /** False if a plain question is always enough. */
  needsProof: boolean
}

/** Questions and their answers. */
export interface Questions {
  /** Asks: in a dialog for htmx, on a page otherwise. @param again why the question is asked again */
  ask(request: FastifyRequest, reply: FastifyReply, question: Question, again?: Reason | null): Promise<FastifyReply>
  /** The signed-in session, after its form's token has been checked. @throws FST_LOGIN_SESSION_CSRF_TOKEN */
  verifyForm(request: FastifyRequest): LoginSession
  /**
   * True if the user has confirmed. Otherwise the question has been asked again, with the reason.
   * @param findQuestion called only if the question is asked again
   */
  confirmOrAskAgain(request: FastifyRequest, reply: FastifyReply, findQuestion: () => Promise<Question>): Promise<boolean>
}

/** The page options that questions need. */
type QuestionOptions = Pick<PageOptions, 'accountName' | 'forgotPasswordPath'>

/**
 * Asks the viewer, in the way in which this user can confirm, and checks the answers.
 *
 * @param app has the core plugin
 * @param frameOf what surrounds the question
 * @throws FST_LOGIN_SESSION_OPTION without the core plugin
 */
export function createQuestions (app: FastifyInstance, frameOf: FrameOf, options: QuestionOptions): Questions {
  const { accountName, forgotPasswordPath = null } = options
  const { csrf, lockedFor, confirm } = coreOf(app, 'pages: ')

  const ask: Questions['ask'] = async (request, reply, question, again = null) => {
    const frame = frameOf(request)
    const session = currentLoginSession(request)
    const kind = question.needsProof ? await request.confirmationKind() : 'question'
    const { fields, canLock, obstacle } = CONFIRMATION[kind]
    const whyNot = obstacle ?? (canLock ? await lockOf(session) : null) ?? question.obstacle
    const reason = whyNot ?? again
    const model: ConfirmView = {
      ...frame,
      ...question.view,
      csrf: csrf.create(session.id),
      ...fields,
      accountName: fields.askPassword ? await accountNameOf(request, session.userId) : null,
      passwordLength: PASSWORD_LENGTH,
      error: reason && frame.say(...reason),
      forgotPasswordUrl: reason !== null && isAboutWrongPasswords(reason) ? forgotPasswordPath : null,
      ...(whyNot !== null && { submit: null, ...NO_FIELDS })
    }
    return renderKit(reply, isFragment(request) ? 'dialog' : 'confirm', model)
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
    ask,

    verifyForm (request) {
      const session = currentLoginSession(request)
      csrf.verify(session.id, field(request, 'csrf'))
      return session
    },

    async confirmOrAskAgain (request, reply, findQuestion) {
      try {
        await confirm(request, proofIn(request))
        return true
      } catch (error) {
        const { statusCode, headers = {} } = error as LoginSessionError
        const reason = reasonToAskAgain(error as LoginSessionError)
        if (reason === null) throw error
        await ask(request, reply.code(statusCode).headers(headers), await findQuestion(), reason)
        return false
      }
    }
  }
}
