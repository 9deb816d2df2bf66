/**
 * The promises of `plugin/sessions/store.ts`, one by one. Both stores keep them; run this on a store of your own.
 * @module
 */
import fc from 'fast-check'
import type { Test } from 'tap'
import type { LoginSessionRecord } from '../../plugin/sessions/record.js'
import type { LoginSessionStore } from '../../plugin/sessions/store.js'
import { after, HOUR, MINUTE, NOW, SECOND } from '../support/clock.js'
import { parallel } from '../support/gate.js'
import { keyOf, newId, userKeyOf } from '../../plugin/sessions/key.js'
import { overviewStoreOf } from '../../plugin/sessions/overview.js'
import { aRecord, aToken, aVisitorRecord, stored } from '../support/records.js'
import { overviewContract } from './overview-contract.js'

/** Names that mean something to MongoDB, to JavaScript or to us, and are nothing but keys to the host. */
const ODD_KEYS = [
  'a.b', '.', '..', 'a..b', '$x', '$set', '$', 'a$b', '', '%', '%%', '%2E', '%25', '%zz', 'a%', '\0', 'a\0b', ' ', '0', '-1',
  '_id', 'data', 'cookie.x', 'constructor', 'toString', 'hasOwnProperty', 'ключ', '鍵', '🔑', '"quoted"', "it's", 'a/b', '[0]', 'x'.repeat(300)
]

const LIMIT = 5
const LOCK_END = after(NOW, 15 * MINUTE)
const MILLISECOND = 1

