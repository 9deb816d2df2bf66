/**
 * The account page: where people see and end their sessions. HTML for people; scripts use `loginSessionApi`.
 * @module
 */
import assets from '@fastify/static'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { coreOf } from '../../core.js'
import { publicDir } from '../assets.js'
import { takeNotice } from '../notice.js'
import { createFrames } from '../frame.js'
import { type LoginSessionPagesOptions, type ResolvedPageOptions, resolvePageOptions } from './options.js'
import { pageRoutes } from './routes.js'
import { createAsking } from './asking.js'
import { createListViews } from './list.js'
import { registerTemplates, renderText } from '../templates.js'

/** The section for a page of the host's own. */
export interface LoginSessionsSection {
  /** The heading, the list and all that belongs to it. Markup: insert it unescaped. */
  html: string
  /** The stylesheet and scripts, for the page's `<head>`. Markup too. */
  head: string
}

declare module 'fastify' {
  interface FastifyReply {
    /**
     * The signed-in user's sessions, rendered for a page of your own: give its path to the pages as `homePath`. It
     * sets `Cache-Control: no-store`; a Content-Security-Policy of yours has to allow scripts, styles and connections of
     * `'self'`, and with Trusted Types the policy `login-sessions`.
     *
     * @param choices.headingLevel of the section's heading @default 2
     * @throws FST_LOGIN_SESSION_REQUIRED, FST_LOGIN_SESSION_STORE_UNAVAILABLE
     * @example
     * app.get('/account', { onRequest: requireLoginSession }, async (request, reply) =>
     *   reply.view('account', { sessions: await reply.renderLoginSessions() }))
     */
    renderLoginSessions(choices?: { headingLevel?: number }): Promise<LoginSessionsSection>
  }
}

const pagesPlugin: FastifyPluginAsync<LoginSessionPagesOptions> = async function loginSessionPagesPlugin (app, options) {
  coreOf(app, 'pages: ')
  const resolved = resolvePageOptions(options, app.prefix)
  await app.register(async pages => await pagesContext(pages, app, resolved), { ...options, prefix: resolved.prefix })
}

/** Everything below the prefix. @param host where the section's decorator goes */
async function pagesContext (app: FastifyInstance, host: FastifyInstance, options: ResolvedPageOptions): Promise<void> {
  const frameOf = createFrames(options, app.prefix)
  const listViewOf = createListViews(app, options.locate)

  await app.register(assets, { root: publicDir, prefix: '/assets/', decorateReply: false, index: false, immutable: true, maxAge: '365d' })
  await registerTemplates(app, options.templates)
  await app.register(pageRoutes, { frameOf, listViewOf, asking: createAsking(app, frameOf, options), ...options, prefix: '' })

  // Registered a second time, for other paths, they stay the first's.
  if (host.hasReplyDecorator('renderLoginSessions')) return
  host.decorateReply('renderLoginSessions', async function renderLoginSessions (this: FastifyReply, { headingLevel = 2 } = {}) {
    const frame = frameOf(this.request)
    const view = await listViewOf(this.request, frame, headingLevel)
    const model = { ...view, message: takeNotice(this.request, frame.texts) }
    // It shows where somebody is signed in: nothing that a cache may keep, or the Back button show after signing out.
    if (!String(this.getHeader('cache-control')).includes('no-store')) this.header('cache-control', 'no-store')
    const [html, head] = await Promise.all([renderText(app, 'section', model), renderText(app, 'head', frame)])
    return { html, head }
  })
}

/**
 * The sessions page below `prefix`. Register it after the core plugin.
 *
 * @throws FST_LOGIN_SESSION_OPTION at boot for wrong options, with a sentence that says what to write
 * @example
 * await app.register(loginSessionPages, { prefix: '/account/sessions', signInPath: '/login' })
 */
export const loginSessionPages: FastifyPluginAsync<LoginSessionPagesOptions> = fp(pagesPlugin, {
  fastify: '5.x',
  name: 'fastify-login-sessions/pages'
})
