/** Mistakes of what is removed, and of the part for `watch`. @module */
import type { RemovalEvents } from '../../../plugin/index.js'
import { NOW } from '../../../plugin/store-contract/records.js'
import { turns } from '../../support/gate.js'
import { type Mistake, read } from './mistake.js'

/** The only mistake that is found by an error: it is the store's own. */
export const BREAKING = 'a watch breaks'

/** Mistakes of what is removed, and of the part for `watch`. */
export const mistakesOfEndings: Mistake[] = [
  ['remove answers nothing', 'remove removes this record', store => ({
    remove: async (key: string, userId: string) => { await store.remove(key, userId) }
  })],
  ['without a user everything may be removed', 'remove with an undefined user', store => ({
    remove: async (key: string, userId?: string) => await store.remove(key, userId ?? (await read(store, key))?.userId)
  })],
  ['a record is removed that nobody named', 'removeMany removes these', store => ({
    removeMany: async (keys: string[], userId: string, now: Date) =>
      await store.removeMany(keys.length === 0 ? await store.keysOfUser(userId, '', 1) : keys, userId, now)
  })],
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
  [BREAKING, 'watchRemovals reports the key', () => ({
    watchRemovals: ({ ended }: RemovalEvents) => { ended(new Error('connection lost'), false); return async () => {} }
  })],
  ['a watch ends without a reason', 'watchRemovals reports that it is open', () => ({
    watchRemovals ({ ended }: RemovalEvents) { ended('no' as never, true); return async () => {} }
  })]
]
