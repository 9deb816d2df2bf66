/**
 * Mistakes that an author of a store may make, each of which breaks a promise. Tests put them into `memoryStore`.
 * @module
 */
import type { LoginSessionRecord, LoginSessionStore, OverviewStore, WatchableStore } from '../../../plugin/index.js'

/** A store with all optional parts. */
export type FullStore = LoginSessionStore & Required<Pick<LoginSessionStore, 'setBinding'>> & OverviewStore & WatchableStore

/** A mistake: its name, the beginning of the case that must find it, and the methods that it makes different. */
export type Mistake = [name: string, found: string, change: (store: FullStore) => Partial<Record<keyof FullStore, unknown>>]

/** What the store has under this key. */
export const read = async (store: FullStore, key: string): Promise<LoginSessionRecord | null> => (await store.find([key]))[0]!

/** Replaces a record, or brings it back, whatever the store's own methods would refuse. */
export async function replace (store: FullStore, record: LoginSessionRecord): Promise<void> {
  const former = await read(store, record._id)
  // One step: `memoryStore` does both before anything else runs.
  await Promise.all([store.remove(record._id, former?.userId), store.insert(record)])
}

/** The same function, which gives its first answer every time: a cache, or the store's own object where a copy is promised. */
export function kept<Args extends unknown[], T> (call: (...args: Args) => Promise<T>): (...args: Args) => Promise<T> {
  let first: Promise<T> | undefined
  return async (...args) => await (first ??= call(...args))
}

/** One first answer for each key. */
export function keptByKey<Args extends unknown[], T> (call: (key: string, ...args: Args) => Promise<T>): typeof call {
  const answers = new Map<string, Promise<T>>()
  return async (key, ...args) => {
    if (!answers.has(key)) answers.set(key, call(key, ...args))
    return await answers.get(key)!
  }
}

/** `find` that shows these fields instead of what the store has: objects that somebody else holds, too. */
export const showing = (store: FullStore, fields: Partial<LoginSessionRecord>): Partial<FullStore> => ({
  find: async keys => (await store.find(keys)).map(record => record && { ...record, ...fields })
})
