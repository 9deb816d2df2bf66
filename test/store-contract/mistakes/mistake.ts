/**
 * Mistakes that an author of a store may make, each of which breaks a promise. Tests put them into `memoryStore`.
 * @module
 */
import type { LoginSessionRecord, LoginSessionStore, OverviewStore, WatchableStore } from '../../../plugin/index.js'

/** A store with all optional parts. */
export type FullStore = LoginSessionStore & OverviewStore & WatchableStore

/** A mistake: its name, the beginning of the case that must find it, and the methods that it makes different. */
export type Mistake = [name: string, found: string, change: (store: FullStore) => Partial<Record<keyof FullStore, unknown>>]

/** What the store has under this key. */
export const read = async (store: FullStore, key: string): Promise<LoginSessionRecord | null> => (await store.find([key]))[0]!

/** Replaces a record, whatever the store's own methods would refuse. */
export async function replace (store: FullStore, record: LoginSessionRecord): Promise<void> {
  await store.remove(record._id, (await read(store, record._id))?.userId)
  await store.insert(record)
}
