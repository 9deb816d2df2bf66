/**
 * Beside what describes and checks a host's routes. The titles are the rows of README's table "Beside other software".
 */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { jsonSchemaTransform, serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import t from 'tap'
import { z } from 'zod'
import { currentLoginSession, requireLoginSession } from '../../plugin/index.js'
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

t.test('@fastify/swagger-ui: works in any order after @fastify/swagger; `onRequest: requireLoginSession` hides it from visitors', async t => {
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

t.test('fastify-type-provider-zod: works in any order; its compilers and its transform leave our schemas alone', async t => {
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
