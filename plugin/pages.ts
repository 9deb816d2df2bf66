/**
 * The account page: where people see and end their sessions. HTML for people; scripts use `loginSessionApi`.
 * @module
 */
import { existsSync } from 'node:fs'
import formbody from '@fastify/formbody'
import assets from '@fastify/static'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { assetUrls, publicDir } from './assets.js'
import { rejectCrossOrigin } from './csrf.js'
import { type LoginSessionError, notFoundError, optionError } from './errors.js'
import { currentLoginSession, requireLoginSession } from './guard.js'
import type { LoginSession } from './login-sessions.js'
import { createTexts, type MessageKey } from './messages.js'
import { rejectUnknown } from './options.js'
import { pageErrors } from './page-errors.js'
import { isFragment, pageHeaders } from './page-headers.js'
import { type ConfirmView, deviceName, type PageView, registerViews, render, toListView } from './views.js'

/** Options of the pages plugin, beside Fastify's `prefix`. */
export interface LoginSessionPagesOptions {
  /** Where people who are not signed in are sent, and where they land after signing this device out. @default '/login' */
  signInPath?: string
  /**
   * A directory of your own templates: each file there replaces the shipped one of the same name (`layout.eta` brings
   * your header and stylesheet), and both include each other by name. @default none
   */
  templates?: string
  /** IANA time zone of the times shown. @default 'UTC' */
  timeZone?: string
}

/** One-shot message for the next page view, kept in the session: what happened, not its words. */
interface Notice {
  key: MessageKey
  values: Record<string, string | number>
}

declare module 'fastify' {
  interface Session {
    loginSessionNotice?: { key: string, values: Record<string, string | number> }
  }
}

/** What a question is about. */
type Target = { kind: 'one', session: LoginSession, current: boolean } | { kind: 'others', count: number }

const pagesPlugin: FastifyPluginAsync<LoginSessionPagesOptions> = async function loginSessionPagesPlugin (app, options) {
  const { signInPath, timeZone, templates } = resolve(options)
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
      if (!await confirmed(request, reply, target)) return reply
      const ended = await app.loginSessions.revoke(userId, target.session.id)
      return await done(request, reply, ended === null
        ? { key: 'gone', values: {} }
        : { key: 'signedOutOne', values: { name: deviceName(ended, texts) } })
    })

    app.post('/others/revoke', async (request, reply) => {
      const session = verifyForm(request)
      if (!await confirmed(request, reply, await targetOthers(request))) return reply
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

  async function targetOne (request: FastifyRequest<{ Params: { id: string } }>): Promise<Target & { kind: 'one' }> {
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
      ...questionFor(target),
      csrf: csrf.create(currentLoginSession(request).id),
      askPassword: kind === 'password',
      error,
      ...(kind === 'no-password' && { submit: null, error: say('noPassword') })
    }
    return render(reply, isFragment(request) ? 'dialog' : 'confirm', model)
  }

  function questionFor (target: Target): Pick<ConfirmView, 'title' | 'action' | 'question' | 'detail' | 'submit'> {
    if (target.kind === 'others') {
      const { count } = target
      const question = say('askOthers')
      return { title: question, question, detail: say('askOthersDetail', { count }), action: `${base}/others/revoke`, submit: say('signOutOthers', { count }) }
    }
    const { session, current } = target
    const action = `${base}/${session.id}/revoke`
    if (current) return { title: say('askThis'), question: say('askThis'), detail: say('askThisDetail'), action, submit: say('signOut') }
    const question = say('askOne', { name: deviceName(session, texts) })
    const detail = say('askOneDetail', { signedIn: texts.absolute(session.createdAt), lastActive: texts.absolute(session.lastActiveAt) })
    return { title: question, question, detail, action, submit: say('signOut') }
  }

  /** True when the password was right; otherwise the question has been asked again, with the reason. */
  async function confirmed (request: FastifyRequest, reply: FastifyReply, target: Target): Promise<boolean> {
    try {
      await request.confirmPassword(field(request, 'password'))
      return true
    } catch (error) {
      const { statusCode, headers = {} } = error as LoginSessionError
      const reason = confirmationReason(error as LoginSessionError)
      if (reason === null) throw error
      await ask(request, reply.code(statusCode).headers(headers), target, say(...reason))
      return false
    }
  }

  async function done (request: FastifyRequest, reply: FastifyReply, notice: Notice): Promise<FastifyReply> {
    if (isFragment(request)) return render(reply, 'changed', await listView(request, say(notice.key, notice.values)))
    request.session.loginSessionNotice = { ...notice }
    return reply.redirect(page.listUrl, 303)
  }

  async function signOut (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    await request.endLoginSession()
    return isFragment(request) ? reply.header('hx-redirect', signInPath).send('') : reply.redirect(signInPath, 303)
  }

  function takeNotice (request: FastifyRequest): string | null {
    const notice = request.session.loginSessionNotice as Notice | undefined
    if (notice === undefined) return null
    delete request.session.loginSessionNotice
    return say(notice.key, notice.values)
  }
}

/** Why the question is asked again; null: not for a reason that the person can mend in this form. */
function confirmationReason ({ code, retryAfter }: LoginSessionError): [MessageKey, Record<string, number>?] | null {
  switch (code) {
    case 'FST_LOGIN_SESSION_PASSWORD_REQUIRED': return ['passwordRequired']
    case 'FST_LOGIN_SESSION_PASSWORD_WRONG': return ['passwordWrong']
    case 'FST_LOGIN_SESSION_NO_PASSWORD': return ['noPassword']
    case 'FST_LOGIN_SESSION_LOCKED': return ['locked', { count: Math.ceil(Number(retryAfter) / 60) }]
    default: return null
  }
}

/** Links are made from it. */
function requirePlainPrefix (prefix: string): string {
  if (/[:*]|\/$/.test(prefix)) throw optionError(`pages: the prefix must be a fixed path without a slash at its end, not ${JSON.stringify(prefix)}: write prefix: '/account/sessions'`)
  return prefix
}

function field (request: FastifyRequest, name: string): unknown {
  return (request.body as Record<string, unknown> | null | undefined)?.[name]
}

function resolve (options: LoginSessionPagesOptions) {
  rejectUnknown(options, new Set(['signInPath', 'templates', 'timeZone']), 'pages: ')
  const { signInPath = '/login', templates, timeZone = 'UTC' } = options
  // "//evil.example" would be another site.
  if (typeof signInPath !== 'string' || !/^\/(?![/\\])/.test(signInPath)) throw optionError("pages: signInPath must be a path of this site: write signInPath: '/login'")
  if (templates !== undefined && !existsSync(templates)) throw optionError(`pages: templates must be a directory that exists, not ${JSON.stringify(templates)}`)
  try {
    Intl.DateTimeFormat('en', { timeZone })
  } catch {
    throw optionError(`pages: timeZone ${JSON.stringify(timeZone)} is not known: write an IANA name like 'Europe/Berlin'`)
  }
  return { signInPath, templates, timeZone }
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
