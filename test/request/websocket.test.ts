/** WebSockets by @fastify/websocket: who may open one, and how the README ends one with its session. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import websocket from '@fastify/websocket'
import t from 'tap'
import { WebSocket } from 'ws'
import { currentLoginSession, rejectCrossOrigin, requireLoginSession } from '../../plugin/index.js'
import { createShop } from '../support/app.js'
import { browser, COOKIE } from '../support/browser-jar.js'

const sockets = new Map<string, Set<{ close(code: number, reason: string): void }>>()

const app = await createShop(t, {
  onSessionEnd: ({ id }) => { for (const socket of sockets.get(id) ?? []) socket.close(4401, 'signed out') },
  async routes (app) {
    await app.register(websocket)
    app.get('/live', { websocket: true, onRequest: [rejectCrossOrigin, requireLoginSession] }, (socket, request) => {
      const { id, userId } = currentLoginSession(request)
      sockets.set(id, (sockets.get(id) ?? new Set()).add(socket))
      socket.on('message', async () => {
        if (await app.loginSessions.find(userId, id) === null) return socket.close(4401, 'signed out')
        socket.send(`hello ${userId}`)
      })
    })
  }
})

const ada = browser(app)
await app.listen({ host: '127.0.0.1', port: 0 })
const { port } = app.server.address() as AddressInfo

/** Opens a socket as a browser does, with the cookie. Rejects with the status of a refusal. */
async function open (headers: Record<string, string>): Promise<WebSocket> {
  const cookie = `${COOKIE}=${ada.cookieValue() ?? ''}`
  const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, { headers: { host: 'shop.example', 'x-forwarded-proto': 'https', cookie, ...headers } })
  await once(socket, 'open')
  return socket
}

async function closeCode (socket: WebSocket): Promise<number> {
  const [code] = await once(socket, 'close')
  return code
}

t.test('pages of this origin may open one, and no page of another one', async t => {
  await ada.signIn('ada')
  for (const origin of ['https://evil.shop.example', 'https://evil.example', 'null', 'http://shop.example']) {
    await t.rejects(open({ origin }), { message: /403/ }, origin)
  }
  await t.rejects(open({ origin: 'https://shop.example', cookie: '' }), { message: /401/ }, 'a visitor')

  const socket = await open({ origin: 'https://shop.example' })
  socket.send('anybody there?')
  const [answer] = await once(socket, 'message')
  t.equal(String(answer), 'hello ada')
  socket.terminate()
})

t.test('it ends with its session, on the server that ended it at once, on others with its next message', async t => {
  await ada.signIn('ada')
  const here = await open({})
  const closing = closeCode(here)
  await app.loginSessions.revoke('ada', (await app.loginSessions.list('ada'))[0]!.id)
  t.equal(await closing, 4401)

  const { id } = await ada.signIn('ada')
  const elsewhere = await open({})
  sockets.delete(id)
  await app.loginSessions.revoke('ada', id)
  elsewhere.send('anybody there?')
  t.equal(await closeCode(elsewhere), 4401)
})
