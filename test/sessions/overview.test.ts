/**
 * The sessions of all users: paged, counted, estimated and ended. What each store finds is in the store's contract (`plugin/store-contract/`).
 */
import t from 'tap'
import type { Actor, LoginSession, SessionEndReason } from '../../plugin/index.js'
import { userKeyOf } from '../../plugin/sessions/key.js'
import { numbersOf } from '../../plugin/sessions/numbers.js'
import { createOverview, overviewStoreOf, type OverviewParts } from '../../plugin/sessions/overview.js'
import type { LoginSessionRecord, RecordWithoutData } from '../../plugin/sessions/record.js'
import type { LoginSessionStore, OverviewStore, PageFrom } from '../../plugin/sessions/store.js'
import { memoryStore } from '../../plugin/stores/memory.js'
import { after, createClock, DAY, HOUR, MINUTE, NOW, SECOND } from '../support/clock.js'
import { createGate, turns } from '../support/gate.js'
import { createRandom } from '../support/random.js'
import { aRecord, aVisitorRecord, BINDING, stored } from '../support/records.js'
import { onBothStores, withoutOverview } from '../support/stores.js'

const actor: Actor = { kind: 'host', name: 'operator' }
const now = (): Date => NOW

async function filled (store: LoginSessionStore, records: LoginSessionRecord[]): Promise<LoginSessionStore & OverviewStore> {
  const part = overviewStoreOf(store)!
  await part.prepareOverview()
  await Promise.all(records.map(async record => await part.insert(record)))
  return part
}

/** One sign-in a minute, the first one now; ten users in turn. */
const signIns = (count: number): LoginSessionRecord[] =>
  Array.from({ length: count }, (_, index) => aRecord({ userId: `user-${index % 10}`, createdAt: after(NOW, -index * MINUTE), expiresAt: after(NOW, HOUR) }))

const idsOf = (sessions: LoginSession[]): string[] => sessions.map(({ id }) => id)
const idsIn = (records: LoginSessionRecord[]): string[] => records.map(({ _id }) => _id.slice(8))

t.test('a store has all of the part for operators, or it has none', async t => {
  const store = memoryStore()
  t.equal(overviewStoreOf(store), store)
  t.equal(overviewStoreOf(withoutOverview()), null)
  for (const method of ['prepareOverview', 'newest', 'countFound', 'size', 'sample', 'removeFound'] as const) {
    t.equal(overviewStoreOf({ ...store, [method]: undefined }), null, method)
  }
})

