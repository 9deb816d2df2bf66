/**
 * The operators' page refuses to start with what cannot work, and says what to write.
 */
import Fastify from 'fastify'
import t from 'tap'
import loginSessions, { loginSessionAdmin, type LoginSessionAdminOptions, memoryStore } from '../../../plugin/index.js'
import { PASSWORD, SECRET } from '../../support/app.js'
import { after, DAY, NOW } from '../../support/clock.js'
import { createOperatorShop, OPERATORS, seemingly } from '../../support/operators.js'
import { answer, textOf } from '../../support/page.js'
import { aRecord } from '../../support/records.js'

const authorize = (): 'end' => 'end'

t.test('wrong options stop the boot', async t => {
  const cases: Array<[options: object, message: RegExp]> = [
    [{}, /admin: authorize is missing: write authorize: async request => /],
    [{ authorize: 'end' }, /admin: authorize must be a function/],
    [{ authorize, refusal: '404' }, /admin: refusal must be 'not-found' or 'forbidden'/],
    [{ authorize, findUsers: 'x' }, /admin: findUsers must be a function/],
    [{ authorize, describeUsers: {} }, /admin: describeUsers must be a function/],
    [{ authorize, onAction: true }, /admin: onAction must be a function/],
    [{ authorize, homePath: 'admin' }, /admin: homePath must be a path of this site/],
    [{ authorize, prefix: 'operators' }, /admin: prefix must be a fixed path .*: write prefix: '\/operators'/],
    [{ authorize, findUser () {} }, /admin: unknown option findUser \(did you mean findUsers\?\)|unknown option admin: findUser/]
  ]
  for (const [options, message] of cases) {
    const app = Fastify()
    await app.register(loginSessions, { secret: SECRET, store: memoryStore() })
    const registered = app.register(loginSessionAdmin, { prefix: OPERATORS, ...options } as LoginSessionAdminOptions)
    await t.rejects(Promise.resolve(registered), { code: 'FST_LOGIN_SESSION_OPTION', message })
    await app.close()
  }
})

t.test('it needs the core plugin, and a store that can find the sessions of all users', async t => {
  const alone = Fastify()
  await t.rejects(Promise.resolve(alone.register(loginSessionAdmin, { prefix: OPERATORS, authorize })), { message: /admin: register loginSessions first/ })
  const { newest, ...store } = memoryStore()
  const app = Fastify()
  await app.register(loginSessions, { secret: SECRET, store })
  await t.rejects(Promise.resolve(app.register(loginSessionAdmin, { prefix: OPERATORS, authorize })), { message: /admin: this store cannot find the sessions of all users: use mongoStore/ })
})

t.test('it can be the root of its context', async t => {
  const { root } = await createOperatorShop(t, {
    admin: { prefix: '/operators' },
    async routes (app) {
      await app.register(async context => { await context.register(loginSessionAdmin, { prefix: '/', authorize }) }, { prefix: '/staff' })
    }
  })
  t.match((await root.get('/staff')).body, 'action="/staff"')
  t.match(textOf(await root.get('/staff/user?user=root')), 'Sessions of root')
})

t.test('without any hook it works too; what is estimated and what is unknown is said', async t => {
  const { root, store } = await createOperatorShop(t, { store: seemingly(400_000), admin: { onAction: undefined } })
  const device = { ...aRecord().device, os: null }
  for (let i = 0; i < 9; i++) await store.insert(aRecord({ userId: `user-${i}`, device, expiresAt: after(NOW, DAY) }))
  t.match(textOf(await root.get(`${OPERATORS}/everyone/revoke`)), /Live sessions about 400,000 Users signed in about [\d,]+/)
  t.match(textOf(await root.get(OPERATORS)), /Operating system Sessions [^]*Unknown [\d,]{6,7}/)
  t.equal((await answer(root, `${OPERATORS}/search/revoke?kind=desktop`, PASSWORD)).statusCode, 303)
  t.match(textOf(await root.get(OPERATORS)), 'Signed out 9 sessions.')
})
