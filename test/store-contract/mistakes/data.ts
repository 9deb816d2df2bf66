/** Mistakes of session data. @module */
import type { DataChanges, LoginSessionRecord } from '../../../plugin/index.js'
import { showing, type FullStore, type Mistake, read, replace } from './mistake.js'

const NESTED = 'keys within a value'

/** A copy without the keys that are like this, however deep they are. */
function without (pattern: RegExp, value: unknown): unknown {
  if (Array.isArray(value)) return value.map(part => without(pattern, part))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).filter(([key]) => !pattern.test(key)).map(([key, part]) => [key, without(pattern, part)]))
}

/** `updateData` that drops such keys within values. */
const dropping = (store: FullStore, pattern: RegExp): Partial<FullStore> => ({
  updateData: async (key, { set, unset }) => await store.updateData(key, {
    set: Object.fromEntries(Object.entries(set).map(([name, value]) => [name, without(pattern, value)])), unset
  })
})

/** Mistakes of session data. */
export const mistakesOfData: Mistake[] = [
  ['keys with a dot are dropped within values', NESTED, store => dropping(store, /\./)],
  ['keys with a dollar are dropped within values', NESTED, store => dropping(store, /\$/)],
  ['keys with a dollar are dropped within values of a new record', NESTED, store => ({
    insert: async (record: LoginSessionRecord) => {
      await store.insert({ ...record, data: without(/\$/, record.data) as Record<string, unknown> })
    }
  })],
  ['nothing to set is nothing to do', 'updateData may get keys to set only', store => ({
    updateData: async (key: string, changes: DataChanges) =>
      Object.keys(changes.set).length === 0 || await store.updateData(key, changes)
  })],
  ['session data is written beside the other fields', 'updateData writes session data', store => ({
    async updateData (key: string, { set, unset }: DataChanges) {
      const record = (await read(store, key))!
      await replace(store, { ...record, ...set, data: record.data })
      return await store.updateData(key, { set: {}, unset })
    }
  })],
  ['the values of the caller are kept', 'updateData takes a copy', store => {
    const data: Record<string, unknown> = {}
    return {
      ...showing(store, { data }),
      updateData: async (key: string, changes: DataChanges) => {
        Object.assign(data, changes.set)
        return await store.updateData(key, changes)
      }
    }
  }],
  ['data get the prototype that a browser sent', 'updateData may get the key "__proto__"', store => ({
    find: async (keys: string[]) => (await store.find(keys)).map(record =>
      record && { ...record, data: Object.assign(Object.create({ admin: true }), record.data) })
  })]
]
