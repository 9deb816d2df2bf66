import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { listSchema } from '../../plugin/api/schemas.js'
import { DEVICE_KINDS } from '../../plugin/client/system.js'
import { type LoginSession, loginSessionApi, memoryStore } from '../../plugin/index.js'
import type { DeviceBinding } from '../../plugin/sessions/binding.js'
import { createShop, PASSWORD } from '../support/app.js'
import { browser, setCookies } from '../support/browser-jar.js'
import { API, createShopWithPages, endMeanwhile } from '../support/page.js'
import { aRecord, BINDING } from '../support/records.js'

t.test('a script lists the sessions of its user, and sees nothing but the public view', async t => {
  const app = await createShopWithPages(t)
  const [one, two, bobs] = [browser(app), browser(app), browser(app)]
  const { id } = await one.signIn('ada', { remember: true })
  await two.signIn('ada')
  await bobs.signIn('bob')

  const reply = await one.get(API)

  t.equal(reply.statusCode, 200)
  const { sessions } = reply.json()
  t.equal(sessions.length, 2)
  t.same(sessions.filter((session: any) => session.current).map((session: any) => session.id), [id])
  t.same(Object.keys(sessions[0]).sort(), ['adopted', 'confirmedAt', 'createdAt', 'current', 'device', 'deviceBound', 'endsAt', 'expiresAt', 'formerIp', 'id', 'ip', 'lastActiveAt', 'newDevice', 'remember', 'userAgent'])
})

t.test('answers are private, refusals included: not kept, not guessed at, not loaded into other sites', async t => {
  const app = await createShopWithPages(t)
  const [one, stranger] = [browser(app), browser(app)]
  await one.signIn('ada')
  for (const reply of [await one.get(API), await one.post(`${API}/others/revoke`, {}), await stranger.get(API)]) {
    t.equal(reply.headers['cache-control'], 'no-store')
    t.equal(reply.headers['x-content-type-options'], 'nosniff')
    t.equal(reply.headers['cross-origin-resource-policy'], 'same-origin')
  }
})

t.test('a script ends one session with the password, and gets a new token', async t => {
  const app = await createShopWithPages(t)
  const [one, two] = [browser(app), browser(app)]
  await one.signIn('ada')
  const { id } = await two.signIn('ada')

  const reply = await one.post(`${API}/${id}/revoke`, { password: PASSWORD })

  t.same([reply.statusCode, reply.json()], [200, { revoked: 1 }])
  t.equal(reply.headers['cache-control'], 'no-store')
  t.equal(setCookies(reply).length, 1)
  t.equal(await two.user(), null)
  t.equal((await one.get(API)).statusCode, 200)
})

t.test('a script ends all others and learns how many', async t => {
  const app = await createShopWithPages(t)
  const [one, two, three] = [browser(app), browser(app), browser(app)]
  for (const each of [one, two, three]) await each.signIn('ada')

  t.same((await one.post(`${API}/others/revoke`, { password: PASSWORD })).json(), { revoked: 2 })
  t.same((await one.post(`${API}/others/revoke`, { password: PASSWORD })).json(), { revoked: 0 }, 'twice is harmless')
  t.same([await one.user(), await two.user(), await three.user()], ['ada', null, null])
})

t.test('a script ends its own session without a password', async t => {
  const app = await createShopWithPages(t)
  const one = browser(app)
  const { id } = await one.signIn('ada')

  t.same((await one.post(`${API}/${id}/revoke`)).json(), { revoked: 1 })
  t.equal((await one.get(API)).statusCode, 401)
})

