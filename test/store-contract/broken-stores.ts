/**
 * Stores that break a promise each: `memoryStore` with a mistake that an author of a store may make.
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import type { LoginSessionRecord, LoginSessionStore, OverviewStore, Touch, WatchableStore } from '../../plugin/index.js'
import { aRecord, HOUR, NOW, after } from '../../plugin/store-contract/records.js'
import { turns } from '../support/gate.js'

export type FullStore = LoginSessionStore & OverviewStore & WatchableStore

/** A mistake: its name, the beginning of the case that must find it, and the methods that it makes different. */
export type Mistake = [name: string, found: string, change: (store: FullStore) => Partial<Record<keyof FullStore, unknown>>]

const read = async (store: FullStore, key: string): Promise<LoginSessionRecord | null> => (await store.find([key]))[0]!

/** Replaces a record, whatever the store's own methods would refuse. */
async function replace (store: FullStore, record: LoginSessionRecord): Promise<void> {
  await store.remove(record._id, record.userId)
  await store.insert(record)
}

const touching = (store: FullStore, mayTouch: (record: LoginSessionRecord, touch: Touch) => boolean): Partial<FullStore> => ({
  async touch (touches) {
    for (const touch of touches) {
      const record = await read(store, touch._id)
      if (record !== null && mayTouch(record, touch)) await replace(store, { ...record, ...touch })
    }
  }
})

/** `setTokens` after a look at the record, not in one step with it. */
const settingTokens = (store: FullStore, isExpected: (record: LoginSessionRecord, expected: LoginSessionRecord['tokens']) => boolean): Partial<FullStore> => ({
  async setTokens (key, expected, tokens, attempts) {
    const record = await read(store, key)
    if (record === null || !isExpected(record, expected)) return false
    await turns(1)
    return await store.setTokens(key, (await read(store, key))!.tokens, tokens, attempts)
  }
})

const counting = (store: FullStore, change: (before: LoginSessionRecord['confirmation'], state: LoginSessionRecord['confirmation']) => LoginSessionRecord['confirmation']): Partial<FullStore> => ({
  async takeAttempt (key, ...args) {
    const before = (await read(store, key))?.confirmation
    const state = await store.takeAttempt(key, ...args)
    if (state === null) return null
    const record = (await read(store, key))!
    const changed = change(before!, state)
    await replace(store, { ...record, confirmation: changed })
    return changed
  }
})

