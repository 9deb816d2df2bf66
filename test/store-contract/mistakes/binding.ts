/** Mistakes of `setBinding`, and of other methods about the binding of a record. @module */
import { isDeepStrictEqual } from 'node:util'
import type { DeviceBinding, LoginSessionRecord, Touch } from '../../../plugin/index.js'
import { aRecord } from '../../../plugin/store-contract/records.js'
import { turns } from '../../support/gate.js'
import { type FullStore, kept, keptByKey, type Mistake, read, replace, showing } from './mistake.js'

type IsExpected = (binding: DeviceBinding | undefined, expected: DeviceBinding | undefined) => boolean
type Write = (before: DeviceBinding | undefined, binding: DeviceBinding) => DeviceBinding

/** `setBinding` in one step, with another comparison or another result. */
const setting = (store: FullStore, isExpected: IsExpected, write: Write = (_, binding) => binding): Partial<FullStore> => ({
  async setBinding (key, expected, binding) {
    const record = await read(store, key)
    return record !== null && isExpected(record.binding, expected) &&
      await store.setBinding(key, record.binding, write(record.binding, binding))
  }
})

/** `setBinding` that looks at the record, waits, and writes. */
const inTwoSteps = (store: FullStore): Partial<FullStore> => ({
  async setBinding (key, expected, binding) {
    const record = await read(store, key)
    if (record === null || !isDeepStrictEqual(record.binding, expected)) return false
    await turns(1)
    await replace(store, { ...record, binding })
    return true
  }
})

/** Compares both bindings without these fields. */
const except = (...names: Array<keyof DeviceBinding>): IsExpected => (binding, expected) => isDeepStrictEqual(
  ...[binding, expected].map(one => one && Object.fromEntries(Object.entries(one).filter(([name]) => !names.includes(name as never)))) as [unknown, unknown])

/** Compares one field of the keys. */
const byKeyField = (name: string): IsExpected => (binding, expected) =>
  isDeepStrictEqual({ ...binding, key: { ...binding?.key, [name]: 0 } }, { ...expected, key: { ...expected?.key, [name]: 0 } })

const COMPARED = 'setBinding writes nothing unless'

