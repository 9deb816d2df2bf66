/**
 * The routes of the operators' page: its screens, the questions, and the operations that end sessions.
 * @module
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { notAllowedError, notFoundError } from '../../errors.js'
import { CONFIRMATION_ERRORS } from '../confirmation.js'
import { isFragment } from '../headers.js'
import { type Kit, NO_ACTIVITY, preparePageRoutes, signOutHere } from '../kit.js'
import type { ErrorMessages } from '../messages.js'
import { leaveNotice, takeNotice, toNoticeView } from '../notice.js'
import type { Question, Questions } from '../question.js'
import type { Gate } from './gate.js'
import type { Screens } from './list.js'
import type { CarryOut, Outcome } from './operations.js'
import type { ResolvedAdminOptions } from './options.js'
import { OTHER_WORK, type OperatorTargets } from './question.js'
import type { OperatorTarget } from './question-words.js'
import { type Screen, screenIn, screenUrl } from './screen.js'
import { render } from './views.js'
import type { Works } from './work.js'

/** What the routes are made of. */
export interface OperatorRoutesOptions {
  kit: Kit
  gate: Gate
  screens: Screens
  targets: OperatorTargets
  questions: Questions
  works: Works
  carryOut: CarryOut
  options: ResolvedAdminOptions
}

const ERRORS: ErrorMessages = {
  ...CONFIRMATION_ERRORS, FST_LOGIN_SESSION_NOT_ALLOWED: 'notAllowed', FST_LOGIN_SESSION_NOT_FOUND: 'noneToEnd'
}

/** A Fastify plugin. */
export async function operatorRoutes (app: FastifyInstance, options: OperatorRoutesOptions): Promise<void> {
  const { kit, gate, screens, works, options: signIn } = options
  const { frameOf } = kit
  await preparePageRoutes(app, kit, signIn, ERRORS, gate.hides)

  app.get('/', async (request, reply) => await showScreen(request, reply, screenIn(request.query)))

  app.get('/user', async (request, reply) => {
    const screen = screenIn({ ...request.query as object, screen: 'user' })
    if (screen.kind !== 'user') throw notFoundError()
    return await showScreen(request, reply, screen)
  })

  // What the page asks by itself, to be up to date. No person did anything, so it does not keep the session active.
  app.get('/list', { config: NO_ACTIVITY }, async (request, reply) => await showScreen(request, reply, screenIn(request.query)))

  app.get('/numbers', { config: NO_ACTIVITY }, async (request, reply) => {
    const frame = frameOf(request)
    if (!isFragment(request)) return reply.redirect(frame.homeUrl, 303)
    return render(reply, 'admin/numbers', { ...frame, numbers: await screens.numbersView(frame) })
  })

  app.get('/work', { config: NO_ACTIVITY }, async (request, reply) => {
    const [frame, screen, state] = [frameOf(request), screenIn(request.query), works.stateOf(request)]
    if (!isFragment(request)) return reply.redirect(screenUrl(frame.base, screen), 303)
    if (state?.outcome === 'running') return render(reply, 'admin/work', { ...frame, work: screens.workView(request, screen, frame, state) })
    return render(reply, 'admin/work-over', await screens.viewOf(request, screen, frame, state))
  })

  await app.register(endingRoutes, options)

  async function showScreen (request: FastifyRequest, reply: FastifyReply, screen: Screen): Promise<FastifyReply> {
    const frame = frameOf(request)
    const view = await screens.viewOf(request, screen, frame, works.stateOf(request))
    if (isFragment(request)) return render(reply, 'admin/list', view)
    return render(reply, 'admin/page', { ...view, ...takeNotice(request, frame) })
  }
}

/** The questions and their answers, for operators who may end sessions. */
async function endingRoutes (
  app: FastifyInstance, { kit: { frameOf }, gate, screens, targets, questions, works, carryOut, options }: OperatorRoutesOptions
): Promise<void> {
  app.addHook('preHandler', async request => { if (!gate.mayEnd(request)) throw notAllowedError() })

  const FINDERS = {
    '/session/revoke': targets.session, '/user/revoke': targets.user, '/search/revoke': targets.search, '/everyone/revoke': targets.everyone
  }
  for (const [path, find] of Object.entries(FINDERS)) {
    app.get(path, async (request, reply) => questions.ask(request, reply, await targets.questionAbout(request, await find(request))))
    app.post(path, async (request, reply) => await end(request, reply, find))
  }

  app.post('/work/stop', async (request, reply) => await changeWork(request, reply, works.stop))
  app.post('/work/hide', async (request, reply) => await changeWork(request, reply, works.hide))

  async function end (
    request: FastifyRequest, reply: FastifyReply, find: (request: FastifyRequest) => Promise<OperatorTarget>
  ): Promise<FastifyReply> {
    const operator = questions.verifyForm(request)
    const target = await find(request)
    if (target.kind === 'session' && target.current) return await signOutHere(request, reply, options)
    const askAbout = async (): Promise<Question> => await targets.questionAbout(request, target)
    if (targets.obstacleTo(request, target) !== null) return await questions.ask(request, reply.code(409), await askAbout())
    if (!await questions.confirmOrAskAgain(request, reply, askAbout)) return reply
    // The operator may have lost the right while the question was open.
    if (!await gate.mayStillEnd(request)) throw notAllowedError()
    const outcome = await carryOut(request, operator, target)
    if (outcome === null) return await questions.ask(request, reply.code(409), await askAbout(), OTHER_WORK)
    return await showOutcome(request, reply, outcome)
  }

  async function showOutcome (request: FastifyRequest, reply: FastifyReply, { notice, work }: Outcome): Promise<FastifyReply> {
    const [frame, screen] = [frameOf(request), screenIn(request.query)]
    if (isFragment(request)) {
      const view = await screens.viewOf(request, screen, frame, work)
      const message = notice === null ? { message: frame.say('working') } : toNoticeView(notice, frame)
      return render(reply, 'admin/changed', { ...view, ...message })
    }
    if (notice !== null) leaveNotice(request, notice)
    return reply.redirect(screenUrl(frame.base, screen), 303)
  }

  async function changeWork (request: FastifyRequest, reply: FastifyReply, change: Works['stop']): Promise<FastifyReply> {
    questions.verifyForm(request)
    change(request)
    return reply.redirect(screenUrl(frameOf(request).base, screenIn(request.query)), 303)
  }
}
