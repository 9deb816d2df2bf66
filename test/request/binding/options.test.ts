/**
 * The option `deviceBound`: what it may be, and where its routes are.
 */
import Fastify from 'fastify'
import { exportJWK, generateKeyPair } from 'jose'
import t from 'tap'
import loginSessions, { type LoginSessionsOptions, memoryStore, requireDeviceBinding } from '../../../plugin/index.js'
import { resolveOptions } from '../../../plugin/options.js'
import { createShop, SECRET } from '../../support/app.js'
import { browser, setCookies } from '../../support/browser-jar.js'
import { DAY, MINUTE } from '../../support/clock.js'
import { offerIn, proofOf, softwareDevice } from '../../support/software-device.js'

const RIGHT = { secret: SECRET, store: memoryStore() }

t.test('true is enough, and every part can be chosen', async t => {
  const deviceBound = { refreshEvery: 10 * MINUTE, prefix: '/device-bound-session', publicPrefix: '' }
  t.strictSame(resolveOptions({ ...RIGHT, deviceBound: true }).deviceBound, deviceBound)
  t.strictSame(resolveOptions({ ...RIGHT, deviceBound: {} }).deviceBound, deviceBound)
  t.equal(resolveOptions({ ...RIGHT, deviceBound: false }).deviceBound, null)
  const chosen = { refreshEvery: 5 * MINUTE, prefix: '/bound', publicPrefix: '/shop' }
  t.strictSame(resolveOptions({ ...RIGHT, deviceBound: chosen }).deviceBound, chosen)
})

const { setBinding: _, ...withoutBinding } = memoryStore()

const WRONG: Array<[what: string, options: object, sentence: RegExp]> = [
  ['a word', { deviceBound: 'yes' }, /deviceBound must be true, false or an object, not 'yes': write deviceBound: true, or leave deviceBound out/],
  ['an array', { deviceBound: [] }, /deviceBound must be true, false or an object, not \[\]/],
  ['a part with another name', { deviceBound: { refreshEach: 1 } }, /unknown option deviceBound\.refreshEach \(did you mean refreshEvery\?\)/],
  ['a time under five minutes', { deviceBound: { refreshEvery: 5 * MINUTE - 1 } }, /deviceBound\.refreshEvery must be at least 300000 milliseconds \(5 minutes\), not 299999, because browsers limit how often they sign: write deviceBound: { refreshEvery: 10 \* 60_000 }, or leave refreshEvery out/],
  ['a time over a day', { deviceBound: { refreshEvery: DAY + 1 } }, /deviceBound\.refreshEvery must be at most 86400000 milliseconds, not 86400001/],
  ['a time that is a text', { deviceBound: { refreshEvery: '10m' } }, /deviceBound\.refreshEvery must be a positive number of milliseconds, not '10m'/],
  ['a pattern as prefix', { deviceBound: { prefix: '/:x' } }, /deviceBound\.prefix must be a fixed path/],
  ['a public prefix with a slash at its end', { deviceBound: { publicPrefix: '/shop/' } }, /deviceBound\.publicPrefix must be a fixed path/],
  ['no https', { deviceBound: true, cookie: { name: 'sid', secure: false } }, /deviceBound needs https, .*leave cookie\.secure out, or leave deviceBound out/],
  ['a cookie of several hosts', { deviceBound: true, cookie: { name: 'sid', domain: 'shop.example' } }, /deviceBound needs a cookie of one host, .*leave cookie\.domain out/],
  ['a store that cannot keep bindings', { deviceBound: true, store: withoutBinding }, /deviceBound needs a store with setBinding: use mongoStore or memoryStore, write setBinding in yours/]
]

for (const [what, options, sentence] of WRONG) {
  t.test(`${what} stops the boot`, async t => {
    const app = Fastify()
    t.teardown(() => app.close())
    await t.rejects(async () => await app.register(loginSessions, { ...RIGHT, ...options } as LoginSessionsOptions), { code: 'FST_LOGIN_SESSION_OPTION', message: sentence })
  })
}

