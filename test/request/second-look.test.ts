/**
 * Requests whose bodies are held back: their sessions are looked up again before the handler runs.
 */
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import { memoryStore, requireLoginSession } from '../../plugin/index.js'
import { PASSWORD } from '../support/app.js'
import { browser, COOKIE, type JarBrowser } from '../support/browser-jar.js'
import { createClock, SECOND } from '../support/clock.js'
import { API, createShopWithPages } from '../support/page.js'
import { poll } from '../support/poll.js'
import { aroundCalls, breakable } from '../support/stores.js'

/** A shop on a port, a browser that is signed in, and the routes that have run. */
async function setup (t: Test, options: { verifyPassword?: undefined } = {}) {
  const clock = createClock()
  const store = breakable(memoryStore())
  const calls: string[] = []
  const done: string[] = []
  const app = await createShopWithPages(t, {
    ...options,
    now: clock.now,
    store: aroundCalls(store, async (method, call) => { calls.push(method); return await call() }),
    routes (app) {
      app.addHook('preHandler', async request => { if (request.url === '/login') store.recover() })
      app.post('/guarded', { onRequest: requireLoginSession }, async request => { done.push('guarded'); return { user: request.loginSession?.userId } })
      app.post('/public', async request => { done.push('public'); return { user: request.loginSession?.userId ?? null } })
    }
  })
  const { port } = (await app.listen({ host: '127.0.0.1', port: 0 }), app.server.address() as AddressInfo)
  const laptop = browser(app)
  await laptop.signIn('ada')
  calls.length = 0

  /** Sends the head of a request with this browser's cookie, and resolves when it has been looked up. */
  async function sendHead (url: string, body: string, by: JarBrowser = laptop): Promise<Held> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const before = calls.length
    socket.write(`POST ${url} HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\nCookie: ${COOKIE}=${by.cookieValue()}\r\n\r\n`)
    await poll('the request to be looked up', () => calls.slice(before).includes('find') || undefined)
    return { socket, body }
  }
  return { app, clock, store, calls, done, laptop, sendHead }
}

interface Held { socket: Socket, body: string }

/** Sends the body; resolves to the whole response. */
async function sendBody ({ socket, body }: Held): Promise<string> {
  socket.write(body)
  return await text(socket)
}

const revokeAll = (app: FastifyInstance): Promise<number> => app.loginSessions.revokeAll('ada')

t.test('a request that was held back until its session had ended is not carried out', async t => {
  const { app, clock, done, sendHead } = await setup(t)
  const held = await sendHead('/guarded', '{}')
  await revokeAll(app)
  clock.advance(SECOND + 1)
  t.match(await sendBody(held), /^HTTP\/1\.1 401 /)
  t.strictSame(done, [])
})

t.test('on a public route it goes on as a visitor\'s', async t => {
  const { app, clock, sendHead } = await setup(t)
  const held = await sendHead('/public', '{}')
  await revokeAll(app)
  clock.advance(SECOND + 1)
  const response = await sendBody(held)
  t.match(response, /\{"user":null\}/)
})

t.test('the cookie of a sign-in that came meanwhile stays, whatever such a request writes', async t => {
  const { app, clock, laptop, sendHead } = await setup(t)
  for (const url of ['/public', '/guarded', '/data']) {
    const held = await sendHead(url, '{}')
    await laptop.signIn('ada')
    clock.advance(SECOND + 1)
    t.notMatch(await sendBody(held), /set-cookie/i, url)
  }
  t.equal((await app.loginSessions.list('ada')).length, 1)
})

t.test('one that was held back for a second or less is looked up once', async t => {
  const { clock, calls, sendHead } = await setup(t)
  const held = await sendHead('/guarded', '{}')
  clock.advance(SECOND)
  t.match(await sendBody(held), /\{"user":"ada"\}/)
  t.equal(calls.filter(call => call === 'find').length, 1)
})

t.test('one whose session lives on is carried out', async t => {
  const { clock, calls, sendHead } = await setup(t)
  const held = await sendHead('/guarded', '{}')
  clock.advance(10 * SECOND)
  t.match(await sendBody(held), /\{"user":"ada"\}/)
  t.equal(calls.filter(call => call === 'find').length, 2)
})

t.test('if the store fails at the second look, guarded routes answer 503, and public ones do not know who it is', async t => {
  const { clock, store, done, sendHead } = await setup(t)
  const [guarded, open] = [await sendHead('/guarded', '{}'), await sendHead('/public', '{}')]
  clock.advance(SECOND + 1)
  store.fail('find')
  t.match(await sendBody(guarded), /^HTTP\/1\.1 503 [^]*retry-after: 2/i)
  const response = await sendBody(open)
  t.match(response, /\{"user":null\}/)
  t.notMatch(response, /set-cookie/i, 'nobody is signed out by it')
  t.strictSame(done, ['public'])
})

t.test('if the store fails at the second look, a sign-in still ends the browser\'s former session', async t => {
  const { app, clock, store, sendHead } = await setup(t)
  const held = await sendHead('/login', JSON.stringify({ user: 'ada' }))
  clock.advance(SECOND + 1)
  store.fail('find')
  t.match(await sendBody(held), /^HTTP\/1\.1 200 /)
  t.equal((await app.loginSessions.list('ada')).length, 1, 'the new one')
})

for (const url of [`${API}/others/revoke`, '/confirm']) {
  t.test(`${url} ends nothing once its session has ended, however soon its body comes`, async t => {
    const { app, laptop, sendHead } = await setup(t)
    const held = await sendHead(url, JSON.stringify({ password: PASSWORD }))
    await revokeAll(app)
    const again = await laptop.signIn('ada')
    t.match(await sendBody(held), /^HTTP\/1\.1 401 /)
    t.strictSame((await app.loginSessions.list('ada')).map(({ id }) => id), [again.id])
  })
}

t.test('nor where a plain question is enough', async t => {
  const { app, laptop, sendHead } = await setup(t, { verifyPassword: undefined })
  const held = await sendHead(`${API}/others/revoke`, '{}')
  await revokeAll(app)
  const again = await laptop.signIn('ada')
  t.match(await sendBody(held), /^HTTP\/1\.1 401 /)
  t.strictSame((await app.loginSessions.list('ada')).map(({ id }) => id), [again.id])
})

t.test('a sign-in before the handler is not looked up again', async t => {
  const clock = createClock()
  const store = breakable(memoryStore())
  const app = await createShopWithPages(t, {
    now: clock.now,
    store,
    routes (app) {
      const signIn = { preValidation: async (request: FastifyRequest) => { await request.startLoginSession('ada'); store.fail('find') } }
      app.post('/link', signIn, async request => ({ user: request.loginSession?.userId ?? null }))
    }
  })
  const laptop = browser(app)
  const reply = await laptop.post('/link')
  t.strictSame([reply.statusCode, reply.json()], [200, { user: 'ada' }])
  store.recover()
  t.equal(await laptop.user(), 'ada')
})
