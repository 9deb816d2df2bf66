import t from 'tap'
import type { Actor, LoginSession, SessionEndReason } from '../../plugin/index.js'
import { createEndings } from '../../plugin/sessions/endings.js'
import { idOf, keyOf } from '../../plugin/sessions/key.js'
import { createLoginSessions } from '../../plugin/sessions/login-sessions.js'
import { memoryStore } from '../../plugin/stores/memory.js'
import { createShop, PASSWORD } from '../support/app.js'
import { browser, type JarBrowser, setCookies } from '../support/browser-jar.js'
import { createClock, HOUR, MINUTE, NOW } from '../support/clock.js'
import { createGate, parallel, turns } from '../support/gate.js'
import { answer, API, createShopWithPages, PAGE } from '../support/page.js'
import { aRecord, randomId } from '../support/records.js'
import { breakable, onBothStores, watched, withoutOverview } from '../support/stores.js'

// --- listing and revoking ---

const idsOf = (sessions: LoginSession[]): string[] => sessions.map(({ id }) => id)

await onBothStores(t, async (t, makeStore) => {
  t.test('the list has all of a user\'s sessions, last active first, and nobody else\'s', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now })
    const [laptop, phone, tablet] = [browser(app), browser(app), browser(app)]
    const first = await laptop.signIn('ada')
    clock.advance(MINUTE)
    const second = await phone.signIn('ada')
    clock.advance(MINUTE)
    await browser(app).signIn('eve')
    const third = await tablet.signIn('ada')
    t.strictSame(idsOf(await app.loginSessions.list('ada')), [third, second, first].map(({ id }) => id))
    clock.advance(MINUTE)
    await laptop.user()
    clock.advance(MINUTE)
    await phone.user()
    await app.close()
    t.strictSame(idsOf(await app.loginSessions.list('ada')), [second, first, third].map(({ id }) => id))
  })

  t.test('a revoked session is signed out from the next request on, and its cookie cleared', async t => {
    const app = await createShop(t, { store: makeStore() })
    const [laptop, phone] = [browser(app), browser(app)]
    const { id } = await laptop.signIn('ada', { remember: true })
    await phone.signIn('ada')
    const revoked = await app.loginSessions.revoke('ada', id)
    t.equal(revoked?.id, id)
    t.equal(revoked?.userId, 'ada')

    const thief = laptop.twin()
    t.equal(await thief.accountStatus(), 401)
    const reply = await laptop.get('/')
    t.equal(reply.json().user, null)
    t.match(setCookies(reply), [/^__Host-login-session=ended; .*Secure/, /^__Host-login-session=; .*Expires=Thu, 01 Jan 1970 00:00:00 GMT.*Secure/])
    t.equal(laptop.cookie(), undefined)
    t.strictSame(setCookies(await laptop.get('/')), [], 'once is enough')
    t.equal(await phone.user(), 'ada')
  })

  t.test('foreign, unknown, ended and odd ids all answer the same and end nothing', async t => {
    const app = await createShop(t, { store: makeStore() })
    const [ada, eve] = [browser(app), browser(app)]
    const ended = await ada.signIn('ada')
    const { id } = await ada.signIn('ada')
    const foreign = await eve.signIn('eve')
    for (const other of [foreign.id, ended.id, randomId(), '.', '$ne', '__proto__', 'x'.repeat(10_000), '\0', '']) {
      t.equal(await app.loginSessions.revoke('ada', other), null)
      t.equal(await app.loginSessions.find('ada', other), null)
    }
    t.equal((await app.loginSessions.find('ada', id))?.id, id)
    t.equal(await ada.user(), 'ada')
    t.equal(await eve.user(), 'eve')
  })

  t.test('two who revoke the same session at the same moment: one did it', async t => {
    const app = await createShop(t, { store: makeStore() })
    const { id } = await browser(app).signIn('ada')
    const [one, other] = await Promise.all([app.loginSessions.revoke('ada', id), app.loginSessions.revoke('ada', id)])
    t.strictSame([one, other].filter(Boolean).length, 1)
  })

  t.test('revokeOthers spares the given session only', async t => {
    const app = await createShop(t, { store: makeStore() })
    const [laptop, phone, tablet, eve] = [browser(app), browser(app), browser(app), browser(app)]
    const mine = await laptop.signIn('ada')
    await phone.signIn('ada', { remember: true })
    await tablet.signIn('ada')
    await eve.signIn('eve')
    t.equal(await app.loginSessions.revokeOthers(mine), 2)
    t.strictSame([await laptop.user(), await phone.user(), await tablet.user(), await eve.user()], ['ada', null, null, 'eve'])
    t.equal(await app.loginSessions.revokeOthers(mine), 0)
  })

  t.test('revokeOthers with a foreign session spares nothing of this user and ends nothing of the other', async t => {
    const app = await createShop(t, { store: makeStore() })
    const [ada, eve] = [browser(app), browser(app)]
    await ada.signIn('ada')
    const { id } = await eve.signIn('eve')
    t.equal(await app.loginSessions.revokeOthers({ userId: 'ada', id }), 1)
    t.strictSame([await ada.user(), await eve.user()], [null, 'eve'])
  })

  t.test('a password change ends the other sessions with one call, from a request', async t => {
    const app = await createShop(t, {
      store: makeStore(),
      routes: app => app.post('/password', async request => ({ ended: await app.loginSessions.revokeOthers(request.loginSession!) }))
    })
    const [laptop, phone] = [browser(app), browser(app)]
    await laptop.signIn('ada')
    await phone.signIn('ada')
    t.strictSame((await laptop.post('/password')).json(), { ended: 1 })
    t.strictSame([await laptop.user(), await phone.user()], ['ada', null])
  })

  t.test('revokeAll ends them all', async t => {
    const app = await createShop(t, { store: makeStore() })
    const [laptop, phone, eve] = [browser(app), browser(app), browser(app)]
    await laptop.signIn('ada')
    await phone.signIn('ada')
    await eve.signIn('eve')
    t.equal(await app.loginSessions.revokeAll('ada'), 2)
    t.strictSame([await laptop.user(), await phone.user(), await eve.user()], [null, null, 'eve'])
    t.equal(await app.loginSessions.revokeAll('ada'), 0)
  })

  t.test('revokeAll of many users ends all of them, from any iterator, and nobody else\'s', async t => {
    const app = await createShop(t, { store: makeStore() })
    const users = Array.from({ length: 25 }, (_, index) => `user-${index}`)
    const signInAll = async (): Promise<void> => { await parallel(25, index => browser(app).signIn(users[index]!)) }
    async function * stream (): AsyncGenerator<string> { yield * users }
    const eve = browser(app)
    await eve.signIn('eve')
    for (const many of [users, new Set(users), stream()]) {
      await signInAll()
      t.equal(await app.loginSessions.revokeAll(many), 25)
    }
    t.equal(await app.loginSessions.revokeAll([]), 0)
    await signInAll()
    await t.rejects(app.loginSessions.revokeAll([...users, 7 as never]), { name: 'TypeError', message: /String\(user\._id\)/ })
    t.equal(await eve.user(), 'eve')
  })

  t.test('revokeEveryone ends the sessions of all users, and spares the given one and visitors', async t => {
    const app = await createShop(t, { store: makeStore() })
    const [mine, other, eve, visitor] = [browser(app), browser(app), browser(app), browser(app)]
    const session = await mine.signIn('ada')
    await other.signIn('ada')
    await eve.signIn('eve')
    await visitor.post('/data', { cart: ['book'] })
    t.equal(await app.loginSessions.revokeEveryone({ except: session }), 2)
    t.strictSame([await mine.user(), await other.user(), await eve.user()], ['ada', null, null])
    t.equal(await app.loginSessions.revokeEveryone(), 1)
    t.equal(await mine.user(), null)
    t.strictSame((await visitor.get('/data')).json(), { cart: ['book'] })
  })

  t.test('list gives as many as are asked for, and count their number', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now })
    const started: string[] = []
    for (let times = 0; times < 4; times++) {
      started.unshift((await browser(app).signIn('ada', { remember: times === 3 })).id)
      clock.advance(MINUTE)
    }
    await browser(app).signIn('eve')
    t.strictSame(idsOf(await app.loginSessions.list('ada', { limit: 2 })), started.slice(0, 2))
    t.strictSame(idsOf(await app.loginSessions.list('ada', { limit: undefined })), started)
    t.equal(await app.loginSessions.count('ada'), 4)
    t.equal(await app.loginSessions.count('nobody'), 0)
    clock.advance(2 * HOUR)
    t.strictSame(idsOf(await app.loginSessions.list('ada', { limit: 2 })), started.slice(0, 1))
    t.equal(await app.loginSessions.count('ada'), 1, 'expired ones do not count')
  })

  t.test('all gives each valid session of all users once, while some of them end', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now, maxSessionsPerUser: null })
    await browser(app).signIn('expired')
    clock.advance(2 * HOUR)
    await parallel(12, index => browser(app).signIn(`user-${index % 3}`))
    await browser(app).post('/data', { cart: ['book'] })
    const seen: LoginSession[] = []
    for await (const session of app.loginSessions.all()) {
      if (seen.push(session) === 4) await app.loginSessions.revokeAll(session.userId)
    }
    t.equal(new Set(idsOf(seen)).size, seen.length)
    t.ok(seen.length >= 8 && seen.every(({ userId }) => userId.startsWith('user-')))
    t.strictSame(idsOf(seen).filter(id => id === ''), [], 'visitors are nobody\'s login')
  })

  t.test('what is shown holds no credential, no counter and none of the host\'s data', async t => {
    const app = await createShop(t, { store: makeStore() })
    const laptop = browser(app)
    const { id } = await laptop.signIn('ada')
    await laptop.post('/data', { cart: ['book'] })
    const FIELDS = ['adopted', 'confirmedAt', 'createdAt', 'device', 'deviceBound', 'endsAt', 'expiresAt', 'formerIp', 'id', 'ip', 'lastActiveAt', 'newDevice', 'remember', 'userAgent', 'userId']
    const shown = [
      (await app.loginSessions.list('ada'))[0], await app.loginSessions.find('ada', id), (await laptop.get('/account')).json(),
      await app.loginSessions.revoke('ada', id)
    ]
    for (const session of shown) t.strictSame(Object.keys(session).sort(), FIELDS)
  })
})

