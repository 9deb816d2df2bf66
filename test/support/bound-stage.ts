/**
 * Where the scenes of bound sessions play: hosts with https, and a Chromium that binds sessions.
 * @module
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import formbody from '@fastify/formbody'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { mongoStore, rejectCrossOrigin, requireDeviceBinding, requireLoginSession } from '../../plugin/index.js'
import { type Installed, installBoundBrowser, launchBoundBrowser } from './bound-browser.js'
import { type Calls, createCalls } from './calls.js'
import { cleanAfterUs } from './cleanup.js'
import { makeLabCa } from './lab-ca.js'
import { database } from './mongo.js'
import { createShopWithPages, type ShopWithPagesOptions } from './page.js'
import { shareProfile } from './profile.js'
import { type BreakableStore, breakable } from './stores.js'
import { openTlsFront } from './tls-front.js'

/** A host, with what its servers share. */
export interface Site {
  /** `ada`, with a number of her own: all hosts have one collection. */
  user: string
  origin: string
  /** `name:port` */
  host: string
  /** What browsers have called on it. */
  calls: Calls
  store: BreakableStore
  /** The servers' clock runs. Moves it forward, in ms. */
  advance(milliseconds: number): void
  /** Starts another server. */
  start(options?: ShopWithPagesOptions): Promise<FastifyInstance>
  /** From now on requests go to these servers, in turn. */
  serve(...apps: FastifyInstance[]): void
}

export interface BoundStage {
  /** A host with one server. */
  openSite(t: Test, options?: ShopWithPagesOptions): Promise<Site & { app: FastifyInstance }>
  /** An empty profile's page on this host. The tests of the file share the profile, one after the other. */
  openPage(t: Test, site: Pick<Site, 'origin'>, path: string): Promise<Page>
  /** The address of another site's page. `/link?to=`, `/picture?of=` and `/authorize?then=` lead to ours. */
  elsewhere(path: string, query: Record<string, string>): string
  /** Another browser, installed on this machine. */
  install(t: Test): Installed
}

/** Ends with the test that it is given: the file's. */
export async function setBoundStage (t: Test): Promise<BoundStage> {
  const folder = mkdtempSync(join(tmpdir(), 'login-sessions-bound-'))
  const cleaner = cleanAfterUs(folder)
  const [ca, { collection }] = await Promise.all([makeLabCa(folder, ['*.app.test', 'other.test']), database(t)])
  const sessions = collection()
  const [front, chromium, other] = await Promise.all([openTlsFront(t, ca), launchBoundBrowser(ca), createOtherSite()])
  t.teardown(async () => {
    await Promise.all([chromium.close(), other.close()])
    cleaner.stop()
  })
  front.serve('other.test', other)
  const borrow = shareProfile(t, chromium, {})
  let count = 0

  return {
    async openSite (t, options = {}) {
      const name = `site${++count}.app.test`
      const site = createSite(t, { name, port: front.port, user: `ada${count}`, store: breakable(mongoStore(sessions)), serve: apps => { front.serve(name, ...apps) } })
      const app = await site.start(options)
      site.serve(app)
      return { ...site, app }
    },
    async openPage (t, { origin }, path) {
      const page = await borrow(t)
      await page.goto(`${origin}${path}`)
      return page
    },
    elsewhere: (path, query) => `https://other.test:${front.port}${path}?${new URLSearchParams(query)}`,
    install: t => installBoundBrowser(t, ca, join(folder, 'profile'))
  }
}

interface SiteParts {
  name: string
  port: number
  user: string
  store: BreakableStore
  serve(apps: FastifyInstance[]): void
}

function createSite (t: Test, { name, port, user, store, serve }: SiteParts): Site {
  const calls = createCalls()
  let ahead = 0
  return {
    user,
    origin: `https://${name}:${port}`,
    host: `${name}:${port}`,
    calls,
    store,
    advance (milliseconds) { ahead += milliseconds },
    start: async (options = {}) => await createShopWithPages(t, {
      deviceBound: true,
      store,
      now: () => new Date(Date.now() + ahead),
      ...options,
      async before (app) {
        calls.watch(app)
        await app.register(websocket)
        await options.before?.(app)
      },
      async routes (app) {
        await app.register(formbody)
        boundRoutes(app, user)
        await options.routes?.(app)
      }
    }),
    serve: (...apps) => { serve(apps) }
  }
}

const html = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><title>${title}</title><link rel="icon" href="data:,"></head><body><main><h1>${title}</h1>${body}</main></body></html>`

/** Sign-in by a form and by an identity provider; pages and routes for signed-in people. */
function boundRoutes (app: FastifyInstance, user: string): void {
  app.get('/sign-in', async (_request, reply) =>
    reply.type('text/html').send(html('Sign in', '<form method="post" action="/sign-in"><button>Sign in</button></form>')))

  app.post('/sign-in', async (request, reply) => {
    await request.startLoginSession(user, { remember: true })
    return reply.redirect('/hello', 303)
  })

  app.get('/signed-in-elsewhere', async (request, reply) => {
    await request.startLoginSession(user, { remember: true })
    return reply.redirect('/hello', 303)
  })

  app.get('/hello', async ({ loginSession }, reply) =>
    reply.type('text/html').send(html(`Hello ${loginSession?.userId ?? 'stranger'}`,
      '<form method="post" action="/transfer"><input name="amount" value="5"><button>Send</button></form>')))

  app.all('/transfer', { onRequest: requireDeviceBinding() }, async ({ method, body }) => ({ method, body: body ?? null }))

  app.get('/live', { websocket: true, onRequest: [rejectCrossOrigin, requireLoginSession] }, (socket, request) => {
    socket.send(request.loginSession!.userId)
  })
}

/** Another site, whose pages lead to ours, and that knows who people are. */
async function createOtherSite (): Promise<FastifyInstance> {
  const app = Fastify()
  app.get<{ Querystring: { to: string } }>('/link', async ({ query }, reply) =>
    reply.type('text/html').send(html('Elsewhere', `<a href="${query.to}">to the shop</a>`)))
  app.get<{ Querystring: { of: string } }>('/picture', async ({ query }, reply) =>
    reply.type('text/html').send(html('Elsewhere', `<img alt="" src="${query.of}">`)))
  app.get<{ Querystring: { then: string } }>('/authorize', async ({ query }, reply) => reply.redirect(query.then, 302))
  await app.ready()
  return app
}
