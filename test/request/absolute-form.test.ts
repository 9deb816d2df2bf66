/**
 * A request line may name the whole URL: `GET http://shop.example/account HTTP/1.1`. Servers must accept that form (RFC 9112
 * 3.2.2). Whoever sends the request chooses the host in it.
 */
import { type AddressInfo, connect } from 'node:net'
import t from 'tap'
import { COOKIE } from '../support/browser-jar.js'
import { API, createShopWithPages, PAGE } from '../support/page.js'

const app = await createShopWithPages(t, { pages: { signInPath: '/login', returnTo: 'returnTo' } })
await app.listen({ port: 0, host: '127.0.0.1' })
const { port } = app.server.address() as AddressInfo

interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

/** Sends a request as these bytes, and reads the whole response. */
async function send (requestLine: string, headers: string[] = [], body = ''): Promise<Answer> {
  const head = [`${requestLine} HTTP/1.1`, 'Host: shop.example', 'Connection: close', 'X-Forwarded-Proto: https', ...headers, ...(body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`])]
  const text = await new Promise<string>((resolve, reject) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => { socket.write(`${head.join('\r\n')}\r\n\r\n${body}`) })
    socket.setEncoding('utf8').on('data', part => { answer += part }).on('end', () => resolve(answer)).on('error', reject)
  })
  const [top = '', ...rest] = text.split('\r\n\r\n')
  const [status = '', ...lines] = top.split('\r\n')
  const fields = lines.map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)] as const)
  const cookies = fields.filter(([name]) => name === 'set-cookie').map(([, value]) => value).join('\n')
  return { status: Number(status.split(' ')[1]), headers: Object.fromEntries([...fields, ['set-cookie', cookies]]), body: rest.join('\r\n\r\n') }
}

const JSON_BODY = ['Content-Type: application/json']

/** Signs in by a request in this form. @returns the Cookie header */
async function signIn (target: string): Promise<string> {
  const reply = await send(`POST ${target}`, JSON_BODY, JSON.stringify({ user: 'ada' }))
  t.equal(reply.status, 200, target)
  const [, value] = /^__Host-login-session=([^;]+)/.exec(reply.headers['set-cookie'] ?? '') ?? []
  t.ok(value, target)
  return `Cookie: ${COOKIE}=${value}`
}

/** Where the client says that it sends the request. */
const SITES = ['http://shop.example', 'https://shop.example', 'HTTP://shop.example', 'http://shop.example:8080', 'http://evil.example', 'http://evil.example:1', 'http://user@evil.example', 'http://[::1]']

for (const site of SITES) {
  t.test(`${site}/...: signing in, being signed in, and signing out`, async t => {
    const cookie = await signIn(`${site}/login`)
    for (const at of [site, '']) {
      const reply = await send(`GET ${at}/account`, [cookie])
      t.equal(reply.status, 200)
      t.equal(JSON.parse(reply.body).userId, 'ada')
      t.equal((await send(`GET ${at}${PAGE}`, [cookie])).status, 200)
      t.equal((await send(`GET ${at}${API}`, [cookie])).status, 200)
    }
    t.equal((await send(`POST ${site}/data`, [cookie, ...JSON_BODY], '{"cart":["book"]}')).status, 200)
    t.strictSame(JSON.parse((await send(`GET ${site}/data`, [cookie])).body), { cart: ['book'] })
    t.equal((await send(`POST ${site}/logout`, [cookie])).status, 200)
    t.equal((await send(`GET ${site}/account`, [cookie])).status, 401)
  })

  t.test(`${site}/...: the way to sign in and back stays on this site`, async t => {
    for (const path of [PAGE, `${PAGE}?sessions=all`, `${PAGE}/others/revoke`]) {
      const { status, headers } = await send(`GET ${site}${path}`)
      t.equal(status, 303)
      t.match(headers.location, /^\/login\?returnTo=/)
      t.equal(new URL(headers.location!, 'https://shop.example').searchParams.get('returnTo'), path)
    }
    const fragment = await send(`GET ${site}${PAGE}`, ['HX-Request: true'])
    t.equal(fragment.status, 401)
    const back = new URL(fragment.headers['hx-redirect']!, 'https://shop.example').searchParams.get('returnTo')!
    t.equal(new URL(back, 'https://shop.example').host, 'shop.example')
  })
}

t.test('a visitor, and somebody with a dead cookie, are told so in this form, too', async t => {
  t.equal((await send('GET http://shop.example/account')).status, 401)
  const cookie = await signIn('http://shop.example/login')
  await app.loginSessions.revokeAll('ada')
  const reply = await send('GET http://shop.example/', [cookie])
  t.strictSame(JSON.parse(reply.body), { user: null })
  t.match(reply.headers['set-cookie'], /Expires=Thu, 01 Jan 1970/)
})

t.test('the host in the request line is no proof of where a request comes from', async t => {
  const cookie = await signIn('/login')
  for (const site of ['http://evil.example', 'https://evil.example', 'http://shop.example']) {
    const reply = await send(`POST ${site}${API}/others/revoke`, [cookie, 'Origin: https://evil.example', ...JSON_BODY], '{"password":"x"}')
    t.equal(reply.status, 403)
    t.equal(JSON.parse(reply.body).code, 'FST_LOGIN_SESSION_CROSS_ORIGIN')
  }
})

t.test('targets that are not a path break nothing: OPTIONS *, and URLs without a path', async t => {
  const cookie = await signIn('/login')
  for (const target of ['OPTIONS *', 'GET *', 'GET http://shop.example', 'GET http://shop.example?x=1', 'GET http://', 'GET http:///', 'GET ///evil.example/account', 'GET //evil.example/account', 'GET shop.example:80']) {
    for (const headers of [[], [cookie]]) {
      const { status } = await send(target, headers)
      t.ok(status >= 200 && status < 500, `${target}: ${status}`)
    }
  }
  t.equal((await send('GET /account', [cookie])).status, 200, 'and the session is still there')
})
