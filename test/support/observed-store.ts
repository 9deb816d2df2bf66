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
  let inserted: string[] = []

  async function records (): Promise<LoginSessionRecord[]> {
    const there = (await store.find(inserted)).filter(record => record !== null)
    // What is gone stays gone, since nothing is upserted: it is not looked for again.
    inserted = there.map(({ _id }) => _id)
    return there
  }

  return {
    ...store,
    async insert (record) {
      await store.insert(record)
      inserted.push(record._id)
    },
    records,
    everything: async () => JSON.stringify(await records())
  }
}
