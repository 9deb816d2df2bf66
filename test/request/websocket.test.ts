/**
 * WebSockets and server-sent events, as RECIPES.md writes them: who may open one, and that it ends with its session. The blocks of
 * RECIPES.md themselves run here, on two servers.
 */
import { EventEmitter, on, once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { mongoStore } from '../../plugin/index.js'
import { createShop } from '../support/app.js'
import { browser, COOKIE, type JarBrowser } from '../support/browser-jar.js'
import { HOUR } from '../support/clock.js'
import { database } from '../support/mongo.js'
import { root } from '../support/root.js'

const { collection } = await database(t)

// --- the recipes ---

/** What `news.of` of the recipe reads. */
const emitter = new EventEmitter()
emitter.setMaxListeners(0)
Object.assign(globalThis, { newsOfTheTest: { of: itemsFor } })

async function * itemsFor (_userId: string, signal: AbortSignal): AsyncGenerator<object> {
  try {
    for await (const [item] of on(emitter, 'news', { signal })) yield item
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

const folder = `${root}.tap/recipes/${process.pid}`

/** The block of RECIPES.md below this heading, as a module. */
async function recipe (heading: string): Promise<Record<string, (app: FastifyInstance) => Promise<void>>> {
  const [, block] = readFileSync(`${root}RECIPES.md`, 'utf8').split(`\n## ${heading}\n`)[1]!.match(/```ts\n([\s\S]*?)```/)!
  const name = heading.toLowerCase().replaceAll(/\W/g, '-')
  writeFileSync(`${folder}/${name}.ts`, block!.replace("'fastify-login-sessions'", "'../../../plugin/index.js'"))
  return await import(`${folder}/${name}.ts`)
}

mkdirSync(folder, { recursive: true })
t.teardown(() => rmSync(folder, { recursive: true }))
writeFileSync(`${folder}/yours.ts`, 'export const news = (globalThis as any).newsOfTheTest\n')
const { live } = await recipe('WebSockets')
const { events } = await recipe('Server-sent events')

// --- two servers, and what a browser opens ---

interface Server {
  app: FastifyInstance
  port: number
}

/** Two servers of one shop. The first one has the sockets and streams. */
async function twoServers (t: Test): Promise<[Server, Server]> {
  const sessions = collection()
  const start = async (): Promise<Server> => {
    const app = await createShop(t, {
      store: mongoStore(sessions),
      now: undefined,
      idleTimeout: HOUR,
      async routes (app) {
        await app.register(live!)
        await app.register(events!)
      }
    })
    await app.listen({ host: '127.0.0.1', port: 0 })
    return { app, port: (app.server.address() as AddressInfo).port }
  }
  return [await start(), await start()]
}

const headersOf = (ada: JarBrowser, headers: Record<string, string> = {}): Record<string, string> =>
  ({ host: 'shop.example', 'x-forwarded-proto': 'https', cookie: `${COOKIE}=${ada.cookieValue() ?? ''}`, ...headers })

/** Opens a socket as a browser does, with the cookie. Rejects with the status of a refusal. */
async function open ({ port }: Server, headers: Record<string, string>): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, { headers })
  await once(socket, 'open')
  return socket
}

async function closeCode (socket: WebSocket): Promise<number> {
  const [code] = await once(socket, 'close')
  return code
}

/** Opens a stream, and resolves when its first line is there. */
async function stream ({ port }: Server, headers: Record<string, string>): Promise<{ response: IncomingMessage, text: Promise<string> }> {
  const [response] = await once(get(`http://127.0.0.1:${port}/events`, { headers }), 'response') as [IncomingMessage]
  let text = ''
  response.setEncoding('utf8').on('data', chunk => { text += chunk })
  const ended = once(response, 'end').then(() => text)
  await once(response, 'data')
  return { response, text: ended }
}

t.test('pages of this origin may open one, and no page of another one', async t => {
  const [server] = await twoServers(t)
  const ada = browser(server.app)
  await ada.signIn('ada')
  for (const origin of ['https://evil.shop.example', 'https://evil.example', 'null', 'http://shop.example']) {
    await t.rejects(open(server, headersOf(ada, { origin })), { message: /403/ }, origin)
  }
  await t.rejects(open(server, headersOf(ada, { origin: 'https://shop.example', cookie: '' })), { message: /401/ }, 'a visitor')

  const socket = await open(server, headersOf(ada, { origin: 'https://shop.example' }))
  socket.send('anybody there?')
  const [answer] = await once(socket, 'message')
  t.equal(String(answer), 'hello')
  socket.terminate()
})

t.test('a session that ends through another server closes the socket and the stream of this one, and no others', async t => {
  const [here, there] = await twoServers(t)
  const [laptop, phone] = [browser(here.app), browser(here.app)]
  const { id } = await laptop.signIn('ada')
  await phone.signIn('ada')
  const [socket, other] = [await open(here, headersOf(laptop)), await open(here, headersOf(phone))]
  const [events, others] = [await stream(here, headersOf(laptop)), await stream(here, headersOf(phone))]
  t.match(events.response, { statusCode: 200, headers: { 'content-type': /^text\/event-stream/, 'cache-control': /no-store/ } })
  const closing = closeCode(socket)
  emitter.emit('news', { headline: 'one' })
  await there.app.loginSessions.revoke('ada', id)
  t.equal(await closing, 4401)
  t.equal(await events.text, 'retry: 1000\n\ndata: {"headline":"one"}\n\nevent: signed-out\ndata: {}\n\n')

  other.send('anybody there?')
  await once(other, 'message')
  const closed = closeCode(other)
  await there.app.loginSessions.revokeAll('ada')
  t.equal(await closed, 4401)
  t.match(await others.text, /event: signed-out/)
})

t.test('a session that ends on the same server does so, too', async t => {
  const [here] = await twoServers(t)
  const ada = browser(here.app)
  await ada.signIn('ada')
  const closing = closeCode(await open(here, headersOf(ada)))
  const { text } = await stream(here, headersOf(ada))
  await ada.signOut()
  t.equal(await closing, 4401)
  t.match(await text, /event: signed-out/)
})

t.test('a server that closes ends them, but says nothing of a session that has ended', async t => {
  const [here, there] = await twoServers(t)
  const ada = browser(here.app)
  const { id } = await ada.signIn('ada')
  const closing = closeCode(await open(here, headersOf(ada)))
  const { text } = await stream(here, headersOf(ada))
  await here.app.close()
  t.not(await closing, 4401)
  t.equal(await text, 'retry: 1000\n\n')
  t.not(await there.app.loginSessions.find('ada', id), null)
})
