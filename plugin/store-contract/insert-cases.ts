/**
 * The promises of `insert`, of the store's clock and of its methods.
 * @module
 */
import { ok, rejects } from 'node:assert/strict'
import { types } from 'node:util'
import { OVERVIEW_METHODS, STORE_METHODS } from '../sessions/store.js'
import { aRecord, aToken, aVisitorRecord, after, NOW, SECOND } from './records.js'
import { type Cases, listOf, same, stored } from './scene.js'

export const insertCases: Cases = {
  async 'a store has every method that LoginSessionStore does not mark as optional' ({ emptyStore }) {
    const store = await emptyStore()
    same(STORE_METHODS.filter(name => typeof store[name] !== 'function'), [])
  },

  async 'a store has all methods of the part for operators (OverviewStore), or none of them' ({ emptyStore }) {
    const store = await emptyStore()
    const has = OVERVIEW_METHODS.filter(name => store[name] !== undefined)
    same(has, has.length === 0 ? [] : OVERVIEW_METHODS)
  },

  async 'prepare may be called again while the store is in use: each server calls it at boot' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    await store.prepare?.()
    same(await stored(store, record), record)
  },

  async 'time, if the store has it, answers a valid Date' ({ emptyStore }) {
    const store = await emptyStore()
    if (store.time === undefined) return
    const time = await store.time()
    ok(types.isDate(time) && time.getTime() > 0, `time answers ${String(time)}`)
  },

  async 'insert keeps every field of the record' ({ storeWith }) {
    const record = aRecord({ data: { cart: ['book'] }, confirmation: { failures: 2, at: NOW } })
    const store = await storeWith(record)
    same(await stored(store, record), record)
  },

  async 'insert keeps the fields that only some records have' ({ storeWith }) {
    const record = aRecord({
      idleTimeout: null,
      formerIp: { ip: '2001:db8::9', until: after(NOW, -SECOND) },
      newDevice: true,
      adopted: true,
      confirmation: { failures: 5, total: 15, lockedUntil: after(NOW, SECOND), at: NOW }
    })
    const store = await storeWith(record)
    same(await stored(store, record), record)
  },

  async 'insert keeps a record that has no user, no address and a former token' ({ storeWith }) {
    const record = aVisitorRecord({ ip: null, tokens: [aToken(1), aToken(0, after(NOW, SECOND))] })
    const store = await storeWith(record)
    same(await stored(store, record), record)
  },

  async 'insert rejects if the key exists already, and changes nothing' ({ storeWith }) {
    const first = aRecord()
    const store = await storeWith(first)
    await rejects(store.insert(aRecord({ _id: first._id, userId: 'eve' })))
    same(await stored(store, first), first)
    same(await listOf(store, 'eve'), [])
  },

  async 'insert takes a copy: a later change of the caller\'s object does not reach the store' ({ storeWith }) {
    const record = aRecord({ data: { cart: ['book'] }, expiresAt: after(NOW, SECOND) })
    const before = structuredClone(record)
    const store = await storeWith(record)
    record.userId = 'eve';
    (record.data.cart as string[]).push('knife')
    record.tokens.push(aToken())
    record.device.browser = 'Lynx'
    record.confirmation.failures = 4
    record.expiresAt.setTime(0)
    same(await stored(store, before), before)
  }
}
