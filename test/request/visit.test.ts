/**
 * The address and the device of a request: what is stored of them, and when the browser is asked for more.
 */
import { keyOf } from '../../plugin/sessions/key.js'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { DEVICE_KINDS } from '../../plugin/client/system.js'
import loginSessions, { memoryStore, mongoStore } from '../../plugin/index.js'
import { createShop, SECRET, type ShopOptions } from '../support/app.js'
import { browser, type JarBrowser, type Reply } from '../support/browser-jar.js'
import { createClock, MINUTE, SECOND } from '../support/clock.js'
import { commandsOn } from '../support/commands.js'
import { parallel, turns } from '../support/gate.js'
import { database } from '../support/mongo.js'
import { CHROME } from '../support/records.js'
import { onBothStores, watched } from '../support/stores.js'

// --- addresses ---

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
      t.equal((await store.find([keyOf('ada', session.id)]))[0]?.ip, atSignIn)
      t.equal((await laptop.get('/account')).json().ip, atSignIn)

      clock.advance(MINUTE)
      await laptop.get('/', forwarded('2001:DB8:1:2::9'))
      await store.touched()
      t.equal((await store.find([keyOf('ada', session.id)]))[0]?.ip, atTouch)
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
  t.equal(warnings().length, 2, 'once for each request, however often it is asked')
  clock.advance(SECOND)
  await laptop.user()
  t.equal(warnings().length, 3, 'it is asked at each request, because the address may have changed')
  await browser(app).user()
  t.equal(warnings().length, 3, 'and not where nobody is signed in')
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

t.test('a proxy that adds the port of the client is no obstacle, nor is the connection of such a proxy', async t => {
  const app = Fastify({ trustProxy: '10.0.0.0/8' })
  t.teardown(() => app.close())
  await app.register(loginSessions, { secret: SECRET, store: memoryStore() })
  app.post('/login', async request => await request.startLoginSession('ada'))
  const cases = [['203.0.113.9:51008', '203.0.113.9'], ['[2001:db8::7]:51008', '2001:db8::7'], ['[2001:db8::7]', '2001:db8::7'], ['192.0.2.1, 203.0.113.9:51008', '203.0.113.9']] as const
  for (const [told, kept] of cases) {
    const reply = await app.inject({ method: 'POST', url: '/login', remoteAddress: '10.0.0.5', headers: { 'x-forwarded-for': told } })
    t.equal(reply.json().ip, kept, told)
  }
})

