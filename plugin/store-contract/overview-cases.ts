/**
 * The promises of the part for operators: `OverviewStore`.
 * @module
 */
import { equal, ok } from 'node:assert/strict'
import { keyOf, newId, userKeyOf } from '../sessions/key.js'
import type { RecordWithoutData } from '../sessions/record.js'
import type { LoginSessionStore, OverviewStore, PageFrom, Position, SessionSearch } from '../sessions/store.js'
import { touchOf } from './changes.js'
import { manyOf, MOST } from './many.js'
import { aRecord, aVisitorRecord, after, HOUR, keysOf, MILLISECOND, MINUTE, NOW, withoutData } from './records.js'
import { atOnce, type Cases, same, type Scene, stored } from './scene.js'
import { inOrder, OTHERS, RECORDS, SEARCHES } from './searches.js'

/** A store with the part for operators. */
export type StoreWithOverview = LoginSessionStore & OverviewStore

const positionOf = ({ createdAt, _id }: RecordWithoutData): Position => ({ createdAt, key: _id })

/** The store may remove what has expired when another record is inserted, so expired records come last. */
async function storeForSearches ({ storeWith }: Scene<StoreWithOverview>): Promise<StoreWithOverview> {
  return await storeWith(...RECORDS, ...OTHERS)
}

/** The keys of the pages that follow each other from a place on. @param next where the page after this one begins */
async function read (
  store: StoreWithOverview, search: SessionSearch, from: PageFrom, next: (page: RecordWithoutData[]) => PageFrom
): Promise<string[][]> {
  const page = await store.newest(search, NOW, 5, from)
  ok(page.length <= 5, `a page must not have more records than the limit of 5: it has ${page.length}`)
  return page.length === 0 ? [] : [keysOf(page), ...await read(store, search, next(page), next)]
}