const ofRecords: Mistake[] = [
  ['an insert replaces', 'insert rejects', store => ({ insert: replace.bind(null, store) })],
  ['an insert of a taken key is no error', 'insert rejects', store => ({ insert: async (record: LoginSessionRecord) => { await store.insert(record).catch(() => {}) } })],
  ['the insert forgets rare fields', 'insert keeps the fields', store => ({ insert: async ({ formerIp, newDevice, ...record }: LoginSessionRecord) => { await store.insert(record) } })],
  ['the insert keeps the object of its caller', 'insert takes a copy', store => {
    const objects = new Map<string, LoginSessionRecord>()
    return {
      insert: async (record: LoginSessionRecord) => { objects.set(record._id, record); await store.insert(record) },
      find: async (keys: string[]) => (await store.find(keys)).map(record => record && objects.get(record._id))
    }
  }],
  ['find leaves out keys that it does not know', 'find answers null', store => ({ find: async (keys: string[]) => (await store.find(keys)).filter(Boolean) })],
  ['find answers in an order of its own', 'find answers in the order', store => ({ find: async (keys: string[]) => (await store.find([...keys].sort())) })],
  ['find hides expired records', 'find finds expired', store => ({ find: async (keys: string[]) => (await store.find(keys)).map(record => record && record.expiresAt > after(NOW, HOUR / 2) ? record : null) })],
  ['find has a cache', 'find sees every write', store => {
    const cache = new Map<string, LoginSessionRecord>()
    return { find: async (keys: string[]) => (await store.find(keys)).map((record, index) => { const key = keys[index]!; return record && !cache.has(key) ? cache.set(key, record) && record : cache.get(key) ?? null }) }
  }],
  ['find gives one object to all', 'find hands out a copy', store => ({ find: async (keys: string[]) => { const [first] = await store.find(keys); return keys.map(() => first) } })],
  ['dates become texts', 'find gives the session data back', store => ({ find: async (keys: string[]) => (await store.find(keys)).map(record => record && { ...record, data: JSON.parse(JSON.stringify(record.data)) }) })],
  ['findWithoutData answers undefined', 'findWithoutData gives', store => ({ findWithoutData: async (key: string) => await store.findWithoutData(key) ?? undefined })],
  ['findWithoutData reads the data', 'findWithoutData gives', store => ({ findWithoutData: async (key: string) => await read(store, key) })],
  ['the list has expired records', 'listByUser and countByUser leave out', store => ({ listByUser: async (userId: string, _now: Date, limit: number) => await store.listByUser(userId, new Date(0), limit) })],
  ['the count has expired records', 'listByUser and countByUser leave out', store => ({ countByUser: async (userId: string) => await store.countByUser(userId, new Date(0)) })],
  ['the list is in no order', 'listByUser gives the most recently', store => ({ listByUser: async (...args: Parameters<FullStore['listByUser']>) => (await store.listByUser(...args)).reverse() })],
  ['the list has no limit', 'listByUser gives the most recently', store => ({ listByUser: async (userId: string, now: Date) => await store.listByUser(userId, now, Infinity) })],
  ['a user key is taken for a user', 'no method takes two users', store => ({ listByUser: async (userId: string) => (await store.page('', 99, (await import('../../plugin/index.js')).userKeyOf(userId))) })],
  ['the keys begin again with the one after which they are asked for', 'keysOfUser', store => ({ keysOfUser: async (userId: string, after: string, limit: number) => await store.keysOfUser(userId, after.slice(0, -1), limit) })],
  ['the keys of expired records are missing', 'keysOfUser', store => ({ keysOfUser: async (userId: string) => (await store.listByUser(userId, after(NOW, 1), 99)).map(({ _id }) => _id).sort() })],
  ['the page reads the data', 'page gives', store => ({ page: async (...args: Parameters<FullStore['page']>) => await store.find((await store.page(...args)).map(({ _id }) => _id)) })],
  ['the page has no prefix', 'page gives', store => ({ page: async (after: string, limit: number) => await store.page(after, limit) })],
  ['a method is missing', 'a store has every method', () => ({ barrier: undefined })],
  ['half of the part for operators is missing', 'a store has all methods of the part for operators', () => ({ sample: undefined })],
  ['to prepare is to begin from nothing', 'prepare may be called again', store => ({ prepare: async () => { for (const { _id, userId } of await store.page('', 99)) await store.remove(_id, userId) } })],
  ['the clock is a number', 'time', () => ({ time: async () => Date.now() })]
]

