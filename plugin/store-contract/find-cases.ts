/**
 * The promises of `find` and `findWithoutData`.
 * @module
 */
import { equal } from 'node:assert/strict'
import { keyOf, newId } from '../sessions/key.js'
import type { LoginSessionRecord, RecordWithoutData } from '../sessions/record.js'
import type { LoginSessionStore } from '../sessions/store.js'
import { CHANGES, recordToChange } from './changes.js'
import { aRecord, aToken, after, keysOf, MILLISECOND, NOW, withoutData } from './records.js'
import { type Cases, listOf, same, stored } from './scene.js'

/** The answers of each method that reads. */
interface Reads {
  find: Array<LoginSessionRecord | null>
  findWithoutData: RecordWithoutData | null
  listByUser: RecordWithoutData[]
  countByUser: number
  keysOfUser: string[]
  page: RecordWithoutData[]
}

/** What each method that reads answers about this record of "ada", the only one of the store. */
export async function everyRead (store: LoginSessionStore, { _id }: LoginSessionRecord): Promise<Reads> {
  return {
    find: await store.find([_id]),
    findWithoutData: await store.findWithoutData(_id),
    listByUser: await listOf(store, 'ada'),
    countByUser: await store.countByUser('ada', NOW),
    keysOfUser: await store.keysOfUser('ada', '', 9),
    page: await store.page('', 9)
  }
}

/** What they must answer. @param record null: the store is empty */
export function readsOf (record: LoginSessionRecord | null): Reads {
  const lists = record === null ? [] : [withoutData(record)]
  return {
    find: [record],
    findWithoutData: lists[0] ?? null,
    listByUser: lists,
    countByUser: lists.length,
    keysOfUser: keysOf(lists),
    page: lists
  }
}

export const findCases: Cases = {
  async 'find answers null for a key that no record has' ({ storeWith }) {
    const store = await storeWith(aRecord())
    same(await store.find([keyOf('ada', newId())]), [null])
    same(await store.find(['nobody', '']), [null, null])
  },

  async 'find answers in the order of the keys, and a key that is given twice is answered twice' ({ storeWith }) {
    const [one, other] = [aRecord(), aRecord({ userId: 'eve' })]
    const store = await storeWith(one, other)
    const unknown = keyOf('ada', newId())
    same(await store.find([other._id, unknown, one._id, other._id]), [other, null, one, other])
    same(await store.find([]), [])
  },

  async 'find finds expired records too: the caller compares the time' ({ storeWith }) {
    const record = aRecord({ expiresAt: after(NOW, MILLISECOND), endsAt: after(NOW, MILLISECOND) })
    const store = await storeWith(record)
    same(await stored(store, record), record)
  },

  async 'find compares whole keys, and upper and lower case differ' ({ storeWith }) {
    const record = aRecord({ _id: 'abcdefgh' + 'a'.repeat(22) })
    const store = await storeWith(record)
    same(await store.find(['ABCDEFGH' + 'A'.repeat(22), record._id.slice(0, -1), record._id + 'a']), [null, null, null])
  },

  async 'find hands out copies: what one caller changes reaches nobody else' ({ storeWith }) {
    const record = aRecord({ data: { cart: { items: ['book'] } } })
    const store = await storeWith(record)
    const mine = await stored(store, record);
    (mine!.data.cart as { items: string[] }).items.push('knife')
    mine!.confirmation.failures = 4
    mine!.tokens.push(aToken())
    mine!.expiresAt.setTime(0)
    same(await stored(store, record), record)
  },

  async 'find hands out a copy for each of many equal keys in one call' ({ storeWith }) {
    const record = aRecord({ data: { cart: { items: ['book'] }, at: NOW } })
    const store = await storeWith(record)
    const copies = await store.find(Array(10).fill(record._id))
    for (const copy of copies) {
      same(copy, record)
      const { items } = copy!.data.cart as { items: string[] }
      items.push('knife')
      copy!.data.mine = true
      copy!.device.browser = 'Lynx'
    }
  },

  async 'find answers each of many keys with its own record' ({ storeWith }) {
    const records = Array.from({ length: 20 }, (_, index) => aRecord({ userId: `user-${index}` }))
    const store = await storeWith(...records)
    const found = await store.find(records.flatMap(({ _id, userId }) => [_id, keyOf(userId!, newId())]))
    same(found.map(record => record?.userId ?? null), records.flatMap(({ userId }) => [userId, null]))
  },

  async 'a read sees every write that was answered before: nothing is cached' ({ emptyStore }) {
    const store = await emptyStore()
    let record = recordToChange()
    same(await everyRead(store, record), readsOf(null))
    await store.insert(record)
    for (const { method, make, changed } of CHANGES) {
      same(await everyRead(store, record), readsOf(record))
      await make(store, record)
      record = changed(record)!
      same(await everyRead(store, record), readsOf(record), `a read after ${method} finds an earlier record`)
    }
    await store.remove(record._id, 'ada')
    same(await everyRead(store, record), readsOf(null), 'a read after remove finds the record')
  },

  async 'find gives the session data back with its types, also dates' ({ storeWith }) {
    const data = {
      text: 'ünïcödé',
      number: 1.5,
      whole: 42,
      no: false,
      nothing: null,
      empty: '',
      date: NOW,
      list: [1, [NOW, { deep: NOW }]],
      object: { a: { b: ['c'] } }
    }
    const record = aRecord({ data })
    const store = await storeWith(record)
    same((await stored(store, record))?.data, data)
  },

  async 'findWithoutData gives the record with this key without its session data, expired or not, or null' ({ storeWith }) {
    const [live, expired] = [aRecord({ data: { cart: ['book'] } }), aRecord({ expiresAt: after(NOW, -MILLISECOND) })]
    const store = await storeWith(live, expired)
    same(await store.findWithoutData(live._id), withoutData(live))
    same(await store.findWithoutData(expired._id), withoutData(expired))
    for (const unknown of [keyOf('ada', newId()), 'nobody', '']) equal(await store.findWithoutData(unknown), null)
  },

  async 'findWithoutData hands out a copy' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    const mine = await store.findWithoutData(record._id)
    mine!.tokens.push(aToken())
    mine!.expiresAt.setTime(0)
    same(await store.findWithoutData(record._id), withoutData(record))
  }
}
