/**
 * The routes of the account page: the list, the questions, and the operations that end sessions.
 * @module
 */
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { SignInOptions } from '../errors.js'
import { CONFIRMATION_ERRORS } from '../confirmation.js'
import { isFragment, loadPage } from '../headers.js'
import { type Kit, preparePageRoutes } from '../kit.js'
import { leaveNotice, type Notice, takeNotice } from '../notice.js'
import type { Question, Questions } from '../question.js'
import { deviceName } from '../session-row.js'
import type { ListViewOf } from './list.js'
import type { Targets } from './question.js'
import { render, wantsWholeList, withWholeList } from './views.js'

/** What the routes are made of. */
export interface AccountRoutesOptions {
  kit: Kit
  listViewOf: ListViewOf
  targets: Targets
  questions: Questions
  signIn: SignInOptions
}

/** Requests of this route do not keep a session active. The core reads it. */
const NO_ACTIVITY: FastifyContextConfig = { loginSessionActivity: false }

/** A Fastify plugin. */
export async function accountRoutes (app: FastifyInstance, options: AccountRoutesOptions): Promise<void> {
  const { kit, listViewOf, targets, questions, signIn } = options
  const { frameOf } = kit
  await preparePageRoutes(app, kit, signIn, CONFIRMATION_ERRORS)

  app.get('/', showList)
  // What the page asks by itself, to be up to date. No person did anything, so it does not keep the session active.
  app.get('/list', { config: NO_ACTIVITY }, showList)

  app.get<{ Params: { id: string } }>('/:id/revoke', async (request, reply) =>
    questions.ask(request, reply, await targets.questionAbout(request, await targets.findSession(request, request.params.id))))

  app.get('/others/revoke', async (request, reply) => questions.ask(request, reply, await questionAboutOthers(request)))

  app.post<{ Params: { id: string } }>('/:id/revoke', async (request, reply) => {
    const session = questions.verifyForm(request)
    const target = await targets.findSession(request, request.params.id)
    if (target.current) return await signOut(request, reply)
    if (!await questions.confirmOrAskAgain(request, reply, () => targets.questionAbout(request, target))) return reply
    const ended = await app.loginSessions.revoke(session.userId, target.session.id, { actor: session })
    return await showResult(request, reply, ended === null
      ? { key: 'gone', values: {} }
      : { key: 'signedOutOne', values: { name: deviceName(ended, frameOf(request).texts) } })
  })

  app.post('/others/revoke', async (request, reply) => {
    const session = questions.verifyForm(request)
    if (!await questions.confirmOrAskAgain(request, reply, () => questionAboutOthers(request))) return reply
    const count = await app.loginSessions.revokeOthers(session, { actor: session })
    return await showResult(request, reply, { key: 'signedOutOthers', values: { count } })
  })

  async function showList (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const frame = frameOf(request)
    const view = await listViewOf(request, frame)
    if (isFragment(request)) return render(reply, 'list', view)
    // The notice is taken after the list is there: an error page would have lost it.
    return render(reply, 'page', { ...view, message: takeNotice(request, frame.texts) })
  }

  async function questionAboutOthers (request: FastifyRequest): Promise<Question> {
    return await targets.questionAbout(request, await targets.findOthers(request))
  }

  async function showResult (request: FastifyRequest, reply: FastifyReply, notice: Notice): Promise<FastifyReply> {
    const frame = frameOf(request)
    if (isFragment(request)) {
      const view = await listViewOf(request, frame)
      return render(reply, 'changed', { ...view, message: frame.say(notice.key, notice.values) })
    }
    leaveNotice(request, notice)
    return reply.redirect(withWholeList(frame.homeUrl, wantsWholeList(request)), 303)
  }

  async function signOut (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    await request.endLoginSession()
    const { signInPath } = signIn
    return isFragment(request) ? loadPage(reply, signInPath) : reply.redirect(signInPath, 303)
  }
}
