/**
 * The account page: where people see and end their sessions. HTML for people; scripts use `loginSessionApi`.
 * @module
 */
import formbody from '@fastify/formbody'
import assets from '@fastify/static'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { assetUrls, publicDir } from './assets.js'
import { rejectCrossOrigin } from './csrf.js'
import { type LoginSessionError, notFoundError } from './errors.js'
import { currentLoginSession, requireLoginSession } from './guard.js'
import type { LoginSession } from './login-sessions.js'
import { createTexts, type MessageKey } from './messages.js'
import { pageErrors } from './page-errors.js'
import { isFragment, pageHeaders } from './page-headers.js'
import { type LoginSessionPagesOptions, requirePlainPrefix, resolvePageOptions } from './page-options.js'
import { questionAbout, reasonToAskAgain, type Target } from './question.js'
import { type ConfirmView, deviceName, type PageView, registerViews, render, toListView } from './views.js'

/** One-shot message for the next page view, kept in the session: what happened, not its words. */
interface Notice {
  key: MessageKey
  values: Record<string, string | number>
}

declare module 'fastify' {
  interface Session {
    loginSessionNotice?: Notice
  }
}

const pagesPlugin: FastifyPluginAsync<LoginSessionPagesOptions> = async function loginSessionPagesPlugin (app, options) {
  const { signInPath, timeZone, templates } = resolvePageOptions(options)
  const base = requirePlainPrefix(app.prefix)
  const texts = createTexts(timeZone)
  const { say } = texts
  const { csrf, now } = app.loginSessionInternals
  const page: PageView = { texts, say, assets: assetUrls(`${base}/assets`), base, listUrl: base === '' ? '/' : base, title: say('title') }

  await app.register(assets, { root: publicDir, prefix: '/assets/', decorateReply: false, index: false, immutable: true, maxAge: '365d' })
  await registerViews(app, templates)
  await app.register(pageRoutes)

  async function pageRoutes (app: FastifyInstance): Promise<void> {
    app.removeAllContentTypeParsers()
    await app.register(formbody, { bodyLimit: 16 * 1024 })
    app.addHook('onRequest', pageHeaders)
    app.addHook('onRequest', rejectCrossOrigin)
    app.addHook('onRequest', requireLoginSession)
    app.setErrorHandler(pageErrors(page, signInPath))

    app.get('/', async (request, reply) => {
      if (isFragment(request)) return render(reply, 'list', await listView(request, null))
      return render(reply, 'page', await listView(request, request.method === 'HEAD' ? null : takeNotice(request)))
    })

    app.get<{ Params: { id: string } }>('/:id/revoke', async (request, reply) => ask(request, reply, await targetOne(request)))
    app.get('/others/revoke', async (request, reply) => ask(request, reply, await targetOthers(request)))

    app.post<{ Params: { id: string } }>('/:id/revoke', async (request, reply) => {
      const { userId } = verifyForm(request)
      const target = await targetOne(request)
      if (target.current) return await signOut(request, reply)
      if (!await confirmed(request, reply, async () => target)) return reply
      const ended = await app.loginSessions.revoke(userId, target.session.id)
      return await done(request, reply, ended === null
        ? { key: 'gone', values: {} }
        : { key: 'signedOutOne', values: { name: deviceName(ended, texts) } })
    })

    app.post('/others/revoke', async (request, reply) => {
      const session = verifyForm(request)
      if (!await confirmed(request, reply, () => targetOthers(request))) return reply
      const count = await app.loginSessions.revokeOthers(session)
      return await done(request, reply, { key: 'signedOutOthers', values: { count } })
    })
  }

  /** The signed-in session, once the form has proved to be ours. */
  function verifyForm (request: FastifyRequest): LoginSession {
    const session = currentLoginSession(request)
    csrf.verify(session.id, field(request, 'csrf'))
    return session
  }

  async function listView (request: FastifyRequest, message: string | null) {
    const { userId, id } = currentLoginSession(request)
    const [list, confirmation] = await Promise.all([app.loginSessions.list(userId), request.confirmationKind()])
    return toListView(page, list, id, confirmation, now(), message)
  }

  async function targetOne (request: FastifyRequest<{ Params: { id: string } }>): Promise<Extract<Target, { kind: 'one' }>> {
    const { userId, id } = currentLoginSession(request)
    const session = await app.loginSessions.find(userId, request.params.id)
    if (session === null) throw notFoundError()
    return { kind: 'one', session, current: session.id === id }
  }

  async function targetOthers (request: FastifyRequest): Promise<Target> {
    const { userId, id } = currentLoginSession(request)
    const list = await app.loginSessions.list(userId)
    return { kind: 'others', count: list.filter(session => session.id !== id).length }
  }

  async function ask (request: FastifyRequest, reply: FastifyReply, target: Target, error: string | null = null): Promise<FastifyReply> {
    // Leaving needs no password.
    const kind = target.kind === 'one' && target.current ? 'question' : await request.confirmationKind()
    const model: ConfirmView = {
      ...page,
      ...questionAbout(target, page),
      csrf: csrf.create(currentLoginSession(request).id),
      askPassword: kind === 'password',
      error,
      ...(kind === 'no-password' && { submit: null, error: say('noPassword') })
    }
    return render(reply, isFragment(request) ? 'dialog' : 'confirm', model)
  }

  /**
   * True when the password was right; otherwise the question has been asked again, with the reason.
   * @param findTarget only asking again needs to know what it is about
   */
  async function confirmed (request: FastifyRequest, reply: FastifyReply, findTarget: () => Promise<Target>): Promise<boolean> {
    try {
      await request.confirmPassword(field(request, 'password'))
      return true
    } catch (error) {
      const { statusCode, headers = {} } = error as LoginSessionError
      const reason = reasonToAskAgain(error as LoginSessionError)
      if (reason === null) throw error
      await ask(request, reply.code(statusCode).headers(headers), await findTarget(), say(...reason))
      return false
    }
  }

  async function done (request: FastifyRequest, reply: FastifyReply, notice: Notice): Promise<FastifyReply> {
    if (isFragment(request)) return render(reply, 'changed', await listView(request, say(notice.key, notice.values)))
    request.session.loginSessionNotice = notice
    return reply.redirect(page.listUrl, 303)
  }

  async function signOut (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    await request.endLoginSession()
    return isFragment(request) ? reply.header('hx-redirect', signInPath).send('') : reply.redirect(signInPath, 303)
  }

  function takeNotice (request: FastifyRequest): string | null {
    const notice = request.session.loginSessionNotice
    if (notice === undefined) return null
    delete request.session.loginSessionNotice
    return say(notice.key, notice.values)
  }
}

function field (request: FastifyRequest, name: string): unknown {
  return (request.body as Record<string, unknown> | null | undefined)?.[name]
}

/**
 * The sessions page below `prefix`. Register it after the core plugin.
 *
 * @example
 * await app.register(loginSessionPages, { prefix: '/account/sessions', signInPath: '/login' })
 */
export const loginSessionPages: FastifyPluginAsync<LoginSessionPagesOptions> = fp(pagesPlugin, {
  fastify: '5.x',
  name: 'fastify-login-sessions/pages',
  encapsulate: true,
  decorators: { fastify: ['loginSessions', 'loginSessionInternals'] }
})
