/** Mistakes of the part for operators. @module */
import type { PageFrom, SessionSearch } from '../../../plugin/index.js'
import { after, NOW } from '../../../plugin/store-contract/records.js'
import { turns } from '../../support/gate.js'
import { type FullStore, kept, type Mistake, read } from './mistake.js'

/** Mistakes of the part for operators. */
export const mistakesOfOverview: Mistake[] = [
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
  ['the size leaves out expired records', 'size counts', store => ({
    size: async () => (await store.page('', 99)).filter(({ expiresAt }) => expiresAt > NOW).length
  })],
  ['the sample is too large', 'sample draws', store => ({
    sample: async (count: number) => (await store.sample(count)).flatMap(record => [record, record, record])
  })],
  ['the sample hands out its own records', 'sample draws', store => ({ sample: kept(async (count: number) => await store.sample(count)) })],
  ['a place is that of a record', 'newest may get a position', store => ({
    async newest (search: SessionSearch, now: Date, limit: number, from: PageFrom) {
      const all = await store.newest(search, now, 1e6, null)
      if (from === null) return all.slice(0, limit)
      const place = all.findIndex(({ _id }) => _id === ('newerThan' in from ? from.newerThan : from.olderThan).key)
      return 'newerThan' in from ? all.slice(0, Math.max(place, 0)).slice(-limit) : all.slice(place + 1).slice(0, limit)
    }
  })],
  ['a session that ends now is live', 'newest and countFound compare the expiry', store => ({
    countFound: async (search: SessionSearch, now: Date, most: number) => await store.countFound(search, after(now, -1), most)
  })],
  ['the newest are handed out themselves', 'newest hands out', store => ({
    newest: kept(async (...args: Parameters<FullStore['newest']>) => await store.newest(...args))
  })],
  ['users are found in any letters', 'newest and countFound compare whole', store => ({
    async newest ({ userIds = [] }: SessionSearch, now: Date, limit: number) {
      const wanted = userIds.map(userId => userId.toLowerCase())
      return (await store.newest({}, now, 99, null)).filter(({ userId }) => wanted.includes(userId!.toLowerCase())).slice(0, limit)
    }
  })],
  ['the count has a cache', 'newest, countFound and size see', store => ({
    countFound: kept(async (search: object) => await store.countFound(search, NOW, 99))
  })],
  ['to prepare for operators is to begin from nothing', 'prepareOverview may be called again', store => ({
    async prepareOverview () { for (const { _id, userId } of await store.page('', 99)) await store.remove(_id, userId) }
  })],
  ['operators get a hundred at most', 'newest and removeFound take', store => ({
    newest: async (search: SessionSearch, now: Date, limit: number, from: PageFrom) =>
      await store.newest(search, now, Math.min(limit, 100), from)
  })],
  ['operators remove a hundred at most', 'newest and removeFound take', store => ({
    removeFound: async (keys: string[], now: Date) => await store.removeFound(keys.slice(0, 100), now)
  })],
  ['operators remove sessions of one user only', 'removeFound removes these', store => ({
    removeFound: async (keys: string[], now: Date) => await store.removeMany(keys, (await read(store, keys[0] ?? ''))?.userId ?? '', now)
  })],
  ['operators do not remove what has expired', 'removeFound counts only', store => ({
    async removeFound (keys: string[], now: Date) {
      const live = (await store.find(keys)).filter(record => record && record.expiresAt > now)
      return await store.removeFound(live.map(record => record!._id), now)
    }
  })],
  ['what operators remove is counted before', 'many calls of removeFound', store => ({
    async removeFound (keys: string[], now: Date) {
      const found = (await store.find(keys)).filter(record => record !== null).length
      await turns(1)
      await store.removeFound(keys, now)
      return found
    }
  })]
]
