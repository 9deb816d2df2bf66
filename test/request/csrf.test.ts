import Fastify, { type InjectOptions } from 'fastify'
import t from 'tap'
import { createCsrfTokens, rejectCrossOrigin } from '../../plugin/request/csrf.js'
import { OLD_SECRET, SECRET } from '../support/app.js'

t.test('form tokens', async t => {
  const tokens = createCsrfTokens([SECRET])
  const refused = { code: 'FST_LOGIN_SESSION_CSRF_TOKEN', statusCode: 403 }

  t.test('a token is good for the session that it was made for, and more than once', async t => {
    const token = tokens.create('session-1')
    tokens.verify('session-1', token)
    tokens.verify('session-1', token)
    t.throws(() => tokens.verify('session-2', token), refused)
  })

  t.test('no two tokens are the same, so that compression tells nothing of them', async t => {
    t.not(tokens.create('session-1'), tokens.create('session-1'))
  })

  t.test('a token is fit for a form, and does not contain the session', async t => {
    t.match(tokens.create('session-1'), /^[\w.-]+$/)
    t.notMatch(tokens.create('session-1'), /session-1/)
  })

  const FORGED: unknown[] = [undefined, null, '', ' ', 'x', '-', 'a-b', 0, 1, true, [], {}, ['a'], { toString: () => 'x' }, 'x'.repeat(10_000), '\0', 'ключ']
  for (const forged of FORGED) {
    t.test(`${JSON.stringify(forged)?.slice(0, 40)} is no token`, async t => {
      t.throws(() => tokens.verify('session-1', forged), refused)
    })
  }

  t.test('a token with one character changed is refused', async t => {
    const token = tokens.create('session-1')
    const other = token.at(-2) === 'A' ? 'B' : 'A'
    // The last character but one: the last of base64 may carry bits that count for nothing.
    t.throws(() => tokens.verify('session-1', token.slice(0, -2) + other + token.at(-1)), refused)
    t.throws(() => tokens.verify('session-1', token + 'A'), refused)
  })

  t.test('a list with a good token in it is refused', async t => {
    t.throws(() => tokens.verify('session-1', [tokens.create('session-1')]), refused)
  })

  t.test('forms from before a rotation of secrets are still taken, until the old secret is gone', async t => {
    const token = createCsrfTokens([OLD_SECRET]).create('session-1')
    createCsrfTokens([SECRET, OLD_SECRET]).verify('session-1', token)
    t.throws(() => tokens.verify('session-1', token), refused)
  })

  t.test('new forms are made with the newest secret', async t => {
    tokens.verify('session-1', createCsrfTokens([SECRET, OLD_SECRET]).create('session-1'))
  })
})

t.test('rejectCrossOrigin', async t => {
  const app = Fastify({ trustProxy: true })
  t.teardown(() => app.close())
  app.addHook('onRequest', rejectCrossOrigin)
  app.all('/', async () => 'done')

  const status = async (headers: Record<string, string>, method: InjectOptions['method'] = 'POST') => {
    const { statusCode } = await app.inject({ method: method!, url: '/', headers: { host: 'shop.example', 'x-forwarded-proto': 'https', ...headers } })
    return statusCode
  }

  const POSTS: Array<[status: number, headers: Record<string, string>, why: string]> = [
    [200, { 'sec-fetch-site': 'same-origin' }, 'from our own pages'],
    [200, { 'sec-fetch-site': 'none' }, 'that the user typed'],
    [403, { 'sec-fetch-site': 'same-site' }, 'from a subdomain'],
    [403, { 'sec-fetch-site': 'cross-site' }, 'from another site'],
    [403, { 'sec-fetch-site': '' }, 'with an empty Sec-Fetch-Site'],
    [403, { 'sec-fetch-site': 'cross-site', origin: 'https://shop.example' }, 'where Sec-Fetch-Site and Origin disagree'],
    [200, { origin: 'https://shop.example' }, 'from our own origin'],
    [200, { origin: 'https://shop.example', host: 'shop.example:443' }, 'with the default port written out'],
    [403, { origin: 'http://shop.example' }, 'from our host over http'],
    [403, { origin: 'https://shop.example:8443' }, 'from another port'],
    [403, { origin: 'https://shop.example.evil.example' }, 'from a host that begins like ours'],
    [403, { origin: 'https://evil.example/?https://shop.example' }, 'that only mentions our origin'],
    [403, { origin: 'null' }, 'from an opaque origin'],
    [403, { origin: '' }, 'with an empty Origin'],
    [403, { origin: 'https://shop.example', host: '' }, 'with an Origin and no host'],
    [403, { origin: 'null', host: '[' }, 'with an opaque Origin and a host that is none'],
    [200, {}, 'from a script, which sends neither']
  ]
  for (const [expected, headers, why] of POSTS) {
    t.test(`a POST ${why} is ${expected === 200 ? 'taken' : 'refused'}`, async t => {
      t.equal(await status(headers), expected)
    })
  }

  t.test('every unsafe method is looked at, and no safe one', async t => {
    const headers = { 'sec-fetch-site': 'cross-site' }
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) t.equal(await status(headers, method), 403, method)
    for (const method of ['GET', 'HEAD', 'OPTIONS'] as const) t.equal(await status(headers, method), 200, method)
  })

  t.test('a WebSocket handshake is looked at like a POST, although it is a GET', async t => {
    const handshake = { connection: 'Upgrade', upgrade: 'websocket' }
    t.equal(await status({ ...handshake, origin: 'https://shop.example' }, 'GET'), 200, 'from our own origin')
    t.equal(await status(handshake, 'GET'), 200, 'from a script')
    t.equal(await status({ ...handshake, origin: 'https://evil.shop.example' }, 'GET'), 403, 'from a subdomain')
    t.equal(await status({ ...handshake, upgrade: 'h2c, WebSocket', origin: 'https://evil.example' }, 'GET'), 403, 'from another site')
    t.equal(await status({ ...handshake, 'sec-fetch-site': 'same-site' }, 'GET'), 403, 'as browsers say it')
    t.equal(await status({ connection: 'Upgrade', upgrade: 'h2c', origin: 'https://evil.example' }, 'GET'), 200, 'other upgrades are not')
  })

  t.test('the refusal has a code of its own', async t => {
    const reply = await app.inject({ method: 'POST', url: '/', headers: { origin: 'https://evil.example' } })
    t.equal(reply.json().code, 'FST_LOGIN_SESSION_CROSS_ORIGIN')
  })
})
