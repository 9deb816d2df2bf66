/**
 * Beside middleware and sockets, in a server that is put together from files, and over HTTP/2. The titles are the rows of
 * README's table "Beside other software".
 */
import { once } from 'node:events'
import { type ClientHttp2Session, connect } from 'node:http2'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import autoload from '@fastify/autoload'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance, type FastifyPluginCallback, type InjectOptions } from 'fastify'
import t from 'tap'
import { WebSocket } from 'ws'
import { currentLoginSession, rejectCrossOrigin, requireLoginSession } from '../../plugin/index.js'
import { browser, COOKIE } from '../support/browser-jar.js'
import { journey, ORDERS, shopBeside } from '../support/journey.js'
import { createShopWithPages, PAGE } from '../support/page.js'

// These two declare `app.use` with types that do not agree, and Express brings no types.
const load = createRequire(import.meta.url)
const middie: FastifyPluginCallback = load('@fastify/middie')
const express: FastifyPluginCallback = load('@fastify/express')
const { Router } = load('express')

// --- sockets ---

t.test('@fastify/websocket: register it before the routes; `rejectCrossOrigin` and `requireLoginSession` guard its handshakes', async t => {
  for (const order of ORDERS) {
    const app = await shopBeside(t, order, app => app.register(websocket), {
      routes (app) {
        app.get('/live', { websocket: true, onRequest: [rejectCrossOrigin, requireLoginSession] }, (socket, request) => {
          socket.send(`hello ${currentLoginSession(request).userId}`)
          const ended = app.loginSessions.watch(currentLoginSession(request))
          ended.addEventListener('abort', () => socket.close(4401))
        })
      }
    })
    const chrome = browser(app)
    const { id } = await chrome.signIn('ada')
    await app.listen({ port: 0, host: '127.0.0.1' })
    const url = `ws://127.0.0.1:${(app.server.address() as AddressInfo).port}/live`
    const headers = { host: 'shop.example', 'x-forwarded-proto': 'https', cookie: `${COOKIE}=${chrome.cookieValue()}` }
    await t.rejects(once(new WebSocket(url), 'open'), /401/)
    await t.rejects(once(new WebSocket(url, { headers: { ...headers, origin: 'https://evil.example' } }), 'open'), /403/)
    const socket = new WebSocket(url, { headers: { ...headers, origin: 'https://shop.example' } })
    t.equal(String((await once(socket, 'message'))[0]), 'hello ada')
    const closing = once(socket, 'close')
    await app.loginSessions.revoke('ada', id)
    t.equal((await closing)[0], 4401)
    await journey(t, app)
  }
})

// --- middleware ---

/** Middleware reads Node's request, which has no login session: a hook puts the user there. */
function passUserOn (app: FastifyInstance): void {
  app.addHook('onRequest', async request => { Object.assign(request.raw, { user: request.loginSession?.userId ?? null }) })
}

t.test('@fastify/middie: register it after; add a hook before it that copies the user to `request.raw`', async t => {
  const app = await shopBeside(t, 'between', async app => {
    passUserOn(app)
    await app.register(middie)
    ;(app as any).use((request: any, response: any, next: () => void) => {
      response.setHeader('x-user', request.user)
      next()
    })
  })
  const chrome = browser(app)
  t.equal((await chrome.get('/')).headers['x-user'], 'null')
  await chrome.signIn('ada')
  t.equal((await chrome.get('/')).headers['x-user'], 'ada')
  t.equal((await chrome.get(PAGE)).headers['x-user'], 'ada')
  await journey(t, app)
})

t.test('@fastify/express: register it after; add a hook before it that copies the user to `request.raw`', async t => {
  const app = await shopBeside(t, 'between', async app => {
    passUserOn(app)
    await app.register(express)
    const router = Router()
    router.get('/old', (request: any, response: any) => { response.json({ user: request.user }) })
    ;(app as any).use(router)
  })
  const chrome = browser(app)
  t.strictSame((await chrome.get('/old')).json(), { user: null })
  await chrome.signIn('ada')
  t.strictSame((await chrome.get('/old')).json(), { user: 'ada' })
  await journey(t, app)
})

t.test('express-session: works in Express with its own cookie; its `req.session` is another session', async t => {
  for (const order of ORDERS) {
    const app = await shopBeside(t, order, async app => {
      await app.register(express)
      const router = Router()
      router.use(load('express-session')({ secret: 'of the Express application', resave: false, saveUninitialized: false }))
      router.post('/old-cart', (request: any, response: any) => { request.session.cart = ['pen']; response.json({}) })
      router.get('/old-cart', (request: any, response: any) => { response.json({ cart: request.session.cart ?? null }) })
      ;(app as any).use(router)
    })
    const chrome = browser(app)
    await chrome.post('/old-cart')
    await chrome.signIn('ada')
    await chrome.post('/data', { cart: ['book'] })
    t.strictSame((await chrome.get('/old-cart')).json(), { cart: ['pen'] })
    t.strictSame((await chrome.get('/data')).json(), { cart: ['book'] })
    await chrome.signOut()
    t.strictSame((await chrome.get('/old-cart')).json(), { cart: ['pen'] }, 'it does not know of signing out')
    await journey(t, app)
  }
})

// --- how a host is put together, and HTTP/2 ---

t.test('@fastify/autoload: wrap the registration in fastify-plugin, in a folder that is loaded before the routes', async t => {
  process.env.FASTIFY_AUTOLOAD_TYPESCRIPT = '1'
  const app = Fastify({ trustProxy: true })
  t.teardown(() => app.close())
  for (const folder of ['plugins', 'routes']) {
    await app.register(autoload, { dir: fileURLToPath(new URL(`./autoloaded/${folder}`, import.meta.url)) })
  }
  await journey(t, app)
})

/** Sends requests over one HTTP/2 connection, as `app.inject` would. */
function injectOver (session: ClientHttp2Session): Pick<FastifyInstance, 'inject'> {
  async function inject ({ method = 'GET', url, headers = {}, payload }: InjectOptions): Promise<object> {
    const { host, ...others } = headers
    const text = typeof payload === 'object' ? JSON.stringify(payload) : payload as string | undefined
    const type = typeof payload === 'object' ? { 'content-type': 'application/json' } : {}
    const stream = session.request({ ...type, ...others, ':method': method, ':path': String(url), ':authority': String(host) })
    stream.end(text)
    let body = ''
    stream.setEncoding('utf8').on('data', chunk => { body += chunk })
    const [[head]] = await Promise.all([once(stream, 'response'), once(stream, 'end')])
    return { statusCode: head[':status'], headers: head, body, json: () => JSON.parse(body) }
  }
  return { inject } as never
}

t.test('HTTP/2: works like HTTP/1.1', async t => {
  const app = await createShopWithPages(t, { server: { http2: true } })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const session = connect(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`)
  t.teardown(() => session.destroy())
  await journey(t, injectOver(session))
})
