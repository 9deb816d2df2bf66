/**
 * The kit of every HTML page: frame, texts, templates, headers, errors, and the row of one session. It does not assume
 * whose sessions a page shows. This file prepares the contexts that a page's routes run in.
 * @module
 */
import formbody from '@fastify/formbody'
import staticFiles from '@fastify/static'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { rejectCrossOrigin } from '../request/csrf.js'
import { requireLoginSession } from '../request/guard.js'
import { publicDir } from './assets.js'
import { createErrorPages, createSignInUrl, type SignInOptions } from './errors.js'
import { createFrames, type FrameOf, type FrameOptions } from './frame.js'
import { pageHeaders } from './headers.js'
import type { ErrorMessages } from './messages.js'
import { registerTemplates } from './templates.js'

/** Bytes of a form: far more than a password and a token need. */
const BODY_LIMIT = 16 * 1024

/** What the kit needs to know of a page. */
export interface KitOptions extends FrameOptions {
  /** Directory of the host's own templates. */
  templates?: string | undefined
}

/** Serves the static files and loads the templates. @param app the context of the pages, below their prefix */
export async function registerKit (app: FastifyInstance, options: KitOptions): Promise<FrameOf> {
  const frameOf = createFrames(options, app.prefix)
  const caching = { immutable: true, maxAge: '365d' }
  await app.register(staticFiles, { root: publicDir, prefix: '/assets/', decorateReply: false, index: false, ...caching })
  await registerTemplates(app, options.templates)
  return frameOf
}

/**
 * Prepares a context for the routes of pages. They take forms only, from this site and from signed-in users, and their
 * answers and errors are private pages.
 *
 * @param app a context below the one of {@link registerKit}, because static files are for everybody
 * @param errorMessages for errors that only this page can have
 */
export async function preparePageRoutes (
  app: FastifyInstance, frameOf: FrameOf, signIn: SignInOptions, errorMessages: ErrorMessages
): Promise<void> {
  app.removeAllContentTypeParsers()
  await app.register(formbody, { bodyLimit: BODY_LIMIT })
  // Pages are no part of an API's document, such as that of @fastify/swagger.
  app.addHook('onRoute', route => { route.schema = { hide: true, ...route.schema } as FastifySchema })
  app.addHook('onRequest', pageHeaders)
  app.addHook('onRequest', rejectCrossOrigin)
  app.addHook('onRequest', requireLoginSession)
  app.setErrorHandler(createErrorPages(frameOf, createSignInUrl(signIn, frameOf), errorMessages))
}