const ofChanges: Mistake[] = [
  ['session data is replaced', 'updateData sets and unsets', store => ({ updateData: async (key: string, { set }: { set: object }) => { const record = await read(store, key); return record !== null && await replace(store, { ...record, data: { ...set } }).then(() => true) } })],
  ['session data is read and written in two steps', 'updateData keeps parallel', store => ({
    async updateData (key: string, { set }: { set: object }) {
      const record = (await read(store, key))!
      await turns(1)
      await replace(store, { ...record, data: { ...record.data, ...set } })
      return true
    }
  })],
  ['session data brings a record back', 'updateData answers false', store => ({ updateData: async (key: string, changes: { set: Record<string, unknown>, unset: string[] }) => await store.updateData(key, changes) || await store.insert(aRecord({ _id: key })).then(() => true) })],
  ['a key with a dot is a path', 'session data may have keys', store => ({ updateData: async (key: string, { set, unset }: { set: Record<string, unknown>, unset: string[] }) => await store.updateData(key, { set: Object.fromEntries(Object.entries(set).map(([name, value]) => name === 'a.b' ? ['a', { b: value }] : [name, value])), unset }) })],
  ['session data that cannot be kept looks like an outage', 'insert and updateData reject', store => ({ updateData: async (...args: Parameters<FullStore['updateData']>) => { try { return await store.updateData(...args) } catch { throw new Error('connection lost') } } })],
  ['a touch upserts', 'touch does not bring back', store => ({ touch: async (touches: Touch[]) => { for (const touch of touches) if (await read(store, touch._id) === null) await store.insert(aRecord(touch as never)); await store.touch(touches) } })],
  ['a touch that is late upserts', 'a touch that arrives after', store => ({ touch: async (touches: Touch[]) => { for (const touch of touches) if (await read(store, touch._id) === null) await store.insert(aRecord(touch as never)); await store.touch(touches) } })],
  ['a touch moves back', 'touch never moves', store => touching(store, () => true)],
  ['a touch of the same moment counts', 'touch never moves', store => touching(store, (record, touch) => touch.lastActiveAt >= record.lastActiveAt && touch.lastActiveAt < record.expiresAt)],
  ['a touch revives', 'touch does not revive', store => touching(store, (record, touch) => touch.lastActiveAt > record.lastActiveAt)],
  ['a touch forgets the device', 'touch writes the device', store => ({ touch: async (touches: Touch[]) => await store.touch(touches.map(({ device, ...touch }) => touch)) })],
  ['a touch forgets the former address', 'touch writes userAgent', store => ({ touch: async (touches: Touch[]) => await store.touch(touches.map(({ formerIp, ...touch }) => touch)) })],
  ['only the first touch is written', 'touch moves many', store => ({ touch: async ([first]: Touch[]) => await store.touch([first!]) })],
  ['tokens are not compared', 'setTokens writes nothing', store => settingTokens(store, () => true)],
  ['only the hashes of tokens are compared', 'setTokens writes nothing', store => settingTokens(store, ({ tokens }, expected) => isDeepStrictEqual(tokens.map(({ hash }) => hash), expected.map(({ hash }) => hash)))],
  ['tokens are compared in a step of their own', 'of many calls of setTokens', store => settingTokens(store, ({ tokens }, expected) => isDeepStrictEqual(tokens, expected))],
  ['new tokens lift no lock', 'setTokens replaces the attempts', store => ({ setTokens: async (key: string, expected: [], tokens: []) => await store.setTokens(key, expected, tokens) })],
  ['attempts are counted in two steps', 'takeAttempt is one atomic step', store => ({
    async takeAttempt (key: string) {
      const record = (await read(store, key))!
      const { failures, lockedUntil } = record.confirmation
      if (lockedUntil) return null
      await turns(1)
      const confirmation = { failures: failures + 1, total: failures + 1 }
      await replace(store, { ...record, confirmation })
      return confirmation
    }
  })],
  ['a lock counts on', 'takeAttempt answers null while', store => ({ takeAttempt: async (key: string, limit: number, lockUntil: Date) => await store.takeAttempt(key, limit, lockUntil, after(NOW, 99 * HOUR)) })],
  ['a lock is never over', 'takeAttempt starts to count again', store => ({ takeAttempt: async (key: string, limit: number, lockUntil: Date) => await store.takeAttempt(key, limit, lockUntil, NOW) })],
  ['the total begins again with a lock', 'takeAttempt counts `total` on', store => counting(store, (_before, { failures, ...state }) => ({ ...state, failures, total: failures }))],
  ['an attempt forgets the last confirmation', 'takeAttempt keeps `at`', store => counting(store, (_before, { at, ...state }) => state)],
  ['an attempt that is returned keeps its lock', 'returnAttempt gives one', store => ({
    async returnAttempt (key: string) {
      const { confirmation: { lockedUntil } } = (await read(store, key))!
      await store.returnAttempt(key)
      const record = (await read(store, key))!
      await replace(store, { ...record, confirmation: { ...record.confirmation, ...(lockedUntil && { lockedUntil }) } })
    }
  })],
  ['attempts are returned that nobody took', 'returnAttempt never', store => ({ returnAttempt: async (key: string) => { const record = (await read(store, key))!; await replace(store, { ...record, confirmation: { failures: record.confirmation.failures - 1, total: 0 } }) } })]
]

