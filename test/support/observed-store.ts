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

/** Earlier than any record ends. */
const ALWAYS = new Date(0)

/** @param store an empty one */
export function observed (store: LoginSessionStore = memoryStore()): ObservedStore {
  let inserted: LoginSessionRecord[] = []

  async function records (): Promise<LoginSessionRecord[]> {
    const found = await Promise.all(inserted.map(async ({ userId, id, tokens }) =>
      // A visitor's record belongs to nobody, and its token is never replaced.
      userId === undefined ? await store.findByToken(tokens[0]!.hash) : await store.find(userId, id, ALWAYS)))
    const there = found.filter(record => record !== null)
    // What is gone stays gone, since nothing is upserted: it is not asked for again.
    const gone = new Set(found.flatMap((record, index) => record === null ? [inserted[index]!.id] : []))
    inserted = inserted.filter(({ id }) => !gone.has(id))
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
