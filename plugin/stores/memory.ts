/**
 * The store's contract in a Map, for the host's unit tests and first steps. Everything is lost when the process ends.
 * @module
 */
import type { LoginSessionRecord, Touch } from '../sessions/record.js'
import type { LoginSessionStore } from '../sessions/store.js'

/**
 * A store in this process's memory, with the same results as {@link mongoStore}. Not for production: nothing is shared
 * between servers, nothing survives a restart. Each insertion removes the expired records.
 *
 * @example
 * await app.register(loginSessions, { secret, store: memoryStore() })
 */
export function memoryStore (): LoginSessionStore {
  const records = new Map<string, LoginSessionRecord>()

  const withToken = (hash: string): LoginSessionRecord | undefined =>
    values().find(record => record.tokens.some(token => token.hash === hash))

  const ofUser = (userId: string): LoginSessionRecord[] =>
    values().filter(record => record.userId === userId)

  const liveOf = (userId: string, now: Date): LoginSessionRecord[] =>
    ofUser(userId).filter(record => record.expiresAt > now)

  const ownedBy = (userId: string, id: string, now: Date): LoginSessionRecord | undefined =>
    liveOf(userId, now).find(record => record.id === id)

  function values (): LoginSessionRecord[] {
    return [...records.values()]
  }

  function sweep (now: Date): void {
    for (const record of values()) if (record.expiresAt <= now) records.delete(record.id)
  }

  function touchOne ({ id, lastActiveAt, ...change }: Touch): void {
    const record = records.get(id)
    if (record === undefined || record.lastActiveAt >= lastActiveAt || record.expiresAt <= lastActiveAt) return
    Object.assign(record, structuredClone({ lastActiveAt, ...change }))
  }

  return {
    async insert (record) {
      if (records.has(record.id) || record.tokens.some(({ hash }) => withToken(hash))) {
        throw new Error('duplicate id or token')
      }
      sweep(record.createdAt)
      records.set(record.id, structuredClone(record))
    },

    async findByToken (hash) {
      return copy(withToken(hash))
    },

    async find (userId, id, now) {
      return copy(ownedBy(userId, id, now))
    },

    async listByUser (userId, now) {
      return structuredClone(liveOf(userId, now))
    },

    async updateData (id, { set, unset }) {
      const record = records.get(id)
      if (record === undefined) return false
      Object.assign(record.data, structuredClone(set))
      for (const key of unset) delete record.data[key]
      return true
    },

    async touch (touches) {
      touches.forEach(touchOne)
    },

    async rotate (id, current, tokens, now, lostBefore) {
      const record = records.get(id)
      if (record === undefined) return false
      const { tokens: [newest, former], confirmation: { at } } = record
      const responseWasLost = former?.hash === current && former.until === undefined && at !== undefined && at <= lostBefore
      if (newest?.hash !== current && !responseWasLost) return false
      record.tokens = structuredClone(tokens)
      record.confirmation = { failures: 0, at: now }
      return true
    },

    async retireFormer (id, newest, until) {
      const tokens = records.get(id)?.tokens
      if (tokens?.[0]?.hash !== newest || tokens[1] === undefined) return
      tokens[1].until ??= new Date(until)
    },

    async takeAttempt (id, limit, lockUntil, now) {
      const record = records.get(id)
      if (record === undefined) return null
      const { lockedUntil, at, failures } = record.confirmation
      if (lockedUntil !== undefined && lockedUntil > now) return null
      const counted = (lockedUntil === undefined ? failures : 0) + 1
      record.confirmation = { failures: counted, ...(at && { at }), ...(counted >= limit && { lockedUntil: lockUntil }) }
      return { ...record.confirmation }
    },

    async returnAttempt (id) {
      const confirmation = records.get(id)?.confirmation
      if (confirmation === undefined) return
      confirmation.failures = Math.max(0, confirmation.failures - 1)
      delete confirmation.lockedUntil
    },

    async attempts (id) {
      const record = records.get(id)
      return record === undefined ? null : { ...record.confirmation }
    },

    async remove (userId, id, now) {
      const record = records.get(id)
      if (record === undefined || record.userId !== userId) return null
      records.delete(id)
      return record.expiresAt > now ? record : null
    },

    async removeByToken (hash) {
      const record = withToken(hash)
      if (record === undefined) return null
      records.delete(record.id)
      return record
    },

    async idsByUser (userId) {
      return ofUser(userId).map(({ id }) => id)
    },

    async removeMany (userId, ids, now) {
      const removed = ofUser(userId).filter(record => ids.includes(record.id))
      for (const { id } of removed) records.delete(id)
      return removed.filter(({ expiresAt }) => expiresAt > now).length
    },

    async barrier () {}
  }
}

function copy (record: LoginSessionRecord | undefined): LoginSessionRecord | null {
  return record === undefined ? null : structuredClone(record)
}
