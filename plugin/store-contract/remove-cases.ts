/**
 * The promises of `remove`, `removeMany` and `barrier`.
 * @module
 */
import { equal } from 'node:assert/strict'
import { keyOf, newId, userKeyOf } from '../sessions/key.js'
import type { LoginSessionRecord } from '../sessions/record.js'
import type { LoginSessionStore } from '../sessions/store.js'
import { aRecord, aVisitorRecord, after, HOUR, keysOf, MILLISECOND, NOW, withoutData } from './records.js'
import { atOnce, type Cases, listOf, same, stored } from './scene.js'

/** What `remove` returned, without the session data that it may have. */
async function removed (store: LoginSessionStore, key: string, userId: string | undefined): Promise<object | null> {
  const record = await store.remove(key, userId)
  return record && withoutData(record as LoginSessionRecord)
}

export const removeCases: Cases = {
  async 'remove removes this record of this user, and returns it' ({ storeWith }) {
    const [gone, kept] = [aRecord({ data: { 'a.b': 1 } }), aRecord()]
    const store = await storeWith(gone, kept)
    same(await removed(store, gone._id, 'ada'), withoutData(gone))
    equal(await stored(store, gone), null)
    same(await stored(store, kept), kept)
  },

  async 'remove with an undefined user removes a visitor session, and nothing else' ({ storeWith }) {
    const [gone, login] = [aVisitorRecord(), aRecord()]
    const store = await storeWith(gone, login)
    same(await removed(store, gone._id, undefined), withoutData(gone))
    equal(await store.remove(login._id, undefined), null)
    equal(await stored(store, gone), null)
    same(await stored(store, login), login)
  },

  async 'remove answers null for records of other users, of visitors, unknown and removed ones alike, and removes none' ({ storeWith }) {
    const [foreign, gone, visitor] = [aRecord({ userId: 'eve' }), aRecord(), aVisitorRecord()]
    const store = await storeWith(foreign, gone, visitor)
    await store.remove(gone._id, 'ada')
    for (const { _id } of [foreign, gone, visitor, aRecord()]) equal(await store.remove(_id, 'ada'), null)
    same(await stored(store, foreign), foreign)
    same(await stored(store, visitor), visitor)
  },

  async 'remove removes and returns an expired record, too' ({ storeWith }) {
    const expired = aRecord({ expiresAt: after(NOW, -MILLISECOND) })
    const store = await storeWith(expired)
    equal((await store.remove(expired._id, 'ada'))?._id, expired._id)
    equal(await stored(store, expired), null)
  },

  async 'of many calls of remove at the same moment, exactly one gets the record' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    const answers = await atOnce(10, async () => await store.remove(record._id, 'ada'))
    equal(answers.filter(one => one !== null).length, 1)
  },

  async 'removeMany removes these records of this user, and returns their number; barrier then resolves' ({ storeWith }) {
    const [one, other, kept] = [aRecord(), aRecord(), aRecord()]
    const store = await storeWith(one, other, kept)
    equal(await store.removeMany([one._id, other._id], 'ada', NOW), 2)
    same(await listOf(store, 'ada'), [withoutData(kept)])
    equal(await store.removeMany([one._id, other._id], 'ada', NOW), 0)
    equal(await store.removeMany([], 'ada', NOW), 0)
    await store.barrier(userKeyOf('ada'))
    await store.barrier(kept._id)
    await store.barrier(keyOf('nobody', newId()))
    same(await listOf(store, 'ada'), [withoutData(kept)])
  },

  async 'removeMany removes no record of another user, and no visitor session' ({ storeWith }) {
    const [foreign, anonymous] = [aRecord({ userId: 'eve' }), aVisitorRecord()]
    const store = await storeWith(foreign, anonymous)
    equal(await store.removeMany([foreign._id, anonymous._id, keyOf('ada', newId())], 'ada', NOW), 0)
    same(await stored(store, foreign), foreign)
    same(await stored(store, anonymous), anonymous)
  },

  async 'removeMany counts only records that were live at `now`, to the millisecond, and removes the others, too' ({ storeWith }) {
    const [sooner, later] = [aRecord(), aRecord({ expiresAt: after(NOW, 2 * HOUR) })]
    const store = await storeWith(sooner, later)
    equal(await store.removeMany([sooner._id, later._id], 'ada', sooner.expiresAt), 1)
    equal(await stored(store, sooner), null)
    equal(await stored(store, later), null)
  },

  async 'many calls of removeMany at the same moment count each record once' ({ storeWith }) {
    const records = Array.from({ length: 5 }, () => aRecord())
    const store = await storeWith(...records)
    const counts = await atOnce(10, async () => await store.removeMany(keysOf(records), 'ada', NOW))
    equal(counts.reduce((sum, count) => sum + count, 0), 5)
  }
}
