/**
 * The routes of the account page: the list, the questions, and the operations that end sessions.
 * @module
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { SignInOptions } from '../errors.js'
import { CONFIRMATION_ERRORS } from '../confirmation.js'
import { deviceWithBrowser } from '../device-title.js'
import { isFragment } from '../headers.js'
import { type Kit, NO_ACTIVITY, preparePageRoutes, signOutHere } from '../kit.js'
import { leaveNotice, type Notice, takeNotice, toNoticeView } from '../notice.js'
import type { Question, Questions } from '../question.js'
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

/** A route about one session. */
interface OneSession { Params: { id: string } }

/** A Fastify plugin. */
export async function accountRoutes (app: FastifyInstance, options: AccountRoutesOptions): Promise<void> {
  const { kit, listViewOf, targets, questions, signIn } = options
  const { frameOf } = kit
  await preparePageRoutes(app, kit, signIn, CONFIRMATION_ERRORS)

  app.get('/', showList)
  // What the page asks by itself, to be up to date. No person did anything, so it does not keep the session active.
  app.get('/list', { config: NO_ACTIVITY }, showList)

  app.get<OneSession>('/:id/revoke', async (request, reply) => await askAboutOne(request, reply, false))
  app.get<OneSession>('/:id/not-you', async (request, reply) => await askAboutOne(request, reply, true))
  app.get('/others/revoke', async (request, reply) => questions.ask(request, reply, await questionAboutOthers(request)))

  app.post<OneSession>('/:id/revoke', async (request, reply) => await endOne(request, reply, false))
  app.post<OneSession>('/:id/not-you', async (request, reply) => await endOne(request, reply, true))

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
    return render(reply, 'page', { ...view, ...takeNotice(request, frame) })
  }

  /** @param notYou true: the user says that somebody else signed in there */
  async function askAboutOne (request: FastifyRequest<OneSession>, reply: FastifyReply, notYou: boolean): Promise<FastifyReply> {
    const target = await targets.findSession(request, request.params.id, notYou)
    return await questions.ask(request, reply, await targets.questionAbout(request, target))
  }

  async function endOne (request: FastifyRequest<OneSession>, reply: FastifyReply, notYou: boolean): Promise<FastifyReply> {
    const session = questions.verifyForm(request)
    const target = await targets.findSession(request, request.params.id, notYou)
    if (target.current) return await signOutHere(request, reply, signIn)
    if (!await questions.confirmOrAskAgain(request, reply, () => targets.questionAbout(request, target))) return reply
    const ended = await app.loginSessions.revoke(session.userId, target.session.id, { actor: session })
    const changePassword = target.usesPassword
    if (ended === null) return await showResult(request, reply, { key: 'gone', values: {}, changePassword })
    const values = { name: deviceWithBrowser(ended.device, frameOf(request).texts) }
    const stranger = changePassword ? 'signedOutNotYou' : 'signedOutNotYouCheck'
    return await showResult(request, reply, { key: notYou ? stranger : 'signedOutOne', values, changePassword })
  }

  async function questionAboutOthers (request: FastifyRequest): Promise<Question> {
    return await targets.questionAbout(request, await targets.findOthers(request))
  }

  async function showResult (request: FastifyRequest, reply: FastifyReply, notice: Notice): Promise<FastifyReply> {
    const frame = frameOf(request)
    if (isFragment(request)) {
      const view = await listViewOf(request, frame)
      return render(reply, 'changed', { ...view, ...toNoticeView(notice, frame) })
    }
    leaveNotice(request, notice)
    return reply.redirect(withWholeList(frame.homeUrl, wantsWholeList(request)), 303)
  }
}
