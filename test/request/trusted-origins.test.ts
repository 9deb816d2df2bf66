/** A single-page app on a sibling host, which @fastify/cors lets read the answers and `trustedOrigins` lets send requests. */
import cors from '@fastify/cors'
import Fastify from 'fastify'
import t from 'tap'
import { loginSessionApi, loginSessions, memoryStore, rejectCrossOrigin } from '../../plugin/index.js'
import { SECRET } from '../support/app.js'

const APP = 'https://app.shop.example'
const app = Fastify()
t.teardown(() => app.close())
await app.register(cors, { origin: [APP, 'https://partner.example'], credentials: true })
await app.register(loginSessions, { secret: SECRET, store: memoryStore(), trustedOrigins: [APP] })
await app.register(loginSessionApi, { prefix: '/api/sessions' })
app.get('/sign-in', async request => (await request.startLoginSession('ada')).id)
app.register(async own => {
  own.addHook('onRequest', rejectCrossOrigin)
  own.post('/order', async () => 'ordered')
})

const { headers } = await app.inject('/sign-in')
const cookie = String(headers['set-cookie']).split(';')[0]!

/** As a browser sends a script's request with `credentials: 'include'`. */
const send = (url: string, origin: string, site: string) => app.inject({
  method: 'POST', url, headers: { host: 'shop.example', cookie, origin, 'sec-fetch-site': site, 'content-type': 'application/json' }, payload: '{}'
})

t.test('a trusted origin may ask first, send requests and read the answers', async t => {
  const preflight = await app.inject({
    method: 'OPTIONS', url: '/api/sessions/others/revoke', headers: { host: 'shop.example', origin: APP, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }
  })
  t.equal(preflight.statusCode, 204)

  const revoked = await send('/api/sessions/others/revoke', APP, 'same-site')
  t.equal(revoked.statusCode, 200)
  t.strictSame(revoked.json(), { revoked: 0 })
  t.equal(revoked.headers['access-control-allow-origin'], APP)
  t.equal((await send('/order', APP, 'same-site')).statusCode, 200, 'on routes of the host, too')
})

t.test('no other origin may, whatever @fastify/cors lets it read', async t => {
  for (const [origin, site] of [
    ['https://partner.example', 'cross-site'], ['https://evil.shop.example', 'same-site'], ['https://app.shop.example:8443', 'same-site'],
    ['http://app.shop.example', 'cross-site'], ['https://app.shop.example.evil.example', 'cross-site'], ['null', 'cross-site']
  ] as const) {
    for (const url of ['/api/sessions/others/revoke', '/order']) t.equal((await send(url, origin, site)).statusCode, 403, `${origin} ${url}`)
  }
})