t.test('an id that is no text selects nothing but a clear mistake', async t => {
  const app = await createShop(t)
  const laptop = browser(app)
  const { id } = await laptop.signIn('ada')
  const { list, find, revoke, revokeOthers, revokeAll } = app.loginSessions
  for (const wrong of [undefined, null, '', 7, { $ne: null }] as any[]) {
    await t.rejects(list(wrong), TypeError)
    await t.rejects(find(wrong, id), TypeError)
    await t.rejects(revoke(wrong, id), TypeError)
    await t.rejects(revokeOthers({ userId: wrong, id }), TypeError)
    await t.rejects(revokeOthers({ userId: 'ada', id: wrong }), TypeError)
    // '' is the id of no session, as a URL may have it.
    if (wrong !== '') await t.rejects(find('ada', wrong), TypeError)
    if (wrong !== '') await t.rejects(revoke('ada', wrong), TypeError)
    await t.rejects(revokeAll(wrong), { name: 'TypeError', message: /userId must be a string .* String\(user\._id\)/ })
  }
  await t.rejects(revokeOthers(null as any), TypeError)
  t.equal(await laptop.user(), 'ada')
})

t.test('a wrong option of a verb rejects with a sentence that says what to write, and ends nothing', async t => {
  const app = await createShop(t)
  const laptop = browser(app)
  const session = await laptop.signIn('ada')
  const { list, revoke, revokeOthers, revokeAll, revokeEveryone } = app.loginSessions
  const refused = async (message: RegExp, ...calls: Array<Promise<unknown>>) => {
    for (const call of calls) await t.rejects(call, { name: 'TypeError', message })
  }
  for (const limit of [0, -1, 1.5, NaN, '10', null] as any[]) {
    await refused(/^list: limit must be a whole number from 1 on, not .*: write limit: 20, or leave limit out$/, list('ada', { limit }))
  }
  await refused(/^unknown option list: limt \(did you mean limit\?\): the options of list are limit$/, list('ada', { limt: 1 } as any))
  for (const options of [null, 5, 'support', []] as any[]) await refused(/^list takes its options as an object, not .*: write \{ limit: 20 \}$/, list('ada', options))

  const endings = {
    revoke: (options: any) => revoke('ada', session.id, options),
    revokeOthers: (options: any) => revokeOthers({ userId: 'ada', id: 'other' }, options),
    revokeAll: (options: any) => revokeAll('ada', options),
    revokeEveryone: (options: any) => revokeEveryone(options)
  }
  for (const [verb, end] of Object.entries(endings)) {
    for (const actor of ['', 7, null, {}, { id: session.id }, { userId: 'ada' }] as any[]) {
      await refused(new RegExp(`^${verb}: actor must be the session that does it, or a name for your own code, not .*: write actor: 'support', or leave actor out$`), end({ actor }))
    }
    await refused(new RegExp(`^unknown option ${verb}: actr \\(did you mean actor\\?\\): the options of ${verb} are actor(?:, except, onProgress, signal)?$`), end({ actr: 'support' }))
    for (const options of [null, 5, 'support', []]) await refused(new RegExp(`^${verb} takes its options as an object, not .*: write \\{ actor: 'support' \\}$`), end(options))
  }
  for (const except of ['ada', 7, null, {}, { id: session.id }, { userId: 'ada' }] as any[]) {
    await refused(/^revokeEveryone: except must be a session, with userId and id, not .*: write except: currentLoginSession\(request\), or leave except out$/, revokeEveryone({ except }))
  }
  for (const onProgress of ['log', 7, null, {}] as any[]) await refused(/^revokeEveryone: onProgress must be a function: write onProgress: ended => console\.log\(ended\), or/, revokeEveryone({ onProgress }))
  for (const signal of [true, null, {}, { aborted: 'no' }, { aborted: true }, new AbortController()] as any[]) {
    await refused(/^revokeEveryone: signal must be an AbortSignal, not .*: write signal: AbortSignal\.timeout\(60_000\), or leave signal out$/, revokeEveryone({ signal }))
  }
  t.equal(await laptop.user(), 'ada')
  for (const options of [undefined, {}, { limit: undefined }, { limit: Infinity }, { limit: 1 }]) t.equal((await list('ada', options)).length, 1)
})

