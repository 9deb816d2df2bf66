/**
 * The store's contract in a Map, for the host's unit tests and first steps. Everything is lost when the process ends.
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import { dataError } from '../errors.js'
import { isLive, type LoginSessionRecord, type Touch } from '../sessions/record.js'
import type { LoginSessionStore, RemovalEvents } from '../sessions/store.js'
import { memoryOverview, withoutData } from './memory-overview.js'

/**
 * A store in this process's memory, with the same results as {@link mongoStore}. Not for production: nothing is shared
 * between servers, nothing survives a restart. Each insertion removes the expired records.
 *
 * @example
 * await app.register(loginSessions, { secret, store: memoryStore() })
 */
export function memoryStore (): LoginSessionStore {
  const records = new Map<string, LoginSessionRecord>()
  const listeners = new Set<RemovalEvents>()

  function drop (key: string): void {
    records.delete(key)
    for (const { removed } of listeners) removed(key)
  }

  function sweep (now: Date): void {
    for (const { _id, expiresAt } of [...records.values()]) if (expiresAt <= now) drop(_id)
  }

  function touchOne ({ _id, lastActiveAt, ...change }: Touch): void {
    const record = records.get(_id)
    if (record === undefined || record.lastActiveAt >= lastActiveAt || record.expiresAt <= lastActiveAt) return
    Object.assign(record, structuredClone({ lastActiveAt, ...change }))
  }

  const liveOf = (userId: string, now: Date): LoginSessionRecord[] =>
    [...records.values()].filter(record => record.userId === userId && isLive(record, now))

  const inOrder = (): LoginSessionRecord[] => [...records.values()].sort((a, b) => a._id < b._id ? -1 : 1)

  function remove (key: string, userId: string | undefined): LoginSessionRecord | null {
    const record = records.get(key)
    if (record === undefined || record.userId !== userId) return null
    drop(key)
    return record
  }

  return {
    ...memoryOverview(records, remove),

    async insert (record) {
      if (records.has(record._id)) throw new Error('duplicate _id')
      sweep(record.createdAt)
      records.set(record._id, keepable(record))
    },

    async find (keys) {
      return keys.map(key => structuredClone(records.get(key) ?? null))
    },

    async findWithoutData (key) {
      const record = records.get(key)
      return record === undefined ? null : withoutData(record)
    },

    async listByUser (userId, now, limit) {
      return liveOf(userId, now).sort((a, b) => b.lastActiveAt.getTime() - a.lastActiveAt.getTime()).slice(0, limit).map(withoutData)
    },

    async countByUser (userId, now) {
      return liveOf(userId, now).length
    },

    async keysOfUser (userId, after, limit) {
      return inOrder().filter(record => record.userId === userId && record._id > after).slice(0, limit).map(({ _id }) => _id)
    },

    async page (after, limit, prefix = '') {
      return inOrder().filter(({ _id }) => _id > after && _id.startsWith(prefix)).slice(0, limit).map(withoutData)
    },

    async updateData (key, { set, unset }) {
      const record = records.get(key)
      if (record === undefined) return false
      Object.assign(record.data, keepable(set))
      for (const name of unset) delete record.data[name]
      return true
    },

    async touch (touches) {
      touches.forEach(touchOne)
    },

    async setTokens (key, expected, tokens, attempts) {
      const record = records.get(key)
      if (record === undefined || !isDeepStrictEqual(record.tokens, structuredClone(expected))) return false
      Object.assign(record, structuredClone({ tokens, ...(attempts && { confirmation: attempts }) }))
      return true
    },

    async setBinding (key, expected, binding) {
      const record = records.get(key)
      if (record === undefined || !isDeepStrictEqual(record.binding, structuredClone(expected))) return false
      record.binding = structuredClone(binding)
      return true
    },

    async takeAttempt (key, limit, lockUntil, now) {
      const record = records.get(key)
      if (record === undefined) return null
      const { lockedUntil, at, failures, total = failures } = record.confirmation
      if (lockedUntil !== undefined && lockedUntil > now) return null
      const counted = (lockedUntil === undefined ? failures : 0) + 1
      record.confirmation = {
        failures: counted, total: total + 1, ...(at && { at }), ...(counted >= limit && { lockedUntil: new Date(lockUntil) })
      }
      return structuredClone(record.confirmation)
    },

    async returnAttempt (key) {
      const confirmation = records.get(key)?.confirmation
      if (confirmation === undefined || confirmation.failures === 0) return
      const { failures, total = failures } = confirmation
      Object.assign(confirmation, { failures: failures - 1, total: total - 1 })
      delete confirmation.lockedUntil
    },

    async remove (key, userId) {
      return remove(key, userId)
    },

    async removeMany (keys, userId, now) {
      return keys.map(key => remove(key, userId)).filter(record => record !== null && record.expiresAt > now).length
    },

    async barrier () {},

    async expiriesOf (keys) {
      return keys.map(key => structuredClone(records.get(key)?.expiresAt ?? null))
    },

    watchRemovals (events) {
      listeners.add(events)
      events.opened()
      return async () => { listeners.delete(events) }
    }
  }
}

/** A copy. @throws FST_LOGIN_SESSION_DATA for values that cannot be copied, such as functions */
function keepable<Value> (value: Value): Value {
  try {
    // As MongoDB does, this refuses circular objects, which structuredClone takes.
    JSON.stringify(value, (_key, part) => typeof part === 'bigint' ? 0 : part)
    return structuredClone(value)
  } catch (error) {
    throw dataError(error as Error)
  }
}
