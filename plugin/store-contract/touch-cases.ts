/**
 * The promises of `touch`.
 * @module
 */
import { equal } from 'node:assert/strict'
import type { LoginSessionStore } from '../sessions/store.js'
import { touchOf } from './changes.js'
import { aRecord, after, HOUR, MILLISECOND, MINUTE, NOW, SECOND } from './records.js'
import { attemptsOf, type Cases, same, stored } from './scene.js'

const LATER = after(NOW, MINUTE)

export const touchCases: Cases = {
  async 'touch moves many records forward in one call, each with its own values' ({ storeWith }) {
    const [one, other, untouched] = [aRecord(), aRecord(), aRecord()]
    const store = await storeWith(one, other, untouched)
    await store.touch([touchOf(one), { ...touchOf(other, after(LATER, SECOND)), ip: null }])
    same(await stored(store, one), { ...one, lastActiveAt: LATER, expiresAt: after(LATER, HOUR), ip: '198.51.100.7' })
    same(await stored(store, other), {
      ...other, lastActiveAt: after(LATER, SECOND), expiresAt: after(LATER, HOUR + SECOND), ip: null
    })
    same(await stored(store, untouched), untouched)
  },

  async 'touch writes the device in the same step if the touch has one, and leaves it alone otherwise' ({ storeWith }) {
    const [told, untold] = [aRecord(), aRecord()]
    const store = await storeWith(told, untold)
    const device = { ...told.device, osVersion: '11', browserVersion: '149.0.7827.55' }
    const touch = { ...touchOf(told), device }
    await store.touch([touch, touchOf(untold)])
    device.browser = 'Lynx'
    same((await stored(store, told))?.device, { ...told.device, osVersion: '11', browserVersion: '149.0.7827.55' })
    same((await stored(store, untold))?.device, untold.device)
    await store.touch([{ ...touch, lastActiveAt: NOW, device: { ...device, os: 'Plan 9' } }])
    equal((await stored(store, told))?.device.os, 'Windows', 'a touch that comes too late must write nothing')
  },

  async 'touch writes userAgent and formerIp (also null) if the touch has them, and leaves both alone otherwise' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    const formerIp = { ip: '203.0.113.9', until: LATER }
    const given = structuredClone({ ...touchOf(record), userAgent: 'curl/8.6.0', formerIp })
    await store.touch([given])
    for (const date of [given.formerIp.until, given.lastActiveAt, given.expiresAt]) date.setTime(0)
    same(await stored(store, record), { ...record, ...touchOf(record), userAgent: 'curl/8.6.0', formerIp })
    await store.touch([touchOf(record, after(LATER, SECOND))])
    const { userAgent, formerIp: kept } = (await stored(store, record))!
    same([userAgent, kept], ['curl/8.6.0', formerIp])
    await store.touch([{ ...touchOf(record, after(LATER, 2 * SECOND)), formerIp: null }])
    equal((await stored(store, record))?.formerIp, null)
  },

  async 'touch never moves a record back, and writes nothing for a touch of the same moment' ({ storeWith }) {
    const record = aRecord({ lastActiveAt: LATER, expiresAt: after(LATER, HOUR) })
    const store = await storeWith(record)
    await store.touch([touchOf(record, after(LATER, -MILLISECOND))])
    await store.touch([touchOf(record, LATER)])
    same(await stored(store, record), record)
  },

  async 'touch does not revive a record that had expired by then, to the millisecond' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    await store.touch([touchOf(record, record.expiresAt)])
    same(await stored(store, record), record)
    await store.touch([touchOf(record, after(record.expiresAt, -MILLISECOND))])
    same((await stored(store, record))?.lastActiveAt, after(record.expiresAt, -MILLISECOND))
  },

  async 'touch does not bring back a removed record (nothing is upserted), and still moves the others' ({ storeWith }) {
    const [removed, kept] = [aRecord(), aRecord()]
    const store = await storeWith(removed, kept)
    await store.remove(removed._id, 'ada')
    await store.touch([touchOf(removed), touchOf(kept)])
    equal(await stored(store, removed), null)
    equal(await attemptsOf(store, removed), null)
    same((await stored(store, kept))?.lastActiveAt, LATER)
  },

  async 'a touch that arrives after its record has expired and was removed prolongs nothing' ({ storeWith }) {
    const removals: Array<(store: LoginSessionStore, key: string, now: Date) => Promise<unknown>> = [
      async (store, key) => await store.remove(key, 'ada'),
      async (store, key, now) => await store.removeMany([key], 'ada', now)
    ]
    for (const remove of removals) {
      const record = aRecord()
      const store = await storeWith(record)
      await remove(store, record._id, record.expiresAt)
      await store.touch([touchOf(record, after(record.expiresAt, -MILLISECOND))])
      equal(await stored(store, record), null)
    }
  }
}