await onBothStores(t, async (t, makeStore) => {
  t.test('pages go to the end and back to the beginning, and say whether there is more', async t => {
    const records = signIns(22)
    const { prepare, page } = createOverview({ store: await filled(makeStore(), records), now })
    await prepare()
    const all = idsIn(records)

    const first = await page({}, 10, null)
    t.strictSame(idsOf(first.sessions), all.slice(0, 10))
    t.equal(first.newer, null)
    const second = await page({}, 10, { olderThan: first.older! })
    t.strictSame(idsOf(second.sessions), all.slice(10, 20))
    const third = await page({}, 10, { olderThan: second.older! })
    t.strictSame(idsOf(third.sessions), all.slice(20))
    t.equal(third.older, null)

    const back = await page({}, 10, { newerThan: third.newer! })
    t.strictSame(back, second)
    const beginning = await page({}, 10, { newerThan: back.newer! })
    t.strictSame(beginning, first)
    // From the middle of the first page there are fewer than a page: it is the whole first page all the same.
    t.strictSame(await page({}, 10, { newerThan: { createdAt: records[4]!.createdAt, key: records[4]!._id } }), first)
    t.strictSame(await page({}, 22, null), { sessions: (await page({}, 100, null)).sessions, newer: null, older: null }, 'exactly one page')
  })

  t.test('the search goes with the pages, and counting ends at its limit', async t => {
    const records = signIns(30)
    const { page, count } = createOverview({ store: await filled(makeStore(), records), now })
    const search = { userIds: ['user-3', 'user-7'] }
    const found = records.filter(({ userId }) => /[37]$/.test(userId!))
    const first = await page(search, 4, null)
    const second = await page(search, 4, { olderThan: first.older! })
    t.strictSame([...idsOf(first.sessions), ...idsOf(second.sessions)], idsIn(found))
    t.strictSame([first.newer, second.older], [null, null])
    t.strictSame([await count(search, 100), await count(search, 5), await count({}, 100)], [6, 5, 30])
  })

  t.test('a page whose sessions, or whose neighbours, have ended meanwhile says so', async t => {
    const records = signIns(9)
    const store = await filled(makeStore(), records)
    const { page } = createOverview({ store, now })
    const end = async (from: number, to: number): Promise<number> => await store.removeFound(records.slice(from, to).map(({ _id }) => _id), NOW)
    const { older } = await page({}, 3, null)
    const { older: end6 } = await page({}, 3, { olderThan: older! })

    await end(6, 9)
    const empty = await page({}, 3, { olderThan: end6! })
    t.strictSame([empty.sessions, empty.older], [[], null])
    t.strictSame(idsOf((await page({}, 3, { newerThan: empty.newer! })).sessions), idsIn(records.slice(3, 6)), 'back to what was shown before, whole')

    const { newer } = await page({}, 3, { olderThan: older! })
    await end(3, 6)
    const back = await page({}, 2, { newerThan: newer! })
    t.strictSame([idsOf(back.sessions), back.older], [idsIn(records.slice(1, 3)), null], 'nothing older is left')
    await end(0, 3)
    t.strictSame(await page({}, 3, { olderThan: older! }), { sessions: [], newer: null, older: null })
    t.strictSame(await page({}, 3, { newerThan: newer! }), { sessions: [], newer: null, older: null })
  })

  for (const announced of [true, false]) {
    const words = announced ? 'one by one, announced' : 'many at a time, unannounced'

    t.test(`what a search finds ends ${words}; what it does not find stays`, async t => {
      const records = signIns(30)
      const expired = aRecord({ userId: 'user-1', expiresAt: NOW })
      const store = await filled(makeStore(), [...records, expired])
      const told: Array<[id: string, reason: SessionEndReason, actor: Actor]> = []
      const announceEnd = announced ? { announceEnd: (session: LoginSession, ...rest: [SessionEndReason, Actor]) => { told.push([session.id, ...rest]) } } : {}
      const { end } = createOverview({ store, now, ...announceEnd })
      const mine = records[1]!
      const progress: number[] = []
      const found = records.filter(({ userId }) => /[12]$/.test(userId!))

      t.equal(await end({ userIds: [] }, { actor }), 0, 'nobody is not everybody')
      const options = { actor, except: { userId: 'user-1', id: mine._id.slice(8) }, onProgress: (ended: number) => { progress.push(ended) } }
      t.equal(await end({ userIds: ['user-1', 'user-2'] }, options), 5)

      t.strictSame(progress, [5], 'once, with the final number')
      const left = await Promise.all(records.map(async record => await stored(store, record)))
      t.strictSame(left.filter(record => record !== null), records.filter(record => record === mine || !found.includes(record)))
      const expected = announced ? idsIn(found.filter(record => record !== mine)).map(id => [id, 'revoked', actor]) : []
      t.strictSame(told.sort(), expected.sort())
      t.equal(await end({ userIds: ['user-1', 'user-2'] }, options), 0)
    })

    t.test(`an empty search ends everybody's sessions ${words}; visitors stay`, async t => {
      const records = signIns(15)
      const [visitor, expired] = [aVisitorRecord(), aRecord({ expiresAt: NOW })]
      const store = await filled(makeStore(), records)
      for (const other of [expired, visitor]) await store.insert(other)
      const told: SessionEndReason[] = []
      const { end } = createOverview({ store, now, ...(announced && { announceEnd: (_, reason) => { told.push(reason) } }) })
      t.equal(await end({ kind: undefined, userIds: undefined }, { actor }), 15)
      t.strictSame(told, Array(announced ? 15 : 0).fill('revoked-all'))
      t.equal(await store.countFound({}, NOW, 100), 0)
      t.strictSame(await stored(store, visitor), visitor)
      t.equal(await stored(store, expired), null, 'a late touch must not revive it')
      t.equal(await end({}, { actor }), 0)
    })
  }

  t.test('who signs in while sessions end stays signed in', async t => {
    for (const search of [{}, { kind: 'desktop' }, { signedInBefore: after(NOW, HOUR) }, { signedInBefore: after(NOW, -10 * MINUTE) }] as const) {
      const clock = createClock()
      const records = signIns(20)
      const store = await filled(makeStore(), records)
      const late = aRecord({ createdAt: after(NOW, 1) })
      const { end } = createOverview({ store, now: clock.now, announceEnd () { clock.advance(SECOND) } })
      const ending = end(search, { actor, onProgress () {} })
      await store.insert(late)
      t.equal(await ending, 'signedInBefore' in search && search.signedInBefore < NOW ? 9 : 20)
      t.strictSame(await stored(store, late), late)
    }
  })
})