t.test('every refusal has its status and code, and changes nothing', async t => {
  const app = await createShopWithPages(t)
  const [one, two, bobs, guest, guests] = [browser(app), browser(app), browser(app), browser(app), browser(app)]
  await one.signIn('ada')
  const { id } = await two.signIn('ada')
  const foreign = await bobs.signIn('bob')
  await guest.signIn('guest')
  const { id: guestsId } = await guests.signIn('guest')
  const password = PASSWORD

  const refused = async (reply: Promise<any>, status: number, code: string) => {
    const { statusCode, headers, json } = await reply
    t.same([statusCode, json().code, json().statusCode], [status, code, status])
    t.equal(headers['cache-control'], 'no-store')
  }
  await refused(browser(app).get(API), 401, 'FST_LOGIN_SESSION_REQUIRED')
  await refused(browser(app).post(`${API}/${id}/revoke`, { password }), 401, 'FST_LOGIN_SESSION_REQUIRED')
  await refused(one.post(`${API}/${id}/revoke`, { password }, { headers: { 'sec-fetch-site': 'cross-site' } }), 403, 'FST_LOGIN_SESSION_CROSS_ORIGIN')
  await refused(one.post(`${API}/${foreign.id}/revoke`, { password }), 404, 'FST_LOGIN_SESSION_NOT_FOUND')
  await refused(one.post(`${API}/AAAAAAAAAAAAAAAAAAAAAA/revoke`, { password }), 404, 'FST_LOGIN_SESSION_NOT_FOUND')
  await refused(guest.post(`${API}/${guestsId}/revoke`, { password }), 409, 'FST_LOGIN_SESSION_NO_PASSWORD')
  await refused(one.post(`${API}/${id}/revoke`), 422, 'FST_LOGIN_SESSION_PASSWORD_REQUIRED')
  await refused(one.post(`${API}/${id}/revoke`, { password: 'wrong' }), 422, 'FST_LOGIN_SESSION_PASSWORD_WRONG')
  for (let i = 0; i < 4; i++) await one.post(`${API}/others/revoke`, { password: 'wrong' })
  await refused(one.post(`${API}/${id}/revoke`, { password }), 429, 'FST_LOGIN_SESSION_LOCKED')
  t.same([await two.user(), await bobs.user(), await guests.user()], ['ada', 'bob', 'guest'])
})

t.test('a password that is no string is refused, never turned into one', async t => {
  const app = await createShopWithPages(t, { verifyPassword: () => () => true })
  const [one, two] = [browser(app), browser(app)]
  await one.signIn('ada')
  const { id } = await two.signIn('ada')

  for (const password of [{ $ne: null }, ['x'], 123, true, null]) {
    const reply = await one.post(`${API}/${id}/revoke`, { password })
    t.equal(reply.statusCode, 400)
  }
  t.equal(await two.user(), 'ada')
})

t.test('what a foreign form can send does not reach the API', async t => {
  const app = await createShopWithPages(t)
  const [one, two] = [browser(app), browser(app)]
  await one.signIn('ada')
  const { id } = await two.signIn('ada')

  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    const reply = await one.post(`${API}/${id}/revoke`, undefined, { payload: `password=${PASSWORD}`, headers: { 'content-type': type } })
    t.equal(reply.statusCode, 415)
  }
  t.equal(await two.user(), 'ada')
})