t.test('revokeEveryone tells who did it and how far it is, and can be stopped', async t => {
  const told: Array<[userId: string, reason: SessionEndReason, actor: Actor]> = []
  const app = await createShop(t, { onSessionEnd: ({ userId }, reason, { actor }) => { told.push([userId, reason, actor]) } })
  const { revokeEveryone, count } = app.loginSessions
  for (const user of ['ada', 'eve']) await browser(app).signIn(user)
  t.equal(await revokeEveryone({ signal: AbortSignal.abort() }), 0)
  t.equal(await count('ada'), 1)
  const progress: number[] = []
  t.equal(await revokeEveryone({ actor: 'incident 7', onProgress: ended => { progress.push(ended) }, signal: new AbortController().signal }), 2)
  t.strictSame(progress, [2])
  await app.loginSessions.settled()
  const by = { kind: 'host', name: 'incident 7' }
  t.strictSame(told.sort(), [['ada', 'revoked-all', by], ['eve', 'revoked-all', by]])
  const session = await browser(app).signIn('ada')
  t.equal(await revokeEveryone({ actor: session }), 1)
  await app.loginSessions.settled()
  t.strictSame(told.at(-1), ['ada', 'revoked-all', { kind: 'session', userId: 'ada', id: session.id }])
})

t.test('revokeEveryone works on a store without the part for operators', async t => {
  for (const announceEnd of [undefined, () => {}]) {
    const store = withoutOverview()
    const records = Array.from({ length: 30 }, (_, index) => aRecord({ userId: `user-${index % 7}` }))
    for (const record of records) await store.insert(record)
    const { revokeEveryone } = createLoginSessions({ store, now: () => NOW, announceEnd })
    const { _id, userId } = records[3]!
    t.equal(await revokeEveryone({ except: { userId: userId!, id: idOf(_id) } }), 29)
    t.strictSame((await store.page('', 100)).map(record => record._id), [_id])
  }
})

