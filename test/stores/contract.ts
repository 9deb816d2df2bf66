/**
 * The store's contract as tests of tap, and what needs a package that hosts do not have.
 * @module
 */
import fc from 'fast-check'
import type { Test } from 'tap'
import { type MakeStore, storeContract } from '../../plugin/store-contract/store-contract.js'
import { aRecord, stored } from '../support/records.js'

/** @param makeStore an empty store */
export async function keepsContract (t: Test, makeStore: MakeStore): Promise<void> {
  for (const { name, run } of storeContract(makeStore)) t.test(name, run)
}

/** @param makeStore an empty store */
export async function takesAnyKeys (t: Test, makeStore: MakeStore): Promise<void> {
  const keys = fc.uniqueArray(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 8 })
  const store = await makeStore()
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
}