/** A memory store of 1,200 sessions, whose calls are counted. */
async function counted (): Promise<{ store: LoginSessionStore & OverviewStore, calls: string[] }> {
  const calls: string[] = []
  const store = await filled(memoryStore(), signIns(1200).map(record => ({ ...record, expiresAt: after(NOW, 100 * DAY) })))
  const names = ['newest', 'page', 'remove', 'removeMany', 'removeFound', 'barrier'] as const
  const counting = Object.fromEntries(names.map(name => [name, async (...args: unknown[]) => {
    calls.push(name)
    return await Reflect.apply(store[name], store, args)
  }]))
  return { store: { ...store, ...counting }, calls }
}

const times = (calls: string[], name: string): number => calls.filter(call => call === name).length

t.test('thousands end page by page, with progress, until a look finds none', async t => {
  for (const search of [{}, { kind: 'desktop' }] as const) {
    const { store, calls } = await counted()
    const progress: number[] = []
    t.equal(await createOverview({ store, now }).end(search, { actor, onProgress: ended => { progress.push(ended) } }), 1200)
    t.strictSame(progress, [1000, 1200])
    t.strictSame([times(calls, 'removeFound'), times(calls, 'remove'), times(calls, 'barrier')], [2, 0, 0])
    // Two pages, and one look that finds nothing.
    t.equal(times(calls, 'newest') + times(calls, 'page'), 3)
  }
})

t.test('if nothing is found, earlier removals are made sure of before the answer', async t => {
  const { store, calls } = await counted()
  t.equal(await createOverview({ store, now }).end({ kind: 'tv' }, { actor }), 0)
  t.strictSame([times(calls, 'newest'), times(calls, 'barrier')], [2, 64], 'looked, made sure on all shards, looked again')
})

t.test('what is found though it was removed does not keep it busy forever', async t => {
  const { store, calls } = await counted()
  const stubborn: LoginSessionStore & OverviewStore = { ...store, async removeFound () { calls.push('removeFound'); return 1 } }
  t.equal(await createOverview({ store: stubborn, now }).end({ kind: 'desktop' }, { actor }), 10)
  t.equal(times(calls, 'removeFound'), 10, 'five rounds of two pages')
})

t.test('it can be stopped: what has ended stays ended, and everything else stays', async t => {
  for (const search of [{}, { kind: 'desktop' }] as const) {
    const { store } = await counted()
    const controller = new AbortController()
    const { end, count } = createOverview({ store, now })
    t.equal(await end(search, { actor, signal: controller.signal, onProgress () { controller.abort() } }), 1000)
    t.equal(await count({}, 10_000), 200)
    t.equal(await end(search, { actor, signal: controller.signal }), 0)
    t.equal(await count({}, 10_000), 200)
  }
})

t.test('announced, it stops with those that are under way', async t => {
  const { store } = await counted()
  const controller = new AbortController()
  const { end } = createOverview({ store, now, announceEnd () { controller.abort() } })
  const ended = await end({}, { actor, signal: controller.signal })
  t.ok(ended >= 1 && ended <= 100, `${ended}`)
})

t.test('announced, progress is reported after each hundred and at the end of each page', async t => {
  const { store } = await counted()
  const { end } = createOverview({ store, now, announceEnd () {} })
  const progress: number[] = []
  const onProgress = (ended: number): void => { progress.push(ended) }
  t.equal(await end({ userIds: ['user-3'] }, { actor, onProgress }), 120)
  t.strictSame(progress.splice(0), [100, 120])
  t.equal(await end({}, { actor, onProgress }), 1080)
  t.strictSame(progress, [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1080])
})

t.test('what has ended before a failure is reported', async t => {
  const { store } = await counted()
  let removals = 0
  const failing = async (...[key, userId]: Parameters<LoginSessionStore['remove']>) => {
    if (++removals > 30) throw new Error('away')
    return await store.remove(key, userId)
  }
  const progress: number[] = []
  const { end } = createOverview({ store: { ...store, remove: failing }, now, announceEnd () {} })
  await t.rejects(end({}, { actor, onProgress: ended => { progress.push(ended) } }), { message: 'away' })
  t.strictSame(progress, [30])
})

