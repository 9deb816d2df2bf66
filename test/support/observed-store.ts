/**
 * A store whose records can all be looked at, so that a test can tell what a request changed, or that it changed nothing.
 * @module
 */
import { memoryStore } from '../../plugin/stores/memory.js'
import type { LoginSessionRecord } from '../../plugin/sessions/record.js'
import type { LoginSessionStore } from '../../plugin/sessions/store.js'

export interface ObservedStore extends LoginSessionStore {
  /** Every record that is there, whole, in the order of their sign-ins. */
  records(): Promise<LoginSessionRecord[]>
  /** The same as text: equal texts mean that nothing was written in between. */
  everything(): Promise<string>
}

/** @param store an empty one */
export function observed (store: LoginSessionStore = memoryStore()): ObservedStore {
  let inserted: LoginSessionRecord[] = []

  async function records (): Promise<LoginSessionRecord[]> {
    const found = await store.find(inserted.map(({ _id }) => _id))
    const there = found.filter(record => record !== null)
    // What is gone stays gone, since nothing is upserted: it is not asked for again.
    const gone = new Set(found.flatMap((record, index) => record === null ? [inserted[index]!._id] : []))
    inserted = inserted.filter(({ _id }) => !gone.has(_id))
    return there
  }

  return {
    ...store,
    async insert (record) {
      await store.insert(record)
      inserted.push(structuredClone(record))
    },
    records,
    everything: async () => JSON.stringify(await records())
  }
}