/** @param makeStore an empty store */
export async function storeContract (t: Test, makeStore: () => LoginSessionStore | Promise<LoginSessionStore>): Promise<void> {
  async function emptyStore (): Promise<LoginSessionStore> {
    const store = await makeStore()
    await store.prepare?.()
    return store
  }

  async function storeWith<R extends LoginSessionRecord[]> (...records: R): Promise<LoginSessionStore> {
    const store = await emptyStore()
    for (const record of records) await store.insert(record)
    return store
  }

  const keysOf = (records: Array<Pick<LoginSessionRecord, '_id'>>): string[] => records.map(({ _id }) => _id).sort()
  const withoutData = ({ data, ...rest }: LoginSessionRecord) => rest
  const listOf = (store: LoginSessionStore, userId: string) => store.listByUser(userId, NOW, Infinity)
  const attempts = async (store: LoginSessionStore, record: LoginSessionRecord) => (await stored(store, record))?.confirmation ?? null

  t.test('insert', async t => {
    t.test('keeps every field of the record', async t => {
      const record = aRecord({ data: { cart: ['book'] }, confirmation: { failures: 2, at: NOW } })
      const store = await storeWith(record)
      t.strictSame(await stored(store, record), record)
    })

    t.test('keeps a record that has no user, no address and a previous token', async t => {
      const record = aVisitorRecord({ ip: null, tokens: [aToken(1), aToken(0, after(NOW, SECOND))] })
      const store = await storeWith(record)
      t.strictSame(await stored(store, record), record)
    })

    t.test('refuses a key that exists already, and changes nothing', async t => {
      const first = aRecord()
      const second = aRecord({ _id: first._id, userId: 'eve' })
      const store = await storeWith(first)
      await t.rejects(store.insert(second))
      t.strictSame(await stored(store, first), first)
      t.strictSame(await listOf(store, 'eve'), [])
    })

    t.test('takes a copy: what the caller changes later stays with the caller', async t => {
      const record = aRecord({ data: { cart: ['book'] } })
      const store = await storeWith(record)
      record.userId = 'eve';
      (record.data.cart as string[]).push('knife')
      const found = await stored(store, record)
      t.equal(found?.userId, 'ada')
      t.strictSame(found?.data, { cart: ['book'] })
    })
  })

  t.test('find', async t => {
    t.test('answers null for a key that no record has', async t => {
      const store = await storeWith(aRecord())
      t.strictSame(await store.find([keyOf('ada', newId())]), [null])
      t.strictSame(await store.find(['nobody', '']), [null, null])
    })

    t.test('answers in the order of the keys, each as often as it is asked for', async t => {
      const [one, other] = [aRecord(), aRecord({ userId: 'eve' })]
      const store = await storeWith(one, other)
      const unknown = keyOf('ada', newId())
      t.strictSame(await store.find([other._id, unknown, one._id, other._id]), [other, null, one, other])
      t.strictSame(await store.find([]), [])
    })

    t.test('finds expired records too: the caller judges', async t => {
      const record = aRecord({ expiresAt: after(NOW, MILLISECOND), endsAt: after(NOW, MILLISECOND) })
      const store = await storeWith(record)
      t.strictSame(await stored(store, record), record)
    })

    t.test('knows keys by every character, upper and lower case', async t => {
      const record = aRecord({ _id: 'abcdefgh' + 'a'.repeat(22) })
      const store = await storeWith(record)
      t.strictSame(await store.find(['ABCDEFGH' + 'A'.repeat(22), record._id.slice(0, -1), record._id + 'a']), [null, null, null])
    })

    t.test('hands out copies: what a caller changes reaches nobody else', async t => {
      const record = aRecord({ data: { cart: { items: ['book'] } } })
      const store = await storeWith(record)
      const mine = await stored(store, record);
      (mine!.data.cart as { items: string[] }).items.push('knife')
      mine!.confirmation.failures = 4
      mine!.tokens.push(aToken())
      mine!.expiresAt.setTime(0)
      t.strictSame(await stored(store, record), record)
    })

    t.test('hands out a copy to each of many lookups of one key at the same moment', async t => {
      const record = aRecord({ data: { cart: { items: ['book'] }, at: NOW } })
      const store = await storeWith(record)
      const copies = await store.find(Array(10).fill(record._id))
      for (const copy of copies) {
        t.strictSame(copy, record)
        const { items } = copy!.data.cart as { items: string[] }
        items.push('knife')
        copy!.data.mine = true
        copy!.device.browser = 'Lynx'
      }
    })

    t.test('answers each of many keys with its own record', async t => {
      const records = Array.from({ length: 20 }, (_, index) => aRecord({ userId: `user-${index}` }))
      const store = await storeWith(...records)
      const found = await store.find(records.flatMap(({ _id, userId }) => [_id, keyOf(userId!, newId())]))
      t.strictSame(found.map(record => record?.userId ?? null), records.flatMap(({ userId }) => [userId, null]))
    })

    t.test('sees what was written before it was asked', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      await stored(store, record)
      await store.remove(record._id, 'ada')
      t.equal(await stored(store, record), null)
    })

    t.test('gives back the host\'s data as it was, dates included', async t => {
      const data = {
        text: 'ünïcödé', number: 1.5, whole: 42, no: false, nothing: null, empty: '', date: NOW, list: [1, [NOW, { deep: NOW }]], object: { a: { b: ['c'] } }
      }
      const record = aRecord({ data })
      const store = await storeWith(record)
      t.strictSame((await stored(store, record))?.data, data)
    })
  })

  t.test('findWithoutData', async t => {
    t.test('gives the record with this key without its session data, expired or not, or null', async t => {
      const [live, expired] = [aRecord({ data: { cart: ['book'] } }), aRecord({ expiresAt: after(NOW, -MILLISECOND) })]
      const store = await storeWith(live, expired)
      t.strictSame(await store.findWithoutData(live._id), withoutData(live))
      t.strictSame(await store.findWithoutData(expired._id), withoutData(expired))
      for (const unknown of [keyOf('ada', newId()), 'nobody', '']) t.equal(await store.findWithoutData(unknown), null)
    })

    t.test('hands out a copy', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      const mine = await store.findWithoutData(record._id)
      mine!.tokens.push(aToken())
      t.strictSame(await store.findWithoutData(record._id), withoutData(record))
    })
  })

  t.test('listByUser and countByUser', async t => {
    t.test('know the records of this user and of nobody else', async t => {
      const [one, other] = [aRecord(), aRecord()]
      const store = await storeWith(one, other, aRecord({ userId: 'eve' }), aRecord({ userId: 'Ada' }), aVisitorRecord())
      t.strictSame(keysOf(await listOf(store, 'ada')), keysOf([one, other]))
      t.equal(await store.countByUser('ada', NOW), 2)
      for (const nobody of ['nobody', '']) {
        t.strictSame(await listOf(store, nobody), [])
        t.equal(await store.countByUser(nobody, NOW), 0)
      }
    })

    t.test('tell users apart whose keys begin alike', async t => {
      const other = aRecord({ _id: userKeyOf('ada') + newId(), userId: 'eve' })
      const [visitor, own] = [aVisitorRecord({ _id: userKeyOf('ada') + newId() }), aRecord()]
      const store = await storeWith(other, visitor, own)
      t.strictSame(keysOf(await listOf(store, 'ada')), [own._id])
      t.equal(await store.countByUser('ada', NOW), 1)
      t.strictSame(await store.keysOfUser('ada', '', 9), [own._id])
      t.equal(await store.remove(other._id, 'ada'), null)
      t.equal(await store.removeMany([other._id, visitor._id], 'ada', NOW), 0)
      t.strictSame(await stored(store, other), other)
      t.strictSame(await stored(store, visitor), visitor)
    })

    t.test('leave out what has expired, to the millisecond, and session data', async t => {
      const [live, expired] = [aRecord({ data: { cart: ['book'] } }), aRecord({ expiresAt: after(NOW, MILLISECOND) })]
      const store = await storeWith(live, expired)
      t.strictSame(keysOf(await listOf(store, 'ada')), keysOf([live, expired]))
      t.equal(await store.countByUser('ada', NOW), 2)
      t.strictSame(await store.listByUser('ada', expired.expiresAt, Infinity), [withoutData(live)])
      t.equal(await store.countByUser('ada', expired.expiresAt), 1)
    })

    t.test('the most recently active first, no more than the limit', async t => {
      const records = [2, 0, 3, 1].map(minutes => aRecord({ lastActiveAt: after(NOW, minutes * MINUTE) }))
      const store = await storeWith(...records)
      const inOrder = [records[2], records[0], records[3], records[1]].map(record => record!._id)
      for (const limit of [1, 2, 4, 9, Infinity]) {
        t.strictSame((await store.listByUser('ada', NOW, limit)).map(({ _id }) => _id), inOrder.slice(0, limit), String(limit))
      }
    })

    t.test('take the user id as a value, never as a query', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      const anything: any = { $ne: null }
      t.strictSame(await listOf(store, anything).catch(() => []), [])
      t.equal(await store.countByUser(anything, NOW).catch(() => 0), 0)
      t.strictSame(await store.keysOfUser(anything, '', 9).catch(() => []), [])
      t.equal(await store.removeMany([record._id], anything, NOW), 0)
      t.equal(await store.remove(record._id, anything), null)
      t.strictSame(await stored(store, record), record)
    })

    t.test('hand out copies', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      const [mine] = await listOf(store, 'ada')
      mine!.tokens.push(aToken())
      mine!.expiresAt.setTime(0)
      t.strictSame(await listOf(store, 'ada'), [withoutData(record)])
    })
  })

  t.test('keysOfUser gives the keys of one user, expired ones included, page by page in ascending order', async t => {
    const own = Array.from({ length: 5 }, (_, index) => aRecord(index === 0 ? { expiresAt: after(NOW, MILLISECOND) } : {}))
    const store = await storeWith(...own, aRecord({ userId: 'eve' }), aVisitorRecord())
    const keys = keysOf(own)
    t.strictSame(await store.keysOfUser('ada', '', 9), keys)
    t.strictSame(await store.keysOfUser('ada', '', 2), keys.slice(0, 2))
    t.strictSame(await store.keysOfUser('ada', keys[1]!, 2), keys.slice(2, 4))
    t.strictSame(await store.keysOfUser('ada', keys[3]!, 2), keys.slice(4))
    t.strictSame(await store.keysOfUser('ada', keys[4]!, 2), [])
    await store.remove(keys[2]!, 'ada')
    t.strictSame(await store.keysOfUser('ada', keys[2]!, 1), [keys[3]], 'also after a key that is gone')
    t.strictSame(await store.keysOfUser('ada', `${userKeyOf('ada')}~`, 9), [])
    t.strictSame(await store.keysOfUser('nobody', '', 9), [])
  })

  t.test('page gives the records of everybody, without their session data, in ascending order of their keys', async t => {
    const expired = aRecord({ expiresAt: after(NOW, MILLISECOND) })
    const all = [expired, aRecord(), aRecord({ userId: 'eve', data: { cart: ['book'] } }), aVisitorRecord()]
    const store = await storeWith(...all)
    const sorted = [...all].sort((a, b) => a._id < b._id ? -1 : 1)
    t.strictSame(await store.page('', 9), sorted.map(withoutData))
    t.strictSame(await store.page('', 2), sorted.slice(0, 2).map(withoutData))
    t.strictSame(await store.page(sorted[1]!._id, 9), sorted.slice(2).map(withoutData))
    t.strictSame(await store.page(sorted[3]!._id, 9), [])

    const own = sorted.filter(({ userId }) => userId === 'ada')
    t.strictSame(await store.page('', 9, userKeyOf('ada')), own.map(withoutData), 'or only those whose key begins alike')
    t.strictSame(await store.page(own[0]!._id, 9, userKeyOf('ada')), own.slice(1).map(withoutData))
    const [mine] = await store.page('', 1)
    mine!.tokens.push(aToken())
    t.strictSame(await store.page('', 1), [withoutData(sorted[0]!)], 'what a caller changes reaches nobody else')
  })

  t.test('updateData', async t => {
    t.test('sets and unsets keys, and leaves the others alone', async t => {
      const record = aRecord({ data: { cart: ['book'], theme: 'dark', flash: 'hello' } })
      const store = await storeWith(record)
      t.equal(await store.updateData(record._id, { set: { theme: 'light', lang: 'de' }, unset: ['flash'] }), true)
      t.strictSame((await stored(store, record))?.data, { cart: ['book'], theme: 'light', lang: 'de' })
    })

    t.test('only sets, or only unsets, or unsets what is not there', async t => {
      const record = aRecord({ data: { flash: 'hello' } })
      const store = await storeWith(record)
      t.equal(await store.updateData(record._id, { set: { lang: 'de' }, unset: [] }), true)
      t.equal(await store.updateData(record._id, { set: {}, unset: ['flash', 'never was'] }), true)
      t.strictSame((await stored(store, record))?.data, { lang: 'de' })
    })

    t.test('touches nothing but the data', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      await store.updateData(record._id, { set: { userId: 'eve', 'confirmation.failures': -99, expiresAt: 0 }, unset: ['tokens'] })
      const found = await stored(store, record)
      t.strictSame({ ...found, data: {} }, record)
    })

    t.test('keeps parallel changes of different keys', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      await parallel(20, index => store.updateData(record._id, { set: { [`key-${index}`]: index }, unset: [] }))
      t.equal(Object.keys((await stored(store, record))!.data).length, 20)
    })

    t.test('answers false when the record is gone, and does not bring it back', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      await store.remove(record._id, 'ada')
      t.equal(await store.updateData(record._id, { set: { cart: ['book'] }, unset: ['flash'] }), false)
      t.equal(await stored(store, record), null)
      t.equal(await store.updateData(keyOf('ada', newId()), { set: { cart: ['book'] }, unset: [] }), false)
    })

    t.test('takes a copy of the values', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      const cart = ['book']
      await store.updateData(record._id, { set: { cart }, unset: [] })
      cart.push('knife')
      t.strictSame((await stored(store, record))?.data, { cart: ['book'] })
    })

    t.test('takes keys of any characters: set at insert, set later, and unset', async t => {
      const odd = (value: unknown) => Object.fromEntries(ODD_KEYS.map(key => [key, value]))
      const record = aRecord({ data: { plain: 'kept', ...odd('first') } })
      const store = await storeWith(record)
      t.strictSame((await stored(store, record))?.data, { plain: 'kept', ...odd('first') })

      for (const key of ODD_KEYS) t.equal(await store.updateData(record._id, { set: { [key]: 'second' }, unset: [] }), true, JSON.stringify(key))
      t.strictSame((await stored(store, record))?.data, { plain: 'kept', ...odd('second') })

      for (const key of ODD_KEYS) t.equal(await store.updateData(record._id, { set: {}, unset: [key] }), true, JSON.stringify(key))
      t.strictSame((await stored(store, record))?.data, { plain: 'kept' })
    })

    t.test('takes any keys at all', async t => {
      const keys = fc.uniqueArray(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 8 })
      const store = await emptyStore()
      await fc.assert(fc.asyncProperty(keys, async keys => {
        const [inserted, updated] = [1, 2].map(value => Object.fromEntries(keys.map(key => [key, value])))
        const record = aRecord({ data: inserted! })
        await store.insert(record)
        t.strictSame((await stored(store, record))?.data, inserted)
        await store.updateData(record._id, { set: updated!, unset: [] })
        t.strictSame((await stored(store, record))?.data, updated)
        await store.updateData(record._id, { set: {}, unset: keys })
        t.strictSame((await stored(store, record))?.data, {})
      }), { numRuns: 30 })
    })

    t.test('is not harmed by "__proto__" as a key', async t => {
      const hostile = JSON.parse('{ "__proto__": { "admin": true }, "cart": ["book"] }')
      const record = aRecord({ data: { theme: 'dark' } })
      const store = await storeWith(record)
      await store.updateData(record._id, { set: hostile, unset: [] })
      const { data } = (await stored(store, record))!
      t.equal(data.admin, undefined)
      t.equal(Object.getPrototypeOf(data), Object.prototype)
      t.equal(({} as Record<string, unknown>).admin, undefined)
      t.strictSame(data.cart, ['book'])
      t.equal(data.theme, 'dark')
      t.equal(await store.updateData(record._id, { set: {}, unset: ['__proto__'] }), true)
    })
  })

  t.test('touch', async t => {
    const later = after(NOW, MINUTE)
    const touchOf = (record: LoginSessionRecord, at: Date = later) =>
      ({ _id: record._id, lastActiveAt: at, expiresAt: after(at, HOUR), ip: '198.51.100.7' })

    t.test('moves many records forward at once, each on its own', async t => {
      const [one, other, untouched] = [aRecord(), aRecord(), aRecord()]
      const store = await storeWith(one, other, untouched)
      await store.touch([touchOf(one), { ...touchOf(other, after(later, SECOND)), ip: null }])
      t.strictSame(await stored(store, one), { ...one, lastActiveAt: later, expiresAt: after(later, HOUR), ip: '198.51.100.7' })
      t.strictSame(await stored(store, other), {
        ...other, lastActiveAt: after(later, SECOND), expiresAt: after(later, HOUR + SECOND), ip: null
      })
      t.strictSame(await stored(store, untouched), untouched)
    })

    t.test('writes a device that is told better in the same step, and leaves it alone otherwise', async t => {
      const [told, untold] = [aRecord(), aRecord()]
      const store = await storeWith(told, untold)
      const device = { ...told.device, osVersion: '11', browserVersion: '149.0.7827.55' }
      const touch = { ...touchOf(told), device }
      await store.touch([touch, touchOf(untold)])
      device.browser = 'Lynx'
      t.strictSame((await stored(store, told))?.device, { ...told.device, osVersion: '11', browserVersion: '149.0.7827.55' })
      t.strictSame((await stored(store, untold))?.device, untold.device)
      await store.touch([{ ...touch, lastActiveAt: NOW, device: { ...device, os: 'Plan 9' } }])
      t.equal((await stored(store, told))?.device.os, 'Windows', 'a touch that comes too late writes nothing')
    })

    t.test('writes the user agent and the former address where it has them, removes the latter by null, and leaves both alone otherwise', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      const formerIp = { ip: '203.0.113.9', until: later }
      await store.touch([{ ...touchOf(record), userAgent: 'curl/8.6.0', formerIp }])
      await store.touch([touchOf(record, after(later, SECOND))])
      const { userAgent, formerIp: kept } = (await stored(store, record))!
      t.strictSame([userAgent, kept], ['curl/8.6.0', formerIp])
      await store.touch([{ ...touchOf(record, after(later, 2 * SECOND)), formerIp: null }])
      t.equal((await stored(store, record))?.formerIp, null)
    })

    t.test('never moves a record back, and not for a touch of the same moment', async t => {
      const record = aRecord({ lastActiveAt: later, expiresAt: after(later, HOUR) })
      const store = await storeWith(record)
      await store.touch([touchOf(record, after(later, -MILLISECOND))])
      await store.touch([touchOf(record, later)])
      t.strictSame(await stored(store, record), record)
    })

    t.test('does not revive a record that was dead by then, to the millisecond', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      await store.touch([touchOf(record, record.expiresAt)])
      t.strictSame(await stored(store, record), record)
      await store.touch([touchOf(record, after(record.expiresAt, -MILLISECOND))])
      t.strictSame((await stored(store, record))?.lastActiveAt, after(record.expiresAt, -MILLISECOND))
    })

    t.test('does not bring back a removed record, and still moves the others', async t => {
      const [removed, kept] = [aRecord(), aRecord()]
      const store = await storeWith(removed, kept)
      await store.remove(removed._id, 'ada')
      await store.touch([touchOf(removed), touchOf(kept)])
      t.equal(await stored(store, removed), null)
      t.equal(await attempts(store, removed), null)
      t.strictSame((await stored(store, kept))?.lastActiveAt, later)
    })
  })

  t.test('setTokens', async t => {
    const until = after(NOW, 30 * SECOND)

    t.test('replaces the tokens, and nothing else', async t => {
      const record = aRecord({ confirmation: { failures: 4, at: after(NOW, -HOUR) } })
      const store = await storeWith(record)
      const tokens = [aToken(1), ...record.tokens]
      t.equal(await store.setTokens(record._id, record.tokens, tokens), true)
      t.strictSame(await stored(store, record), { ...record, tokens })
    })

    t.test('replaces the attempts in the same step, and so lifts a lock', async t => {
      const record = aRecord({ confirmation: { failures: 5, lockedUntil: LOCK_END } })
      const store = await storeWith(record)
      const tokens = [aToken(1), ...record.tokens]
      t.equal(await store.setTokens(record._id, record.tokens, tokens, { failures: 0, at: NOW }), true)
      t.strictSame(await stored(store, record), { ...record, tokens, confirmation: { failures: 0, at: NOW } })
    })

    t.test('writes nothing unless the tokens are as expected in every field and in their order', async t => {
      const [first, second] = [aToken(1), aToken(0, until)]
      const record = aRecord({ tokens: [first, second] })
      const store = await storeWith(record)
      const { until: _, ...endless } = second
      const others = [[], [first], [second, first], [first, second, aToken()], [first, endless], [first, { ...second, until: after(until, MILLISECOND) }],
        [{ ...first, generation: 2 }, second], [{ ...first, until }, second], [aToken(1), second]]
      for (const expected of others) t.equal(await store.setTokens(record._id, expected, [aToken()], { failures: 0 }), false)
      t.strictSame(await stored(store, record), record)
      t.equal(await store.setTokens(record._id, [first, second], [first]), true)
    })

    t.test('answers false when the record is gone, and does not bring it back', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      await store.remove(record._id, 'ada')
      t.equal(await store.setTokens(record._id, record.tokens, [aToken(1)], { failures: 0 }), false)
      t.equal(await stored(store, record), null)
    })

    t.test('lets exactly one of many at the same moment win', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      const next = Array.from({ length: 10 }, () => [aToken(1), ...record.tokens])
      const won = await parallel(10, index => store.setTokens(record._id, record.tokens, next[index]!))
      t.equal(won.filter(Boolean).length, 1)
      t.strictSame((await stored(store, record))?.tokens, next[won.indexOf(true)])
    })

    t.test('takes a copy of the tokens', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      const tokens = [aToken(1), aToken(0, new Date(until))]
      const kept = structuredClone(tokens)
      await store.setTokens(record._id, record.tokens, tokens)
      tokens[0]!.hash = 'eve'
      tokens[1]!.until!.setFullYear(1999)
      t.strictSame((await stored(store, record))?.tokens, kept)
    })
  })

  t.test('takeAttempt', async t => {
    t.test('counts each attempt in advance, and locks with the last one allowed', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      for (let failures = 1; failures < LIMIT; failures++) {
        t.strictSame(await store.takeAttempt(record._id, LIMIT, LOCK_END, NOW), { failures, total: failures })
        t.strictSame(await attempts(store, record), { failures, total: failures })
      }
      t.strictSame(await store.takeAttempt(record._id, LIMIT, LOCK_END, NOW), { failures: LIMIT, total: LIMIT, lockedUntil: LOCK_END })
    })

    t.test('refuses while locked, and counts nothing', async t => {
      const record = aRecord({ confirmation: { failures: LIMIT, lockedUntil: LOCK_END } })
      const store = await storeWith(record)
      t.equal(await store.takeAttempt(record._id, LIMIT, after(LOCK_END, HOUR), NOW), null)
      t.equal(await store.takeAttempt(record._id, LIMIT, after(LOCK_END, HOUR), after(LOCK_END, -MILLISECOND)), null)
      t.strictSame(await attempts(store, record), { failures: LIMIT, lockedUntil: LOCK_END })
    })

    t.test('starts the count anew when the lock has passed', async t => {
      const record = aRecord({ confirmation: { failures: LIMIT, lockedUntil: LOCK_END } })
      const store = await storeWith(record)
      t.strictSame(await store.takeAttempt(record._id, LIMIT, after(LOCK_END, HOUR), LOCK_END), { failures: 1, total: LIMIT + 1 })
      t.strictSame(await store.takeAttempt(record._id, LIMIT, after(LOCK_END, HOUR), LOCK_END), { failures: 2, total: LIMIT + 2 })
    })

    t.test('the total goes on over all locks, and a success ends it', async t => {
      const record = aRecord({ confirmation: { failures: 3, total: 98 } })
      const store = await storeWith(record)
      t.strictSame(await store.takeAttempt(record._id, LIMIT, LOCK_END, NOW), { failures: 4, total: 99 })
      t.strictSame(await store.takeAttempt(record._id, LIMIT, LOCK_END, NOW), { failures: 5, total: 100, lockedUntil: LOCK_END })
      t.strictSame(await store.takeAttempt(record._id, LIMIT, after(LOCK_END, HOUR), LOCK_END), { failures: 1, total: 101 })
      await store.setTokens(record._id, record.tokens, record.tokens, { failures: 0, at: NOW })
      t.strictSame(await store.takeAttempt(record._id, LIMIT, LOCK_END, NOW), { failures: 1, total: 1, at: NOW })
    })

    t.test('gives exactly five to fifty at the same moment', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      const taken = await parallel(50, () => store.takeAttempt(record._id, LIMIT, LOCK_END, NOW))
      const given = taken.filter(state => state !== null)
      t.strictSame(given.map(({ failures }) => failures).sort(), [1, 2, 3, 4, 5])
      t.strictSame(await attempts(store, record), { failures: LIMIT, total: LIMIT, lockedUntil: LOCK_END })
    })

    t.test('counts each record on its own', async t => {
      const [one, other] = [aRecord(), aRecord()]
      const store = await storeWith(one, other)
      await parallel(LIMIT, () => store.takeAttempt(one._id, LIMIT, LOCK_END, NOW))
      t.strictSame(await store.takeAttempt(other._id, LIMIT, LOCK_END, NOW), { failures: 1, total: 1 })
    })

    t.test('remembers when the password was last confirmed', async t => {
      const record = aRecord({ confirmation: { failures: 0, at: after(NOW, -HOUR) } })
      const store = await storeWith(record)
      t.strictSame(await store.takeAttempt(record._id, 1, LOCK_END, NOW), { failures: 1, total: 1, at: after(NOW, -HOUR), lockedUntil: LOCK_END })
    })

    t.test('answers null when the record is gone', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      await store.remove(record._id, 'ada')
      t.equal(await store.takeAttempt(record._id, LIMIT, LOCK_END, NOW), null)
      t.equal(await attempts(store, record), null)
      t.equal(await stored(store, record), null)
    })

    t.test('hands out a copy', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      const mine = await store.takeAttempt(record._id, LIMIT, LOCK_END, NOW)
      mine!.failures = 0
      t.strictSame(await attempts(store, record), { failures: 1, total: 1 })
    })
  })

  t.test('returnAttempt', async t => {
    t.test('gives one attempt back, with the lock that it brought', async t => {
      const record = aRecord({ confirmation: { failures: LIMIT - 1, at: NOW } })
      const store = await storeWith(record)
      await store.takeAttempt(record._id, LIMIT, LOCK_END, NOW)
      await store.returnAttempt(record._id)
      t.strictSame(await attempts(store, record), { failures: LIMIT - 1, total: LIMIT - 1, at: NOW })
    })

    t.test('counts back the total, too', async t => {
      const [counted, uncounted] = [{ failures: 1, total: 6 }, { failures: 2 }].map(confirmation => aRecord({ confirmation })) as [LoginSessionRecord, LoginSessionRecord]
      const store = await storeWith(counted, uncounted)
      for (const record of [counted, uncounted]) await store.returnAttempt(record._id)
      t.strictSame(await attempts(store, counted), { failures: 0, total: 5 })
      t.strictSame(await attempts(store, uncounted), { failures: 1, total: 1 }, 'without a total it is as many as the failures')
    })

    t.test('never gives more than was taken', async t => {
      const record = aRecord({ confirmation: { failures: 1 } })
      const store = await storeWith(record)
      await parallel(5, () => store.returnAttempt(record._id))
      t.strictSame(await attempts(store, record), { failures: 0, total: 0 })
    })

    t.test('is harmless when the record is gone', async t => {
      const store = await emptyStore()
      const record = aRecord()
      await store.returnAttempt(record._id)
      t.equal(await attempts(store, record), null)
    })
  })

  t.test('remove', async t => {
    t.test('removes the user\'s record, and returns it without its data', async t => {
      const [gone, kept] = [aRecord({ data: { 'a.b': 1 } }), aRecord()]
      const store = await storeWith(gone, kept)
      t.match(await store.remove(gone._id, 'ada'), withoutData(gone))
      t.equal(await stored(store, gone), null)
      t.strictSame(await stored(store, kept), kept)
    })

    t.test('removes a visitor session where no user is named', async t => {
      const [gone, login] = [aVisitorRecord(), aRecord()]
      const store = await storeWith(gone, login)
      t.match(await store.remove(gone._id, undefined), withoutData(gone))
      t.equal(await store.remove(login._id, undefined), null)
      t.equal(await stored(store, gone), null)
      t.strictSame(await stored(store, login), login)
    })

    t.test('answers null alike for records of others, unknown, removed and visitors\' ones, and removes none', async t => {
      const [foreign, removed, visitor] = [aRecord({ userId: 'eve' }), aRecord(), aVisitorRecord()]
      const store = await storeWith(foreign, removed, visitor)
      await store.remove(removed._id, 'ada')
      for (const { _id } of [foreign, removed, visitor, aRecord()]) t.equal(await store.remove(_id, 'ada'), null)
      t.strictSame(await stored(store, foreign), foreign)
      t.strictSame(await stored(store, visitor), visitor)
    })

    t.test('returns an expired record too', async t => {
      const expired = aRecord({ expiresAt: after(NOW, -MILLISECOND) })
      const store = await storeWith(expired)
      t.equal((await store.remove(expired._id, 'ada'))?._id, expired._id)
      t.equal(await stored(store, expired), null)
    })

    t.test('returns the record to exactly one of many at the same moment', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      const removed = await parallel(10, () => store.remove(record._id, 'ada'))
      t.equal(removed.filter(one => one !== null).length, 1)
    })
  })

  t.test('removeMany', async t => {
    t.test('removes these records of this user, and returns their number', async t => {
      const [one, other, kept] = [aRecord(), aRecord(), aRecord()]
      const store = await storeWith(one, other, kept)
      t.equal(await store.removeMany([one._id, other._id], 'ada', NOW), 2)
      t.strictSame(await listOf(store, 'ada'), [withoutData(kept)])
      t.equal(await store.removeMany([one._id, other._id], 'ada', NOW), 0)
      t.equal(await store.removeMany([], 'ada', NOW), 0)
      await store.barrier(userKeyOf('ada'))
      await store.barrier(kept._id)
      t.strictSame(await listOf(store, 'ada'), [withoutData(kept)])
    })

    t.test('removes none of another user, nor an ownerless one', async t => {
      const [foreign, anonymous] = [aRecord({ userId: 'eve' }), aVisitorRecord()]
      const store = await storeWith(foreign, anonymous)
      t.equal(await store.removeMany([foreign._id, anonymous._id, keyOf('ada', newId())], 'ada', NOW), 0)
      t.strictSame(await stored(store, foreign), foreign)
      t.strictSame(await stored(store, anonymous), anonymous)
    })

    t.test('counts only those that lived, to the millisecond, and removes the others, too', async t => {
      const [sooner, later] = [aRecord(), aRecord({ expiresAt: after(NOW, 2 * HOUR) })]
      const store = await storeWith(sooner, later)
      t.equal(await store.removeMany([sooner._id, later._id], 'ada', sooner.expiresAt), 1)
      t.equal(await stored(store, sooner), null)
      t.equal(await stored(store, later), null)
    })

    t.test('of many at the same moment, each record is counted once', async t => {
      const records = Array.from({ length: 5 }, () => aRecord())
      const store = await storeWith(...records)
      const counts = await parallel(10, () => store.removeMany(records.map(({ _id }) => _id), 'ada', NOW))
      t.equal(counts.reduce((sum, count) => sum + count, 0), 5)
    })
  })

  t.test('a touch that comes after its record has expired and was removed prolongs nothing', async t => {
    const removals: Array<(store: LoginSessionStore, key: string, now: Date) => Promise<unknown>> = [
      (store, key) => store.remove(key, 'ada'),
      (store, key, now) => store.removeMany([key], 'ada', now)
    ]
    for (const remove of removals) {
      const record = aRecord()
      const store = await storeWith(record)
      await remove(store, record._id, record.expiresAt)
      await store.touch([{ _id: record._id, lastActiveAt: after(record.expiresAt, -MILLISECOND), expiresAt: after(record.expiresAt, HOUR), ip: null }])
      t.equal(await stored(store, record), null)
    }
  })

  const part = overviewStoreOf(await emptyStore())
  if (part !== null) await t.test('the part for operators', async t => await overviewContract(t, async () => overviewStoreOf(await emptyStore())!))

  if ((await emptyStore()).expiriesOf === undefined) return
  t.test('expiriesOf', async t => {
    t.test('answers in the order of the keys, each as often as it is asked for; expired ones, too', async t => {
      const [one, other] = [aRecord(), aRecord({ userId: 'eve', expiresAt: after(NOW, MILLISECOND) })]
      const store = await storeWith(one, other)
      const unknown = keyOf('ada', newId())
      t.strictSame(await store.expiriesOf!([other._id, unknown, one._id, other._id]), [other.expiresAt, null, one.expiresAt, other.expiresAt])
      t.strictSame(await store.expiriesOf!([]), [])
    })

    t.test('hands out copies', async t => {
      const record = aRecord()
      const store = await storeWith(record);
      (await store.expiriesOf!([record._id]))[0]!.setTime(0)
      t.strictSame(await store.expiriesOf!([record._id]), [record.expiresAt])
    })
  })
}
