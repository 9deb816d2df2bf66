/**
 * The promises of `takeAttempt` and `returnAttempt`.
 * @module
 */
import { equal } from 'node:assert/strict'
import { aRecord, after, HOUR, MILLISECOND, MINUTE, NOW } from './records.js'
import { atOnce, attemptsOf, type Cases, same, stored } from './scene.js'

const LIMIT = 5
const LOCK_END = after(NOW, 15 * MINUTE)

export const attemptCases: Cases = {
  async 'takeAttempt counts each attempt in advance, and locks with the last one allowed' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    for (let failures = 1; failures < LIMIT; failures++) {
      same(await store.takeAttempt(record._id, LIMIT, LOCK_END, NOW), { failures, total: failures })
      same(await attemptsOf(store, record), { failures, total: failures })
    }
    same(await store.takeAttempt(record._id, LIMIT, LOCK_END, NOW), { failures: LIMIT, total: LIMIT, lockedUntil: LOCK_END })
  },

  async 'takeAttempt answers null while the record is locked, and counts nothing' ({ storeWith }) {
    const record = aRecord({ confirmation: { failures: LIMIT, lockedUntil: LOCK_END } })
    const store = await storeWith(record)
    equal(await store.takeAttempt(record._id, LIMIT, after(LOCK_END, HOUR), NOW), null)
    equal(await store.takeAttempt(record._id, LIMIT, after(LOCK_END, HOUR), after(LOCK_END, -MILLISECOND)), null)
    same(await attemptsOf(store, record), { failures: LIMIT, lockedUntil: LOCK_END })
  },

  async 'takeAttempt starts to count again after a lock has passed' ({ storeWith }) {
    const record = aRecord({ confirmation: { failures: LIMIT, lockedUntil: LOCK_END } })
    const store = await storeWith(record)
    same(await store.takeAttempt(record._id, LIMIT, after(LOCK_END, HOUR), LOCK_END), { failures: 1, total: LIMIT + 1 })
    same(await store.takeAttempt(record._id, LIMIT, after(LOCK_END, HOUR), LOCK_END), { failures: 2, total: LIMIT + 2 })
  },

  async 'takeAttempt counts `total` on over all locks, until setTokens writes other attempts' ({ storeWith }) {
    const record = aRecord({ confirmation: { failures: 3, total: 98 } })
    const store = await storeWith(record)
    same(await store.takeAttempt(record._id, LIMIT, LOCK_END, NOW), { failures: 4, total: 99 })
    same(await store.takeAttempt(record._id, LIMIT, LOCK_END, NOW), { failures: 5, total: 100, lockedUntil: LOCK_END })
    same(await store.takeAttempt(record._id, LIMIT, after(LOCK_END, HOUR), LOCK_END), { failures: 1, total: 101 })
    await store.setTokens(record._id, record.tokens, record.tokens, { failures: 0, at: NOW })
    same(await store.takeAttempt(record._id, LIMIT, LOCK_END, NOW), { failures: 1, total: 1, at: NOW })
  },

  async 'takeAttempt is one atomic step: of fifty calls at the same moment exactly five are counted' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    const taken = await atOnce(50, async () => await store.takeAttempt(record._id, LIMIT, LOCK_END, NOW))
    const given = taken.filter(state => state !== null)
    same(given.map(({ failures }) => failures).sort(), [1, 2, 3, 4, 5])
    same(await attemptsOf(store, record), { failures: LIMIT, total: LIMIT, lockedUntil: LOCK_END })
  },

  async 'takeAttempt counts for each record by itself' ({ storeWith }) {
    const [one, other] = [aRecord(), aRecord()]
    const store = await storeWith(one, other)
    await atOnce(LIMIT, async () => await store.takeAttempt(one._id, LIMIT, LOCK_END, NOW))
    same(await store.takeAttempt(other._id, LIMIT, LOCK_END, NOW), { failures: 1, total: 1 })
  },

  async 'takeAttempt keeps `at`, the time of the last confirmation' ({ storeWith }) {
    const record = aRecord({ confirmation: { failures: 0, at: after(NOW, -HOUR) } })
    const store = await storeWith(record)
    const counted = { failures: 1, total: 1, at: after(NOW, -HOUR), lockedUntil: LOCK_END }
    same(await store.takeAttempt(record._id, 1, LOCK_END, NOW), counted)
  },

  async 'takeAttempt answers null if the record is gone, and does not bring it back' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    await store.remove(record._id, 'ada')
    equal(await store.takeAttempt(record._id, LIMIT, LOCK_END, NOW), null)
    equal(await attemptsOf(store, record), null)
    equal(await stored(store, record), null)
  },

  async 'takeAttempt hands out a copy, and takes one of `lockUntil`' ({ storeWith }) {
    const record = aRecord({ confirmation: { failures: 0, at: NOW } })
    const store = await storeWith(record)
    const lockUntil = new Date(LOCK_END)
    const mine = await store.takeAttempt(record._id, 1, lockUntil, NOW)
    mine!.failures = 0
    for (const date of [mine!.lockedUntil!, mine!.at!, lockUntil]) date.setTime(0)
    same(await attemptsOf(store, record), { failures: 1, total: 1, at: NOW, lockedUntil: LOCK_END })
  },

  async 'returnAttempt gives one attempt back, and lifts the lock that it brought' ({ storeWith }) {
    const record = aRecord({ confirmation: { failures: LIMIT - 1, at: NOW } })
    const store = await storeWith(record)
    await store.takeAttempt(record._id, LIMIT, LOCK_END, NOW)
    await store.returnAttempt(record._id)
    same(await attemptsOf(store, record), { failures: LIMIT - 1, total: LIMIT - 1, at: NOW })
  },

  async 'returnAttempt counts `total` back, too' ({ storeWith }) {
    const counted = aRecord({ confirmation: { failures: 1, total: 6 } })
    const uncounted = aRecord({ confirmation: { failures: 2 } })
    const store = await storeWith(counted, uncounted)
    for (const record of [counted, uncounted]) await store.returnAttempt(record._id)
    same(await attemptsOf(store, counted), { failures: 0, total: 5 })
    same(await attemptsOf(store, uncounted), { failures: 1, total: 1 }, 'a record without a total has as many in total as failures')
  },

  async 'returnAttempt never gives back more attempts than were taken' ({ storeWith }) {
    const record = aRecord({ confirmation: { failures: 1 } })
    const store = await storeWith(record)
    await atOnce(5, async () => await store.returnAttempt(record._id))
    await store.returnAttempt(record._id)
    same(await attemptsOf(store, record), { failures: 0, total: 0 })
  },

  async 'returnAttempt does nothing if the record is gone' ({ emptyStore }) {
    const store = await emptyStore()
    const record = aRecord()
    await store.returnAttempt(record._id)
    equal(await attemptsOf(store, record), null)
  }
}