// --- many at the same moment ---

t.test('of 250 sessions that are announced as they end, each is asked to go once, and no more than a hundred at the same moment', async t => {
  const store = memoryStore()
  const records = Array.from({ length: 250 }, () => aRecord())
  for (const record of records) await store.insert(record)
  let [underWay, most] = [0, 0]
  const asked: string[] = []
  const announced: string[] = []
  const endings = createEndings({
    ...store,
    async remove (...args) {
      asked.push(args[0])
      most = Math.max(most, ++underWay)
      await turns(1)
      underWay--
      return await store.remove(...args)
    }
  }, () => NOW, ({ id }) => { announced.push(id) })

  t.equal(await endings.endAll('ada', { reason: 'revoked-all', actor: { kind: 'host', name: null } }), 250)

  const all = records.map(({ _id }) => _id).sort()
  t.strictSame(announced.map(id => keyOf('ada', id)).sort(), all)
  t.strictSame(asked.sort(), all)
  t.equal(most, 100)
})

// --- the cap on the sessions of a user ---

const whoIsSignedIn = async (browsers: JarBrowser[]): Promise<boolean[]> =>
  await Promise.all(browsers.map(async each => await each.user() !== null))

await onBothStores(t, async (t, makeStore) => {
  t.test('a user has 100 sessions at the most; the sign-in after that ends one', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now })
    await parallel(100, () => browser(app).signIn('ada'))
    clock.advance(1)
    const late = browser(app)
    await late.signIn('ada')
    t.equal((await app.loginSessions.list('ada')).length, 100)
    t.equal(await late.user(), 'ada')
  })

  t.test('the least recently active one goes, whenever it was begun', async t => {
    const clock = createClock()
    const store = watched(makeStore())
    const app = await createShop(t, { store, now: clock.now, maxSessionsPerUser: 3 })
    const browsers = Array.from({ length: 4 }, () => browser(app))
    for (const each of browsers.slice(0, 3)) {
      await each.signIn('ada')
      clock.advance(MINUTE)
    }
    // The oldest comes by again; then the second one is the least recently active.
    await browsers[0]!.user()
    await store.touched()
    clock.advance(MINUTE)
    await browsers[3]!.signIn('ada')
    t.strictSame(await whoIsSignedIn(browsers), [true, false, true, true])
  })

  t.test('sign-ins of a script do not end the session of a phone that was used yesterday', async t => {
    const clock = createClock()
    const store = watched(makeStore())
    const app = await createShop(t, { store, now: clock.now, maxSessionsPerUser: 5 })
    const phone = browser(app)
    await phone.signIn('ada', { remember: true })
    clock.advance(MINUTE)
    await phone.user()
    await store.touched()
    clock.advance(24 * HOUR)
    const scripts = Array.from({ length: 12 }, () => browser(app))
    for (const script of scripts) {
      await script.signIn('ada', { remember: true })
      clock.advance(5 * MINUTE)
    }
    t.equal(await phone.user(), 'ada')
    t.strictSame(await whoIsSignedIn(scripts), scripts.map((_, index) => index >= 8), 'those that were signed in longest ago have gone')
  })

  t.test('a session that may have been used since its sign-in, unnoticed, goes in its turn only', async t => {
    const clock = createClock()
    const store = watched(makeStore())
    const app = await createShop(t, { store, now: clock.now, maxSessionsPerUser: 2 })
    const [laptop, phone, tablet] = [browser(app), browser(app), browser(app)]
    await laptop.signIn('ada')
    clock.advance(MINUTE)
    await laptop.user()
    await store.touched()
    clock.advance(10 * MINUTE)
    await phone.signIn('ada')
    clock.advance(MINUTE)
    await tablet.signIn('ada')
    t.strictSame(await whoIsSignedIn([laptop, phone, tablet]), [false, true, true])
  })

  t.test('it is a limit of each user: other people\'s sessions and visitors stay', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now, maxSessionsPerUser: 1 })
    const [visitor, bob, ...ada] = Array.from({ length: 5 }, () => browser(app)) as [JarBrowser, JarBrowser, ...JarBrowser[]]
    await visitor.post('/data', { cart: ['book'] })
    await bob.signIn('bob')
    for (const each of ada) {
      clock.advance(1)
      await each.signIn('ada')
    }
    t.strictSame(await whoIsSignedIn(ada), [false, false, true])
    t.equal(await bob.user(), 'bob')
    t.strictSame((await visitor.get('/data')).json(), { cart: ['book'] })
  })

  t.test('a session that expired takes nobody\'s place', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now, maxSessionsPerUser: 2 })
    const browsers = Array.from({ length: 3 }, () => browser(app))
    await browsers[0]!.signIn('ada')
    await browsers[1]!.signIn('ada', { remember: true })
    clock.advance(2 * HOUR)
    await browsers[2]!.signIn('ada')
    t.strictSame(await whoIsSignedIn(browsers), [false, true, true])
  })

  t.test('a browser that signs in again takes its own place, not another\'s', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now, maxSessionsPerUser: 2 })
    const [laptop, phone] = [browser(app), browser(app)]
    await phone.signIn('ada')
    await laptop.signIn('ada')
    for (let again = 0; again < 3; again++) {
      clock.advance(1)
      await laptop.signIn('ada')
    }
    t.strictSame(await whoIsSignedIn([laptop, phone]), [true, true])
  })

  for (const most of [1, 2, 5]) {
    t.test(`of twenty sign-ins at the same moment, on two servers, ${most} stay, and each end is announced once`, async t => {
      const store = makeStore()
      const ended: Array<[id: string, reason: SessionEndReason]> = []
      const onSessionEnd = (session: LoginSession, reason: SessionEndReason): void => { ended.push([session.id, reason]) }
      const servers = [await createShop(t, { store, maxSessionsPerUser: most, onSessionEnd }), await createShop(t, { store, maxSessionsPerUser: most, onSessionEnd })]
      const browsers = Array.from({ length: 20 }, (_, index) => browser(servers[index % 2]!))
      const started = await Promise.all(browsers.map(each => each.signIn('ada')))
      const left = await servers[0]!.loginSessions.list('ada')
      t.equal(left.length, most)
      const gone = started.map(({ id }) => id).filter(id => !left.some(session => session.id === id))
      t.strictSame([...ended].sort(), gone.map(id => [id, 'evicted']).sort())
      t.equal((await whoIsSignedIn(browsers)).filter(Boolean).length, left.length)
    })
  }

  t.test('a limit that is set later is met at the next sign-in', async t => {
    const store = makeStore()
    const clock = createClock()
    const before = await createShop(t, { store, now: clock.now, maxSessionsPerUser: null })
    await parallel(150, () => browser(before).signIn('ada'))
    t.equal((await before.loginSessions.list('ada')).length, 150, 'null: there is none')
    const after = await createShop(t, { store, now: clock.now, maxSessionsPerUser: 10 })
    clock.advance(1)
    await browser(after).signIn('ada')
    t.equal((await after.loginSessions.list('ada')).length, 10)
  })

  t.test('where each is announced, a sign-in ends a hundred at the most: the next ones go on', async t => {
    const store = makeStore()
    const clock = createClock()
    const before = await createShop(t, { store, now: clock.now, maxSessionsPerUser: null })
    await parallel(150, () => browser(before).signIn('ada'))
    const after = await createShop(t, { store, now: clock.now, maxSessionsPerUser: 10, onSessionEnd () {} })
    const lengths: number[] = []
    for (let times = 0; times < 2; times++) {
      clock.advance(1)
      await browser(after).signIn('ada')
      lengths.push((await after.loginSessions.list('ada')).length)
    }
    t.strictSame(lengths, [51, 10])
  })
})