t.test('errors are JSON for scripts, whatever pages and parsers the host has; what nobody foresaw stays in the log', async t => {
  const { default: formbody } = await import('@fastify/formbody')
  const app = await createShopWithPages(t, {
    async before (app) {
      await app.register(formbody)
      app.setErrorHandler((_error, _request, reply) => reply.type('text/html').send('<h1>Oops</h1>'))
    },
    verifyPassword: undefined as never
  })
  const one = browser(app)
  await one.signIn('ada')

  const form = await one.post(`${API}/others/revoke`, undefined, { payload: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  t.same([form.statusCode, form.json().error], [415, 'Unsupported Media Type'])
  app.loginSessions.list = async () => { throw new Error('for programmers') }
  const failed = await one.get(API)
  t.same([failed.statusCode, failed.json().message], [500, 'Something went wrong'])
})

t.test('a session that ends in the same moment answers like an unknown one', async t => {
  const app = await createShopWithPages(t)
  const [one, two] = [browser(app), browser(app)]
  await one.signIn('ada')
  const session = await two.signIn('ada')
  endMeanwhile(app, session)

  t.equal((await one.post(`${API}/${session.id}/revoke`, { password: PASSWORD })).statusCode, 404)
})

t.test('GET, HEAD and OPTIONS change nothing', async t => {
  const app = await createShopWithPages(t)
  const [one, two] = [browser(app), browser(app)]
  await one.signIn('ada')
  const { id } = await two.signIn('ada')

  for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'] as const) {
    await one.get(`${API}/${id}/revoke`, { method })
    await one.get(`${API}/others/revoke`, { method })
  }
  t.equal(await two.user(), 'ada')
})

t.test('unknown paths and wrong methods are answered in the API\'s shape, whatever the host answers elsewhere', async t => {
  const app = await createShopWithPages(t, {
    before: app => app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/html').send('<h1>Lost</h1>'))
  })
  const one = browser(app)
  const { id } = await one.signIn('ada')
  for (const [method, path] of [['GET', '/nowhere'], ['GET', `/${id}/revoke`], ['DELETE', `/${id}`], ['PUT', ''], ['POST', '']] as const) {
    const reply = await one.get(`${API}${path}`, { method })
    t.strictSame([reply.statusCode, reply.json()], [404, { statusCode: 404, code: 'FST_ERR_NOT_FOUND', error: 'Not Found', message: 'Not Found' }], `${method} ${path}`)
    t.equal(reply.headers['cache-control'], 'no-store')
  }
  t.equal((await one.get('/nowhere')).body, '<h1>Lost</h1>')
  t.equal((await browser(app).get(`${API}/nowhere`)).json().code, 'FST_LOGIN_SESSION_REQUIRED', 'strangers do not learn what there is')
})

t.test('an API with the prefix "/" leaves the host\'s other paths to the host', async t => {
  const app = await createShop(t, {
    before: app => app.setNotFoundHandler((_request, reply) => reply.code(404).send('lost')),
    routes: app => app.register(async branch => {
      branch.setNotFoundHandler((_request, reply) => reply.code(404).send('lost in the branch'))
      await branch.register(loginSessionApi, { prefix: '/' })
    }, { prefix: '/branch' })
  })
  const one = browser(app)
  await one.signIn('ada')
  t.equal((await one.get('/nowhere')).body, 'lost')
  t.equal((await one.get('/branch/no/where')).body, 'lost in the branch')
  t.equal((await one.get('/branch/')).json().sessions.length, 1)
})

t.test('an API without a prefix would take the whole server, or its branch: the boot stops and says what to write', async t => {
  const missing = { code: 'FST_LOGIN_SESSION_OPTION', message: /api: prefix is missing: write prefix: '\/api\/account\/sessions', or '\/' for the root of the context/ }
  await t.rejects(createShop(t, { routes: app => app.register(loginSessionApi, {} as never) }), missing)
  const inBranch = (app: FastifyInstance) => app.register(async branch => { await branch.register(loginSessionApi, {} as never) }, { prefix: '/branch' })
  await t.rejects(createShop(t, { routes: inBranch }), missing)
})

t.test('the branch\'s own prefix may be a pattern', async t => {
  const app = await createShop(t, {
    routes: app => app.register(async branch => { await branch.register(loginSessionApi, { prefix: '/sessions' }) }, { prefix: '/:tenant' })
  })
  const one = browser(app)
  await one.signIn('ada')
  t.equal((await one.get('/acme/sessions')).json().sessions.length, 1)
})

t.test('a slash at the end of the branch\'s prefix does no harm', async t => {
  const app = await createShop(t, {
    routes: app => app.register(async branch => { await branch.register(loginSessionApi, { prefix: '/sessions' }) }, { prefix: '/branch/' })
  })
  t.equal((await browser(app).get('/branch/sessions')).statusCode, 401)
})

for (const [what, serializer] of [
  ['fails on schemas of JSON', () => { throw new Error('a schema of zod is needed') }],
  ['sends all that there is', () => (payload: unknown) => JSON.stringify(payload)]
] as const) {
  t.test(`a host whose own validator fails on schemas of JSON, and whose serializer ${what}, changes nothing of the API`, async t => {
    const app = await createShopWithPages(t, {
      before (app) {
        app.setValidatorCompiler(() => { throw new Error('a schema of zod is needed') })
        app.setSerializerCompiler(serializer)
      }
    })
    const [one, two] = [browser(app), browser(app)]
    await one.signIn('ada')
    const { id } = await two.signIn('ada')
    const { list } = app.loginSessions
    app.loginSessions.list = async userId => (await list(userId)).map(session => ({ ...session, tokenHash: 'secret' }))

    const { sessions } = (await one.get(API)).json()
    t.same(Object.keys(sessions[0]).sort(), ['adopted', 'confirmedAt', 'createdAt', 'current', 'device', 'deviceBound', 'endsAt', 'expiresAt', 'formerIp', 'id', 'ip', 'lastActiveAt', 'newDevice', 'remember', 'userAgent'])
    t.equal((await browser(app).get(API)).statusCode, 401)
    t.match((await one.post(`${API}/${id}/revoke`, ['x'])).json(), { statusCode: 400, code: 'FST_ERR_VALIDATION', message: 'body must be object,null' })
    t.match((await one.post(`${API}/${id}/revoke`, { password: 5 })).json(), { statusCode: 400, code: 'FST_ERR_VALIDATION' })
    t.match((await one.post(`${API}/${id}/revoke`, { password: 'wrong' })).json(), { statusCode: 422, code: 'FST_LOGIN_SESSION_PASSWORD_WRONG' })
    t.same((await one.post(`${API}/${id}/revoke`, { password: PASSWORD })).json(), { revoked: 1 })
    t.equal(await two.user(), null)
  })
}

t.test('the device is listed with all its words', async t => {
  const app = await createShopWithPages(t)
  const one = browser(app)
  await one.signIn('ada')
  t.strictSame((await one.get(API)).json().sessions[0].device, {
    browser: 'Chrome', browserVersion: '149', os: 'Windows', osVersion: null, kind: 'desktop', model: null
  })
})

t.test('a script sees which sessions are bound to their device, and nothing of the key', async t => {
  const store = memoryStore()
  const app = await createShopWithPages(t, { store })
  const one = browser(app)
  await one.signIn('ada')
  for (const binding of [BINDING, { ...BINDING, requiredFrom: undefined }]) await store.insert(aRecord({ binding: binding as DeviceBinding }))

  const reply = await one.get(API)

  t.strictSame(reply.json().sessions.map(({ deviceBound }: LoginSession) => deviceBound).sort(), [false, false, true])
  t.notMatch(reply.body, 'x'.repeat(43))
})

t.test('the schema names every kind of device that there is', async t => {
  const { items } = (listSchema.response as any)[200].properties.sessions
  t.strictSame(items.properties.device.properties.kind.enum, DEVICE_KINDS)
  const app = await createShopWithPages(t)
  const script = browser(app, { userAgent: 'curl/8.5.0' })
  await script.signIn('ada')
  t.equal((await script.get(API)).json().sessions[0].device.kind, 'program')
})

t.test('an empty body is no body, whatever its content type says', async t => {
  const app = await createShop(t, { verifyPassword: undefined, routes: app => app.register(loginSessionApi, { prefix: API }) })
  const chrome = browser(app)
  const { id } = await chrome.signIn('ada')
  await browser(app).signIn('ada')
  const sendEmpty = (path: string, payload: string) => chrome.post(`${API}/${path}`, payload as never, { headers: { 'content-type': 'application/json' } })

  t.same((await sendEmpty('others/revoke', '')).json(), { revoked: 1 })
  t.equal((await sendEmpty('others/revoke', ' ')).statusCode, 400)
  t.same((await sendEmpty(`${id}/revoke`, '')).json(), { revoked: 1 })
})