t.test('a failure ends it; an error of the progress does not', async t => {
  const { store } = await counted()
  await t.rejects(createOverview({ store: { ...store, async removeFound () { throw new Error('away') } }, now }).end({}, { actor }), { message: 'away' })
  const { end, count } = createOverview({ store, now })
  t.equal(await end({ userIds: ['user-1'] }, { actor, onProgress () { throw new Error('too much') } }), 120)
  t.equal(await end({}, { actor, onProgress: (async () => { throw new Error('later') }) as () => void }), 1080)
  t.equal(await count({}, 10), 0)
})

// --- numbers ---

t.test('numbers of a small collection are counted, without visitors and expired ones', async t => {
  const device = aRecord().device
  const day = (days: number): Date => after(new Date('2100-01-01T00:00:00.000Z'), -days * DAY)
  const records = [
    aRecord({ device: { ...device, kind: 'phone', os: 'Android' }, binding: BINDING }),
    aRecord({ userId: 'eve', createdAt: day(0), binding: { key: BINDING.key, challengedAt: NOW } }),
    aRecord({ userId: 'eve', createdAt: after(day(0), -1), device: { ...device, os: null } }),
    aRecord({ createdAt: day(13), device: { ...device, kind: 'phone', os: 'Android' } }),
    aRecord({ createdAt: after(day(13), -1), device: { ...device, kind: 'phone', os: 'Android' } }),
    aRecord({ createdAt: day(400), device: { ...device, kind: 'phone', os: 'Android' } }),
    aVisitorRecord(),
    aRecord({ userId: 'mallory', expiresAt: NOW, binding: BINDING })
  ]
  const { numbers } = createOverview({ store: await filled(memoryStore(), records.map(record => ({ ...record, createdAt: record.createdAt }))), now })
  const counts = [...Array(14)].map((_, index) => ({ 0: 1, 12: 1, 13: 2 }[index] ?? 0))
  t.strictSame(await numbers(), {
    at: NOW,
    sample: null,
    sessions: 6,
    users: 2,
    deviceBound: 1,
    byDay: counts.map((sessions, index) => ({ day: day(13 - index), sessions })),
    byKind: [{ kind: 'phone', sessions: 4 }, { kind: 'desktop', sessions: 2 }],
    bySystem: [{ system: 'Android', sessions: 4 }, { system: null, sessions: 1 }, { system: 'Windows', sessions: 1 }]
  })
})

t.test('numbers of nothing are zeros', async t => {
  const empty = await createOverview({ store: await filled(memoryStore(), []), now }).numbers()
  t.match(empty, { sample: null, sessions: 0, users: 0, deviceBound: 0, byKind: [], bySystem: [] })
  t.equal(empty.byDay.length, 14)
  const stale = { ...overviewStoreOf(memoryStore())!, async size () { return 1_000_000 } }
  t.match(await createOverview({ store: stale, now }).numbers(), { sample: 0, sessions: 0, users: 0, byKind: [] }, 'a server that crashed may not know its size')
})

/** Only what numbers are read with: random ones of these records, and pages of them in the order of their keys. */
function largeStore (records: RecordWithoutData[], size = records.length): { store: OverviewParts['store'], calls: () => number, read: () => number } {
  const sorted = records.toSorted((a, b) => a._id < b._id ? -1 : 1)
  let [calls, read] = [0, 0]
  const page: LoginSessionStore['page'] = async (key, limit) => {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (sorted[middle]!._id > key) high = middle
      else low = middle + 1
    }
    const found = sorted.slice(low, low + limit)
    calls++
    read += found.length
    return found
  }
  const random = createRandom(11)
  const sample: OverviewStore['sample'] = async count => {
    calls++
    read += count
    return Array.from({ length: count }, () => random.pick(sorted))
  }
  return { store: { ...overviewStoreOf(memoryStore())!, page, sample, async size () { return size } }, calls: () => calls, read: () => read }
}

