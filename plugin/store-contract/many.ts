/**
 * As many records as one call of the plugin may be about.
 * @module
 */
import type { LoginSessionRecord } from '../sessions/record.js'
import type { LoginSessionStore } from '../sessions/store.js'
import { aRecord, after, keysOf, NOW } from './records.js'
import { atOnce, type Scene } from './scene.js'

/** The most keys, touches and records of one call. */
export const MOST = 1000

/** A store with as many records of "ada" as one call may be about. */
interface Many<Store> {
  store: Store
  /** The most recently active first. */
  records: LoginSessionRecord[]
  /** Those of the records, in their order. */
  keys: string[]
}

export async function manyOf<Store extends LoginSessionStore> ({ emptyStore }: Scene<Store>): Promise<Many<Store>> {
  const store = await emptyStore()
  const records = Array.from({ length: MOST }, (_, index) => aRecord({ lastActiveAt: after(NOW, -index) }))
  await atOnce(records.length, async index => { await store.insert(records[index]!) })
  return { store, records, keys: keysOf(records) }
}
