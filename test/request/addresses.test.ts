import Fastify from 'fastify'
import t from 'tap'
import loginSessions, { memoryStore } from '../../plugin/index.js'
import { createShop, SECRET, type ShopOptions } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { createClock, MINUTE } from '../support/clock.js'
import { turns } from '../support/gate.js'
import { onBothStores, watched } from '../support/stores.js'

const forwarded = (address: string) => ({ headers: { 'x-forwarded-for': address } })

await onBothStores(t, async (t, makeStore) => {
  for (const [ip, atSignIn, atTouch] of [
    ['whole', '203.0.113.9', '2001:db8:1:2::9'],
    ['shortened', '203.0.113.0', '2001:db8:1::'],
    ['none', null, null]
  ] as const) {
    t.test(`ip: '${ip}' holds for what is stored and handed out, at sign-in and later`, async t => {
      const clock = createClock()
      const store = watched(makeStore())
      const app = await createShop(t, { store, now: clock.now, ip })
      const laptop = browser(app)
      const session = (await laptop.post('/login', { user: 'ada' }, forwarded('203.0.113.9'))).json()
      t.equal(session.ip, atSignIn)
      t.equal((await store.find('ada', session.id, clock.now()))?.ip, atSignIn)
      t.equal((await laptop.get('/account')).json().ip, atSignIn)

      clock.advance(MINUTE)
      await laptop.get('/', forwarded('2001:DB8:1:2::9'))
      await store.touched()
      t.equal((await store.find('ada', session.id, clock.now()))?.ip, atTouch)
      t.equal((await app.loginSessions.list('ada'))[0]?.ip, atTouch)
    })
  }

  t.test('sessions from before the option lose their address with their next touch', async t => {
    const clock = createClock()
    const store = watched(makeStore())
    const laptop = browser(await createShop(t, { store, now: clock.now }))
    await laptop.signIn('ada')
    const app = await createShop(t, { store, now: clock.now, ip: 'none' })
    const moved = browser(app)
    moved.forge(laptop.cookieValue()!)
    clock.advance(MINUTE)
    await moved.user()
    await store.touched()
    t.equal((await app.loginSessions.list('ada'))[0]?.ip, null)
  })
})

const signInFrom = async (options: ShopOptions, ip = '198.51.100.7'): Promise<unknown> => {
  const app = await createShop(t, options)
  return (await browser(app, { ip }).signIn('ada')).ip
}

t.test('clientIp tells the address instead of Fastify', async t => {
  const clock = createClock()
  const store = watched(memoryStore())
  const app = await createShop(t, { store, now: clock.now, clientIp: request => request.headers['x-real-ip']?.toString() })
  const laptop = browser(app)
  const reply = await laptop.post('/login', { user: 'ada' }, { headers: { 'x-real-ip': '2001:DB8::1', 'x-forwarded-for': '203.0.113.9' } })
  t.equal(reply.json().ip, '2001:db8::1')
  clock.advance(MINUTE)
  await laptop.get('/', { headers: { 'x-real-ip': '203.0.113.77' } })
  await store.touched()
  t.equal((await app.loginSessions.list('ada'))[0]?.ip, '203.0.113.77')
})

t.test('what clientIp tells is shortened too', async t => {
  t.equal(await signInFrom({ clientIp: () => '203.0.113.77', ip: 'shortened' }), '203.0.113.0')
})

t.test('what clientIp tells is checked like any text: the connection\'s address takes the place of what is none', async t => {
  for (const nonsense of [undefined, null, '', 'unknown', '<script>', '010.8.8.8', 7, ['203.0.113.9'], {}, Promise.resolve('203.0.113.9')]) {
    t.equal(await signInFrom({ clientIp: () => nonsense as string }), '198.51.100.7', String(nonsense))
  }
})

t.test('clientIp that throws costs a warning, not the request', async t => {
  const logs: string[] = []
  const clock = createClock()
  const store = watched(memoryStore())
  const app = await createShop(t, { logs, store, now: clock.now, clientIp () { throw new Error('no such header') } })
  const warnings = () => logs.filter(line => /clientIp failed/.test(line))
  const laptop = browser(app, { ip: '198.51.100.7' })
  t.equal((await laptop.signIn('ada')).ip, '198.51.100.7')
  t.equal(warnings().length, 1)
  t.match(JSON.parse(warnings()[0]!), { level: 40, err: { message: 'no such header' } })
  clock.advance(MINUTE)
  t.equal(await laptop.user(), 'ada')
  await store.touched()
  t.equal(warnings().length, 2)
  await laptop.user()
  t.equal(warnings().length, 2, 'it is asked only when a touch is due')
})

t.test('clientIp that gives a promise is not waited for: one warning says so, and its failure harms nothing', async t => {
  const unhandled: unknown[] = []
  const listener = (error: unknown) => { unhandled.push(error) }
  process.on('unhandledRejection', listener)
  t.teardown(() => process.off('unhandledRejection', listener))
  const logs: string[] = []
  const app = await createShop(t, { logs, clientIp: (async () => { throw new Error('late') }) as never })
  for (let i = 0; i < 3; i++) t.equal((await browser(app, { ip: '198.51.100.7' }).signIn('ada')).ip, '198.51.100.7')
  await turns()
  t.strictSame(unhandled, [])
  const warnings = logs.filter(line => /clientIp/.test(line)).map(line => JSON.parse(line))
  t.match(warnings, [{ level: 40, msg: /clientIp returned a promise.* must answer synchronously/ }])
  t.equal(warnings.length, 1)
})

t.test('where no address is kept, nobody is asked for one', async t => {
  t.equal(await signInFrom({ ip: 'none', clientIp: () => t.fail('asked') as never }), null)
})

t.test('an instance that trusts everybody is told once, at boot', async t => {
  const warned = async (server: object, options: object = {}, nested = false) => {
    const lines: string[] = []
    const app = Fastify({ ...server, logger: { level: 'warn', stream: { write: (line: string) => { lines.push(line) } } } })
    t.teardown(() => app.close())
    const register = async (app: any) => { await app.register(loginSessions, { secret: SECRET, store: memoryStore(), ...options }) }
    if (nested) await app.register(register)
    else await register(app)
    await app.ready()
    await app.inject('/')
    return lines.map(line => JSON.parse(line).msg)
  }
  const [line, ...more] = await warned({ trustProxy: true })
  t.match(line, /trustProxy: true anybody can choose the address that is recorded: write trustProxy: '10\.0\.0\.0\/8'/)
  t.strictSame(more, [])
  t.equal((await warned({ trustProxy: true }, {}, true)).length, 1, 'also in a child')
  for (const server of [{}, { trustProxy: false }, { trustProxy: '10.0.0.0/8' }, { trustProxy: () => true }]) t.strictSame(await warned(server), [], JSON.stringify(server))
  t.strictSame(await warned({ trustProxy: true }, { ip: 'none' }), [], 'nothing is recorded')
  t.strictSame(await warned({ trustProxy: true }, { clientIp: () => undefined }), [], 'the host sees to it')
})
