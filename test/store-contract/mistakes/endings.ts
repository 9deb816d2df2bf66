/** Mistakes of what is removed, of the part for operators, and of the part for `watch`. @module */
import type { PageFrom, RemovalEvents, SessionSearch } from '../../../plugin/index.js'
import { NOW } from '../../../plugin/store-contract/records.js'
import { turns } from '../../support/gate.js'
import { type FullStore, type Mistake, read } from './mistake.js'

/** Mistakes of what is removed, of the part for operators, and of the part for `watch`. */
export const mistakesOfEndings: Mistake[] = [
  ['everybody removes a record by its key', 'remove answers null', store => ({
    remove: async (key: string) => await store.remove(key, (await read(store, key))?.userId)
  })],
  ['an expired record is not removed', 'remove removes and returns', store => ({
    async remove (key: string, userId: string) {
      const record = await read(store, key)
      return record && record.expiresAt > NOW ? await store.remove(key, userId) : null
    }
  })],
  ['a removal is two steps', 'of many calls of remove', store => ({
    async remove (key: string, userId: string) {
      const record = await read(store, key)
      await turns(1)
      await store.remove(key, userId)
      return record
    }
  })],
  ['everybody removes many records by their keys', 'removeMany removes no record', store => ({
    removeMany: async (keys: string[], _userId: string, now: Date) => await store.removeFound(keys, now)
  })],
  ['many records are counted by their keys', 'many calls of removeMany', store => ({
    removeMany: async (keys: string[], userId: string, now: Date) => { await store.removeMany(keys, userId, now); return keys.length }
  })],
  ['expired records stay when many are removed', 'removeMany counts only', store => ({
    async removeMany (keys: string[], userId: string, now: Date) {
      const live = (await store.find(keys)).filter(record => record && record.expiresAt > now)
      return await store.removeMany(live.map(record => record!._id), userId, now)
    }
  })],
  ['a search ignores the address', 'newest and countFound find', store => ({
    newest: async ({ addresses, ...search }: SessionSearch, now: Date, limit: number) => await store.newest(search, now, limit, null)
  })],
  ['the oldest sign-in comes first', 'newest and countFound find', store => ({
    newest: async (...args: Parameters<FullStore['newest']>) => (await store.newest(...args)).reverse()
  })],
  ['pages back begin with the newest', 'newest reads page after page', store => ({
    newest: async (search: SessionSearch, now: Date, limit: number, from: PageFrom) =>
      (await store.newest(search, now, from && 'newerThan' in from ? 99 : limit, from)).slice(0, limit)
  })],
  ['the count has no end', 'countFound stops', store => ({
    countFound: async (search: object, now: Date) => await store.countFound(search, now, 1e6)
  })],
  ['the size is that of live sessions', 'size counts', store => ({ size: async () => await store.countFound({}, NOW, 1e6) })],
  ['the sample has the first records only', 'sample draws', store => ({ sample: async (count: number) => await store.page('', count) })],
  ['operators end visitor sessions', 'removeFound removes no visitor', store => ({
    async removeFound (keys: string[]) {
      for (const key of keys) await store.remove(key, (await read(store, key))?.userId)
      return keys.length
    }
  })],
  ['expiries are those of the known keys', 'expiriesOf answers', store => ({
    expiriesOf: async (keys: string[]) => (await store.expiriesOf(keys)).filter(Boolean)
  })],
  ['a watch reports each record', 'watchRemovals reports the key', store => ({
    watchRemovals: (events: RemovalEvents) => store.watchRemovals({
      ...events,
      removed (key) {
        events.removed(key)
        store.page('', 99).then(records => { for (const { _id } of records) events.removed(_id) })
      }
    })
  })],
  ['a watch goes on after its end', 'watchRemovals reports nothing', store => ({
    watchRemovals (events: RemovalEvents) { store.watchRemovals(events); return async () => {} }
  })],
  ['a watch breaks', 'watchRemovals reports the key', () => ({
    watchRemovals: ({ ended }: RemovalEvents) => { ended(new Error('connection lost'), false); return async () => {} }
  })],
  ['a watch ends without a reason', 'watchRemovals reports that it is open', () => ({
    watchRemovals ({ ended }: RemovalEvents) { ended('no' as never, true); return async () => {} }
  })]
]
