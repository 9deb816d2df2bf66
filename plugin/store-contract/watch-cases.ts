/**
 * The promises of the part that makes `watch` fast and cheap: `WatchableStore`.
 * @module
 */
import { equal, ok } from 'node:assert/strict'
import { types } from 'node:util'
import { keyOf, newId } from '../sessions/key.js'
import type { LoginSessionStore, WatchableStore } from '../sessions/store.js'
import { manyOf } from './many.js'
import { aRecord, aVisitorRecord, after, MILLISECOND, NOW } from './records.js'
import { type Cases, NotRun, same, within } from './scene.js'

/** A store with `expiriesOf`. */
export type StoreWithExpiries = LoginSessionStore & Pick<WatchableStore, 'expiriesOf'>

/** A store with `watchRemovals`. */
export type StoreWithRemovals = LoginSessionStore & Pick<WatchableStore, 'watchRemovals'>

export const expiryCases: Cases<StoreWithExpiries> = {
  async 'expiriesOf answers in the order of the keys, a key that is given twice twice, and expired records, too' ({ storeWith }) {
    const [one, other] = [aRecord(), aRecord({ userId: 'eve', expiresAt: after(NOW, MILLISECOND) })]
    const store = await storeWith(one, other)
    const unknown = keyOf('ada', newId())
    same(await store.expiriesOf([other._id, unknown, one._id, other._id]), [other.expiresAt, null, one.expiresAt, other.expiresAt])
    same(await store.expiriesOf([]), [])
  },

  async 'expiriesOf sees every write that was answered before' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    same(await store.expiriesOf([record._id]), [record.expiresAt])
    const touch = { _id: record._id, lastActiveAt: after(NOW, MILLISECOND), expiresAt: record.endsAt, ip: null }
    await store.touch([touch])
    same(await store.expiriesOf([record._id]), [record.endsAt])
    await store.remove(record._id, 'ada')
    same(await store.expiriesOf([record._id]), [null])
  },

  async 'expiriesOf takes a thousand keys in one call' (scene) {
    const { store, keys, records } = await manyOf(scene)
    const expiries = records.map(({ expiresAt }) => expiresAt)
    same(await store.expiriesOf(keys), expiries, 'expiriesOf with 1,000 keys must answer for all records that there are')
  },

  async 'expiriesOf hands out copies' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record);
    (await store.expiriesOf([record._id]))[0]!.setTime(0)
    same(await store.expiriesOf([record._id]), [record.expiresAt])
  }
}

/** A watch of a store, once it is open. */
interface Watched {
  /** Resolves when the removal of the record with this key has been reported. */
  removed(key: string): Promise<void>
  /** The keys that have been reported. */
  keys: string[]
  stop(): Promise<void>
}

/** @throws NotRun if the store refuses, as MongoDB does without a replica set */
async function watched (store: StoreWithRemovals): Promise<Watched> {
  const keys: string[] = []
  let report: () => void = () => {}
  const { stop, error, isRefused } = await watch(store, key => {
    keys.push(key)
    report()
  })
  if (error !== null) {
    await stop()
    throw isRefused ? new NotRun(`the store's watchRemovals is refused here: ${error.message}`) : error
  }
  return {
    keys,
    stop,
    async removed (key) {
      while (!keys.includes(key)) await within(new Promise<void>(resolve => { report = resolve }), `the report of the removal of ${key}`)
    }
  }
}

/** A watch that has opened or ended. @param error why it ended; null: it is open */
interface Beginning {
  stop(): Promise<void>
  error: Error | null
  isRefused: boolean
}

async function watch (store: StoreWithRemovals, removed: (key: string) => void): Promise<Beginning> {
  let stop: Beginning['stop'] = async () => {}
  const beginning = new Promise<Beginning>(resolve => {
    const begin = (error: Error | null, isRefused: boolean): void => {
      // A store may report before it has returned.
      queueMicrotask(() => { resolve({ stop, error, isRefused }) })
    }
    const stopStore = store.watchRemovals({ opened () { begin(null, false) }, removed, ended: begin })
    stop = async () => { await within(stopStore(), 'the end of the call that stops the watch') }
  })
  return await within(beginning, 'the call of `opened` or `ended`').catch(async error => {
    await stop()
    throw error
  })
}

export const removalCases: Cases<StoreWithRemovals> = {
  async 'watchRemovals reports that it is open, or that it has ended, and why' ({ emptyStore }) {
    const { stop, error } = await watch(await emptyStore(), () => {})
    await stop()
    ok(error === null || types.isNativeError(error), 'ended must report an Error')
  },

  async 'watchRemovals reports the key of each record that is removed once it is open, by whatever method' ({ storeWith }) {
    const [one, two, three, visitor, kept] = [aRecord(), aRecord(), aRecord({ userId: 'eve' }), aVisitorRecord(), aRecord()]
    const store = await storeWith(one, two, three, visitor, kept)
    const { removed, keys, stop } = await watched(store)
    try {
      await store.remove(one._id, 'ada')
      await store.removeMany([two._id], 'ada', NOW)
      await store.remove(visitor._id, undefined)
      await (store.removeFound?.([three._id], NOW) ?? store.remove(three._id, 'eve'))
      for (const { _id } of [one, two, three, visitor]) await removed(_id)
      equal(keys.includes(kept._id), false, 'a record that was not removed must not be reported')
    } finally {
      await stop()
    }
  },

  async 'watchRemovals reports nothing once it has been stopped, and other watches go on' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    const [stopped, other] = [await watched(store), await watched(store)]
    try {
      await stopped.stop()
      await store.remove(record._id, 'ada')
      await other.removed(record._id)
      same(stopped.keys, [])
    } finally {
      await other.stop()
    }
  }
}
