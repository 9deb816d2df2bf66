/**
 * The operators' page: the sessions of all users, for those whom the host lets see them. It is never registered by itself.
 * @module
 */
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { coreOf } from '../../core.js'
import { optionError } from '../../errors.js'
import type { Overview } from '../../sessions/overview.js'
import { OVERVIEW_METHODS } from '../../sessions/store.js'
import { registerKit } from '../kit.js'
import { createQuestions } from '../question.js'
import { createGate } from './gate.js'
import { createScreens } from './list.js'
import { createOperations } from './operations.js'
import { type LoginSessionAdminOptions, type ResolvedAdminOptions, resolveAdminOptions } from './options.js'
import { createTargets } from './question.js'
import { operatorRoutes } from './routes.js'
import { createNames } from './users.js'
import { createWorks } from './work.js'

const adminPlugin: FastifyPluginAsync<LoginSessionAdminOptions> = async function loginSessionAdminPlugin (app, options) {
  const { overview } = coreOf(app, 'admin: ')
  const resolved = resolveAdminOptions(options, app.prefix)
  if (overview === null) {
    throw optionError('admin: this store cannot find the sessions of all users: use mongoStore or memoryStore, or give your store ' +
      `the methods of OverviewStore (${OVERVIEW_METHODS.join(', ')})`)
  }
  await overview.prepare()
  await app.register(async pages => await adminContext(pages, overview, resolved), { ...options, prefix: resolved.prefix })
}

/** Everything below the prefix. */
async function adminContext (app: FastifyInstance, overview: Overview, options: ResolvedAdminOptions): Promise<void> {
  const { sessionData, now, callHook } = coreOf(app, 'admin: ')
  const gate = createGate(options.authorize, options.refusal)
  // Before everything else, the static files too.
  app.addHook('onRequest', gate.pass)
  const kit = await registerKit(app, { ...options, title: 'allSessions', backLabel: 'backToAll' })
  const { frameOf } = kit
  const works = createWorks({ overview, sessionData, now, log: app.log })
  app.addHook('onClose', works.close)
  const names = createNames(options.describeUsers)
  const screens = createScreens(app, { overview, gate, works, names, options })
  const targets = createTargets(app, { frameOf, overview, screens, works, names, locate: options.locate })
  const questions = createQuestions(app, frameOf, options)
  const carryOut = createOperations(app, { callHook, overview, frameOf, gate, works, names, onAction: options.onAction })
  await app.register(operatorRoutes, { kit, gate, screens, targets, questions, works, carryOut, options })
}

/**
 * The operators' page below `prefix`: all sessions, the numbers, a search, and the questions that end sessions. Register it after
 * the core plugin. It makes two more indexes.
 *
 * @throws FST_LOGIN_SESSION_OPTION at boot for wrong options, with a sentence that says what to write
 * @example
 * await app.register(loginSessionAdmin, {
 *   prefix: '/operators',
 *   authorize: async ({ loginSession }) => await users.isAdmin(loginSession?.userId) ? 'end' : null
 * })
 */
export const loginSessionAdmin: FastifyPluginAsync<LoginSessionAdminOptions> = fp(adminPlugin, {
  fastify: '5.x',
  name: 'fastify-login-sessions/admin'
})