/** Mistakes of bindings. */
export const mistakesOfBinding: Mistake[] = [
  ['a binding is written with another field', 'setBinding writes the binding', store => ({
    async setBinding (key: string, ...args: [DeviceBinding | undefined, DeviceBinding]) {
      const isSet = await store.setBinding(key, ...args)
      if (isSet) await replace(store, { ...(await read(store, key))!, confirmation: { failures: 0 } })
      return isSet
    }
  })],
  ...(['findWithoutData', 'listByUser', 'page'] as const).map((method): Mistake => [
    `${method} leaves out the binding`, 'setBinding writes the binding', store => ({
      async [method] (...args: unknown[]) {
        const found = await Reflect.apply(store[method], store, args)
        return Array.isArray(found) ? found.map(withoutBinding) : found && withoutBinding(found)
      }
    })
  ]),
  ['find leaves out the binding', 'setBinding writes the binding', store => ({
    find: async (keys: string[]) => (await store.find(keys)).map(record => record && withoutBinding(record))
  })],

  ['keys have the fields of one kind', 'setBinding keeps keys', store => setting(store, isDeepStrictEqual, (_, { key, ...binding }) => {
    const { kty, crv, x, y } = key as Extract<typeof key, { kty: 'EC' }>
    return { ...binding, key: { kty, crv, x, y } }
  })],
  ['a new key is merged into the one before', 'setBinding keeps keys', store => setting(store, isDeepStrictEqual, (before, binding) =>
    ({ ...binding, key: { ...before?.key, ...binding.key } }))],
  ['`requiredFrom` stays', 'setBinding keeps keys', store => setting(store, isDeepStrictEqual, (before, binding) =>
    ({ ...before?.requiredFrom && { requiredFrom: before.requiredFrom }, ...binding }))],

  ['bindings are not compared', COMPARED, store => setting(store, () => true)],
  ['any binding is as good as another one', COMPARED, store =>
    setting(store, (binding, expected) => (binding === undefined) === (expected === undefined))],
  ['no expected binding means any', COMPARED, store =>
    setting(store, (binding, expected) => expected === undefined || isDeepStrictEqual(binding, expected))],
  ['a first binding needs nothing', COMPARED, store =>
    setting(store, (binding, expected) => binding === undefined || isDeepStrictEqual(binding, expected))],
  ...(['key', 'challengedAt', 'requiredFrom'] as const).map((name): Mistake =>
    [`\`${name}\` is not compared`, COMPARED, store => setting(store, except(name))]),
  ...['x', 'y'].map((name): Mistake => [`\`${name}\` of a key is not compared`, COMPARED, store => setting(store, byKeyField(name))]),

  ['setBinding upserts', 'setBinding answers false', store => ({
    async setBinding (key: string, expected: DeviceBinding | undefined, binding: DeviceBinding) {
      if (await read(store, key) !== null) return await store.setBinding(key, expected, binding)
      await store.insert(aRecord({ _id: key, binding }))
      return false
    }
  })],
  ['setBinding answers true if nothing is there', 'setBinding answers false', store => ({
    setBinding: async (key: string, ...args: [DeviceBinding | undefined, DeviceBinding]) =>
      await store.setBinding(key, ...args) || await read(store, key) === null
  })],
  ['bindings are compared in a step of their own', 'of many calls of setBinding', inTwoSteps],
  ['a call that lost says that it has won', 'of many calls of setBinding', store => ({
    async setBinding (key: string, ...args: [DeviceBinding | undefined, DeviceBinding]) {
      await store.setBinding(key, ...args)
      return true
    }
  })],
  ['setBinding writes back the record that it has read', 'setBinding and other methods', inTwoSteps],
  ['the key is written, then the rest', 'setBinding is one step', store => ({
    async setBinding (key: string, expected: DeviceBinding | undefined, binding: DeviceBinding) {
      const first = { key: binding.key, challengedAt: binding.challengedAt }
      const isSet = await store.setBinding(key, expected, first)
      await turns(1)
      return isSet && await store.setBinding(key, first, binding)
    }
  })],

  ['setBinding keeps the object of its caller', 'setBinding takes a copy', store => {
    const shown: Partial<LoginSessionRecord> = {}
    return {
      ...showing(store, shown),
      async setBinding (key: string, expected: DeviceBinding | undefined, binding: DeviceBinding) {
        shown.binding = binding
        return await store.setBinding(key, expected, binding)
      }
    }
  }],
  ['find gives one binding to all', 'methods that read hand out copies of the binding', store => ({
    async find (keys: string[]) {
      const found = await store.find(keys)
      return found.map(record => record && { ...record, binding: found[0]!.binding })
    }
  })],
  ['find has its own records with the binding', 'methods that read hand out copies of the binding', store => ({
    find: kept(async (keys: string[]) => [await read(store, keys[0]!)])
  })],
  ['findWithoutData has its own record with the binding', 'methods that read hand out copies of the binding', store => ({
    findWithoutData: keptByKey(store.findWithoutData)
  })],
  ['listByUser has its own records with the binding', 'methods that read hand out copies of the binding', store => ({
    listByUser: kept(store.listByUser)
  })],
  ['page has its own records with the binding', 'methods that read hand out copies of the binding', store => ({ page: kept(store.page) })],
  ['a touch drops the binding', 'other changes of a record leave', store => ({
    async touch (touches: Touch[]) {
      await store.touch(touches)
      for (const { _id } of touches) await replace(store, withoutBinding((await read(store, _id))!))
    }
  })],
  ['new tokens end the binding', 'other changes of a record leave', store => ({
    async setTokens (key: string, ...args: [[], []]) {
      const isSet = await store.setTokens(key, ...args)
      if (isSet) await replace(store, withoutBinding((await read(store, key))!))
      return isSet
    }
  })]
]

function withoutBinding<Of extends { binding?: DeviceBinding }> ({ binding, ...record }: Of): Omit<Of, 'binding'> & { binding?: never } {
  return record
}
