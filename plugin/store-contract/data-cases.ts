/**
 * The promises of `updateData`.
 * @module
 */
import { equal, rejects } from 'node:assert/strict'
import { keyOf, newId } from '../sessions/key.js'
import { aRecord } from './records.js'
import { atOnce, type Cases, same, stored } from './scene.js'

/** Names that mean something to a database or to JavaScript, and are nothing but keys to the host. */
const ODD_KEYS = [
  'a.b', '.', '..', 'a..b', '$x', '$set', '$', 'a$b', '', '%', '%%', '%2E', '%25', '%zz', 'a%', '\0', 'a\0b', ' ', '0', '-1',
  '_id', 'data', 'cookie.x', 'constructor', 'toString', 'hasOwnProperty', 'ключ', '鍵', '🔑', '"quoted"', "it's", 'a/b',
  '[0]', 'x'.repeat(300)
]

/** Some of those that a database may take for operators or paths where they are within a value. */
const NESTED_KEYS = ['a.b', '.', '$x', '$set', 'a$b', '', '%2E', 'a\0b', 'constructor', 'ключ']

/** Stores differ in what they can keep: many refuse circular objects, and some refuse functions. */
function unusualValues (): unknown[] {
  const circular: Record<string, unknown> = {}
  return [Object.assign(circular, { circular }), () => {}]
}

/** Did it resolve? A rejection must have the code of a mistake of the host's. */
async function isKept (writing: Promise<unknown>): Promise<boolean> {
  const [{ status }] = await Promise.allSettled([writing])
  if (status === 'rejected') await rejects(writing, { code: 'FST_LOGIN_SESSION_DATA' })
  return status === 'fulfilled'
}

export const dataCases: Cases = {
  async 'updateData sets and unsets these keys, and leaves the others alone' ({ storeWith }) {
    const record = aRecord({ data: { cart: ['book'], theme: 'dark', flash: 'hello' } })
    const store = await storeWith(record)
    equal(await store.updateData(record._id, { set: { theme: 'light', lang: 'de' }, unset: ['flash'] }), true)
    same((await stored(store, record))?.data, { cart: ['book'], theme: 'light', lang: 'de' })
  },

  async 'updateData may get keys to set only, or to unset only, or to unset where there are none' ({ storeWith }) {
    const record = aRecord({ data: { flash: 'hello' } })
    const store = await storeWith(record)
    equal(await store.updateData(record._id, { set: { lang: 'de' }, unset: [] }), true)
    equal(await store.updateData(record._id, { set: {}, unset: ['flash', 'never was'] }), true)
    same((await stored(store, record))?.data, { lang: 'de' })
  },

  async 'updateData writes session data, and no other field of the record' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    await store.updateData(record._id, { set: { userId: 'eve', 'confirmation.failures': -99, expiresAt: 0 }, unset: ['tokens'] })
    const found = await stored(store, record)
    same({ ...found, data: {} }, record)
  },

  async 'updateData keeps parallel changes of different keys' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    await atOnce(20, async index => await store.updateData(record._id, { set: { [`key-${index}`]: index }, unset: [] }))
    equal(Object.keys((await stored(store, record))!.data).length, 20)
  },

  async 'updateData answers false if the record is gone, and does not bring it back' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    await store.remove(record._id, 'ada')
    equal(await store.updateData(record._id, { set: { cart: ['book'] }, unset: ['flash'] }), false)
    equal(await stored(store, record), null)
    equal(await store.updateData(keyOf('ada', newId()), { set: { cart: ['book'] }, unset: [] }), false)
  },

  async 'updateData takes a copy of the values' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    const cart = ['book']
    await store.updateData(record._id, { set: { cart }, unset: [] })
    cart.push('knife')
    same((await stored(store, record))?.data, { cart: ['book'] })
  },

  async 'session data may have keys of any characters: inserted, set later, and unset' ({ storeWith }) {
    const odd = (value: unknown): Record<string, unknown> => Object.fromEntries(ODD_KEYS.map(key => [key, value]))
    const record = aRecord({ data: { plain: 'kept', ...odd('first') } })
    const store = await storeWith(record)
    same((await stored(store, record))?.data, { plain: 'kept', ...odd('first') })

    for (const key of ODD_KEYS) {
      equal(await store.updateData(record._id, { set: { [key]: 'second' }, unset: [] }), true, `set of the key ${JSON.stringify(key)}`)
    }
    same((await stored(store, record))?.data, { plain: 'kept', ...odd('second') })

    for (const key of ODD_KEYS) {
      equal(await store.updateData(record._id, { set: {}, unset: [key] }), true, `unset of the key ${JSON.stringify(key)}`)
    }
    same((await stored(store, record))?.data, { plain: 'kept' })
  },

  async 'keys within a value of session data are kept as they are, or the value is rejected' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    for (const key of NESTED_KEYS) {
      const value = { [key]: { [key]: 1 }, list: [{ [key]: 1 }] }
      const wanted = await isKept(store.updateData(record._id, { set: { [`in ${key}`]: value }, unset: [] })) ? value : undefined
      same((await stored(store, record))?.data[`in ${key}`], wanted, `wrong with the key ${JSON.stringify(key)}`)

      const other = aRecord({ data: { value } })
      const isInserted = await isKept(store.insert(other))
      same(await stored(store, other), isInserted ? other : null)
    }
  },

  async 'updateData may get the key "__proto__": no object gets another prototype, and the other keys are written' ({ storeWith }) {
    const hostile = JSON.parse('{ "__proto__": { "admin": true }, "cart": ["book"] }')
    const record = aRecord({ data: { theme: 'dark' } })
    const store = await storeWith(record)
    await store.updateData(record._id, { set: hostile, unset: [] })
    const { data } = (await stored(store, record))!
    equal(data.admin, undefined)
    equal(Object.getPrototypeOf(Object.getPrototypeOf(data)), null, 'the data must have the prototype of plain objects')
    equal(({} as Record<string, unknown>).admin, undefined)
    same(data.cart, ['book'])
    equal(data.theme, 'dark')
    equal(await store.updateData(record._id, { set: {}, unset: ['__proto__'] }), true)
  },

  async 'insert and updateData reject what the store cannot keep, with the code FST_LOGIN_SESSION_DATA, and write nothing' ({ storeWith }) {
    for (const value of unusualValues()) {
      const record = aRecord({ data: { cart: ['book'] } })
      const store = await storeWith(record)
      const other = aRecord({ data: { value } })
      if (!await isKept(store.insert(other))) equal(await stored(store, other), null)
      if (!await isKept(store.updateData(record._id, { set: { value }, unset: ['cart'] }))) same(await stored(store, record), record)
    }
  }
}
