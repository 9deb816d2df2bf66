/** What @fastify/swagger says of the API. */
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { loginSessionApi, loginSessionPages, loginSessions, type LoginSessionsOptions, memoryStore } from '../../plugin/index.js'
import { PASSWORD, SECRET } from '../support/app.js'

async function documented (t: Test, options: Partial<LoginSessionsOptions>): Promise<{ app: FastifyInstance, paths: any }> {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(swagger, { openapi: { openapi: '3.1.0' } })
  await app.register(loginSessions, { secret: SECRET, store: memoryStore(), ...options })
  await app.register(loginSessionPages, { prefix: '/account/sessions' })
  await app.register(loginSessionApi, { prefix: '/api/sessions' })
  app.post('/sign-in', { schema: { hide: true } }, async request => (await request.startLoginSession('ada')).id)
  await app.ready()
  return { app, paths: (app.swagger() as { paths: object }).paths }
}

const WITH_PASSWORDS = { verifyPassword: () => (password: string) => password === PASSWORD }
const CONTENT = 'application/json'

t.test('the document has the operations of the API, each with its id, and none of the pages', async t => {
  const { paths } = await documented(t, WITH_PASSWORDS)

  t.strictSame(Object.keys(paths).sort(), ['/api/sessions/', '/api/sessions/current/revoke', '/api/sessions/others/revoke', '/api/sessions/{id}/revoke'])
  const operations = Object.values<any>(paths).flatMap(path => Object.values<any>(path))
  t.strictSame(operations.map(({ operationId }) => operationId).sort(), ['endLoginSession', 'listLoginSessions', 'revokeLoginSession', 'revokeOtherLoginSessions'])
  t.ok(operations.every(({ summary, responses }) => summary !== '' && responses[200] !== undefined && responses[401] !== undefined))
})

t.test('a body is described where something confirms the user, and works as described', async t => {
  const { app, paths } = await documented(t, WITH_PASSWORDS)
  t.equal(paths['/api/sessions/current/revoke'].post.requestBody, undefined)
  t.equal(paths['/api/sessions/others/revoke'].post.requestBody.content[CONTENT].schema.properties.password.type, 'string')
  const cookie = String((await app.inject({ method: 'POST', url: '/sign-in' })).headers['set-cookie']).split(';')[0]!

  const reply = await app.inject({ method: 'POST', url: '/api/sessions/current/revoke', headers: { cookie } })

  t.strictSame([reply.statusCode, reply.json()], [200, { revoked: 1 }])
  t.match(reply.headers['set-cookie'], /Max-Age=0/)
  t.equal((await app.inject({ url: '/api/sessions/', headers: { cookie } })).statusCode, 401)
})

t.test('where a plain question is enough, no body is described', async t => {
  const { paths } = await documented(t, {})
  t.ok(Object.values<any>(paths).every(({ post }) => post?.requestBody === undefined))
})

t.test('what a client reads of the binding to a device is described', async t => {
  const { paths } = await documented(t, {})
  const { required, properties } = paths['/api/sessions/'].get.responses[200].content[CONTENT].schema.properties.sessions.items
  t.ok(required.includes('deviceBound'))
  t.match(properties.deviceBound, { type: 'boolean', description: /only the browser that signed in/ })
})
