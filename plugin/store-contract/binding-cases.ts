/**
 * The promises of `setBinding`, and of other methods about the binding of a record.
 * @module
 */
import { equal } from 'node:assert/strict'
import type { DeviceBinding } from '../sessions/binding.js'
import { keyOf, newId } from '../sessions/key.js'
import type { LoginSessionStore } from '../sessions/store.js'
import { aBinding, anRsaKey } from './bindings.js'
import { type Change, recordToChange, WHOLE_CHANGES } from './changes.js'
import { everyRead, readsOf } from './find-cases.js'
import { isOneStep, keepsBoth } from './race-cases.js'
import { aRecord, after, MILLISECOND, MINUTE, NOW } from './records.js'
import { atOnce, type Cases, listOf, same, type Scene, stored } from './scene.js'

/** A store that device binding works with. */
export type StoreWithBinding = LoginSessionStore & Required<Pick<LoginSessionStore, 'setBinding'>>

/** A binding with all its fields, and one that has only those which each has. */
const BOUND = aBinding({ requiredFrom: after(NOW, -MINUTE) })
const NEW = aBinding()
const NEXT = aBinding({ challengedAt: after(NOW, MINUTE), requiredFrom: after(NOW, MINUTE) })

const BINDING: Change = {
  method: 'setBinding',
  make: async (store, { _id }) => await (store as StoreWithBinding).setBinding(_id, undefined, BOUND),
  changed: record => ({ ...record, binding: BOUND })
}

/** Makes other values of everything in a binding that can be changed in place. */
function spoil (binding: DeviceBinding | undefined): void {
  binding!.challengedAt.setTime(0)
  binding!.requiredFrom!.setTime(0)
  Object.assign(binding!.key, { x: 'another' })
}

/** Bindings that differ from this one in one field each. */
function othersThan (binding: DeviceBinding): DeviceBinding[] {
  const { requiredFrom, ...rest } = binding
  return [
    { ...rest, ...(requiredFrom === undefined && { requiredFrom: NOW }) },
    ...(requiredFrom === undefined ? [] : [{ ...binding, requiredFrom: after(requiredFrom, MILLISECOND) }]),
    { ...binding, challengedAt: after(binding.challengedAt, -MILLISECOND) },
    { ...binding, key: anRsaKey() },
    ...['x', 'y'].map(name => ({ ...binding, key: { ...binding.key, [name]: 'another' } }))
  ]
}

export const bindingCases: Cases<StoreWithBinding> = {
  async 'setBinding writes the binding, and nothing else, and every method that reads the record finds it' ({ storeWith }) {
    const record = aRecord({ confirmation: { failures: 2, at: NOW }, data: { cart: ['book'] } })
    const store = await storeWith(record)
    for (const binding of [NEW, BOUND, NEXT]) {
      const found = await stored(store, record)
      equal(await store.setBinding(record._id, found!.binding, binding), true)
      same(await everyRead(store, record), readsOf({ ...record, binding }))
    }
  },

  async 'setBinding keeps keys of both kinds, and leaves nothing of the binding before' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    const rsa = { ...BOUND, key: anRsaKey() }
    equal(await store.setBinding(record._id, undefined, rsa), true)
    same((await stored(store, record))?.binding, rsa)
    equal(await store.setBinding(record._id, rsa, NEW), true)
    same((await stored(store, record))?.binding, NEW)
    equal(await store.setBinding(record._id, NEW, rsa), true)
    same((await stored(store, record))?.binding, rsa)
  },

  async 'setBinding writes nothing unless the binding is as expected in every field' ({ storeWith }) {
    const [unbound, fresh, bound] = [aRecord(), aRecord({ binding: NEW }), aRecord({ binding: BOUND })]
    const store = await storeWith(unbound, fresh, bound)
    const others = [[unbound, [NEW, BOUND]], [fresh, [undefined, ...othersThan(NEW)]], [bound, [undefined, ...othersThan(BOUND)]]] as const
    for (const [record, expectations] of others) {
      for (const expected of expectations) {
        const wrong = `the binding is ${JSON.stringify(record.binding)}, and setBinding expects ${JSON.stringify(expected)}`
        equal(await store.setBinding(record._id, expected, NEXT), false, wrong)
      }
      same(await stored(store, record), record)
      equal(await store.setBinding(record._id, record.binding, NEXT), true)
    }
  },

  async 'setBinding answers false if the record is gone, and does not bring it back' ({ storeWith }) {
    for (const binding of [undefined, BOUND]) {
      const record = aRecord(binding && { binding })
      const store = await storeWith(record)
      await store.remove(record._id, 'ada')
      equal(await store.setBinding(record._id, binding, NEXT), false)
      equal(await store.setBinding(keyOf('ada', newId()), binding, NEXT), false)
      same(await store.page('', 9), [])
    }
  },

  async 'of many calls of setBinding at the same moment, exactly one wins' ({ storeWith }) {
    for (const binding of [undefined, BOUND]) {
      const record = aRecord(binding && { binding })
      const store = await storeWith(record)
      const next = Array.from({ length: 10 }, (_, index) => aBinding({ challengedAt: after(NOW, index) }))
      const won = await atOnce(10, async index => await store.setBinding(record._id, binding, next[index]!))
      equal(won.filter(Boolean).length, 1)
      same((await stored(store, record))?.binding, next[won.indexOf(true)])
    }
  },

  async 'setBinding takes a copy of the binding' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    const binding = structuredClone(BOUND)
    await store.setBinding(record._id, undefined, binding)
    spoil(binding)
    same(await stored(store, record), { ...record, binding: BOUND })
  },

  async 'methods that read hand out copies of the binding' ({ storeWith }) {
    const record = aRecord({ binding: BOUND })
    const store = await storeWith(structuredClone(record))
    for (const one of await store.find([record._id, record._id])) {
      same(one?.binding, BOUND)
      spoil(one!.binding)
    }
    spoil((await store.findWithoutData(record._id))!.binding)
    spoil((await listOf(store, 'ada'))[0]!.binding)
    spoil((await store.page('', 1))[0]!.binding)
    same(await everyRead(store, record), readsOf(record))
  },

  async 'other changes of a record leave its binding as it is' ({ storeWith }) {
    let record = { ...recordToChange(), binding: BOUND }
    const store = await storeWith(record)
    for (const { method, make, changed } of WHOLE_CHANGES) {
      await make(store, record)
      record = { ...changed(record)!, binding: BOUND }
      same((await stored(store, record))?.binding, BOUND, `another binding after ${method}`)
    }
  },

  async 'setBinding and other methods at the same moment: no change is lost, and no removed record comes back' (scene: Scene) {
    await keepsBoth(scene, BINDING)
  },

  async 'setBinding is one step: a read meanwhile finds all of its change or nothing of it' (scene: Scene) {
    await isOneStep(scene, BINDING)
  }
}
