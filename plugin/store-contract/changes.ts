/**
 * Changes of one record, to be made at the same moment.
 * @module
 */
import type { LoginSessionRecord, Touch } from '../sessions/record.js'
import type { LoginSessionStore } from '../sessions/store.js'
import { aRecord, aToken, after, HOUR, MINUTE, NOW } from './records.js'

const LATER = after(NOW, MINUTE)
const LOCK_END = after(NOW, 15 * MINUTE)

/** A change that one method makes of a record. */
export interface Change {
  method: string
  make(store: LoginSessionStore, record: LoginSessionRecord): Promise<unknown>
  /** What the change leaves of the record; null: nothing. */
  changed(record: LoginSessionRecord): LoginSessionRecord | null
}

/** A touch of this record. */
export const touchOf = ({ _id }: LoginSessionRecord, at: Date = LATER): Touch =>
  ({ _id, lastActiveAt: at, expiresAt: after(at, HOUR), ip: '198.51.100.7' })

/** The record of "ada" that is to be changed. */
export const recordToChange = (): LoginSessionRecord =>
  aRecord({ confirmation: { failures: 3, total: 3 }, data: { theme: 'dark', flash: 'hello', cart: ['book'] } })

/** `takeAttempt` with this limit. */
const takingOneOf = (limit: number): Change => ({
  method: 'takeAttempt',
  make: async (store, { _id }) => await store.takeAttempt(_id, limit, LOCK_END, NOW),
  changed: ({ confirmation: { failures, total }, ...record }) => ({
    ...record,
    confirmation: { failures: failures + 1, total: total! + 1, ...(failures + 1 >= limit && { lockedUntil: LOCK_END }) }
  })
})

const NEWER = [aToken(1)]

const CHANGING_DATA: Change = {
  method: 'updateData',
  make: async (store, { _id }) => await store.updateData(_id, { set: { theme: 'light', lang: 'de' }, unset: ['flash'] }),
  changed: ({ data: { flash, ...data }, ...record }) => ({ ...record, data: { ...data, theme: 'light', lang: 'de' } })
}

const RETURNING: Change = {
  method: 'returnAttempt',
  make: async (store, { _id }) => { await store.returnAttempt(_id) },
  changed: ({ confirmation: { failures, total }, ...record }) =>
    ({ ...record, confirmation: { failures: failures - 1, total: total! - 1 } })
}

/** Changes of different methods, each of which may come before or after every other one. */
export const CHANGES: Change[] = [
  {
    method: 'touch',
    make: async (store, record) => { await store.touch([touchOf(record)]) },
    changed: record => ({ ...record, ...touchOf(record) })
  },
  CHANGING_DATA,
  {
    method: 'setTokens',
    make: async (store, { _id, tokens }) => await store.setTokens(_id, tokens, [...NEWER, ...tokens]),
    changed: record => ({ ...record, tokens: [...NEWER, ...record.tokens] })
  },
  takingOneOf(99),
  RETURNING
]

/** Removals of the record. */
export const REMOVALS: Change[] = [
  { method: 'remove', make: async (store, { _id }) => await store.remove(_id, 'ada'), changed: () => null },
  { method: 'removeMany', make: async (store, { _id }) => await store.removeMany([_id], 'ada', NOW), changed: () => null }
]

const whole = (record: LoginSessionRecord) => ({
  device: { ...record.device, browserVersion: '150' },
  userAgent: 'curl/8.6.0',
  formerIp: { ip: record.ip!, until: LATER }
})

/** Changes of several fields each. */
export const WHOLE_CHANGES: Change[] = [
  {
    method: 'touch',
    make: async (store, record) => { await store.touch([{ ...touchOf(record), ...whole(record) }]) },
    changed: record => ({ ...record, ...touchOf(record), ...whole(record) })
  },
  CHANGING_DATA,
  {
    method: 'setTokens',
    make: async (store, { _id, tokens }) => await store.setTokens(_id, tokens, NEWER, { failures: 0, at: NOW }),
    changed: record => ({ ...record, tokens: NEWER, confirmation: { failures: 0, at: NOW } })
  },
  takingOneOf(4),
  RETURNING
]