t.test('an instance that trusts everybody is warned about once, at boot', async t => {
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

// --- client hints ---

/** What Chrome sends of itself unasked. */
const LOW = { 'sec-ch-ua': '"Google Chrome";v="149", "Chromium";v="149", "Not)A;Brand";v="24"', 'sec-ch-ua-mobile': '?0', 'sec-ch-ua-platform': '"Windows"' }
const NAVIGATION = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

/** What it sends once it was asked. */
const HIGH = {
  ...LOW,
  'sec-ch-ua-platform-version': '"15.0.0"',
  'sec-ch-ua-model': '""',
  'sec-ch-ua-full-version-list': '"Google Chrome";v="149.0.7827.55", "Chromium";v="149.0.7827.55", "Not)A;Brand";v="24.0.0.0"',
  'sec-ch-ua-form-factors': '"Desktop"'
}

const ASKED = 'Sec-CH-UA-Platform-Version, Sec-CH-UA-Model, Sec-CH-UA-Full-Version-List, Sec-CH-UA-Form-Factors'
const VAGUE = { browser: 'Chrome', browserVersion: '149', os: 'Windows', osVersion: null, kind: 'desktop', model: null }
const EXACT = { ...VAGUE, browserVersion: '149.0.7827.55', osVersion: '11' }

const askedOf = (reply: Reply): unknown => reply.headers['accept-ch']
const signInWith = (one: JarBrowser, headers: Record<string, string>) => one.post('/login', { user: 'ada' }, { headers })

await onBothStores(t, async (t, makeStore) => {
  async function setup (t: Test, options: ShopOptions = {}) {
    const clock = createClock()
    const store = watched(makeStore())
    const app = await createShop(t, { store, now: clock.now, ...options })
    const laptop = browser(app)
    return {
      laptop,
      /** A request when a touch is due, and the device that is listed after it. */
      async visit (headers: Record<string, string>, one: JarBrowser = laptop) {
        clock.advance(MINUTE)
        await one.get('/', { headers })
        await store.touched()
        return (await app.loginSessions.list('ada'))[0]?.device
      }
    }
  }

  t.test('a sign-in with client hints is described by them', async t => {
    const { laptop } = await setup(t)
    t.strictSame((await signInWith(laptop, HIGH)).json().device, EXACT)
  })

  t.test('a session that was begun without client hints is told better by the first touch that has them', async t => {
    const { laptop, visit } = await setup(t)
    t.strictSame((await signInWith(laptop, LOW)).json().device, VAGUE)
    t.strictSame(await visit(LOW), VAGUE)
    t.strictSame(await visit(HIGH), EXACT)
    t.strictSame((await laptop.get('/account')).json().device, EXACT)
    t.strictSame(await visit({}), EXACT, 'and stays so')
    t.strictSame(await visit({ ...HIGH, 'sec-ch-ua-platform-version': '"10.0.0"' }), EXACT, 'once')
  })

  t.test('a session that was begun with client hints is not told anew', async t => {
    const { laptop, visit } = await setup(t)
    await signInWith(laptop, HIGH)
    t.strictSame(await visit({ ...HIGH, 'sec-ch-ua-platform-version': '"10.0.0"' }), EXACT)
  })

  t.test('a cookie that is used elsewhere does not turn the row into one of the other device', async t => {
    const { laptop, visit } = await setup(t)
    await signInWith(laptop, LOW)
    const thief = laptop.twin()
    const others: Record<string, Record<string, string>> = {
      'another user agent': { ...HIGH, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36' },
      'an earlier version of the browser': { ...HIGH, 'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36' },
      'another brand under the same user agent': {
        ...HIGH,
        'sec-ch-ua': '"Brave";v="149", "Chromium";v="149"',
        'sec-ch-ua-full-version-list': '"Brave";v="149.1.2.3", "Chromium";v="149.0.7827.55"'
      }
    }
    for (const [what, headers] of Object.entries(others)) t.strictSame(await visit(headers, thief), VAGUE, what)
  })

  t.test('the row follows the updates of its browser, and client hints still add to it', async t => {
    const { laptop, visit } = await setup(t)
    await signInWith(laptop, HIGH)
    const chrome = (version: number) => ({ 'user-agent': CHROME.replace('149', String(version)) })
    const updated = { ...EXACT, browserVersion: '150' }
    t.strictSame(await visit(chrome(150)), updated, 'a later version, without hints')
    t.equal((await laptop.get('/account', { headers: chrome(150) })).json().userAgent, chrome(150)['user-agent'])
    const hints = JSON.parse(JSON.stringify(HIGH).replaceAll('149.0.7827.55', '150.0.7999.9').replaceAll('v=\\"149', 'v=\\"150'))
    t.strictSame(await visit({ ...hints, ...chrome(150) }), { ...EXACT, browserVersion: '150.0.7999.9' })
    t.strictSame(await visit({ ...HIGH, ...chrome(149) }), { ...EXACT, browserVersion: '150.0.7999.9' }, 'never downwards')
    t.equal((await laptop.get('/account')).json().userAgent, chrome(150)['user-agent'])
  })

  for (const [before, later, listed] of [['unknown', 'tv', 'tv'], ['desktop', 'tv', 'desktop'], ['desktop', 'unknown', 'desktop']] as const) {
    t.test(`a device of the kind ${before} that client hints call ${later} is listed as ${listed}`, async t => {
      const { laptop, visit } = await setup(t, {
        parseUserAgent: (_userAgent, headers) => ({ kind: headers['sec-ch-ua-model'] === undefined ? before : later })
      })
      t.equal((await signInWith(laptop, LOW)).json().device.kind, before)
      t.equal((await visit(HIGH))?.kind, listed)
    })
  }

  t.test('client hints that tell nothing new change nothing', async t => {
    const { laptop, visit } = await setup(t)
    await signInWith(laptop, LOW)
    t.strictSame(await visit({ ...LOW, 'sec-ch-ua-model': '""' }), VAGUE)
    t.strictSame(await visit(HIGH), EXACT, 'and do not stand in the way of better ones')
  })
})

t.test('asking for client hints', async t => {
  t.test('a page that a browser with client hints opens asks for them, on any route, signed in or not', async t => {
    const app = await createShop(t)
    const laptop = browser(app)
    for (const url of ['/', '/account', '/nowhere']) t.equal(askedOf(await laptop.get(url, { headers: { ...LOW, ...NAVIGATION } })), ASKED, url)
    await laptop.signIn('ada')
    t.equal(askedOf(await laptop.get('/', { headers: { ...LOW, ...NAVIGATION } })), ASKED)
    t.equal(askedOf(await laptop.get('/', { headers: { ...LOW, 'sec-fetch-mode': 'navigate' } })), ASKED)
    t.equal(askedOf(await laptop.get('/', { headers: { ...LOW, 'sec-fetch-dest': 'document' } })), ASKED)
  })

  t.test('nobody else is asked', async t => {
    const laptop = browser(await createShop(t))
    const others: Record<string, Record<string, string>> = {
      'a browser without client hints': NAVIGATION,
      'one that sends them already': { ...HIGH, ...NAVIGATION },
      'a fetch': { ...LOW, 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
      'an image': { ...LOW, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
      'a frame\'s image': { ...LOW, 'sec-fetch-dest': 'image' },
      'a script': {}
    }
    for (const [who, headers] of Object.entries(others)) t.equal(askedOf(await laptop.get('/', { headers })), undefined, who)
  })

  t.test('what the host asks for stays', async t => {
    const app = await createShop(t, {
      before: app => app.addHook('onRequest', async (_request, reply) => { reply.header('accept-ch', 'DPR') }),
      routes: app => app.get('/two', async (_request, reply) => reply.header('accept-ch', ['DPR', 'Save-Data']).send({}))
    })
    const laptop = browser(app)
    t.equal(askedOf(await laptop.get('/', { headers: { ...LOW, ...NAVIGATION } })), `DPR, ${ASKED}`)
    t.equal(askedOf(await laptop.get('/two', { headers: { ...LOW, ...NAVIGATION } })), `DPR, Save-Data, ${ASKED}`)
    t.equal(askedOf(await laptop.get('/')), 'DPR')
  })

  t.test('what the host asks for never goes out alone to a page: the browser would forget ours', async t => {
    const app = await createShop(t, { routes: app => app.get('/dpr', async (_request, reply) => reply.header('accept-ch', 'DPR').send({})) })
    const laptop = browser(app)
    t.equal(askedOf(await laptop.get('/dpr', { headers: { ...HIGH, ...NAVIGATION } })), `DPR, ${ASKED}`)
    t.equal(askedOf(await laptop.get('/', { headers: { ...HIGH, ...NAVIGATION } })), undefined)
    t.equal(askedOf(await laptop.get('/dpr', { headers: HIGH })), 'DPR')
  })

  t.test('an error on the way out asks no second time', async t => {
    const app = await createShop(t, {
      routes: app => app.get('/broken', { onSend: async (_request, reply) => { if (reply.statusCode === 200) throw new Error('on the way out') } }, async () => ({}))
    })
    const reply = await browser(app).get('/broken', { headers: { ...LOW, ...NAVIGATION } })
    t.strictSame([reply.statusCode, askedOf(reply)], [500, ASKED])
  })
})

t.test('telling a device better costs no write of its own', async t => {
  const { client, collection } = await database(t)
  const clock = createClock()
  const sessions = collection()
  const store = watched(mongoStore(sessions))
  const app = await createShop(t, { store, now: clock.now })
  const laptop = browser(app)
  await signInWith(laptop, LOW)
  const commands = commandsOn(sessions, client)
  clock.advance(MINUTE - SECOND)
  await laptop.get('/', { headers: HIGH })
  await store.touched()
  t.strictSame(commands.names(), ['find'], 'none before a touch is due')
  commands.forget()
  clock.advance(SECOND)
  await parallel(20, () => laptop.get('/', { headers: HIGH }))
  await store.touched()
  t.equal(commands.count('update'), 1)
  t.equal(commands.count(), commands.count('find') + 1)
  t.strictSame((await sessions.findOne()).device, EXACT)
})

t.test('parseUserAgent', async t => {
  const deviceWith = async (t: Test, parseUserAgent: any, headers: Record<string, string> = LOW, logs?: string[]) => {
    const app = await createShop(t, { parseUserAgent, ...(logs && { logs }) })
    return (await signInWith(browser(app), headers)).json().device
  }

  t.test('is told the user agent and the headers', async t => {
    const told: any[] = []
    await deviceWith(t, (...args: unknown[]) => { told.push(...args); return null }, { ...HIGH, 'user-agent': `ShopApp/${'7'.repeat(600)}` })
    t.equal(told[0], `ShopApp/${'7'.repeat(504)}`)
    t.equal(told[1]['sec-ch-ua-platform-version'], '"15.0.0"')
    t.equal(told.length, 2)
  })

  t.test('goes over what the plugin found out, and leaves the rest', async t => {
    t.strictSame(await deviceWith(t, () => ({ browser: 'Shop app', kind: 'phone' })), { ...VAGUE, browser: 'Shop app', browserVersion: null, kind: 'phone' })
    t.strictSame(await deviceWith(t, () => ({ browser: 'Chrome', os: 'Windows' })), VAGUE)
    t.strictSame(await deviceWith(t, () => ({ browserVersion: '7', os: 'ShopOS', osVersion: '2', model: 'Till 3' })),
      { browser: 'Chrome', browserVersion: '7', os: 'ShopOS', osVersion: '2', kind: 'desktop', model: 'Till 3' })
    t.strictSame(await deviceWith(t, () => null), VAGUE)
    t.strictSame(await deviceWith(t, () => ({})), VAGUE)
  })

  t.test('cannot put anything but words and known kinds on the page', async t => {
    const junk = ['', ' ', 'x'.repeat(61), 'a\nb', 'a\0', '\u202Eevil', 7, true, null, undefined, {}, ['Chrome']]
    for (const value of junk) {
      t.strictSame(await deviceWith(t, () => ({ browser: value, browserVersion: value, os: value, osVersion: value, kind: value, model: value })), VAGUE, JSON.stringify(value))
    }
    t.strictSame(await deviceWith(t, () => ({ kind: 'toaster', admin: true, __proto__: { os: 'inherited' } })), VAGUE)
    for (const nonsense of [undefined, 'Chrome', 7, Promise.resolve({ browser: 'late' })]) t.strictSame(await deviceWith(t, () => nonsense), VAGUE, String(nonsense))
    t.equal((await deviceWith(t, () => ({ browser: 'x'.repeat(60) }))).browser, 'x'.repeat(60))
  })

  t.test('may say any kind that we know', async t => {
    for (const kind of DEVICE_KINDS) t.equal((await deviceWith(t, () => ({ kind }))).kind, kind)
  })

  t.test('that names another browser or system does not get our version of ours', async t => {
    t.strictSame(await deviceWith(t, () => ({ os: 'MyOS' }), HIGH), { ...EXACT, os: 'MyOS', osVersion: null })
    t.strictSame(await deviceWith(t, () => ({ os: 'MyOS', osVersion: '3' }), HIGH), { ...EXACT, os: 'MyOS', osVersion: '3' })
    t.strictSame(await deviceWith(t, () => ({ browser: 'My app' }), HIGH), { ...EXACT, browser: 'My app', browserVersion: null })
    t.strictSame(await deviceWith(t, () => ({ browserVersion: '7' }), HIGH), { ...EXACT, browserVersion: '7' }, 'a version alone is one of ours')
    const pixel = { 'user-agent': 'Mozilla/5.0 (Linux; Android 14; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Mobile Safari/537.36' }
    const ours = { browser: 'Chrome', browserVersion: '149', os: 'Android', osVersion: '14', kind: 'phone', model: 'Pixel 9' }
    t.strictSame(await deviceWith(t, () => null, pixel), ours)
    t.strictSame(await deviceWith(t, () => ({ os: 'GrapheneOS' }), pixel), { ...ours, os: 'GrapheneOS', osVersion: null, model: null })
    t.strictSame(await deviceWith(t, () => ({ os: 'GrapheneOS', model: 'Pixel 9' }), pixel), { ...ours, os: 'GrapheneOS', osVersion: null })
    t.strictSame(await deviceWith(t, () => ({ os: '\u202Eevil' }), pixel), ours, 'a word that is dropped renames nothing')
  })

  t.test('that gives a promise is not waited for: one warning says so, and its failure harms nothing', async t => {
    const unhandled: unknown[] = []
    const listener = (error: unknown) => { unhandled.push(error) }
    process.on('unhandledRejection', listener)
    t.teardown(() => process.off('unhandledRejection', listener))
    const logs: string[] = []
    const app = await createShop(t, { logs, parseUserAgent: async () => { throw new Error('late') } } as ShopOptions)
    for (let i = 0; i < 3; i++) t.strictSame((await signInWith(browser(app), LOW)).json().device, VAGUE)
    await turns()
    t.strictSame(unhandled, [])
    const warnings = logs.filter(line => /parseUserAgent/.test(line)).map(line => JSON.parse(line))
    t.match(warnings, [{ level: 40, msg: /parseUserAgent returned a promise.* must answer synchronously/ }])
    t.equal(warnings.length, 1)
  })

  t.test('that throws costs a warning, and nothing else', async t => {
    const logs: string[] = []
    t.strictSame(await deviceWith(t, () => { throw new Error('unheard of') }, LOW, logs), VAGUE)
    const warnings = logs.filter(line => /parseUserAgent failed/.test(line)).map(line => JSON.parse(line))
    t.match(warnings, [{ level: 40, err: { message: 'unheard of' } }])
    t.equal(warnings.length, 1)
  })

  t.test('that throws when a touch is due costs one warning', async t => {
    const logs: string[] = []
    const clock = createClock()
    const store = watched(memoryStore())
    let broken = false
    const app = await createShop(t, { store, logs, now: clock.now, parseUserAgent () { if (broken) throw new Error('unheard of'); return null } })
    const laptop = browser(app)
    await signInWith(laptop, LOW)
    broken = true
    clock.advance(MINUTE)
    t.equal((await laptop.get('/', { headers: HIGH })).json().user, 'ada')
    await store.touched()
    t.equal(logs.filter(line => /parseUserAgent failed/.test(line)).length, 1)
  })

  t.test('is heard by later touches too', async t => {
    const clock = createClock()
    const store = watched(memoryStore())
    const app = await createShop(t, { store, now: clock.now, parseUserAgent: () => ({ browser: 'Shop app', browserVersion: '7' }) })
    const laptop = browser(app)
    await signInWith(laptop, LOW)
    clock.advance(MINUTE)
    await laptop.get('/', { headers: HIGH })
    await store.touched()
    t.strictSame((await app.loginSessions.list('ada'))[0]?.device, { ...VAGUE, browser: 'Shop app', browserVersion: '7', osVersion: '11' })
  })
})
