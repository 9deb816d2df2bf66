/** Mistakes of what is kept, found and listed. @module */
import { type LoginSessionRecord, userKeyOf } from '../../../plugin/index.js'
import { after, HOUR, NOW } from '../../../plugin/store-contract/records.js'
import { type FullStore, type Mistake, read, replace } from './mistake.js'

/** Mistakes of what is kept, found and listed. */
export const mistakesOfRecords: Mistake[] = [
  ['an insert replaces', 'insert rejects', store => ({ insert: replace.bind(null, store) })],
  ['an insert of a taken key is no error', 'insert rejects', store => ({
    insert: async (record: LoginSessionRecord) => { await store.insert(record).catch(() => {}) }
  })],
  ['the insert forgets rare fields', 'insert keeps the fields', store => ({
    insert: async ({ formerIp, newDevice, ...record }: LoginSessionRecord) => { await store.insert(record) }
  })],
  ['an unknown address is empty', 'insert keeps a record that has no', store => ({
    insert: async ({ ip, ...record }: LoginSessionRecord) => { await store.insert({ ...record, ip: ip ?? '' }) }
  })],
  ['the insert keeps the object of its caller', 'insert takes a copy', store => {
    const objects = new Map<string, LoginSessionRecord>()
    return {
      insert: async (record: LoginSessionRecord) => { objects.set(record._id, record); await store.insert(record) },
      find: async (keys: string[]) => (await store.find(keys)).map(record => record && objects.get(record._id))
    }
  }],
  ['find leaves out keys that it does not know', 'find answers null', store => ({
    find: async (keys: string[]) => (await store.find(keys)).filter(Boolean)
  })],
  ['find answers in an order of its own', 'find answers in the order', store => ({
    find: async (keys: string[]) => (await store.find([...keys].sort()))
  })],
  ['find hides expired records', 'find finds expired', store => ({
    find: async (keys: string[]) =>
      (await store.find(keys)).map(record => record && record.expiresAt > after(NOW, HOUR / 2) ? record : null)
  })],
  ['find has a cache', 'a read sees every write', store => {
    const cache = new Map<string, LoginSessionRecord>()
    return {
      async find (keys: string[]) {
        for (const record of await store.find(keys)) if (record !== null && !cache.has(record._id)) cache.set(record._id, record)
        return keys.map(key => cache.get(key) ?? null)
      }
    }
  }],
  ['find gives one object to all', 'find hands out a copy', store => ({
    find: async (keys: string[]) => { const [first] = await store.find(keys); return keys.map(() => first) }
  })],
  ['dates become texts', 'find gives the session data back', store => ({
    find: async (keys: string[]) =>
      (await store.find(keys)).map(record => record && { ...record, data: JSON.parse(JSON.stringify(record.data)) })
  })],
  ['findWithoutData answers undefined', 'findWithoutData gives', store => ({
    findWithoutData: async (key: string) => await store.findWithoutData(key) ?? undefined
  })],
  ['findWithoutData reads the data', 'findWithoutData gives', store => ({
    findWithoutData: async (key: string) => await read(store, key)
  })],
  ['the list has expired records', 'listByUser and countByUser leave out', store => ({
    listByUser: async (userId: string, _now: Date, limit: number) => await store.listByUser(userId, new Date(0), limit)
  })],
  ['the count has expired records', 'listByUser and countByUser leave out', store => ({
    countByUser: async (userId: string) => await store.countByUser(userId, new Date(0))
  })],
  ['the list is in no order', 'listByUser gives the most recently', store => ({
    listByUser: async (...args: Parameters<FullStore['listByUser']>) => (await store.listByUser(...args)).reverse()
  })],
  ['the list has no limit', 'listByUser gives the most recently', store => ({
    listByUser: async (userId: string, now: Date) => await store.listByUser(userId, now, Infinity)
  })],
  ['a user key is taken for a user', 'no method takes two users', store => ({
    listByUser: async (userId: string) => (await store.page('', 99, userKeyOf(userId)))
  })],
  ['the keys begin again with the one after which they are asked for', 'keysOfUser gives', store => ({
    keysOfUser: async (userId: string, after: string, limit: number) => await store.keysOfUser(userId, after.slice(0, -1), limit)
  })],
  ['the keys of expired records are missing', 'keysOfUser gives', store => ({
    keysOfUser: async (userId: string) => (await store.listByUser(userId, after(NOW, 1), 99)).map(({ _id }) => _id).sort()
  })],
  ['the page reads the data', 'page gives', store => ({
    page: async (...args: Parameters<FullStore['page']>) => await store.find((await store.page(...args)).map(({ _id }) => _id))
  })],
  ['the page has no prefix', 'page gives', store => ({ page: async (after: string, limit: number) => await store.page(after, limit) })],
  ['a method is missing', 'a store has every method', () => ({ barrier: undefined })],
  ['half of the part for operators is missing', 'a store has all methods of the part for operators', () => ({ sample: undefined })],
  ['to prepare is to begin from nothing', 'prepare may be called again', store => ({
    prepare: async () => { for (const { _id, userId } of await store.page('', 99)) await store.remove(_id, userId) }
  })],
  ['the clock is a number', 'time', () => ({ time: async () => Date.now() })]
]
