import { idOf, keyOf } from '../../plugin/sessions/key.js'
import { mock } from 'node:test'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import { type LoginSession, memoryStore } from '../../plugin/index.js'
import type { SessionEndReason } from '../../plugin/sessions/endings.js'
import { hashToken } from '../../plugin/sessions/tokens.js'
import type { SessionStart } from '../../plugin/request/hooks.js'
import { createShop, PASSWORD, type ShopOptions } from '../support/app.js'
import { browser, clearsCookie, type JarBrowser } from '../support/browser-jar.js'
import { createClock, HOUR, MINUTE } from '../support/clock.js'
import { fakeTimeouts, realTimeouts } from '../support/fake-timers.js'
import { createGate, parallel, turns } from '../support/gate.js'
import { API, createShopWithPages } from '../support/page.js'
import { aroundCalls, breakable, holding, onBothStores } from '../support/stores.js'

/** What the hooks were told, in order. */
function journal () {
  const started: Array<[LoginSession, SessionStart]> = []
  const ended: Array<[LoginSession, SessionEndReason]> = []
  return {
    started,
    ended,
    /** `[id, reason]` of each end. */
    ends: () => ended.map(([{ id }, reason]) => [id, reason]),
    hooks: {
      onSessionStart: (session: LoginSession, context: SessionStart) => { started.push([session, context]) },
      onSessionEnd: (session: LoginSession, reason: SessionEndReason) => { ended.push([session, reason]) }
    }
  }
}

const sorted = (ends: unknown[][]): unknown[][] => [...ends].sort((a, b) => String(a[0]).localeCompare(String(b[0])))

