/**
 * The promises of the part of a store for operators (`OverviewStore` in `plugin/sessions/store.ts`), one by one. Both stores keep
 * them; `contract.ts` runs this on every store that has the part.
 * @module
 */
import type { Test } from 'tap'
import type { LoginSessionRecord } from '../../plugin/sessions/record.js'
import type { LoginSessionStore, OverviewStore, PageFrom, Position, SessionSearch } from '../../plugin/sessions/store.js'
import { keyOf, newId } from '../../plugin/sessions/key.js'
import { after, HOUR, MINUTE, NOW } from '../support/clock.js'
import { parallel } from '../support/gate.js'
import { aRecord, aVisitorRecord, stored } from '../support/records.js'

const MILLISECOND = 1
const KINDS = ['desktop', 'phone', 'tablet'] as const
const NOBODY = keyOf('ada', newId())

/** Some sign in at the same moment; users, kinds and addresses vary independently of each other. */
const RECORDS = Array.from({ length: 36 }, (_, index) => {
  const record = aRecord({ userId: `user-${index % 4}`, createdAt: after(NOW, -(index % 9) * MINUTE), ip: index % 7 === 0 ? null : `10.0.${index % 5}.${index % 2}`, data: { index } })
  return { ...record, device: { ...record.device, kind: KINDS[index % 3]! } }
})

/** What no search finds. */
const OTHERS = [aVisitorRecord(), aRecord({ expiresAt: NOW }), aVisitorRecord({ expiresAt: NOW })]

const SEARCHES: Array<[name: string, search: SessionSearch, expected: (record: LoginSessionRecord) => boolean]> = [
  ['everything', {}, () => true],
  ['everything, where conditions are undefined', { kind: undefined, userIds: undefined, addresses: undefined, signedInFrom: undefined, signedInBefore: undefined }, () => true],
  ['of a user', { userIds: ['user-1'] }, ({ userId }) => userId === 'user-1'],
  ['of several users, with one that has none', { userIds: ['user-1', 'user-2', 'nobody'] }, ({ userId }) => /[12]$/.test(userId!)],
  ['of no user', { userIds: [] }, () => false],
  ['of a kind', { kind: 'phone' }, ({ device }) => device.kind === 'phone'],
  ['of a kind that nobody has', { kind: 'tv' }, () => false],
  ['of an address', { addresses: ['10.0.1.1'] }, ({ ip }) => ip === '10.0.1.1'],
  ['of several addresses', { addresses: ['10.0.1.1', '10.0.2.0', ''] }, ({ ip }) => ip === '10.0.1.1' || ip === '10.0.2.0'],
  ['of an address that only looks like one', { addresses: ['10.0.1.'] }, () => false],
  ['of no address', { addresses: [] }, () => false],
  ['of a network', { addresses: [/^10\.0\.1\./] }, ({ ip }) => /^10\.0\.1\./.test(ip ?? '')],
  ['of networks and addresses', { addresses: [/^10\.0\.1\./, /^10\.0\.2\./, '10.0.3.1'] }, ({ ip }) => /^10\.0\.[12]\.|^10\.0\.3\.1$/.test(ip ?? '')],
  ['signed in from a time on', { signedInFrom: after(NOW, -3 * MINUTE) }, ({ createdAt }) => createdAt >= after(NOW, -3 * MINUTE)],
  ['signed in before a time', { signedInBefore: after(NOW, -3 * MINUTE) }, ({ createdAt }) => createdAt < after(NOW, -3 * MINUTE)],
  ['signed in between', { signedInFrom: after(NOW, -5 * MINUTE), signedInBefore: after(NOW, -3 * MINUTE) }, ({ createdAt }) =>
    createdAt >= after(NOW, -5 * MINUTE) && createdAt < after(NOW, -3 * MINUTE)],
  ['signed in at no time', { signedInFrom: NOW, signedInBefore: NOW }, () => false],
  ['of a kind and an address', { kind: 'phone', addresses: ['10.0.1.1', '10.0.4.0', '10.0.0.0'] }, ({ ip, device }) =>
    device.kind === 'phone' && ['10.0.1.1', '10.0.4.0', '10.0.0.0'].includes(ip ?? '')],
  ['of a user, a kind, a network and an age', { userIds: ['user-0', 'user-3'], kind: 'desktop', addresses: [/^10\.0\.[0-3]\./], signedInBefore: after(NOW, -MINUTE) },
    ({ userId, device, ip, createdAt }) => /[03]$/.test(userId!) && device.kind === 'desktop' && /^10\.0\.[0-3]\./.test(ip ?? '') && createdAt < after(NOW, -MINUTE)]
]

const withoutData = ({ data, ...rest }: LoginSessionRecord) => rest
const positionOf = ({ createdAt, _id }: Pick<LoginSessionRecord, 'createdAt' | '_id'>): Position => ({ createdAt, key: _id })
const keysOf = (records: Array<Pick<LoginSessionRecord, '_id'>>): string[] => records.map(({ _id }) => _id)

/** The newest first; of the same moment the largest key. */
const inOrder = (records: LoginSessionRecord[]): LoginSessionRecord[] => records.toSorted((a, b) =>
  b.createdAt.getTime() - a.createdAt.getTime() || (a._id < b._id ? 1 : -1))

