/**
 * The pages' routes: the list, the questions, the deeds.
 * @module
 */
import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { rejectCrossOrigin } from '../../request/csrf.js'
import { requireLoginSession } from '../../request/guard.js'
import { leaveNotice, type Notice, takeNotice } from '../notice.js'
import { pageErrors } from '../errors.js'
import type { FrameOf } from '../frame.js'
import { isFragment, pageHeaders } from '../headers.js'
import type { ResolvedPageOptions } from './options.js'
import type { Asking } from './asking.js'
import { type ListViewOf, wantsAll } from './list.js'
import { render } from '../templates.js'
import { deviceName, withAll, withParameter } from '../views.js'

/** What the routes are made of. */
export interface PageRoutesOptions extends Pick<ResolvedPageOptions, 'signInPath' | 'returnTo'> {
  frameOf: FrameOf
  listViewOf: ListViewOf
  asking: Asking
}

/** A Fastify plugin. */
export async function pageRoutes (app: FastifyInstance, { frameOf, listViewOf, asking, signInPath, returnTo }: PageRoutesOptions): Promise<void> {
  app.removeAllContentTypeParsers()
  await app.register(formbody, { bodyLimit: 16 * 1024 })
  app.addHook('onRequest', pageHeaders)
  app.addHook('onRequest', rejectCrossOrigin)
  app.addHook('onRequest', requireLoginSession)
  app.setErrorHandler(pageErrors(frameOf, signInUrl))

  app.get('/', async (request, reply) => {
    const frame = frameOf(request)
    if (isFragment(request)) return render(reply, 'list', await listViewOf(request, frame))
    const view = await listViewOf(request, frame)
    // Not before the list is there: an error page would have used it up.
    return render(reply, 'page', { ...view, message: takeNotice(request, frame.texts) })
  })

  app.get<{ Params: { id: string } }>('/:id/revoke', async (request, reply) =>
    asking.ask(request, reply, await asking.aboutOne(request, request.params.id)))

  app.get('/others/revoke', async (request, reply) => asking.ask(request, reply, await asking.aboutOthers(request)))

  app.post<{ Params: { id: string } }>('/:id/revoke', async (request, reply) => {
    const { userId } = asking.verifyForm(request)
    const target = await asking.aboutOne(request, request.params.id)
    if (target.current) return await signOut(request, reply)
    if (!await asking.confirmed(request, reply, async () => target)) return reply
    const ended = await app.loginSessions.revoke(userId, target.session.id)
    return await done(request, reply, ended === null
      ? { key: 'gone', values: {} }
      : { key: 'signedOutOne', values: { name: deviceName(ended, frameOf(request).texts) } })
  })

  app.post('/others/revoke', async (request, reply) => {
    const session = asking.verifyForm(request)
    if (!await asking.confirmed(request, reply, () => asking.aboutOthers(request))) return reply
    const count = await app.loginSessions.revokeOthers(session)
    return await done(request, reply, { key: 'signedOutOthers', values: { count } })
  })

  async function done (request: FastifyRequest, reply: FastifyReply, notice: Notice): Promise<FastifyReply> {
    const frame = frameOf(request)
    if (isFragment(request)) return render(reply, 'changed', { ...await listViewOf(request, frame), message: frame.say(notice.key, notice.values) })
    leaveNotice(request, notice)
    return reply.redirect(withAll(frame.homeUrl, wantsAll(request)), 303)
  }

  async function signOut (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    await request.endLoginSession()
    return isFragment(request) ? reply.header('hx-redirect', signInPath).send('') : reply.redirect(signInPath, 303)
  }

  /** Where a stranger is sent, and told to come back from. */
  function signInUrl (request: FastifyRequest): string {
    if (returnTo === undefined) return signInPath
    const wanted = request.method === 'GET' && !isFragment(request) ? request.url : frameOf(request).homeUrl
    // "//evil.example" would be another site.
    return withParameter(signInPath, returnTo, wanted.replace(/^[/\\]+/, '/'))
  }
}