t.test('a sign-in succeeds although what is beyond the limit could not be ended; the next one makes up for it', async t => {
  const logs: string[] = []
  const store = breakable(memoryStore())
  const clock = createClock()
  const app = await createShop(t, { store, logs, now: clock.now, maxSessionsPerUser: 1 })
  const browsers = Array.from({ length: 3 }, () => browser(app))
  await browsers[0]!.signIn('ada')
  clock.advance(1)
  store.fail('countByUser')
  await browsers[1]!.signIn('ada')
  store.recover()
  t.match(logs.join(''), /the sessions beyond 1 of a user could not be ended/)
  t.strictSame(await whoIsSignedIn(browsers), [true, true, false])
  clock.advance(1)
  await browsers[2]!.signIn('ada')
  t.strictSame(await whoIsSignedIn(browsers), [false, false, true])
})

// --- who ended it ---

t.test('onSessionEnd learns who ended a session: the session that did it, or the host by name', async t => {
  const clock = createClock()
  const told: Array<[id: string, reason: SessionEndReason, actor: Actor]> = []
  const app = await createShopWithPages(t, {
    now: clock.now, maxSessionsPerUser: 3, onSessionEnd: ({ id }, reason, { actor }) => { told.push([id, reason, actor]) }
  })
  const by = ({ id }: { id: string }): Actor => ({ kind: 'session', userId: 'ada', id })
  const host = (name: string | null): Actor => ({ kind: 'host', name })
  const takeTold = () => told.splice(0)
  const [laptop, phone] = [browser(app), browser(app)]
  const signIn = async (one = browser(app)) => { clock.advance(1); return await one.signIn('ada') }
  const { loginSessions } = app

  const first = await signIn(laptop)
  const second = await signIn(laptop)
  t.strictSame(takeTold(), [[first.id, 'replaced', by(second)]])
  await laptop.signOut()
  t.strictSame(takeTold(), [[second.id, 'signed-out', by(second)]])

  const mine = await signIn(phone)
  const others = [await signIn(), await signIn()]
  const fourth = await signIn(laptop)
  t.strictSame(takeTold(), [[mine.id, 'evicted', by(fourth)]])

  await answer(laptop, `${PAGE}/${others[0]!.id}/revoke`, PASSWORD)
  t.strictSame(takeTold(), [[others[0]!.id, 'revoked', by(fourth)]])
  await laptop.post(`${API}/${others[1]!.id}/revoke`, { password: PASSWORD })
  t.strictSame(takeTold(), [[others[1]!.id, 'revoked', by(fourth)]])
  for (const end of [() => answer(laptop, `${PAGE}/others/revoke`, PASSWORD), () => laptop.post(`${API}/others/revoke`, { password: PASSWORD })]) {
    const other = await signIn()
    await end()
    t.strictSame(takeTold(), [[other.id, 'revoked-others', by(fourth)]])
  }

  const ends: Array<[reason: SessionEndReason, actor: Actor, end: (id: string) => Promise<unknown>]> = [
    ['revoked', host(null), id => loginSessions.revoke('ada', id)],
    ['revoked', host('support'), id => loginSessions.revoke('ada', id, { actor: 'support' })],
    ['revoked', by(fourth), id => loginSessions.revoke('ada', id, { actor: fourth })],
    ['revoked-others', host(null), () => loginSessions.revokeOthers({ userId: 'ada', id: fourth.id })],
    ['revoked-others', by(fourth), () => loginSessions.revokeOthers({ userId: 'ada', id: fourth.id }, { actor: fourth })]
  ]
  for (const [reason, actor, end] of ends) {
    const { id } = await signIn()
    await end(id)
    t.strictSame(takeTold(), [[id, reason, actor]])
  }
  await loginSessions.revokeAll(['ada'], { actor: 'closing accounts' })
  t.strictSame(takeTold(), [[fourth.id, 'revoked-all', host('closing accounts')]])
})

// --- in the background ---

t.test('settled waits for the touches of this process and for hooks that are running', async t => {
  const clock = createClock()
  const gate = createGate()
  const order: string[] = []
  const store = memoryStore()
  const app = await createShop(t, {
    now: clock.now,
    store: { ...store, async touch (touches) { await gate.passed; order.push('touched'); await store.touch(touches) } },
    async onSessionEnd () { await gate.passed; order.push('hook') }
  })
  await app.loginSessions.settled()
  const [laptop, phone] = [browser(app), browser(app)]
  await laptop.signIn('ada')
  await phone.signIn('ada')
  clock.advance(MINUTE)
  await laptop.user()
  await phone.signOut()
  const settled = app.loginSessions.settled().then(() => { order.push('settled') })
  await turns()
  t.strictSame(order, [])
  gate.open()
  await settled
  t.equal(order.at(-1), 'settled')
  t.ok(order.includes('hook') && order.includes('touched'))
})

t.test('verbs without a server have nothing in the background', async t => {
  await createLoginSessions({ store: memoryStore(), now: () => NOW }).settled()
})
