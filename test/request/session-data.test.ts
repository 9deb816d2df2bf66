import t from 'tap'
import { changesBetween, snapshotOf } from '../../plugin/request/saving.js'

const changes = (before: Record<string, unknown>, now: Record<string, unknown>) => changesBetween(snapshotOf(before), now)

t.test('nothing changed is nothing to write', async t => {
  t.equal(changes({}, {}), null)
  t.equal(changes({ cart: ['book'], at: new Date(0) }, { cart: ['book'], at: new Date(0) }), null)
  t.equal(changes({ a: { b: 1 } }, { a: { b: 1 } }), null)
})

t.test('new and changed keys are set, missing ones unset, others left out', async t => {
  t.strictSame(
    changes({ same: 1, changed: 'a', gone: true }, { same: 1, changed: 'b', added: [1] }),
    { set: { changed: 'b', added: [1] }, unset: ['gone'] })
})

t.test('a change deep inside a value is seen, though the value is the same object', async t => {
  const data = { cart: { items: ['book'] }, list: [{ n: 1 }] }
  const before = snapshotOf(data)
  data.cart.items.push('pen')
  t.strictSame(changesBetween(before, data), { set: { cart: { items: ['book', 'pen'] } }, unset: [] })
})

t.test('undefined counts as deleted', async t => {
  t.strictSame(changes({ flash: 'hello' }, { flash: undefined }), { set: {}, unset: ['flash'] })
  t.equal(changes({}, { flash: undefined }), null)
  t.equal(changes({ theme: 'dark' }, { theme: 'dark', flash: undefined }), null)
})

t.test('null, false, 0 and the empty string are values', async t => {
  t.strictSame(changes({}, { a: null, b: false, c: 0, d: '' }), { set: { a: null, b: false, c: 0, d: '' }, unset: [] })
  t.strictSame(changes({ a: null }, {}), { set: {}, unset: ['a'] })
  t.strictSame(changes({ a: 0 }, { a: '' }), { set: { a: '' }, unset: [] })
  t.equal(changes({ a: null, b: false, c: 0, d: '' }, { a: null, b: false, c: 0, d: '' }), null)
})

t.test('numbers that JSON has no word for can be told from one another', async t => {
  t.strictSame(changes({ n: 1n }, { n: 2n }), { set: { n: 2n }, unset: [] })
  t.equal(changes({ n: 10n ** 30n }, { n: 10n ** 30n }), null)
})

t.test('a value that JSON cannot say is written once, not on every request', async t => {
  const data = { f: () => {} }
  t.equal(changes(data, data), null)
  t.strictSame(changes({}, data), { set: data, unset: [] })
})

t.test('dates are told apart to the millisecond', async t => {
  t.strictSame(changes({ at: new Date(1) }, { at: new Date(2) }), { set: { at: new Date(2) }, unset: [] })
})

t.test('keys that mean something to JavaScript are keys like any other', async t => {
  t.strictSame(changes({}, { constructor: 1, toString: 2 }), { set: { constructor: 1, toString: 2 }, unset: [] })
  t.strictSame(changes({ constructor: 1 }, {}), { set: {}, unset: ['constructor'] })
})