t.test('a store that cannot keep bindings is enough without the option', async t => {
  t.equal(resolveOptions({ ...RIGHT, store: withoutBinding }).deviceBound, null)
})

t.test('the offer names the public path, also behind a proxy that takes a part away, and the browser finds both routes', async t => {
  const paths: Array<[deviceBound: object, path: string]> = [
    [{}, '/device-bound-session/register'],
    [{ prefix: '/bound' }, '/bound/register'],
    [{ prefix: '/' }, '/register'],
    [{ publicPrefix: '/shop' }, '/shop/device-bound-session/register'],
    [{ prefix: '/\u65e5"x' }, '/%E6%97%A5%22x/register']
  ]
  for (const [deviceBound, path] of paths) {
    const app = await createShop(t, { deviceBound })
    const client = browser(app)
    t.equal(offerIn(await client.post('/login', { user: 'ada' }))?.path, path)
    t.equal((await client.post(path.replace(/^\/shop/, ''))).statusCode, 400)
    t.equal((await client.post(path.replace(/^\/shop/, '').replace('register', 'refresh'))).statusCode, 400)
  }
})

t.test('the instructions name the attributes that the bound cookie has', async t => {
  const app = await createShop(t, { deviceBound: true, cookie: { sameSite: 'strict' } })
  const client = browser(app)
  const { path, challenge } = offerIn(await client.post('/login', { user: 'ada' }))!
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const proof = await proofOf(challenge, privateKey, 'ES256', await exportJWK(publicKey))
  const reply = await client.post(path, {}, { headers: { 'secure-session-response': proof } })
  t.equal(reply.json().credentials[0].attributes, 'Path=/; Secure; HttpOnly; SameSite=Strict')
  t.match(setCookies(reply), [/Path=\/; HttpOnly; Secure; SameSite=Strict$/])
})

t.test('a hook of the host\'s that answers first is left alone', async t => {
  const app = await createShop(t, { deviceBound: true, before: app => app.addHook('onRequest', async (_request, reply) => reply.send('closed today')) })
  t.equal((await browser(app).get('/')).body, 'closed today')
})

t.test('a guard of the host\'s for all routes does not shut the browser out', async t => {
  const app = await createShop(t, {
    deviceBound: true,
    between: app => app.addHook('onRequest', async ({ url }) => { if (!/^\/login$/.test(url)) throw Object.assign(new Error('no'), { statusCode: 401 }) })
  })
  const device = softwareDevice()
  await browser(app, { device }).signIn('ada')
  t.equal(device.bound().length, 1)
})

t.test('requireDeviceBinding says what is wrong', async t => {
  t.throws(() => requireDeviceBinding('refuse' as never), { name: 'TypeError', message: /takes its options as an object, not 'refuse': write requireDeviceBinding\({ unbound: 'refuse' }\)/ })
  t.throws(() => requireDeviceBinding({ unbound: 'maybe' as 'pass' }), { name: 'TypeError', message: /requireDeviceBinding: unbound must be 'pass' or 'refuse': write unbound: 'refuse'/ })
  const app = await createShop(t, {
    routes: app => {
      app.get('/without', { onRequest: requireDeviceBinding() }, async () => 'let in')
      app.get('/uncalled', { onRequest: requireDeviceBinding as never }, async () => 'let in')
    }
  })
  const client = browser(app)
  t.equal((await client.get('/without')).statusCode, 401)
  await client.signIn('ada')
  const reply = await client.get('/without')
  t.equal(reply.statusCode, 500)
  t.match(reply.json().message, /requireDeviceBinding needs bound sessions: write deviceBound: true for loginSessions/)
  const uncalled = await client.get('/uncalled')
  t.equal(uncalled.statusCode, 500)
  t.match(uncalled.json().message, /write requireDeviceBinding\(\), with its parentheses/)
})
