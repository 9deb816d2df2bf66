/**
 * After signing in: back to the wanted page, if the cookie came back.
 * @module
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { currentLoginSession, type StartOptions } from '../plugin/index.js'
import { linksWithReturnTo, wantedPath, withReturnTo } from './return-to.js'

/** Signs this user in, and sends them on. Check their password, passkey or code before you call it. */
export async function enter (request: FastifyRequest, reply: FastifyReply, userId: string, options: StartOptions = {}): Promise<FastifyReply> {
  await request.startLoginSession(userId, options)
  return reply.redirect(withReturnTo('/signed-in', wantedPath(request)), 303)
}

/** Without this page, people whose browser keeps no cookie would see the sign-in form again, without a reason. */
export function signedInPage (site: FastifyInstance): void {
  site.get('/signed-in', async (request, reply) => {
    try {
      currentLoginSession(request)
    } catch (error) {
      // During an outage it is not known who is signed in.
      if ((error as { statusCode?: number }).statusCode !== 401) throw error
      return await reply.view('no-cookie', { title: 'You are not signed in yet', links: linksWithReturnTo(request, { signIn: '/sign-in' }) })
    }
    return reply.redirect(wantedPath(request), 303)
  })
}

/** Shows a form to visitors. Signed-in people are sent on. */
export function formUnlessSignedIn (request: FastifyRequest, reply: FastifyReply, form: string, model: object): FastifyReply {
  return request.user === null ? reply.view(form, model) : reply.redirect(wantedPath(request), 303)
}