export const overviewCases: Cases<StoreWithOverview> = {
  async 'newest and countFound find what a search asks for, the newest sign-in first, and no visitor or expired sessions' (scene) {
    const store = await storeForSearches(scene)
    for (const [name, search, finds] of SEARCHES) {
      const wanted = inOrder(RECORDS.filter(finds))
      same(await store.newest(search, NOW, 100, null), wanted.map(withoutData), `newest finds wrong records in a search for ${name}`)
      equal(await store.countFound(search, NOW, 100), wanted.length, `countFound counts wrongly in a search for ${name}`)
    }
  },

  async 'newest reads page after page in both directions, also where sign-ins have the same time' (scene) {
    const store = await storeForSearches(scene)
    for (const [name, search, finds] of SEARCHES) {
      const wanted = inOrder(RECORDS.filter(finds))
      const older = await read(store, search, null, page => ({ olderThan: positionOf(page.at(-1)!) }))
      same(older.flat(), keysOf(wanted), `the pages from the newest to the oldest are wrong in a search for ${name}`)
      if (wanted.length === 0) continue
      const last = wanted.at(-1)!
      const newer = await read(store, search, { newerThan: positionOf(last) }, page => ({ newerThan: positionOf(page[0]!) }))
      same([...newer.reverse().flat(), last._id], keysOf(wanted), `the pages back to the newest are wrong in a search for ${name}`)
    }
  },

  async 'newest may get a position at which there is no record' (scene) {
    const store = await storeForSearches(scene)
    const at = after(NOW, -4 * MINUTE)
    const older = inOrder(RECORDS.filter(({ createdAt }) => createdAt < at))
    const newer = inOrder(RECORDS.filter(({ createdAt }) => createdAt >= at))
    same(keysOf(await store.newest({}, NOW, 100, { olderThan: { createdAt: at, key: '' } })), keysOf(older))
    same(keysOf(await store.newest({}, NOW, 100, { newerThan: { createdAt: at, key: '' } })), keysOf(newer))
  },

  async 'countFound stops counting at `most`' (scene) {
    const store = await storeForSearches(scene)
    for (const [most, count] of [[1, 1], [35, 35], [36, 36], [37, 36]] as const) equal(await store.countFound({}, NOW, most), count)
  },

  async 'newest and countFound compare the expiry with `now`, to the millisecond' (scene) {
    const store = await storeForSearches(scene)
    const end = RECORDS[0]!.expiresAt
    equal(await store.countFound({}, end, 100), 0)
    equal(await store.countFound({}, after(end, -MILLISECOND), 100), RECORDS.length)
    same(await store.newest({}, end, 100, null), [])
  },

  async 'newest hands out copies' (scene) {
    const store = await storeForSearches(scene)
    const [mine] = await store.newest({}, NOW, 1, null)
    mine!.tokens.splice(0)
    mine!.device.kind = 'tv'
    same(await store.newest({}, NOW, 1, null), inOrder(RECORDS).slice(0, 1).map(withoutData))
  },

  async 'size counts every record, of visitors and expired ones too' (scene) {
    const store = await storeForSearches(scene)
    const size = await store.size()
    // The store may have removed one of the expired records when the other one was inserted.
    const [least, most] = [RECORDS.length + OTHERS.length - 1, RECORDS.length + OTHERS.length]
    ok(size >= least && size <= most, `a store with ${least} or ${most} records has the size ${size}`)
    equal(await (await scene.emptyStore()).size(), 0)
  },

  async 'sample draws about so many records from all, and gives them without session data' (scene) {
    const store = await storeForSearches(scene)
    const all = await store.page('', 100)
    const samples = await atOnce(30, async () => await store.sample(20))
    for (const drawn of samples) ok(drawn.length <= 40, `a sample of 20 has ${drawn.length} records`)
    for (const record of samples.flat()) same(record, all.find(({ _id }) => _id === record._id))
    equal(new Set(keysOf(samples.flat())).size, all.length, 'each record is as likely as every other, also expired ones and visitors\'')

    for (const drawn of samples.flat()) drawn.tokens.splice(0)
    for (const { tokens } of await store.sample(20)) equal(tokens.length, 1, 'sample must hand out copies')
    same(await (await scene.emptyStore()).sample(10), [])
  },

  async 'newest and countFound compare whole user ids, also of users whose user keys are equal' (scene) {
    const wanted = aRecord()
    const others = ['Ada', 'ada ', 'eve'].map(userId => aRecord({ _id: userKeyOf('ada') + newId(), userId }))
    const store = await scene.storeWith(wanted, ...others)
    same(await store.newest({ userIds: ['ada'] }, NOW, 9, null), [withoutData(wanted)])
    equal(await store.countFound({ userIds: ['ada'] }, NOW, 9), 1)
  },

  async 'newest, countFound and size see every write that was answered before' ({ emptyStore }) {
    const [store, record] = [await emptyStore(), aRecord()]
    const everyRead = async () => [await store.newest({}, NOW, 9, null), await store.countFound({}, NOW, 9), await store.size()]
    same(await everyRead(), [[], 0, 0])
    await store.insert(record)
    same(await everyRead(), [[withoutData(record)], 1, 1])
    await store.touch([touchOf(record)])
    same(await everyRead(), [[withoutData({ ...record, ...touchOf(record) })], 1, 1])
    await store.remove(record._id, 'ada')
    same(await everyRead(), [[], 0, 0])
  },

  async 'prepareOverview may be called again while the store is in use: each server calls it at boot' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    await store.prepareOverview()
    same(await store.newest({}, NOW, 9, null), [withoutData(record)])
  },

  async 'newest and removeFound take a thousand records in one call' (scene) {
    const { store, keys, records } = await manyOf(scene)
    const found = await store.newest({}, NOW, MOST, null)
    same(keysOf(found), keysOf(inOrder(records)), 'newest with the limit 1000 must return all 1,000 records')
    equal(await store.countFound({}, NOW, MOST), records.length, 'countFound with the limit 1000 must count all 1,000 records')
    equal(await store.removeFound(keys, NOW), records.length, 'removeFound with 1,000 keys must count all records that it removes')
    equal(await store.countFound({}, NOW, MOST), 0, 'removeFound with 1,000 keys must remove all of these records')
  },

  async 'removeFound removes these records of whatever users, and returns their number' ({ storeWith }) {
    const [ada, eve, kept] = [aRecord(), aRecord({ userId: 'eve' }), aRecord()]
    const store = await storeWith(ada, eve, kept)
    equal(await store.removeFound([ada._id, eve._id, keyOf('ada', newId())], NOW), 2)
    same(await store.find(keysOf([ada, eve, kept])), [null, null, kept])
    equal(await store.removeFound(keysOf([ada, eve]), NOW), 0)
    equal(await store.removeFound([], NOW), 0)
  },

  async 'removeFound removes no visitor session' ({ storeWith }) {
    const visitor = aVisitorRecord()
    const store = await storeWith(visitor)
    equal(await store.removeFound([visitor._id], NOW), 0)
    same(await stored(store, visitor), visitor)
  },

  async 'removeFound counts only records that were live at `now`, to the millisecond, and removes the others, too' ({ storeWith }) {
    const [sooner, later] = [aRecord(), aRecord({ expiresAt: after(NOW, 2 * HOUR) })]
    const store = await storeWith(sooner, later)
    equal(await store.removeFound(keysOf([sooner, later]), sooner.expiresAt), 1)
    same(await store.find(keysOf([sooner, later])), [null, null])
  },

  async 'many calls of removeFound at the same moment count each record once' ({ storeWith }) {
    const records = RECORDS.slice(0, 5)
    const store = await storeWith(...records)
    const counts = await atOnce(10, async () => await store.removeFound(keysOf(records), NOW))
    equal(counts.reduce((sum, count) => sum + count, 0), 5)
  }
}