/** Random user keys that can be repeated. */
function userKeys (seed: number): () => string {
  const random = createRandom(seed)
  return () => Array.from({ length: 8 }, () => 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'[random.below(64)]).join('')
}

t.test('numbers of a large collection are estimated from a few thousand records, near the truth', async t => {
  const [random, visitorKey] = [createRandom(7), userKeys(8)]
  const template = aRecord()
  const records: RecordWithoutData[] = []
  // Users have one to six sessions; every fifth is of a visitor, and every tenth has expired.
  for (let user = 0; records.length < 200_000; user++) {
    const userId = `user-${user}`
    for (let session = 0; session <= user % 6; session++) {
      const { userId: _, ...visitor } = template
      const isVisitor = random.below(5) === 0
      records.push({
        ...(isVisitor ? visitor : { ...template, userId }),
        _id: (isVisitor ? visitorKey() : userKeyOf(userId)) + String(records.length).padStart(22, '0'),
        createdAt: after(NOW, -random.below(20) * DAY),
        expiresAt: random.below(10) === 0 ? NOW : after(NOW, HOUR),
        device: { ...template.device, kind: random.below(4) === 0 ? 'phone' : 'desktop', os: random.below(2) === 0 ? 'Windows' : null },
        ...records.length % 3 === 0 && { binding: BINDING }
      })
    }
  }
  const truth = numbersOf({ records, large: null }, NOW)
  const { store, calls, read } = largeStore(records)
  const found = await createOverview({ store, now, randomUserKey: userKeys(3) }).numbers()

  t.ok(calls() <= 17 && read() <= 4000, `${read()} records were read`)
  t.equal(found.sample, 2000)
  // Five times the standard deviation of a share. The seeds are fixed.
  const near = (estimate: number, exact: number, what: string): void => {
    const share = exact / records.length
    const deviation = Math.sqrt(share * (1 - share) / 2000) * records.length
    t.ok(Math.abs(estimate - exact) <= 5 * deviation, `${what}: ${estimate} is near ${exact}, within ${Math.round(5 * deviation)}`)
  }
  near(found.sessions, truth.sessions, 'sessions')
  near(found.users, truth.users, 'users')
  near(found.deviceBound, truth.deviceBound, 'bound sessions')
  for (const [index, { day, sessions }] of truth.byDay.entries()) {
    t.strictSame(found.byDay[index]!.day, day)
    near(found.byDay[index]!.sessions, sessions, day.toISOString())
  }
  for (const [index, { kind, sessions }] of truth.byKind.entries()) {
    t.equal(found.byKind[index]!.kind, kind)
    near(found.byKind[index]!.sessions, sessions, kind)
  }
  for (const { system, sessions } of truth.bySystem) near(found.bySystem.find(one => one.system === system)!.sessions, sessions, String(system))
})

/** The mean of many estimates. */
async function meanNumbers (records: RecordWithoutData[]): Promise<{ sessions: number, users: number, programs: number }> {
  const [{ store }, randomUserKey, times] = [largeStore(records), userKeys(5), 200]
  const sums = { sessions: 0, users: 0, programs: 0 }
  for (let time = 0; time < times; time++) {
    const { sessions, users, byKind } = await createOverview({ store, now, randomUserKey }).numbers()
    sums.sessions += sessions / times
    sums.users += users / times
    sums.programs += (byKind.find(({ kind }) => kind === 'program')?.sessions ?? 0) / times
  }
  return sums
}

/** Sessions of users with so many each. */
function sessionsOf (counts: number[], kindOf: (user: number) => 'desktop' | 'program' = () => 'desktop'): RecordWithoutData[] {
  const { data, ...template } = aRecord()
  return counts.flatMap((count, user) => {
    const [key, device] = [userKeyOf(`user-${user}`), { ...template.device, kind: kindOf(user) }]
    return Array.from({ length: count }, (_, index) => ({ ...template, _id: key + String(index).padStart(22, '0'), userId: `user-${user}`, device }))
  })
}

const isNear = (found: number, truth: number, share: number): boolean => Math.abs(found - truth) <= share * truth

t.test('users with many sessions count like all others', async t => {
  // One user in a hundred has 300 sessions.
  const records = sessionsOf(Array.from({ length: 20_000 }, (_, user) => user % 100 === 0 ? 300 : 7))
  const { users, sessions } = await meanNumbers(records)
  t.equal(Math.round(sessions), records.length)
  t.ok(isNear(users, 20_000, 0.03), `${users} users`)
})

t.test('one user with half of all sessions is half of them, and one user', async t => {
  const records = sessionsOf([100_000, ...Array.from({ length: 20_000 }, () => 5)], user => user === 0 ? 'program' : 'desktop')
  const { users, programs } = await meanNumbers(records)
  t.ok(isNear(users, 20_001, 0.03), `${users} users`)
  t.ok(isNear(programs, 100_000, 0.01), `${programs} sessions of a program`)
})

t.test('a run of keys goes on at the beginning', async t => {
  // 5,000 users with one session each. The run has the last hundred of them, and the first 150.
  const records = sessionsOf(Array.from({ length: 5000 }, () => 1)).sort((a, b) => a._id < b._id ? -1 : 1)
  const pages: Array<[after: string, limit: number]> = []
  const { store } = largeStore(records)
  const page: LoginSessionStore['page'] = async (after, limit) => {
    pages.push([after, limit])
    return await store.page(after, limit)
  }
  const start = records.at(-101)!._id.slice(0, 8) + '~'
  const { users } = await createOverview({ store: { ...store, page }, now, randomUserKey: () => start }).numbers()
  t.strictSame(pages.filter(([after]) => after === ''), Array(8).fill(['', 150]))
  t.ok(isNear(users, 5000, 0.2), `${users} users`)
})

t.test('sessions of one user only are all of them, and nearly one user', async t => {
  const records = sessionsOf([6000])
  const found = await createOverview({ store: largeStore(records).store, now, randomUserKey: userKeys(2) }).numbers()
  t.strictSame([found.sample, found.sessions], [2000, 6000])
  t.ok(found.users <= 3, `${found.users} users`)
})

t.test('users without a live session, and visitors, are not signed in', async t => {
  const users = sessionsOf(Array.from({ length: 2000 }, () => 3)).map((record, index) => index % 2 === 0 ? { ...record, expiresAt: NOW } : record)
  const expired = sessionsOf(Array.from({ length: 4000 }, (_, user) => user < 2000 ? 0 : 1)).map(record => ({ ...record, expiresAt: NOW }))
  const visitors = Array.from({ length: 2000 }, () => aVisitorRecord())
  const found = await meanNumbers([...users, ...expired, ...visitors])
  t.ok(isNear(found.users, 2000, 0.05), `${found.users} users`)
})

t.test('a size that is a little wrong does no harm', async t => {
  const records = Array.from({ length: 5100 }, (_, index) => aRecord({ userId: `user-${index}` }))
  const few = await createOverview({ store: largeStore(records.slice(0, 4000), 10).store, now }).numbers()
  t.strictSame([few.sample, few.sessions], [null, 4000])
  const more = await createOverview({ store: largeStore(records, 3000).store, now, randomUserKey: userKeys(1) }).numbers()
  t.strictSame([more.sample, more.sessions], [2000, 4001], 'at least one more than would have been counted')
  t.ok(isNear(more.users, 5100, 0.2), `${more.users} users`)
  const shrunk = await createOverview({ store: largeStore(records.slice(0, 7), 1_000_000).store, now, randomUserKey: userKeys(1) }).numbers()
  t.equal(shrunk.users, 7, 'a run has all keys')
})

t.test('numbers are kept for ten seconds, and are read once for all who ask', async t => {
  const clock = createClock()
  const [gate, { store, calls }] = [createGate(), largeStore([aRecord()])]
  const { numbers } = createOverview({ store: { ...store, async size () { await gate.passed; return 1 } }, now: clock.now })
  const both = [numbers(), numbers()]
  await turns()
  gate.open()
  const [one, other] = await Promise.all(both)
  t.equal(one, other)
  clock.advance(10 * SECOND - 1)
  t.equal(await numbers(), one)
  t.equal(calls(), 1)
  clock.advance(1)
  t.strictSame((await numbers()).at, after(NOW, 10 * SECOND))
  t.equal(calls(), 2)
})

t.test('a reading that failed is not kept, and ends no later one', async t => {
  const clock = createClock()
  const gates = [createGate(), createGate()]
  let readings = 0
  const store = { ...largeStore([aRecord()]).store, async size () { await gates[readings++]?.passed; if (readings < 3) throw new Error('away'); return 1 } }
  const { numbers } = createOverview({ store, now: clock.now })
  const first = numbers()
  clock.advance(MINUTE)
  const second = numbers()
  gates[0]!.open()
  await t.rejects(first, { message: 'away' })
  gates[1]!.open()
  await t.rejects(second, { message: 'away' })
  t.equal((await numbers()).sessions, 1)
})

t.test('the positions of a page are not part of it', async t => {
  const records = signIns(3)
  const store = await filled(memoryStore(), records)
  const asked: PageFrom[] = []
  const { page } = createOverview({ store: { ...store, async newest (search, at, limit, from) { asked.push(from); return await store.newest(search, at, limit, from) } }, now })
  const { older } = await page({}, 1, null)
  t.strictSame(older, { createdAt: records[0]!.createdAt, key: records[0]!._id })
  const { newer } = await page({}, 1, { olderThan: older! })
  t.strictSame(newer, { createdAt: records[1]!.createdAt, key: records[1]!._id })
  t.strictSame(asked.length, 3, 'one look for the first page; two for another')
})
