/**
 * As many records as one call of the plugin may be about.
 * @module
 */
import { keyOf, newId } from '../sessions/key.js'
import type { LoginSessionRecord } from '../sessions/record.js'
import type { LoginSessionStore } from '../sessions/store.js'
import { aRecord, after, keysOf, NOW } from './records.js'
import { atOnce, type Scene } from './scene.js'

/** The most keys, touches and records of one call. */
export const MOST = 1000

/** More than most databases answer at once. */
const RECORDS = 150

/** A store with many records of "ada", and the keys of these and of unknown ones, as many as one call may have. */
interface Many<Store> {
  store: Store
  /** The most recently active first. */
  records: LoginSessionRecord[]
  /** Those of the records come last. */
  keys: string[]
}

export async function manyOf<Store extends LoginSessionStore> ({ emptyStore }: Scene<Store>): Promise<Many<Store>> {
  const store = await emptyStore()
  const records = Array.from({ length: RECORDS }, (_, index) => aRecord({ lastActiveAt: after(NOW, -index) }))
  await atOnce(RECORDS, async index => { await store.insert(records[index]!) })
  const unknown = Array.from({ length: MOST - RECORDS }, () => keyOf('ada', newId()))
  return { store, records, keys: [...unknown, ...keysOf(records)] }
}
