/**
 * The promises of `plugin/store.ts`, one by one. Both stores keep them; run this on a store of your own.
 * @module
 */
import fc from 'fast-check'
import type { Test } from 'tap'
import type { LoginSessionRecord } from '../../plugin/sessions/record.js'
import type { LoginSessionStore } from '../../plugin/sessions/store.js'
import { after, HOUR, MINUTE, NOW, SECOND } from '../support/clock.js'
import { parallel } from '../support/gate.js'
import { anAnonymousRecord, aRecord, hashOf, randomId } from '../support/records.js'

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

  const idsOf = (records: LoginSessionRecord[]): string[] => records.map(({ id }) => id).sort()

  t.test('insert', async t => {
    t.test('keeps every field of the record', async t => {
      const record = aRecord({ data: { cart: ['book'] }, confirmation: { failures: 2, at: NOW } })
      const store = await storeWith(record)
      t.strictSame(await store.findByToken(hashOf(record)), record)
    })

    t.test('keeps a record that has no user, no address and a previous token', async t => {
      const record = anAnonymousRecord({ ip: null, tokens: [{ hash: randomId() }, { hash: randomId(), until: after(NOW, SECOND) }] })
      const store = await storeWith(record)
      t.strictSame(await store.findByToken(hashOf(record)), record)
    })

    t.test('refuses an id that exists already, and changes nothing', async t => {
      const first = aRecord()
      const second = aRecord({ id: first.id, userId: 'eve' })
      const store = await storeWith(first)
      await t.rejects(store.insert(second))
      t.strictSame(await store.findByToken(hashOf(first)), first)
      t.equal(await store.findByToken(hashOf(second)), null)
    })

    t.test('refuses a token that exists already, also as a previous one', async t => {
      const [shared, previous] = [randomId(), randomId()]
      const first = aRecord({ tokens: [{ hash: shared }, { hash: previous, until: after(NOW, SECOND) }] })
      const store = await storeWith(first)
      await t.rejects(store.insert(aRecord({ userId: 'eve', tokens: [{ hash: shared }] })))
      await t.rejects(store.insert(aRecord({ userId: 'eve', tokens: [{ hash: previous }] })))
      t.strictSame(await store.findByToken(shared), first)
      t.strictSame(await store.listByUser('eve', NOW), [])
    })

    t.test('takes a copy: what the caller changes later stays with the caller', async t => {
      const record = aRecord({ data: { cart: ['book'] } })
      const store = await storeWith(record)
      record.userId = 'eve';
      (record.data.cart as string[]).push('knife')
      const found = await store.findByToken(hashOf(record))
      t.equal(found?.userId, 'ada')
      t.strictSame(found?.data, { cart: ['book'] })
    })
  })

  t.test('findByToken', async t => {
    t.test('answers null for a token that nobody has', async t => {
      const store = await storeWith(aRecord())
      t.equal(await store.findByToken(randomId()), null)
    })

    t.test('finds a record by each of its tokens', async t => {
      const record = aRecord({ tokens: [{ hash: 'newest' }, { hash: 'previous', until: after(NOW, SECOND) }] })
      const store = await storeWith(record)
      t.strictSame(await store.findByToken('newest'), record)
      t.strictSame(await store.findByToken('previous'), record)
    })

    t.test('finds dead records too: the caller judges', async t => {
      const record = aRecord({ expiresAt: after(NOW, MILLISECOND), endsAt: after(NOW, MILLISECOND) })
      const store = await storeWith(record)
      t.strictSame(await store.findByToken(hashOf(record)), record)
    })

    t.test('hands out copies: what a caller changes reaches nobody else', async t => {
      const record = aRecord({ data: { cart: { items: ['book'] } } })
      const store = await storeWith(record)
      const mine = await store.findByToken(hashOf(record));
      (mine!.data.cart as { items: string[] }).items.push('knife')
      mine!.confirmation.failures = 4
      mine!.tokens.push({ hash: 'eve' })
      mine!.expiresAt.setTime(0)
      t.strictSame(await store.findByToken(hashOf(record)), record)
    })

    t.test('hands out a copy to each of many lookups of one token at the same moment', async t => {
      const record = aRecord({ data: { cart: { items: ['book'] }, at: NOW } })
      const store = await storeWith(record)
      const copies = await parallel(10, () => store.findByToken(hashOf(record)))
      for (const copy of copies) {
        t.strictSame(copy, record)
        const { items } = copy!.data.cart as { items: string[] }
        items.push('knife')
        copy!.data.mine = true
        copy!.device.browser = 'Lynx'
      }
    })

    t.test('answers each of many lookups at the same moment with its own record', async t => {
      const records = Array.from({ length: 20 }, (_, index) => aRecord({ userId: `user-${index}` }))
      const store = await storeWith(...records)
      const hashes = records.flatMap(record => [hashOf(record), randomId()])
      const found = await Promise.all(hashes.map(hash => store.findByToken(hash)))
      t.strictSame(found.map(record => record?.userId ?? null), records.flatMap(({ userId }) => [userId, null]))
    })

    t.test('sees what was written before it was asked', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      await store.findByToken(hashOf(record))
      await store.remove('ada', record.id, NOW)
      t.equal(await store.findByToken(hashOf(record)), null)
    })

    t.test('gives back the host\'s data as it was, dates included', async t => {
      const data = {
        text: 'ünïcödé', number: 1.5, whole: 42, no: false, nothing: null, empty: '', date: NOW, list: [1, [NOW, { deep: NOW }]], object: { a: { b: ['c'] } }
      }
      const record = aRecord({ data })
      const store = await storeWith(record)
      t.strictSame((await store.findByToken(hashOf(record)))?.data, data)
    })
  })

  t.test('find', async t => {
    t.test('gives the user\'s live record', async t => {
      const record = aRecord()
      const store = await storeWith(record, aRecord())
      t.strictSame(await store.find('ada', record.id, NOW), record)
    })

    t.test('answers null alike for foreign, unknown, removed and ownerless ones', async t => {
      const [removed, anonymous] = [aRecord(), anAnonymousRecord()]
      const store = await storeWith(removed, anonymous, aRecord())
      await store.remove('ada', removed.id, NOW)
      t.equal(await store.find('ada', removed.id, NOW), null)
      t.equal(await store.find('ada', randomId(), NOW), null)
      t.equal(await store.find('ada', anonymous.id, NOW), null)
      t.equal(await store.find('', anonymous.id, NOW), null)
      const foreign = aRecord({ userId: 'eve' })
      await store.insert(foreign)
      t.equal(await store.find('ada', foreign.id, NOW), null)
    })

    t.test('knows the expiry to the millisecond', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      t.equal((await store.find('ada', record.id, after(record.expiresAt, -MILLISECOND)))?.id, record.id)
      t.equal(await store.find('ada', record.id, record.expiresAt), null)
    })

    t.test('hands out a copy', async t => {
      const record = aRecord({ data: { cart: ['book'] } })
      const store = await storeWith(record)
      const mine = await store.find('ada', record.id, NOW);
      (mine!.data.cart as string[]).push('knife')
      t.strictSame(await store.find('ada', record.id, NOW), record)
    })
  })

  t.test('listByUser', async t => {
    t.test('gives the live records of this user and of nobody else', async t => {
      const [one, other] = [aRecord(), aRecord()]
      const store = await storeWith(one, other, aRecord({ userId: 'eve' }), aRecord({ userId: 'Ada' }), anAnonymousRecord())
      t.strictSame(idsOf(await store.listByUser('ada', NOW)), idsOf([one, other]))
      t.strictSame(await store.listByUser('nobody', NOW), [])
      t.strictSame(await store.listByUser('', NOW), [])
    })

    t.test('knows the expiry to the millisecond', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      t.strictSame(await store.listByUser('ada', after(record.expiresAt, -MILLISECOND)), [record])
      t.strictSame(await store.listByUser('ada', record.expiresAt), [])
    })

    t.test('takes the user id as a value, never as a question', async t => {
      const store = await storeWith(aRecord())
      const anything: any = { $ne: null }
      t.strictSame(await store.listByUser(anything, NOW), [])
      t.equal(await store.removeMany(anything, ['any'], NOW), 0)
    })

    t.test('hands out copies', async t => {
      const record = aRecord({ data: { cart: ['book'] } })
      const store = await storeWith(record)
      const [mine] = await store.listByUser('ada', NOW);
      (mine!.data.cart as string[]).push('knife')
      t.strictSame(await store.listByUser('ada', NOW), [record])
    })
  })

  t.test('updateData', async t => {
    t.test('sets and unsets keys, and leaves the others alone', async t => {
      const record = aRecord({ data: { cart: ['book'], theme: 'dark', flash: 'hello' } })
      const store = await storeWith(record)
      t.equal(await store.updateData(record.id, { set: { theme: 'light', lang: 'de' }, unset: ['flash'] }), true)
      t.strictSame((await store.findByToken(hashOf(record)))?.data, { cart: ['book'], theme: 'light', lang: 'de' })
    })

    t.test('only sets, or only unsets, or unsets what is not there', async t => {
      const record = aRecord({ data: { flash: 'hello' } })
      const store = await storeWith(record)
      t.equal(await store.updateData(record.id, { set: { lang: 'de' }, unset: [] }), true)
      t.equal(await store.updateData(record.id, { set: {}, unset: ['flash', 'never was'] }), true)
      t.strictSame((await store.findByToken(hashOf(record)))?.data, { lang: 'de' })
    })

    t.test('touches nothing but the data', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      await store.updateData(record.id, { set: { userId: 'eve', 'confirmation.failures': -99, expiresAt: 0 }, unset: ['tokens'] })
      const found = await store.findByToken(hashOf(record))
      t.strictSame({ ...found, data: {} }, record)
    })

    t.test('keeps parallel changes of different keys', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      await parallel(20, index => store.updateData(record.id, { set: { [`key-${index}`]: index }, unset: [] }))
      t.equal(Object.keys((await store.findByToken(hashOf(record)))!.data).length, 20)
    })

    t.test('answers false when the record is gone, and does not bring it back', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      await store.remove('ada', record.id, NOW)
      t.equal(await store.updateData(record.id, { set: { cart: ['book'] }, unset: ['flash'] }), false)
      t.equal(await store.findByToken(hashOf(record)), null)
      t.equal(await store.updateData(randomId(), { set: { cart: ['book'] }, unset: [] }), false)
    })

    t.test('takes a copy of the values', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      const cart = ['book']
      await store.updateData(record.id, { set: { cart }, unset: [] })
      cart.push('knife')
      t.strictSame((await store.findByToken(hashOf(record)))?.data, { cart: ['book'] })
    })

    t.test('takes keys of any characters: set at insert, set later, and unset', async t => {
      const odd = (value: unknown) => Object.fromEntries(ODD_KEYS.map(key => [key, value]))
      const record = aRecord({ data: { plain: 'kept', ...odd('first') } })
      const store = await storeWith(record)
      t.strictSame((await store.findByToken(hashOf(record)))?.data, { plain: 'kept', ...odd('first') })

      for (const key of ODD_KEYS) t.equal(await store.updateData(record.id, { set: { [key]: 'second' }, unset: [] }), true, JSON.stringify(key))
      t.strictSame((await store.findByToken(hashOf(record)))?.data, { plain: 'kept', ...odd('second') })

      for (const key of ODD_KEYS) t.equal(await store.updateData(record.id, { set: {}, unset: [key] }), true, JSON.stringify(key))
      t.strictSame((await store.findByToken(hashOf(record)))?.data, { plain: 'kept' })
    })

    t.test('takes any keys at all', async t => {
      const keys = fc.uniqueArray(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 8 })
      const store = await emptyStore()
      await fc.assert(fc.asyncProperty(keys, async keys => {
        const [inserted, updated] = [1, 2].map(value => Object.fromEntries(keys.map(key => [key, value])))
        const record = aRecord({ data: inserted! })
        await store.insert(record)
        t.strictSame((await store.findByToken(hashOf(record)))?.data, inserted)
        await store.updateData(record.id, { set: updated!, unset: [] })
        t.strictSame((await store.findByToken(hashOf(record)))?.data, updated)
        await store.updateData(record.id, { set: {}, unset: keys })
        t.strictSame((await store.findByToken(hashOf(record)))?.data, {})
      }), { numRuns: 30 })
    })

    t.test('is not harmed by "__proto__" as a key', async t => {
      const hostile = JSON.parse('{ "__proto__": { "admin": true }, "cart": ["book"] }')
      const record = aRecord({ data: { theme: 'dark' } })
      const store = await storeWith(record)
      await store.updateData(record.id, { set: hostile, unset: [] })
      const { data } = (await store.findByToken(hashOf(record)))!
      t.equal(data.admin, undefined)
      t.equal(Object.getPrototypeOf(data), Object.prototype)
      t.equal(({} as Record<string, unknown>).admin, undefined)
      t.strictSame(data.cart, ['book'])
      t.equal(data.theme, 'dark')
      t.equal(await store.updateData(record.id, { set: {}, unset: ['__proto__'] }), true)
    })
  })

  t.test('touch', async t => {
    const later = after(NOW, MINUTE)
    const touchOf = (record: LoginSessionRecord, at: Date = later) =>
      ({ id: record.id, lastActiveAt: at, expiresAt: after(at, HOUR), ip: '198.51.100.7' })

    t.test('moves many records forward at once, each on its own', async t => {
      const [one, other, untouched] = [aRecord(), aRecord(), aRecord()]
      const store = await storeWith(one, other, untouched)
      await store.touch([touchOf(one), { ...touchOf(other, after(later, SECOND)), ip: null }])
      t.strictSame(await store.findByToken(hashOf(one)), { ...one, lastActiveAt: later, expiresAt: after(later, HOUR), ip: '198.51.100.7' })
      t.strictSame(await store.findByToken(hashOf(other)), {
        ...other, lastActiveAt: after(later, SECOND), expiresAt: after(later, HOUR + SECOND), ip: null
      })
      t.strictSame(await store.findByToken(hashOf(untouched)), untouched)
    })

    t.test('writes a device that is told better in the same step, and leaves it alone otherwise', async t => {
      const [told, untold] = [aRecord(), aRecord()]
      const store = await storeWith(told, untold)
      const device = { ...told.device, osVersion: '11', browserVersion: '149.0.7827.55' }
      const touch = { ...touchOf(told), device }
      await store.touch([touch, touchOf(untold)])
      device.browser = 'Lynx'
      t.strictSame((await store.findByToken(hashOf(told)))?.device, { ...told.device, osVersion: '11', browserVersion: '149.0.7827.55' })
      t.strictSame((await store.findByToken(hashOf(untold)))?.device, untold.device)
      await store.touch([{ ...touch, lastActiveAt: NOW, device: { ...device, os: 'Plan 9' } }])
      t.equal((await store.findByToken(hashOf(told)))?.device.os, 'Windows', 'a touch that comes too late writes nothing')
    })

    t.test('never moves a record back, and not for a touch of the same moment', async t => {
      const record = aRecord({ lastActiveAt: later, expiresAt: after(later, HOUR) })
      const store = await storeWith(record)
      await store.touch([touchOf(record, after(later, -MILLISECOND))])
      await store.touch([touchOf(record, later)])
      t.strictSame(await store.findByToken(hashOf(record)), record)
    })

    t.test('does not revive a record that was dead by then, to the millisecond', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      await store.touch([touchOf(record, record.expiresAt)])
      t.strictSame(await store.findByToken(hashOf(record)), record)
      await store.touch([touchOf(record, after(record.expiresAt, -MILLISECOND))])
      t.strictSame((await store.findByToken(hashOf(record)))?.lastActiveAt, after(record.expiresAt, -MILLISECOND))
    })

    t.test('does not bring back a removed record, and still moves the others', async t => {
      const [removed, kept] = [aRecord(), aRecord()]
      const store = await storeWith(removed, kept)
      await store.remove('ada', removed.id, NOW)
      await store.touch([touchOf(removed), touchOf(kept)])
      t.equal(await store.findByToken(hashOf(removed)), null)
      t.equal(await store.attempts(removed.id), null)
      t.strictSame((await store.findByToken(hashOf(kept)))?.lastActiveAt, later)
    })
  })

  t.test('rotate', async t => {
    const until = after(NOW, 30 * SECOND)
    const lost = after(NOW, -30 * SECOND)

    t.test('replaces the tokens and notes the confirmed password, in one step', async t => {
      const record = aRecord({ confirmation: { failures: 4, at: after(NOW, -HOUR) } })
      const store = await storeWith(record)
      const tokens = [{ hash: randomId() }, { hash: hashOf(record) }]
      t.equal(await store.rotate(record.id, hashOf(record), tokens, NOW, lost), true)
      t.strictSame(await store.findByToken(tokens[0]!.hash), { ...record, tokens, confirmation: { failures: 0, at: NOW } })
      t.equal((await store.findByToken(hashOf(record)))?.id, record.id)
    })

    t.test('forgets tokens that are not handed over again', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      t.equal(await store.rotate(record.id, hashOf(record), [{ hash: 'new' }], NOW, lost), true)
      t.equal(await store.findByToken(hashOf(record)), null)
    })

    t.test('lifts a lock', async t => {
      const record = aRecord({ confirmation: { failures: 5, lockedUntil: LOCK_END } })
      const store = await storeWith(record)
      await store.rotate(record.id, hashOf(record), [{ hash: 'new' }], NOW, lost)
      t.strictSame(await store.attempts(record.id), { failures: 0, at: NOW })
    })

    t.test('takes the newest token whatever has become of the one before it, and however young it is', async t => {
      for (const former of [{ hash: 'former' }, { hash: 'former', until }]) {
        const record = aRecord({ tokens: [{ hash: 'newest' }, former], confirmation: { failures: 0, at: NOW } })
        const store = await storeWith(record)
        t.equal(await store.rotate(record.id, 'newest', [{ hash: 'new' }, { hash: 'newest' }], NOW, lost), true)
        t.equal(await store.findByToken('former'), null)
      }
    })

    t.test('answers false for a token that was retired or is unknown, and writes nothing', async t => {
      const record = aRecord({ tokens: [{ hash: 'newest' }, { hash: 'former', until }], confirmation: { failures: 3, at: after(NOW, -HOUR) } })
      const store = await storeWith(record)
      t.equal(await store.rotate(record.id, 'former', [{ hash: 'eve' }], NOW, lost), false)
      t.equal(await store.rotate(record.id, 'unknown', [{ hash: 'eve' }], NOW, lost), false)
      t.strictSame(await store.findByToken('newest'), record)
    })

    t.test('takes the former token when the newest was lost: never seen since, to the millisecond', async t => {
      const record = aRecord({ tokens: [{ hash: 'lost' }, { hash: 'former' }], confirmation: { failures: 2, at: lost } })
      const store = await storeWith(record)
      const tokens = [{ hash: 'new' }, { hash: 'former' }]
      t.equal(await store.rotate(record.id, 'former', tokens, NOW, after(lost, -MILLISECOND)), false)
      t.strictSame(await store.findByToken('former'), record)
      t.equal(await store.rotate(record.id, 'former', tokens, NOW, lost), true)
      t.strictSame(await store.findByToken('former'), { ...record, tokens, confirmation: { failures: 0, at: NOW } })
      t.equal(await store.findByToken('lost'), null)
    })

    t.test('does not take the former token of a record whose password was never confirmed', async t => {
      const record = aRecord({ tokens: [{ hash: 'newest' }, { hash: 'former' }] })
      const store = await storeWith(record)
      t.equal(await store.rotate(record.id, 'former', [{ hash: 'new' }], NOW, NOW), false)
      t.strictSame(await store.findByToken('newest'), record)
    })

    t.test('answers false when the record is gone, and does not bring it back', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      await store.remove('ada', record.id, NOW)
      t.equal(await store.rotate(record.id, hashOf(record), [{ hash: 'new' }], NOW, lost), false)
      t.equal(await store.findByToken('new'), null)
      t.equal(await store.attempts(record.id), null)
    })

    t.test('lets exactly one of many at the same moment win', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      const won = await parallel(10, index => store.rotate(record.id, hashOf(record), [{ hash: `new-${index}` }, { hash: hashOf(record) }], NOW, lost))
      t.equal(won.filter(Boolean).length, 1)
      t.equal((await store.findByToken(`new-${won.indexOf(true)}`))?.id, record.id)
      t.equal((await store.findByToken(`new-${won.indexOf(false)}`)), null)
    })

    t.test('lets exactly one of many with a former token whose newer one was lost win', async t => {
      const record = aRecord({ tokens: [{ hash: randomId() }, { hash: 'former' }], confirmation: { failures: 0, at: lost } })
      const store = await storeWith(record)
      const won = await parallel(10, index => store.rotate(record.id, 'former', [{ hash: `new-${index}` }, { hash: 'former' }], NOW, lost))
      t.equal(won.filter(Boolean).length, 1)
      t.strictSame((await store.findByToken('former'))?.tokens, [{ hash: `new-${won.indexOf(true)}` }, { hash: 'former' }])
    })

    t.test('takes a copy of the tokens', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      const tokens = [{ hash: randomId() }, { hash: hashOf(record) }]
      const kept = structuredClone(tokens)
      await store.rotate(record.id, hashOf(record), tokens, NOW, lost)
      tokens[1]!.hash = 'eve'
      t.strictSame((await store.findByToken(kept[0]!.hash))?.tokens, kept)
    })
  })

  t.test('retireFormer', async t => {
    const until = after(NOW, 30 * SECOND)
    const rotated = () => aRecord({ tokens: [{ hash: randomId() }, { hash: randomId() }] })

    t.test('gives the former token its end, and changes nothing else', async t => {
      const record = rotated()
      const store = await storeWith(record)
      await store.retireFormer(record.id, hashOf(record), until)
      const [newest, former] = record.tokens
      t.strictSame(await store.findByToken(hashOf(record)), { ...record, tokens: [newest, { ...former, until }] })
    })

    t.test('never moves an end that is there', async t => {
      const record = aRecord({ tokens: [{ hash: randomId() }, { hash: randomId(), until }] })
      const store = await storeWith(record)
      for (const other of [after(until, HOUR), after(until, -SECOND)]) await store.retireFormer(record.id, hashOf(record), other)
      t.strictSame(await store.findByToken(hashOf(record)), record)
    })

    t.test('lets the first of many at the same moment decide', async t => {
      const record = rotated()
      const store = await storeWith(record)
      const ends = Array.from({ length: 10 }, (_, index) => after(until, index))
      await parallel(10, index => store.retireFormer(record.id, hashOf(record), ends[index]!))
      const end = (await store.findByToken(hashOf(record)))?.tokens[1]?.until
      t.ok(ends.some(one => one.getTime() === end?.getTime()))
      await store.retireFormer(record.id, hashOf(record), after(until, HOUR))
      t.strictSame((await store.findByToken(hashOf(record)))?.tokens[1]?.until, end)
    })

    t.test('writes nothing for a token that is not the newest, nor where there is no former one', async t => {
      const [record, single] = [rotated(), aRecord()]
      const store = await storeWith(record, single)
      await store.retireFormer(record.id, record.tokens[1]!.hash, until)
      await store.retireFormer(record.id, 'unknown', until)
      await store.retireFormer(single.id, hashOf(single), until)
      t.strictSame(await store.findByToken(hashOf(record)), record)
      t.strictSame(await store.findByToken(hashOf(single)), single)
    })

    t.test('does not bring back a record that is gone', async t => {
      const record = rotated()
      const store = await storeWith(record)
      await store.remove('ada', record.id, NOW)
      await store.retireFormer(record.id, hashOf(record), until)
      t.equal(await store.findByToken(hashOf(record)), null)
      t.equal(await store.attempts(record.id), null)
    })

    t.test('keeps no hold of the date it is given', async t => {
      const record = rotated()
      const store = await storeWith(record)
      const given = new Date(until)
      await store.retireFormer(record.id, hashOf(record), given)
      given.setFullYear(1999)
      t.strictSame((await store.findByToken(hashOf(record)))?.tokens[1]?.until, until)
    })
  })

  t.test('takeAttempt', async t => {
    t.test('counts each attempt in advance, and locks with the last one allowed', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      for (let failures = 1; failures < LIMIT; failures++) {
        t.strictSame(await store.takeAttempt(record.id, LIMIT, LOCK_END, NOW), { failures })
        t.strictSame(await store.attempts(record.id), { failures })
      }
      t.strictSame(await store.takeAttempt(record.id, LIMIT, LOCK_END, NOW), { failures: LIMIT, lockedUntil: LOCK_END })
    })

    t.test('refuses while locked, and counts nothing', async t => {
      const record = aRecord({ confirmation: { failures: LIMIT, lockedUntil: LOCK_END } })
      const store = await storeWith(record)
      t.equal(await store.takeAttempt(record.id, LIMIT, after(LOCK_END, HOUR), NOW), null)
      t.equal(await store.takeAttempt(record.id, LIMIT, after(LOCK_END, HOUR), after(LOCK_END, -MILLISECOND)), null)
      t.strictSame(await store.attempts(record.id), { failures: LIMIT, lockedUntil: LOCK_END })
    })

    t.test('starts the count anew when the lock has passed', async t => {
      const record = aRecord({ confirmation: { failures: LIMIT, lockedUntil: LOCK_END } })
      const store = await storeWith(record)
      t.strictSame(await store.takeAttempt(record.id, LIMIT, after(LOCK_END, HOUR), LOCK_END), { failures: 1 })
      t.strictSame(await store.takeAttempt(record.id, LIMIT, after(LOCK_END, HOUR), LOCK_END), { failures: 2 })
    })

    t.test('gives exactly five to fifty at the same moment', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      const taken = await parallel(50, () => store.takeAttempt(record.id, LIMIT, LOCK_END, NOW))
      const given = taken.filter(state => state !== null)
      t.strictSame(given.map(({ failures }) => failures).sort(), [1, 2, 3, 4, 5])
      t.strictSame(await store.attempts(record.id), { failures: LIMIT, lockedUntil: LOCK_END })
    })

    t.test('counts each record on its own', async t => {
      const [one, other] = [aRecord(), aRecord()]
      const store = await storeWith(one, other)
      await parallel(LIMIT, () => store.takeAttempt(one.id, LIMIT, LOCK_END, NOW))
      t.strictSame(await store.takeAttempt(other.id, LIMIT, LOCK_END, NOW), { failures: 1 })
    })

    t.test('remembers when the password was last confirmed', async t => {
      const record = aRecord({ confirmation: { failures: 0, at: after(NOW, -HOUR) } })
      const store = await storeWith(record)
      t.strictSame(await store.takeAttempt(record.id, 1, LOCK_END, NOW), { failures: 1, at: after(NOW, -HOUR), lockedUntil: LOCK_END })
    })

    t.test('answers null when the record is gone', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      await store.remove('ada', record.id, NOW)
      t.equal(await store.takeAttempt(record.id, LIMIT, LOCK_END, NOW), null)
      t.equal(await store.attempts(record.id), null)
      t.equal(await store.findByToken(hashOf(record)), null)
    })

    t.test('hands out a copy', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      const mine = await store.takeAttempt(record.id, LIMIT, LOCK_END, NOW)
      mine!.failures = 0
      t.strictSame(await store.attempts(record.id), { failures: 1 })
    })
  })

  t.test('returnAttempt', async t => {
    t.test('gives one attempt back, with the lock that it brought', async t => {
      const record = aRecord({ confirmation: { failures: LIMIT - 1, at: NOW } })
      const store = await storeWith(record)
      await store.takeAttempt(record.id, LIMIT, LOCK_END, NOW)
      await store.returnAttempt(record.id)
      t.strictSame(await store.attempts(record.id), { failures: LIMIT - 1, at: NOW })
    })

    t.test('never gives more than was taken', async t => {
      const record = aRecord({ confirmation: { failures: 1 } })
      const store = await storeWith(record)
      await parallel(5, () => store.returnAttempt(record.id))
      t.strictSame(await store.attempts(record.id), { failures: 0 })
    })

    t.test('is harmless when the record is gone', async t => {
      const store = await emptyStore()
      const id = randomId()
      await store.returnAttempt(id)
      t.equal(await store.attempts(id), null)
    })
  })

  t.test('attempts', async t => {
    t.test('hands out a copy', async t => {
      const record = aRecord({ confirmation: { failures: 2 } })
      const store = await storeWith(record)
      const mine = await store.attempts(record.id)
      mine!.failures = 0
      t.strictSame(await store.attempts(record.id), { failures: 2 })
    })
  })

  t.test('remove', async t => {
    t.test('removes the user\'s record, and returns it', async t => {
      const [gone, kept] = [aRecord({ data: { 'a.b': 1 } }), aRecord()]
      const store = await storeWith(gone, kept)
      t.strictSame(await store.remove('ada', gone.id, NOW), gone)
      t.equal(await store.findByToken(hashOf(gone)), null)
      t.strictSame(await store.findByToken(hashOf(kept)), kept)
    })

    t.test('answers null alike for foreign, unknown, removed and ownerless ones, and removes none', async t => {
      const [foreign, removed, anonymous] = [aRecord({ userId: 'eve' }), aRecord(), anAnonymousRecord()]
      const store = await storeWith(foreign, removed, anonymous)
      await store.remove('ada', removed.id, NOW)
      for (const { id } of [foreign, removed, anonymous, aRecord()]) t.equal(await store.remove('ada', id, NOW), null)
      t.strictSame(await store.findByToken(hashOf(foreign)), foreign)
      t.strictSame(await store.findByToken(hashOf(anonymous)), anonymous)
    })

    t.test('knows the expiry to the millisecond', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      t.strictSame(await store.remove('ada', record.id, after(record.expiresAt, -MILLISECOND)), record)
    })

    t.test('answers null for one that has expired, and removes it all the same', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      t.equal(await store.remove('ada', record.id, record.expiresAt), null)
      t.equal(await store.findByToken(hashOf(record)), null)
    })

    t.test('returns the record to exactly one of many at the same moment', async t => {
      const record = aRecord()
      const store = await storeWith(record)
      const removed = await parallel(10, () => store.remove('ada', record.id, NOW))
      t.equal(removed.filter(one => one !== null).length, 1)
    })
  })

  t.test('removeByToken', async t => {
    t.test('removes the record that has the token, and returns it', async t => {
      const [gone, kept] = [aRecord(), aRecord()]
      const store = await storeWith(gone, kept)
      t.strictSame(await store.removeByToken(hashOf(gone)), gone)
      t.equal(await store.removeByToken(hashOf(gone)), null)
      t.equal(await store.findByToken(hashOf(gone)), null)
      t.strictSame(await store.findByToken(hashOf(kept)), kept)
    })

    t.test('takes the previous token and ownerless records too', async t => {
      const record = anAnonymousRecord({ tokens: [{ hash: 'newest' }, { hash: 'previous', until: after(NOW, SECOND) }] })
      const store = await storeWith(record)
      t.strictSame(await store.removeByToken('previous'), record)
      t.equal(await store.findByToken('newest'), null)
    })

    t.test('answers null for a token that nobody has', async t => {
      const store = await storeWith(aRecord())
      t.equal(await store.removeByToken(randomId()), null)
    })
  })

  t.test('idsByUser', async t => {
    t.test('has all of this user, expired or not, and nobody else', async t => {
      const [one, other, foreign, anonymous] = [aRecord(), aRecord({ expiresAt: after(NOW, -MILLISECOND) }), aRecord({ userId: 'eve' }), anAnonymousRecord()]
      // The expired one last: a store may sweep up what has expired when it inserts.
      const store = await storeWith(one, foreign, anonymous, other)
      t.strictSame((await store.idsByUser('ada')).sort(), [one.id, other.id].sort())
      t.strictSame(await store.idsByUser('bob'), [])
    })

    t.test('takes the user id as a value, never as a question', async t => {
      const store = await storeWith(aRecord())
      const anything: any = { $ne: null }
      t.strictSame(await store.idsByUser(anything), [])
    })
  })

  t.test('removeMany', async t => {
    t.test('removes these records of this user, and returns their number', async t => {
      const [one, other, kept] = [aRecord(), aRecord(), aRecord()]
      const store = await storeWith(one, other, kept)
      t.equal(await store.removeMany('ada', [one.id, other.id], NOW), 2)
      t.strictSame(await store.listByUser('ada', NOW), [kept])
      t.equal(await store.removeMany('ada', [one.id, other.id], NOW), 0)
      t.equal(await store.removeMany('ada', [], NOW), 0)
      await store.barrier()
      t.strictSame(await store.listByUser('ada', NOW), [kept])
    })

    t.test('removes none of another user, nor an ownerless one', async t => {
      const [foreign, anonymous] = [aRecord({ userId: 'eve' }), anAnonymousRecord()]
      const store = await storeWith(foreign, anonymous)
      t.equal(await store.removeMany('ada', [foreign.id, anonymous.id, randomId()], NOW), 0)
      t.strictSame(await store.findByToken(hashOf(foreign)), foreign)
      t.strictSame(await store.findByToken(hashOf(anonymous)), anonymous)
    })

    t.test('counts only those that lived, to the millisecond, and removes the others, too', async t => {
      const [sooner, later] = [aRecord(), aRecord({ expiresAt: after(NOW, 2 * HOUR) })]
      const store = await storeWith(sooner, later)
      t.equal(await store.removeMany('ada', [sooner.id, later.id], sooner.expiresAt), 1)
      t.equal(await store.findByToken(hashOf(sooner)), null)
      t.equal(await store.findByToken(hashOf(later)), null)
    })

    t.test('of many at the same moment, each record is counted once', async t => {
      const records = Array.from({ length: 5 }, () => aRecord())
      const store = await storeWith(...records)
      const counts = await parallel(10, () => store.removeMany('ada', records.map(({ id }) => id), NOW))
      t.equal(counts.reduce((sum, count) => sum + count, 0), 5)
    })
  })

  t.test('a touch that comes after its record has expired and was removed prolongs nothing', async t => {
    const removals: Array<(store: LoginSessionStore, id: string, now: Date) => Promise<unknown>> = [
      (store, id, now) => store.remove('ada', id, now),
      (store, id, now) => store.removeMany('ada', [id], now)
    ]
    for (const remove of removals) {
      const record = aRecord()
      const store = await storeWith(record)
      await remove(store, record.id, record.expiresAt)
      await store.touch([{ id: record.id, lastActiveAt: after(record.expiresAt, -MILLISECOND), expiresAt: after(record.expiresAt, HOUR), ip: null }])
      t.equal(await store.findByToken(hashOf(record)), null)
    }
  })
}