await onBothStores(t, async (t, makeStore) => {
  async function setup (t: Test, options: ShopOptions = {}) {
    const { hooks, ...told } = journal()
    const store = options.store ?? makeStore()
    const app = await createShop(t, { ...hooks, ...options, store })
    return { app, store, ...told, laptop: browser(app) }
  }

  t.test('a sign-in is told once, with the session that startLoginSession answers and the request', async t => {
    const { laptop, started, ended } = await setup(t)
    const session = await laptop.signIn('ada', { remember: true })
    t.equal(started.length, 1)
    const [told, { newDevice, request }] = started[0]!
    t.strictSame(JSON.parse(JSON.stringify(told)), session)
    t.equal(newDevice, true)
    t.equal(request.url, '/login')
    t.strictSame(ended, [])
  })

  t.test('it is told when the session is stored already, and before startLoginSession resolves', async t => {
    const order: string[] = []
    const store = makeStore()
    const app = await createShop(t, {
      store,
      async onSessionStart ({ userId, id }) {
        order.push('hook')
        if ((await store.find([keyOf(userId, id)]))[0] !== null) order.push('stored')
      },
      routes: app => app.post('/enter', async request => {
        await request.startLoginSession('ada')
        order.push('resolved')
        return {}
      })
    })
    await browser(app).post('/enter')
    await app.close()
    t.equal(order[0], 'hook')
    t.strictSame([...order].sort(), ['hook', 'resolved', 'stored'])
  })

  t.test('signing out', async t => {
    const { laptop, ends } = await setup(t)
    const { id } = await laptop.signIn('ada')
    await laptop.signOut()
    await laptop.signOut()
    t.strictSame(ends(), [[id, 'signed-out']])
  })

  for (const [what, leave] of [
    ['session.destroy()', (request: FastifyRequest) => request.session.destroy()],
    ['session.regenerate()', (request: FastifyRequest) => request.session.regenerate()]
  ] as const) {
    t.test(`${what} signs out`, async t => {
      const { laptop, ends } = await setup(t, { routes: app => app.post('/leave', async request => { await leave(request); return {} }) })
      const { id } = await laptop.signIn('ada')
      await laptop.post('/leave')
      t.strictSame(ends(), [[id, 'signed-out']])
    })
  }

  t.test('signing out through a session that the host decrypted by itself', async t => {
    const { laptop, ends } = await setup(t, {
      routes: app => app.post<{ Body: { value: string } }>('/by-hand', async request => {
        const borrowed: any = {}
        await new Promise<void>(resolve => { app.decryptSession(decodeURIComponent(request.body.value), borrowed, resolve) })
        await borrowed.session.destroy()
        return {}
      })
    })
    const { id } = await laptop.signIn('ada')
    await laptop.post('/by-hand', { value: laptop.cookieValue()! })
    t.strictSame(ends(), [[id, 'signed-out']])
  })

  t.test('signing in again, as the same user or another', async t => {
    const { laptop, ends, started } = await setup(t)
    const first = await laptop.signIn('ada')
    const second = await laptop.signIn('ada')
    const third = await laptop.signIn('bob')
    t.strictSame(ends(), [[first.id, 'replaced'], [second.id, 'replaced']])
    t.strictSame(started.map(([{ id }]) => id), [first.id, second.id, third.id])
  })

  t.test('signing in again while the store could not tell who was there', async t => {
    const store = breakable(makeStore())
    const { laptop, ends } = await setup(t, {
      store,
      routes: app => app.addHook('preHandler', async request => { if (request.url === '/login') store.recover() })
    })
    const { id } = await laptop.signIn('ada')
    store.fail('find')
    await laptop.signIn('ada')
    t.strictSame(ends(), [[id, 'replaced']])
  })

  t.test('revoking one', async t => {
    const { app, laptop, ended, ends } = await setup(t)
    const session = await laptop.signIn('ada')
    t.equal(await app.loginSessions.revoke('bob', session.id), null)
    t.equal(await app.loginSessions.revoke('ada', 'unknown'), null)
    t.strictSame(ended, [])
    const revoked = await app.loginSessions.revoke('ada', session.id)
    t.equal(await app.loginSessions.revoke('ada', session.id), null)
    t.strictSame(ends(), [[session.id, 'revoked']])
    t.strictSame(ended[0]![0], revoked)
  })

  t.test('revoking the others: each of them, and neither this one nor another user\'s', async t => {
    const { app, ends } = await setup(t)
    const [mine, ...others] = await Promise.all(Array.from({ length: 4 }, () => browser(app).signIn('ada')))
    await browser(app).signIn('bob')
    t.equal(await app.loginSessions.revokeOthers(mine!), 3)
    t.strictSame(sorted(ends()), sorted(others.map(({ id }) => [id, 'revoked-others'])))
    t.equal(await app.loginSessions.revokeOthers(mine!), 0)
    t.equal(ends().length, 3)
    t.strictSame((await app.loginSessions.list('ada')).map(({ id }) => id), [mine!.id])
    t.equal((await app.loginSessions.list('bob')).length, 1)
  })

  t.test('revoking all', async t => {
    const { app, ends } = await setup(t, { storeTimeout: MINUTE, maxSessionsPerUser: null })
    const sessions = await parallel(120, () => browser(app).signIn('ada'))
    t.equal(await app.loginSessions.revokeAll('ada'), 120)
    t.strictSame(sorted(ends()), sorted(sessions.map(({ id }) => [id, 'revoked-all'])))
    t.strictSame(await app.loginSessions.list('ada'), [])
  })

  t.test('a session that expires runs out without a word', async t => {
    const clock = createClock()
    const { app, laptop, ended } = await setup(t, { now: clock.now })
    const { id } = await laptop.signIn('ada')
    clock.advance(HOUR + MINUTE)
    t.equal(await app.loginSessions.revoke('ada', id), null)
    t.equal(await app.loginSessions.revokeAll('ada'), 0)
    await laptop.signOut()
    await laptop.signIn('ada')
    t.strictSame(ended, [])
  })

  t.test('a session that has expired, but is only now replaced because the store was away, has no word either', async t => {
    const clock = createClock()
    const store = breakable(makeStore())
    const { laptop, ended } = await setup(t, {
      store,
      now: clock.now,
      routes: app => app.addHook('preHandler', async request => { if (request.url === '/login') store.recover() })
    })
    await laptop.signIn('ada')
    clock.advance(HOUR + MINUTE)
    store.fail('find')
    await laptop.signIn('ada')
    t.strictSame(ended, [])
  })

  t.test('anonymous sessions have no events', async t => {
    const { laptop, started, ended } = await setup(t, {
      routes: app => app.post('/leave', async request => { await request.session.destroy(); return {} })
    })
    await laptop.post('/data', { cart: ['book'] })
    await laptop.post('/leave')
    t.strictSame([started, ended], [[], []])
    await laptop.post('/data', { cart: ['book'] })
    await laptop.signIn('ada')
    t.strictSame([started.length, ended], [1, []])
  })

  t.test('each session that ends is told exactly once, over two servers and many calls at the same moment', async t => {
    const store = makeStore()
    for (let round = 0; round < 5; round++) {
      const { hooks, ends } = journal()
      const servers = await parallel(2, () => createShop(t, { ...hooks, store }))
      const [one, other] = servers.map(({ loginSessions }) => loginSessions)
      const browsers = Array.from({ length: 8 }, (_, index) => browser(servers[index % 2]!))
      const sessions = await Promise.all(browsers.map(each => each.signIn('ada')))
      const counts = await Promise.all([
        one!.revokeAll('ada'), other!.revokeAll('ada'), one!.revokeOthers(sessions[0]!), other!.revokeOthers(sessions[1]!),
        one!.revoke('ada', sessions[2]!.id).then(session => session === null ? 0 : 1),
        other!.revoke('ada', sessions[2]!.id).then(session => session === null ? 0 : 1),
        browsers[3]!.signOut().then(() => 0), browsers[3]!.twin().signOut().then(() => 0), browsers[4]!.signIn('bob').then(() => 0)
      ])
      const revoked = ends().filter(([, reason]) => /^revoked/.test(reason!)).length
      t.equal(counts.reduce((sum, count) => sum + count, 0), revoked, 'the counts are right')
      t.strictSame(ends().map(([id]) => id).sort(), sessions.map(({ id }) => id).sort())
      await one!.revokeAll('bob')
    }
  })

  t.test('a user who signs in while all sessions are revoked does not escape, and is told of', async t => {
    const store = makeStore()
    let late: LoginSession | undefined
    const { app, ends } = await setup(t, {
      store: {
        ...store,
        async remove (...args) {
          late ??= await browser(app).signIn('ada')
          return await store.remove(...args)
        }
      }
    })
    const { id } = await browser(app).signIn('ada')
    t.equal(await app.loginSessions.revokeAll('ada'), 2)
    t.strictSame(ends(), [[id, 'revoked-all'], [late!.id, 'revoked-all']])
    t.strictSame(await app.loginSessions.list('ada'), [])
  })

  t.test('a user who signs in all the while is stopped in the end', async t => {
    const store = makeStore()
    let revoking = false
    const { app, ends } = await setup(t, {
      store: {
        ...store,
        async remove (...args) {
          const removed = await store.remove(...args)
          if (revoking) await browser(app).signIn('ada')
          return removed
        }
      }
    })
    const mine = await browser(app).signIn('ada')
    await browser(app).signIn('ada')
    revoking = true
    t.equal(await app.loginSessions.revokeOthers(mine), 6)
    t.equal(ends().length, 5, 'the last one goes without a word')
    t.strictSame((await app.loginSessions.list('ada')).map(({ id }) => id), [mine.id])
  })

  t.test('removals that fail: those that succeeded are announced, the call rejects, and the next one ends the rest', async t => {
    const store = makeStore()
    let unlucky: string | undefined
    const { app, ends } = await setup(t, {
      store: { ...store, remove: async (key, userId) => { if (idOf(key) === unlucky) throw new Error('connection refused'); return await store.remove(key, userId) } }
    })
    const sessions = await Promise.all(Array.from({ length: 3 }, () => browser(app).signIn('ada')))
    unlucky = sessions[1]!.id
    await t.rejects(app.loginSessions.revokeAll('ada'), { code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE' })
    t.strictSame(ends().map(([id]) => id).sort(), [sessions[0]!.id, sessions[2]!.id].sort())
    unlucky = undefined
    t.equal(await app.loginSessions.revokeAll('ada'), 1)
    t.equal(ends().length, 3)
  })

  t.test('a sign-in that fails halfway starts nothing and ends nothing', async t => {
    const store = makeStore()
    let broken = false
    let discarded = 0
    const { app, laptop, started, ended } = await setup(t, {
      store: {
        ...store,
        async remove (key, userId) {
          if (broken && idOf(key) === first) throw new Error('connection refused')
          discarded++
          return await store.remove(key, userId)
        }
      }
    })
    const first = (await laptop.signIn('ada')).id
    broken = true
    const reply = await laptop.post('/login', { user: 'ada' })
    t.equal(reply.statusCode, 503)
    t.notMatch(reply.headers['set-cookie'], /-device/)
    t.strictSame([discarded, started.length, ended], [1, 1, []])
    t.strictSame((await app.loginSessions.list('ada')).map(({ id }) => id), [first])
  })
})

t.test('what people and scripts do on the page and over the API has its reason', async t => {
  const { hooks, ends } = journal()
  const app = await createShopWithPages(t, hooks)
  const [one, two, three] = [browser(app), browser(app), browser(app)]
  const [first, second, third] = [await one.signIn('ada'), await two.signIn('ada'), await three.signIn('ada')]
  await one.post(`${API}/${second.id}/revoke`, { password: PASSWORD })
  await one.post(`${API}/others/revoke`, { password: PASSWORD })
  await one.post(`${API}/${first.id}/revoke`)
  t.strictSame(ends(), [[second.id, 'revoked'], [third.id, 'revoked-others'], [first.id, 'signed-out']])
})

t.test('no hook is told a token, nor its hash', async t => {
  const { hooks, started, ended } = journal()
  const app = await createShop(t, hooks)
  const laptop = browser(app)
  const tokens: string[] = []
  for (let i = 0; i < 2; i++) {
    await laptop.signIn('ada')
    await laptop.post('/data', { cart: ['book'] })
    tokens.push(decodeURIComponent(laptop.cookieValue()!).split('.')[0]!)
  }
  await app.loginSessions.revokeAll('ada')
  const PUBLIC = ['adopted', 'confirmedAt', 'createdAt', 'device', 'deviceBound', 'endsAt', 'expiresAt', 'formerIp', 'id', 'ip', 'lastActiveAt', 'newDevice', 'remember', 'userAgent', 'userId']
  for (const [session] of [...started, ...ended]) t.strictSame(Object.keys(session).sort(), PUBLIC)
  for (const [, context] of started) t.strictSame(Object.keys(context).sort(), ['newDevice', 'request'])
  const told = JSON.stringify([...started.map(([session]) => session), ...ended])
  for (const token of tokens) t.notOk(told.includes(token) || told.includes(hashToken(token)))
})

t.test('a hook that fails is logged, and changes nothing', async t => {
  const failures: Array<[what: string, fail: () => unknown]> = [
    ['throws', () => { throw new Error('mail is away') }],
    ['rejects', async () => { throw new Error('mail is away') }]
  ]
  for (const [what, fail] of failures) {
    const logs: string[] = []
    const app = await createShop(t, { logs, onSessionStart: fail, onSessionEnd: fail })
    const laptop = browser(app)
    const { id } = await laptop.signIn('ada')
    t.equal(await laptop.user(), 'ada', what)
    t.equal(await app.loginSessions.revokeAll('ada'), 1)
    await app.close()
    const errors = logs.map(line => JSON.parse(line)).filter(({ level }) => level === 50)
    t.match(errors, [
      { msg: 'login sessions: onSessionStart failed', loginSession: id, err: { message: 'mail is away' } },
      { msg: 'login sessions: onSessionEnd (revoked-all) failed', loginSession: id, err: { message: 'mail is away' } }
    ], what)
    t.equal(errors.length, 2)
    const token = decodeURIComponent(laptop.cookieValue() ?? '').split('.')[0]
    t.notOk(token !== '' && logs.join('').includes(token!))
  }
})

t.test('a hook that hangs holds up no request', async t => {
  const gate = createGate()
  const app = await createShop(t, { onSessionStart: () => gate.passed, onSessionEnd: () => gate.passed })
  const laptop = browser(app)
  await laptop.signIn('ada')
  await laptop.signIn('ada')
  t.equal(await app.loginSessions.revokeAll('ada'), 1)
  t.equal(await laptop.user(), null)
  gate.open()
})

t.test('closing the server waits for hooks that are under way, and for those that they bring about', async t => {
  const gate = createGate()
  const finished: string[] = []
  const app = await createShop(t, {
    async onSessionStart ({ userId, id }) {
      await gate.passed
      await app.loginSessions.revoke(userId, id)
      finished.push('start')
    },
    async onSessionEnd () {
      await turns()
      finished.push('end')
    }
  })
  await browser(app).signIn('ada')
  let closed = false
  const closing = app.close().then(() => { closed = true })
  await turns(20)
  t.equal(closed, false)
  gate.open()
  await closing
  t.strictSame(finished, ['start', 'end'])
})

t.test('closing the server waits ten seconds at the most', async t => {
  const logs: string[] = []
  const app = await createShop(t, { logs, onSessionStart: () => new Promise(() => {}) })
  await browser(app).signIn('ada')
  await browser(app).signIn('bob')
  fakeTimeouts()
  t.teardown(() => realTimeouts())
  let closed = false
  const closing = Promise.resolve(app.close()).then(() => { closed = true })
  await turns(20)
  mock.timers.tick(9999)
  await turns(20)
  t.equal(closed, false)
  mock.timers.tick(1)
  await closing
  t.match(logs.at(-1) + logs.join(''), /2 hooks were still running after 10000 ms/)
})

t.test('without onSessionEnd, ending many is one removal; with it, each is removed on its own', async t => {
  const calls = async (hooks: ShopOptions) => {
    const names: string[] = []
    const noted = aroundCalls(memoryStore(), async (method, call) => {
      names.push(method)
      return await call()
    })
    const app = await createShop(t, { ...hooks, store: noted })
    for (let i = 0; i < 3; i++) await browser(app).signIn('ada')
    names.length = 0
    await app.loginSessions.revokeAll('ada')
    return names
  }
  t.strictSame(await calls({}), ['keysOfUser', 'removeMany', 'keysOfUser'])
  t.strictSame(await calls({ onSessionStart () {} }), ['keysOfUser', 'removeMany', 'keysOfUser'])
  t.strictSame(await calls({ onSessionEnd () {} }), ['keysOfUser', 'remove', 'remove', 'remove', 'keysOfUser'])
})

t.test('a removal that was given up, and gets through late, is told of when it does', async t => {
  const { hooks, ended, ends } = journal()
  const endings: Array<[reason: string, end: (app: FastifyInstance, laptop: JarBrowser, id: string) => Promise<unknown>]> = [
    ['revoked', (app, _laptop, id) => app.loginSessions.revoke('ada', id)],
    ['revoked-others', (app, _laptop, id) => app.loginSessions.revokeOthers({ userId: 'ada', id: `not ${id}` })],
    ['revoked-all', app => app.loginSessions.revokeAll('ada')],
    ['signed-out', async (_app, laptop) => { if ((await laptop.signOut()).statusCode === 503) throw new Error('given up') }]
  ]
  for (const [reason, end] of endings) {
    const { store, letGo } = holding(memoryStore(), 'remove')
    const app = await createShop(t, { ...hooks, store, storeTimeout: 20 })
    const laptop = browser(app)
    const { id } = await laptop.signIn('ada')
    ended.length = 0
    await t.rejects(end(app, laptop, id), reason)
    t.strictSame(ends(), [], 'nothing has ended yet')
    await letGo()
    t.strictSame(ends(), [[id, reason]])
  }
})

t.test('ending one\'s own session over the API is a sign-out: told as one, and the same answer clears the cookie', async t => {
  const { hooks, ends } = journal()
  const app = await createShopWithPages(t, hooks)
  const laptop = browser(app)
  const { id } = await laptop.signIn('ada')
  const reply = await laptop.post(`${API}/${id}/revoke`)
  t.strictSame([reply.statusCode, reply.json()], [200, { revoked: 1 }])
  t.equal(laptop.cookie(), undefined)
  t.equal(clearsCookie(reply), true)
  t.strictSame(ends(), [[id, 'signed-out']])
})
