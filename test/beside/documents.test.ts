/**
 * Beside what describes and checks a host's routes. The titles are the rows of README's table "Beside other software".
 */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { jsonSchemaTransform, serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import t from 'tap'
import { z } from 'zod'
import { currentLoginSession, requireLoginSession } from '../../plugin/index.js'
import { PASSWORD } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { journey, ORDERS, shopBeside } from '../support/journey.js'
import { API, PAGE } from '../support/page.js'

t.test('@fastify/swagger: register it before the routes; its document has our API, and no pages', async t => {
  for (const order of ORDERS) {
    const app = await shopBeside(t, order, app => app.register(swagger, { openapi: { openapi: '3.1.0' } }))
    const paths = Object.keys((app.swagger() as { paths: object }).paths)
    t.ok(paths.includes(`${API}/{id}/revoke`))
    t.ok(paths.includes('/login'))
    t.strictSame(paths.filter(path => path.startsWith(PAGE)), [])
    await journey(t, app)
  }
})

t.test('@fastify/swagger-ui: register it after @fastify/swagger; `uiHooks: { onRequest: requireLoginSession }` hides it from visitors', async t => {
  for (const order of ORDERS) {
    const app = await shopBeside(t, order, async app => {
      await app.register(swagger, { openapi: { openapi: '3.1.0' } })
      await app.register(swaggerUi, { routePrefix: '/docs', uiHooks: { onRequest: requireLoginSession } })
    })
    const chrome = browser(app)
    t.equal((await chrome.get('/docs/json')).statusCode, 401)
    await chrome.signIn('ada')
    t.match((await chrome.get('/docs/')).body, /swagger-ui/)
    t.ok(Object.hasOwn((await chrome.get('/docs/json')).json().paths, `${API}/`))
    await journey(t, app)
  }
})

t.test('fastify-type-provider-zod: works in any order; its compilers and transform do not touch our schemas', async t => {
  for (const order of ORDERS) {
    const app = await shopBeside(t, order, async app => {
      app.setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler)
      await app.register(swagger, { openapi: { openapi: '3.1.0' }, transform: jsonSchemaTransform })
    }, {
      routes (app) {
        const schema = { body: z.object({ book: z.string() }), response: { 200: z.object({ book: z.string(), by: z.string() }) } }
        app.withTypeProvider<ZodTypeProvider>().post('/order', { onRequest: [requireLoginSession], schema }, async request =>
          ({ book: request.body.book, by: currentLoginSession(request).userId }))
      }
    })
    const { paths } = app.swagger() as { paths: any }
    for (const [path, property] of [['/order', 'book'], [`${API}/others/revoke`, 'password']] as const) {
      t.equal(paths[path].post.requestBody.content['application/json'].schema.properties[property].type, 'string')
    }
    const chrome = browser(app)
    await chrome.signIn('ada')
    t.equal((await chrome.post('/order', { book: 5 })).statusCode, 400)
    t.strictSame((await chrome.post('/order', { book: 'Emma' })).json(), { book: 'Emma', by: 'ada' })
    await journey(t, app)
  }
})

t.test('preSerialization hooks: work in any order; they and reply serializers are not called for our API', async t => {
  for (const order of ORDERS) {
    const app = await shopBeside(t, order, app => {
      app.addHook('preSerialization', async (_request, _reply, payload) => ({ data: payload }))
      app.setReplySerializer(payload => JSON.stringify({ ...payload as object, by: 'the shop' }))
    }, { routes: app => app.get('/price', async () => ({ price: 5 })) })
    const chrome = browser(app)
    await chrome.post('/login', { user: 'ada' })
    t.strictSame((await chrome.get('/price')).json(), { data: { price: 5 }, by: 'the shop' })
    const list = await chrome.get(API)
    t.equal(list.headers['content-type'], 'application/json; charset=utf-8')
    t.strictSame(Object.keys(list.json()), ['sessions', 'confirmation'])
    t.notMatch(list.body, 'userId', 'nothing that its schema does not list')
    t.equal((await chrome.post(`${API}/others/revoke`, { password: 'wrong' })).json().code, 'FST_LOGIN_SESSION_PASSWORD_WRONG')
    t.match((await chrome.get(`${API}/no/such/route`)).json(), { statusCode: 404, code: 'FST_ERR_NOT_FOUND' })
    t.strictSame((await chrome.post(`${API}/others/revoke`, { password: PASSWORD })).json(), { revoked: 0 })
    t.equal((await chrome.get(PAGE)).statusCode, 200)
  }
})
