/**
 * The promises of `listByUser`, `countByUser`, `keysOfUser` and `page`.
 * @module
 */
import { equal } from 'node:assert/strict'
import { newId, userKeyOf } from '../sessions/key.js'
import { aRecord, aToken, aVisitorRecord, after, keysOf, MILLISECOND, MINUTE, NOW, withoutData } from './records.js'
import { answerOr, type Cases, listOf, same, stored } from './scene.js'

export const listCases: Cases = {
  async 'listByUser and countByUser know the records of this user and of nobody else' ({ storeWith }) {
    const [one, other] = [aRecord(), aRecord()]
    const store = await storeWith(one, other, aRecord({ userId: 'eve' }), aRecord({ userId: 'Ada' }), aVisitorRecord())
    same(keysOf(await listOf(store, 'ada')).sort(), keysOf([one, other]).sort())
    equal(await store.countByUser('ada', NOW), 2)
    for (const nobody of ['nobody', '']) {
      same(await listOf(store, nobody), [])
      equal(await store.countByUser(nobody, NOW), 0)
    }
  },

  async 'no method takes two users for one because their user keys are equal: the user id is compared, too' ({ storeWith }) {
    const others = ['eve', 'Ada', 'ADA', 'ada ', ' ada', 'adá', 'ada\n'].map(userId =>
      aRecord({ _id: userKeyOf('ada') + newId(), userId }))
    const [visitor, own] = [aVisitorRecord({ _id: userKeyOf('ada') + newId() }), aRecord()]
    const store = await storeWith(...others, visitor, own)
    same(keysOf(await listOf(store, 'ada')), [own._id])
    equal(await store.countByUser('ada', NOW), 1)
    same(await store.keysOfUser('ada', '', 9), [own._id])
    for (const { _id } of others) equal(await store.remove(_id, 'ada'), null)
    equal(await store.removeMany(keysOf([...others, visitor]), 'ada', NOW), 0)
    same(await store.find(keysOf([...others, visitor])), [...others, visitor])
  },

  async 'listByUser and countByUser leave out what has expired at `now`, to the millisecond; lists have no session data' ({ storeWith }) {
    const [live, expired] = [aRecord({ data: { cart: ['book'] } }), aRecord({ expiresAt: after(NOW, MILLISECOND) })]
    const store = await storeWith(live, expired)
    same(keysOf(await listOf(store, 'ada')).sort(), keysOf([live, expired]).sort())
    equal(await store.countByUser('ada', NOW), 2)
    same(await store.listByUser('ada', expired.expiresAt, Infinity), [withoutData(live)])
    equal(await store.countByUser('ada', expired.expiresAt), 1)
  },

  async 'listByUser gives the most recently active first, and no more than the limit' ({ storeWith }) {
    const records = [2, 0, 3, 1].map(minutes => aRecord({ lastActiveAt: after(NOW, minutes * MINUTE) }))
    const store = await storeWith(...records)
    const inOrder = [records[2], records[0], records[3], records[1]].map(record => record!._id)
    for (const limit of [1, 2, 4, 9, Infinity]) {
      same(keysOf(await store.listByUser('ada', NOW, limit)), inOrder.slice(0, limit), `a wrong list with the limit ${limit}`)
    }
  },

  async 'a user id is a value, never a query: an object in its place finds and removes nothing' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    const anything: any = { $ne: null }
    same(await answerOr([], () => listOf(store, anything)), [])
    equal(await answerOr(0, () => store.countByUser(anything, NOW)), 0)
    same(await answerOr([], () => store.keysOfUser(anything, '', 9)), [])
    equal(await answerOr(0, () => store.removeMany([record._id], anything, NOW)), 0)
    equal(await answerOr(null, () => store.remove(record._id, anything)), null)
    same(await stored(store, record), record)
  },

  async 'listByUser hands out copies' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    const [mine] = await listOf(store, 'ada')
    mine!.tokens.push(aToken())
    mine!.expiresAt.setTime(0)
    same(await listOf(store, 'ada'), [withoutData(record)])
  },

  async 'keysOfUser gives the keys of one user, expired ones included, page by page in ascending order' ({ storeWith }) {
    const own = Array.from({ length: 5 }, (_, index) => aRecord(index === 0 ? { expiresAt: after(NOW, MILLISECOND) } : {}))
    const store = await storeWith(...own, aRecord({ userId: 'eve' }), aVisitorRecord())
    const keys = keysOf(own).sort()
    same(await store.keysOfUser('ada', '', 9), keys)
    same(await store.keysOfUser('ada', '', 2), keys.slice(0, 2))
    same(await store.keysOfUser('ada', keys[1]!, 2), keys.slice(2, 4))
    same(await store.keysOfUser('ada', keys[3]!, 2), keys.slice(4))
    same(await store.keysOfUser('ada', keys[4]!, 2), [])
    await store.remove(keys[2]!, 'ada')
    same(await store.keysOfUser('ada', keys[2]!, 1), [keys[3]], 'the page after a removed key begins with the next one')
    same(await store.keysOfUser('ada', `${userKeyOf('ada')}~`, 9), [])
    same(await store.keysOfUser('nobody', '', 9), [])
  },

  async 'page gives the records of everybody, without session data, in ascending order of their keys' ({ storeWith }) {
    const expired = aRecord({ expiresAt: after(NOW, MILLISECOND) })
    const all = [expired, aRecord(), aRecord({ userId: 'eve', data: { cart: ['book'] } }), aVisitorRecord()]
    const store = await storeWith(...all)
    const sorted = [...all].sort((a, b) => a._id < b._id ? -1 : 1)
    same(await store.page('', 9), sorted.map(withoutData))
    same(await store.page('', 2), sorted.slice(0, 2).map(withoutData))
    same(await store.page(sorted[1]!._id, 9), sorted.slice(2).map(withoutData))
    same(await store.page(sorted[3]!._id, 9), [])

    const own = sorted.filter(({ userId }) => userId === 'ada')
    same(await store.page('', 9, userKeyOf('ada')), own.map(withoutData), 'with a prefix: only the records whose key begins with it')
    same(await store.page(own[0]!._id, 9, userKeyOf('ada')), own.slice(1).map(withoutData))
  },

  async 'keysOfUser and page compare keys by the codes of their characters, as JavaScript does, whatever they are' ({ storeWith }) {
    const ids = [...'-0Aa_Zz9'].map(first => first.padEnd(22, 'm'))
    const records = ids.map(id => aRecord({ _id: userKeyOf('ada') + id }))
    const store = await storeWith(...records)
    const sorted = keysOf(records).sort()
    same(await store.keysOfUser('ada', '', 9), sorted)
    same(keysOf(await store.page('', 9)), sorted)
    for (const [index, key] of sorted.entries()) {
      same(await store.keysOfUser('ada', key, 9), sorted.slice(index + 1))
      same(keysOf(await store.page(key, 9)), sorted.slice(index + 1))
    }
  },

  async 'page compares a prefix character by character: none of them stands for others' ({ storeWith }) {
    const records = ['ab_defgh', 'abXdefgh', 'AB_DEFGH', 'ab_defgi'].map(userKey => aRecord({ _id: userKey + newId() }))
    const store = await storeWith(...records)
    for (const { _id } of records) same(keysOf(await store.page('', 9, _id.slice(0, 8))), [_id])
    same(await store.page('', 9, 'ab%'), [])
  },

  async 'page hands out copies' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    const [mine] = await store.page('', 1)
    mine!.tokens.push(aToken())
    mine!.expiresAt.setTime(0)
    same(await store.page('', 1), [withoutData(record)])
  }
}