const ofEndings: Mistake[] = [
  ['everybody removes a record by its key', 'remove answers null', store => ({ remove: async (key: string) => await store.remove(key, (await read(store, key))?.userId) })],
  ['an expired record is not removed', 'remove removes and returns', store => ({ remove: async (key: string, userId: string) => { const record = await read(store, key); return record && record.expiresAt > NOW ? await store.remove(key, userId) : null } })],
  ['a removal is two steps', 'of many calls of remove', store => ({ remove: async (key: string, userId: string) => { const record = await read(store, key); await turns(1); await store.remove(key, userId); return record } })],
  ['everybody removes many records by their keys', 'removeMany removes no record', store => ({ removeMany: async (keys: string[], _userId: string, now: Date) => await store.removeFound(keys, now) })],
  ['many records are counted by their keys', 'many calls of removeMany', store => ({ removeMany: async (keys: string[], userId: string, now: Date) => { await store.removeMany(keys, userId, now); return keys.length } })],
  ['expired records stay when many are removed', 'removeMany counts only', store => ({ removeMany: async (keys: string[], userId: string, now: Date) => await store.removeMany((await store.find(keys)).filter(record => record && record.expiresAt > now).map(record => record!._id), userId, now) })],
  ['a search ignores the address', 'newest and countFound find', store => ({ newest: async ({ addresses, ...search }: object & { addresses?: [] }, now: Date, limit: number) => await store.newest(search, now, limit, null) })],
  ['the oldest sign-in comes first', 'newest and countFound find', store => ({ newest: async (...args: Parameters<FullStore['newest']>) => (await store.newest(...args)).reverse() })],
  ['pages back begin with the newest', 'newest reads page after page', store => ({ newest: async (search: object, now: Date, limit: number, from: object | null) => (from && 'newerThan' in from) ? (await store.newest(search, now, 99, from as never)).slice(0, limit) : await store.newest(search, now, limit, from as never) })],
  ['the count has no end', 'countFound stops', store => ({ countFound: async (search: object, now: Date) => await store.countFound(search, now, 1e6) })],
  ['the size is that of live sessions', 'size counts', store => ({ size: async () => await store.countFound({}, NOW, 1e6) })],
  ['the sample has the first records only', 'sample draws', store => ({ sample: async (count: number) => await store.page('', count) })],
  ['operators end visitor sessions', 'removeFound removes no visitor', store => ({ removeFound: async (keys: string[]) => { for (const key of keys) await store.remove(key, (await read(store, key))?.userId); return keys.length } })],
  ['expiries are those of the known keys', 'expiriesOf answers', store => ({ expiriesOf: async (keys: string[]) => (await store.expiriesOf(keys)).filter(Boolean) })],
  ['a watch reports each record', 'watchRemovals reports the key', store => ({
    watchRemovals: (events: Parameters<FullStore['watchRemovals']>[0]) => store.watchRemovals({
      ...events,
      removed (key) {
        events.removed(key)
        store.page('', 99).then(records => { for (const { _id } of records) events.removed(_id) })
      }
    })
  })],
  ['a watch goes on after its end', 'watchRemovals reports nothing', store => ({ watchRemovals (events: Parameters<FullStore['watchRemovals']>[0]) { store.watchRemovals(events); return async () => {} } })],
  ['a watch breaks', 'watchRemovals reports the key', () => ({ watchRemovals ({ ended }: { ended(error: Error, isRefused: boolean): void }) { ended(new Error('connection lost'), false); return async () => {} } })],
  ['a watch ends without a reason', 'watchRemovals reports that it is open', () => ({ watchRemovals ({ ended }: { ended(error: unknown, isRefused: boolean): void }) { ended('no', true); return async () => {} } })]
]

/** All of them. */
export const MISTAKES: Mistake[] = [...ofRecords, ...ofChanges, ...ofEndings]
