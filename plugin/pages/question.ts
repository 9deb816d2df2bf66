/**
 * The question before sessions of any user are ended: asks the viewer, and checks the answer.
 * @module
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ANSWER_LENGTH } from '../confirmation/own-way.js'
import { PASSWORD_LENGTH } from '../confirmation/password.js'
import { coreOf } from '../core.js'
import type { LoginSessionError } from '../errors.js'
import { currentLoginSession } from '../request/guard.js'
import type { LoginSession } from '../sessions/login-session.js'
import { withTimeout } from '../timeout.js'
import {
  CONFIRMATION, field, isAboutFailures, locked, NO_FIELDS, PLAIN_QUESTION, proofIn, type Reason, reasonToAskAgain, wordsOf
} from './confirmation.js'
import { type FrameOf, withParameter } from './frame.js'
import { isFragment } from './headers.js'
import type { PageOptions } from './options.js'
import { renderKit } from './templates.js'
import type { ConfirmView } from './view-models.js'

/** How long `accountName` may take, in ms. */
const NAME_PATIENCE = 500

/** What a page's question is made of. */
export interface Question {
  /** Its words, where its form is sent, the page's hidden fields, and where people come back to. */
  view: Pick<ConfirmView, 'title' | 'question' | 'detail' | 'facts' | 'endings' | 'more' | 'steps' | 'submit' | 'action' | 'hidden' | 'homeUrl'>
  /** The URL that asks it. */
  url: string
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
type QuestionOptions = Pick<PageOptions, 'accountName' | 'forgotPasswordPath' | 'returnTo'>

/**
 * Asks the viewer, in the way in which this user can confirm, and checks the answers.
 *
 * @param app has the core plugin
 * @param frameOf what surrounds the question
 * @throws FST_LOGIN_SESSION_OPTION without the core plugin
 */
export function createQuestions (app: FastifyInstance, frameOf: FrameOf, options: QuestionOptions): Questions {
  const { accountName, forgotPasswordPath = null, returnTo } = options
  const { csrf, lockedFor, confirm, wayFor, now } = coreOf(app, 'pages: ')

  const ask: Questions['ask'] = async (request, reply, question, again = null) => {
    const frame = frameOf(request)
    const session = currentLoginSession(request)
    const way = question.needsProof ? await wayFor(request) : PLAIN_QUESTION
    const rules = CONFIRMATION[way.kind]
    const whyNot = rules.obstacle(way) ?? (rules.canLock ? await lockOf(session) : null) ?? question.obstacle
    const reason = whyNot ?? again
    const fields = rules.fields(way, frame.say, path => withReturn(path, returnTo, question.url))
    const isPassword = way.kind === 'password'
    const model: ConfirmView = {
      ...frame,
      ...question.view,
      csrf: csrf.create(session.id),
      now: now().toISOString(),
      ...fields,
      ...(fields.confirmLink !== null && { submit: null }),
      accountName: isPassword ? await accountNameOf(request, session.userId) : null,
      passwordLength: PASSWORD_LENGTH,
      answerLength: ANSWER_LENGTH,
      error: reason && wordsOf(reason, frame.say),
      forgotPasswordUrl: isPassword && reason !== null && isAboutFailures(reason) ? forgotPasswordPath : null,
      ...(whyNot !== null && { submit: null, detail: null, endings: [], more: null, steps: [], ...NO_FIELDS })
    }
    return renderKit(reply, isFragment(request) ? 'dialog' : 'confirm', model)
  }

  async function lockOf (session: LoginSession): Promise<Reason | null> {
    const milliseconds = await lockedFor(session)
    return milliseconds > 0 ? locked(milliseconds / 1000) : null
  }

  async function accountNameOf (request: FastifyRequest, userId: string): Promise<string | null> {
    try {
      return await withTimeout(Promise.resolve(accountName?.(userId)), NAME_PATIENCE, 'accountName') ?? null
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

/** The path of the host's page, with where people come back to, if the host wants to know. @param parameter its name */
const withReturn = (path: string, parameter: string | undefined, backUrl: string): string =>
  parameter === undefined ? path : withParameter(path, parameter, backUrl)