/** @param makeStore an empty store */
export async function overviewContract (t: Test, makeStore: () => Promise<LoginSessionStore & OverviewStore>): Promise<void> {
  async function storeWith (...records: LoginSessionRecord[]): Promise<LoginSessionStore & OverviewStore> {
    const store = await makeStore()
    await store.prepareOverview()
    await Promise.all(records.map(async record => await store.insert(record)))
    return store
  }

  t.test('newest and countFound', async t => {
    const store = await storeWith(...RECORDS)
    // The store may drop what has expired when another record comes: these come last.
    for (const record of OTHERS) await store.insert(record)

    for (const [name, search, expected] of SEARCHES) {
      t.test(`find sessions ${name}, newest sign-in first, and no visitors or expired ones`, async t => {
        const wanted = inOrder(RECORDS.filter(expected))
        t.strictSame(await store.newest(search, NOW, 100, null), wanted.map(withoutData))
        t.equal(await store.countFound(search, NOW, 100), wanted.length)
      })

      t.test(`page through sessions ${name} in both directions, also where the moments are equal`, async t => {
        const wanted = keysOf(inOrder(RECORDS.filter(expected)))
        const older: string[] = []
        let from: PageFrom = null
        for (let page = await store.newest(search, NOW, 5, from); page.length > 0; page = await store.newest(search, NOW, 5, from)) {
          t.ok(page.length <= 5)
          older.push(...keysOf(page))
          from = { olderThan: positionOf(page.at(-1)!) }
        }
        t.strictSame(older, wanted)
        if (from === null) return
        const newer = [wanted.at(-1)!]
        from = { newerThan: from.olderThan }
        for (let page = await store.newest(search, NOW, 5, from); page.length > 0; page = await store.newest(search, NOW, 5, from)) {
          t.ok(page.length <= 5)
          newer.unshift(...keysOf(page))
          from = { newerThan: positionOf(page[0]!) }
        }
        t.strictSame(newer, wanted)
      })
    }

    t.test('a position need not be that of a record', async t => {
      const at = after(NOW, -4 * MINUTE)
      const [older, newer] = [inOrder(RECORDS.filter(({ createdAt }) => createdAt < at)), inOrder(RECORDS.filter(({ createdAt }) => createdAt >= at))]
      t.strictSame(keysOf(await store.newest({}, NOW, 100, { olderThan: { createdAt: at, key: '' } })), keysOf(older))
      t.strictSame(keysOf(await store.newest({}, NOW, 100, { newerThan: { createdAt: at, key: '' } })), keysOf(newer))
    })

    t.test('an end to the counting', async t => {
      for (const [most, count] of [[1, 1], [35, 35], [36, 36], [37, 36]] as const) t.equal(await store.countFound({}, NOW, most), count)
    })

    t.test('judge expiry by the given time, to the millisecond', async t => {
      const end = RECORDS[0]!.expiresAt
      t.equal(await store.countFound({}, end, 100), 0)
      t.equal(await store.countFound({}, after(end, -MILLISECOND), 100), RECORDS.length)
      t.strictSame(await store.newest({}, end, 100, null), [])
    })

    t.test('hand out copies', async t => {
      const [mine] = await store.newest({}, NOW, 1, null)
      mine!.tokens.splice(0)
      mine!.device.kind = 'tv'
      t.strictSame(await store.newest({}, NOW, 1, null), inOrder(RECORDS).slice(0, 1).map(withoutData))
    })

    t.test('size counts every record, of visitors and expired ones too', async t => {
      t.ok(await store.size() >= RECORDS.length + 1)
      t.equal(await (await storeWith()).size(), 0)
    })

    t.test('sample draws about so many of all records, without session data', async t => {
      const drawn = await store.sample(10)
      t.ok(drawn.length >= 10 && drawn.length <= 20, `${drawn.length} records`)
      const all = await store.page('', 100)
      for (const record of drawn) t.strictSame(record, all.find(({ _id }) => _id === record._id))
      const often = await Promise.all(Array.from({ length: 100 }, async () => await store.sample(5)))
      t.equal(new Set(keysOf(often.flat())).size, all.length, 'none is left out: of visitors and expired ones neither')
      t.strictSame(await (await storeWith()).sample(10), [])
    })
  })

  t.test('removeFound', async t => {
    t.test('removes these records of whatever users, and returns their number', async t => {
      const [ada, eve, kept] = [aRecord(), aRecord({ userId: 'eve' }), aRecord()]
      const store = await storeWith(ada, eve, kept)
      t.equal(await store.removeFound([ada._id, eve._id, NOBODY], NOW), 2)
      t.strictSame(await store.find(keysOf([ada, eve, kept])), [null, null, kept])
      t.equal(await store.removeFound(keysOf([ada, eve]), NOW), 0)
      t.equal(await store.removeFound([], NOW), 0)
    })

    t.test('removes no visitor session', async t => {
      const visitor = aVisitorRecord()
      const store = await storeWith(visitor)
      t.equal(await store.removeFound([visitor._id], NOW), 0)
      t.strictSame(await stored(store, visitor), visitor)
    })

    t.test('counts only those that lived, to the millisecond, and removes the others, too', async t => {
      const [sooner, later] = [aRecord(), aRecord({ expiresAt: after(NOW, 2 * HOUR) })]
      const store = await storeWith(sooner, later)
      t.equal(await store.removeFound(keysOf([sooner, later]), sooner.expiresAt), 1)
      t.strictSame(await store.find(keysOf([sooner, later])), [null, null])
    })

    t.test('of many at the same moment, each record is counted once', async t => {
      const store = await storeWith(...RECORDS.slice(0, 5))
      const counts = await parallel(10, () => store.removeFound(keysOf(RECORDS.slice(0, 5)), NOW))
      t.equal(counts.reduce((sum, count) => sum + count, 0), 5)
    })
  })
}
