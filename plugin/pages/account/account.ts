/**
 * The account page: people see where they are signed in, and sign those places out. It is one user of the kit of pages.
 * Scripts use `loginSessionApi` instead.
 * @module
 */
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { coreOf, provideSection } from '../../core.js'
import { type OptionTable, resolveTable, shown } from '../../option-check.js'
import { isBoostedLink } from '../headers.js'
import { registerKit } from '../kit.js'
import { takeNotice } from '../notice.js'
import { createQuestions } from '../question.js'
import { createListViews } from './list.js'
import { type LoginSessionPagesOptions, type ResolvedPageOptions, resolvePageOptions } from './options.js'
import { createTargets } from './question.js'
import { accountRoutes } from './routes.js'
import { renderText } from './views.js'

const SECTION_TABLE: OptionTable<{ headingLevel?: number }> = {
  headingLevel: { default: 2, check: level => [1, 2, 3, 4, 5, 6].includes(level) ? undefined : `must be 1 to 6, not ${shown(level)}`, write: '2' }
}

const SECTION_OWNER = { kind: 'method', name: 'reply.renderLoginSessions', example: '{ headingLevel: 2 }' } as const

/** The section for a page of the host's own. */
export interface LoginSessionsSection {
  /** The heading, the list and all that belongs to it. It is markup: insert it unescaped. */
  html: string
  /** The stylesheet and scripts, for the page's `<head>`. It is markup, too. */
  head: string
}

declare module 'fastify' {
  interface FastifyReply {
    /**
     * Renders the signed-in user's sessions for a page of your own. Give that page's path to the pages as `homePath`.
     * It sets `Cache-Control: no-store`, and makes htmx load the page whole if a boosted link asks for it. If your page has
     * a Content-Security-Policy, it has to allow scripts, styles and connections of `'self'`, and with Trusted Types the
     * policy `login-sessions`.
     *
     * @param choices.headingLevel level of the section's heading @default 2
     * @throws FST_LOGIN_SESSION_REQUIRED, _STORE_UNAVAILABLE; _OPTION where no pages are registered on this instance or above
     * @example
     * app.get('/account', { onRequest: requireLoginSession }, async (request, reply) =>
     *   reply.view('account', { sessions: await reply.renderLoginSessions() }))
     */
    renderLoginSessions(choices?: { headingLevel?: number }): Promise<LoginSessionsSection>
  }
}

const pagesPlugin: FastifyPluginAsync<LoginSessionPagesOptions> = async function loginSessionPagesPlugin (app, options) {
  coreOf(app, 'pages: ').recogniseDevices()
  const resolved = resolvePageOptions(options, app.prefix)
  // Not `encapsulate: true`, as for the API: the host's own routes need the section, so that goes to the instance that the
  // host registers on, and the routes go to a context below it.
  await app.register(async pages => await pagesContext(pages, app, resolved), { ...options, prefix: resolved.prefix })
}

/** Everything below the prefix. @param host the instance whose routes can render the section */
async function pagesContext (app: FastifyInstance, host: FastifyInstance, options: ResolvedPageOptions): Promise<void> {
  const kit = await registerKit(app, { ...options, title: 'title', backLabel: 'back' })
  const { frameOf, urlOf } = kit
  const listViewOf = createListViews(app, options.locate)
  const targets = createTargets(app, frameOf, options.locate)
  const questions = createQuestions(app, frameOf, options)
  await app.register(accountRoutes, { kit, listViewOf, targets, questions, signIn: options })

  provideSection(host, async (reply, choices = {}) => {
    const { headingLevel } = resolveTable(SECTION_TABLE, choices, SECTION_OWNER)
    const { request } = reply
    const frame = frameOf(request)
    const view = await listViewOf(request, frame, headingLevel)
    const model = { ...view, ...takeNotice(request, frame) }
    // The list must not be in a cache, and the Back button must not show it after signing out.
    if (!String(reply.getHeader('cache-control')).includes('no-store')) reply.header('cache-control', 'no-store')
    if (isBoostedLink(request)) reply.header('hx-redirect', urlOf(request))
    const [html, head] = await Promise.all([renderText(app, 'section', model), renderText(app, 'head', frame)])
    return { html, head }
  })
}

/**
 * The account page below `prefix`. Register it after the core plugin.
 *
 * @throws FST_LOGIN_SESSION_OPTION at boot for wrong options, with a sentence that says what to write
 * @example
 * await app.register(loginSessionPages, { prefix: '/account/sessions', signInPath: '/login' })
 */
export const loginSessionPages: FastifyPluginAsync<LoginSessionPagesOptions> = fp(pagesPlugin, {
  fastify: '5.x',
  name: 'fastify-login-sessions/pages'
})
