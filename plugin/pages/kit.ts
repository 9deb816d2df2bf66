/**
 * The kit of every HTML page: frame, texts, templates, headers, errors, and the row of one session. It does not assume
 * whose sessions a page shows. This file prepares the contexts that a page's routes run in.
 * @module
 */
import formbody from '@fastify/formbody'
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import { rejectCrossOrigin } from '../request/csrf.js'
import { requireLoginSession } from '../request/guard.js'
import { createAssets, serveAssets } from './assets.js'
import { createErrorPages, type SignInOptions } from './errors.js'
import { createFrames, type FrameOf, type FrameOptions, onThisSite } from './frame.js'
import { createPageHeaders, isBoostedLink, isFragment, loadPage, type SetPageHeaders } from './headers.js'
import type { ErrorMessages } from './messages.js'
import type { Sources } from './policy.js'
import { registerTemplates } from './templates.js'

/** Requests of a route with this config do not keep a session active. The core reads it. */
export const NO_ACTIVITY: FastifyContextConfig = { loginSessionActivity: false }

/** Bytes of a form: far more than a password and a token need. */
const BODY_LIMIT = 16 * 1024

/** What the kit needs to know of a page. */
export interface KitOptions extends FrameOptions {
  /** Directory of the host's own templates. */
  templates?: string | undefined
  /** The path that a proxy, or Fastify's `rewriteUrl`, takes away. */
  publicPrefix: string
  /** Additional sources of the Content-Security-Policy. */
  contentSecurityPolicy?: Sources | undefined
}

/** What the kit gives to the routes of a page. */
export interface Kit {
  frameOf: FrameOf
  setHeaders: SetPageHeaders
  /** The path and query of this request, as the browser sees them. */
  urlOf(request: FastifyRequest): string
}

/** Serves the static files and loads the templates. @param app the context of the pages, below their prefix */
export async function registerKit (app: FastifyInstance, options: KitOptions): Promise<Kit> {
  const { publicPrefix, contentSecurityPolicy, templates } = options
  const assets = createAssets()
  const frameOf = createFrames(options, publicPrefix + app.prefix, assets)
  await app.register(serveAssets, assets)
  await registerTemplates(app, templates)
  return { frameOf, setHeaders: createPageHeaders(contentSecurityPolicy), urlOf: ({ url }) => publicPrefix + onThisSite(url) }
}

/**
 * Prepares a context for the routes of pages. They take forms only, from this site and from signed-in users, and their
 * answers and errors are private pages.
 *
 * @param app a context below the one of {@link registerKit}, because static files are for everybody
 * @param errorMessages for errors that only this page can have
 * @param isHidden says that the page does not exist for this request: its errors go to the host's error handler
 */
export async function preparePageRoutes (
  app: FastifyInstance, kit: Kit, signIn: SignInOptions, errorMessages: ErrorMessages, isHidden?: (request: FastifyRequest) => boolean
): Promise<void> {
  app.removeAllContentTypeParsers()
  await app.register(formbody, { bodyLimit: BODY_LIMIT })
  // Pages are no part of an API's document, such as that of @fastify/swagger.
  app.addHook('onRoute', route => { route.schema = { hide: true, ...route.schema } as FastifySchema })
  app.addHook('onRequest', async (request, reply) => {
    kit.setHeaders(reply)
    if (isBoostedLink(request)) return loadPage(reply, kit.urlOf(request))
  })
  app.addHook('onRequest', rejectCrossOrigin)
  app.addHook('onRequest', requireLoginSession)
  app.setErrorHandler(createErrorPages(kit, signIn, errorMessages, isHidden))
}

/** Signs this device out, and leads to the sign-in page. */
export async function signOutHere (request: FastifyRequest, reply: FastifyReply, { signInPath }: SignInOptions): Promise<FastifyReply> {
  await request.endLoginSession()
  return isFragment(request) ? loadPage(reply, signInPath) : reply.redirect(signInPath, 303)
}
