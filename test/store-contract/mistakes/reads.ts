/** Mistakes of what is read: caches, limits, copies, comparisons. @module */
import { type LoginSessionRecord, type Touch, userKeyOf } from '../../../plugin/index.js'
import { NOW } from '../../../plugin/store-contract/records.js'
import { type FullStore, kept, keptByKey, type Mistake } from './mistake.js'

const CACHED = 'a read sees every write'
const MANY = 'a thousand records may be'

/** Mistakes of what is read. */
export const mistakesOfReads: Mistake[] = [
  ['findWithoutData has a cache', CACHED, store => ({ findWithoutData: keptByKey(store.findWithoutData) })],
  ['listByUser has a cache', CACHED, store => ({ listByUser: keptByKey(store.listByUser) })],
  ['countByUser has a cache', CACHED, store => ({ countByUser: keptByKey(store.countByUser) })],
  ['keysOfUser has a cache', CACHED, store => ({ keysOfUser: keptByKey(store.keysOfUser) })],
  ['page has a cache', CACHED, store => ({ page: keptByKey(store.page) })],
  ['expiriesOf has a cache', 'expiriesOf sees', store => ({ expiriesOf: kept(store.expiriesOf) })],

  ['find takes forty keys', MANY, store => ({
    find: async (keys: string[]) => [...await store.find(keys.slice(0, 40)), ...keys.slice(40).map(() => null)]
  })],
  ['the database answers at most 999 records', MANY, store => ({
    listByUser: async (userId: string, now: Date, limit: number) => await store.listByUser(userId, now, Math.min(limit, 999))
  })],
  ['a page has at most 999 records', MANY, store => ({
    page: async (after: string, limit: number, prefix?: string) => await store.page(after, Math.min(limit, 999), prefix)
  })],
  ['there are at most 999 keys', MANY, store => ({
    keysOfUser: async (userId: string, after: string, limit: number) => await store.keysOfUser(userId, after, Math.min(limit, 999))
  })],
  ['a count ends at 999', MANY, store => ({
    countByUser: async (userId: string, now: Date) => Math.min(await store.countByUser(userId, now), 999)
  })],
  ['two touches are written', MANY, store => ({ touch: async (touches: Touch[]) => await store.touch(touches.slice(0, 2)) })],
  ['five records are removed', MANY, store => ({
    removeMany: async (keys: string[], userId: string, now: Date) => await store.removeMany(keys.slice(0, 5), userId, now)
  })],
  ['a hundred expiries are read', 'expiriesOf takes a thousand', store => ({
    expiriesOf: async (keys: string[]) => [...await store.expiriesOf(keys.slice(0, 100)), ...keys.slice(100).map(() => null)]
  })],

  ['find hands out its own records', 'find hands out copies', store => ({ find: kept(store.find) })],
  ['findWithoutData hands out its own record', 'findWithoutData hands out', store => ({
    findWithoutData: keptByKey(store.findWithoutData)
  })],
  ['listByUser hands out its own records', 'listByUser hands out', store => ({ listByUser: kept(store.listByUser) })],
  ['page hands out its own records', 'page hands out', store => ({ page: kept(store.page) })],
  ['expiriesOf hands out its own dates', 'expiriesOf hands out', store => ({ expiriesOf: kept(store.expiriesOf) })],

  ['find compares the beginning of a key', 'find compares whole keys', store => ({
    find: async (keys: string[]) => await Promise.all(keys.map(async key => (await store.page('', 1, key))[0] ?? null))
  })],
  ['find answers all keys with the first record', 'find answers each', store => ({
    find: async (keys: string[]) => { const found = await store.find(keys); return found.map(record => record && found[0]) }
  })],
  ['users are compared without case', 'no method takes two users', store => ({
    countByUser: async (userId: string) => (await store.page('', 99, userKeyOf(userId)))
      .filter(record => record.userId?.toLowerCase() === userId.toLowerCase()).length
  })],
  ['user ids are compared without the spaces at their end', 'no method takes two users', store => ({
    async listByUser (userId: string) {
      return (await store.page('', 99, userKeyOf(userId))).filter(record => record.userId?.trimEnd() === userId)
    }
  })],
  ['a list has everybody\'s records', 'listByUser and countByUser know', store => ({ listByUser: async () => await store.page('', 99) })],
  ['a user id is a query', 'a user id is a value', store => ({
    listByUser: async (userId: unknown, ...args: [Date, number]) =>
      await store.listByUser(typeof userId === 'string' ? userId : 'ada', ...args)
  })],
  ['keys are sorted as in a dictionary', 'keysOfUser and page compare', store => ({
    keysOfUser: async (...args: Parameters<FullStore['keysOfUser']>) =>
      (await store.keysOfUser(...args)).sort((a, b) => a.localeCompare(b, 'en'))
  })],
  ['the prefix is a pattern', 'page compares a prefix', store => ({
    async page (after: string, limit: number, prefix = '') {
      const pattern = new RegExp(`^${prefix.replaceAll('_', '.').replaceAll('%', '.*')}`)
      return (await store.page(after, 99)).filter(({ _id }) => pattern.test(_id)).slice(0, limit)
    }
  })],
  ['the end of a session is not kept', 'insert keeps every field', store => ({
    insert: async (record: LoginSessionRecord) => { await store.insert({ ...record, endsAt: NOW }) }
  })]
]
