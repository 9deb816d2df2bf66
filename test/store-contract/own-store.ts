/**
 * A store of a host's own, as small as an honest one can be, over rows of bytes in a Map. It knows nothing of the package but what is
 * public.
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import { deserialize, serialize } from 'node:v8'
import {
  type DeviceBinding, loginSessionDataError, type LoginSessionRecord, type LoginSessionStore, type RecordWithoutData, userKeyOf
} from '../../plugin/index.js'

/** What a database would have to do in one atomic step for each method is synchronous here. */
export function ownStore (): LoginSessionStore {
  const rows = new Map<string, Buffer>()

  const read = (key: string): LoginSessionRecord | null => rows.has(key) ? deserialize(rows.get(key)!) : null

  function write (record: LoginSessionRecord): void {
    try {
      rows.set(record._id, serialize(record))
    } catch (error) {
      throw loginSessionDataError(error as Error)
    }
  }

  /** Changes a record in place. False: it does not exist, or `change` says that it must stay as it is. */
  function update (key: string, change: (record: LoginSessionRecord) => boolean): boolean {
    const record = read(key)
    if (record === null || !change(record)) return false
    write(record)
    return true
  }

  function remove (key: string, userId: string | undefined): LoginSessionRecord | null {
    const record = read(key)
    if (record === null || record.userId !== userId) return null
    rows.delete(key)
    return record
  }

  const range = (prefix: string): LoginSessionRecord[] =>
    [...rows.keys()].filter(key => key.startsWith(prefix)).sort().map(key => read(key)!)
  const ofUser = (userId: string): LoginSessionRecord[] => range(userKeyOf(userId)).filter(record => record.userId === userId)
  const liveOf = (userId: string, now: Date): LoginSessionRecord[] => ofUser(userId).filter(({ expiresAt }) => expiresAt > now)

  return {
    async insert (record) {
      if (rows.has(record._id)) throw new Error('there is a record with this key')
      write(record)
    },
    find: async keys => keys.map(read),
    findWithoutData: async key => read(key) && withoutData(read(key)!),
    listByUser: async (userId, now, limit) =>
      liveOf(userId, now).sort((a, b) => b.lastActiveAt.getTime() - a.lastActiveAt.getTime()).slice(0, limit).map(withoutData),
    countByUser: async (userId, now) => liveOf(userId, now).length,
    keysOfUser: async (userId, after, limit) => ofUser(userId).map(({ _id }) => _id).filter(key => key > after).slice(0, limit),
    page: async (after, limit, prefix = '') => range(prefix).filter(({ _id }) => _id > after).slice(0, limit).map(withoutData),
    updateData: async (key, { set, unset }) => update(key, ({ data }) => {
      Object.assign(data, set)
      for (const name of unset) delete data[name]
      return true
    }),
    async touch (touches) {
      for (const touch of touches) {
        update(touch._id, record => {
          const isDue = touch.lastActiveAt > record.lastActiveAt && touch.lastActiveAt < record.expiresAt
          if (isDue) Object.assign(record, touch)
          return isDue
        })
      }
    },
    setTokens: async (key, expected, tokens, attempts) => update(key, record => {
      const isExpected = isDeepStrictEqual(record.tokens, expected)
      if (isExpected) Object.assign(record, { tokens, ...(attempts && { confirmation: attempts }) })
      return isExpected
    }),
    setBinding: async (key, expected, binding) => update(key, record => {
      const isExpected = isSame(record.binding, expected)
      if (isExpected) record.binding = binding
      return isExpected
    }),
    async takeAttempt (key, limit, lockUntil, now) {
      const isTaken = update(key, record => {
        const { failures, total = failures, lockedUntil, at } = record.confirmation
        if (lockedUntil !== undefined && lockedUntil > now) return false
        const counted = lockedUntil === undefined ? failures + 1 : 1
        const lock = counted >= limit && { lockedUntil: lockUntil }
        record.confirmation = { failures: counted, total: total + 1, ...(at && { at }), ...lock }
        return true
      })
      return isTaken ? read(key)!.confirmation : null
    },
    async returnAttempt (key) {
      update(key, record => {
        const { failures, total = failures, at } = record.confirmation
        if (failures > 0) record.confirmation = { failures: failures - 1, total: total - 1, ...(at && { at }) }
        return failures > 0
      })
    },
    remove: async (key, userId) => remove(key, userId),
    removeMany: async (keys, userId, now) =>
      keys.map(key => remove(key, userId)).filter(record => record !== null && record.expiresAt > now).length,
    async barrier () {}
  }
}

/** Are both bindings equal in every field, or both absent? */
const isSame = (one: DeviceBinding | undefined, other: DeviceBinding | undefined): boolean => isDeepStrictEqual(one, other)

const withoutData = ({ data, ...rest }: LoginSessionRecord): RecordWithoutData => rest
