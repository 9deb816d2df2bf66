import t from 'tap'
import { type LoginSession, memoryStore, type SessionEndReason } from '../../plugin/index.js'
import { createShop } from '../support/app.js'
import { browser, type JarBrowser } from '../support/browser-jar.js'
import { createClock, HOUR, MINUTE } from '../support/clock.js'
import { parallel } from '../support/gate.js'
import { breakable, onBothStores, watched } from '../support/stores.js'

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
    t.test(`of twenty sign-ins at the same moment, on two servers, ${most} stay, and each that goes is told of once`, async t => {
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
  store.fail('listByUser')
  await browsers[1]!.signIn('ada')
  store.recover()
  t.match(logs.join(''), /the sessions beyond 1 of a user could not be ended/)
  t.strictSame(await whoIsSignedIn(browsers), [true, true, false])
  clock.advance(1)
  await browsers[2]!.signIn('ada')
  t.strictSame(await whoIsSignedIn(browsers), [false, false, true])
})
