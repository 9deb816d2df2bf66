/** Each case of the contract finds the mistakes that it is about. */
import { AssertionError } from 'node:assert'
import t from 'tap'
import { memoryStore, type LoginSessionStore } from '../../plugin/index.js'
import { storeContract, type StoreCase } from '../../plugin/store-contract/store-contract.js'
import { mistakesOfAttempts } from './mistakes/attempts.js'
import { mistakesOfBinding } from './mistakes/binding.js'
import { mistakesOfChanges } from './mistakes/changes.js'
import { mistakesOfData } from './mistakes/data.js'
import { BREAKING, mistakesOfEndings } from './mistakes/endings.js'
import type { FullStore } from './mistakes/mistake.js'
import { mistakesOfOverview } from './mistakes/overview.js'
import { mistakesOfRaces } from './mistakes/races.js'
import { mistakesOfReads } from './mistakes/reads.js'
import { mistakesOfRecords } from './mistakes/records.js'
import { about, failureOf } from './run.js'

const MISTAKES = [
  ...mistakesOfRecords, ...mistakesOfReads, ...mistakesOfData, ...mistakesOfChanges, ...mistakesOfAttempts, ...mistakesOfRaces,
  ...mistakesOfEndings, ...mistakesOfBinding, ...mistakesOfOverview
]

for (const [mistake, beginning, change] of MISTAKES) {
  t.test(`a store is found in which ${mistake}`, async t => {
    const store = memoryStore() as FullStore
    const methods = Object.keys(change(store))
    t.strictSame(methods.filter(name => !(name in store) && !['prepare', 'time'].includes(name)), [])
    const cases = about(beginning, () => {
      const store = memoryStore() as FullStore
      return { ...store, ...change(store) } as LoginSessionStore
    })
    t.equal(cases.length, 1, 'one case is about it')
    const [{ name }] = cases as [StoreCase]
    const error = await failureOf(cases[0]!)
    t.ok(error?.message.startsWith(`The store must keep this promise: "${name}".`), String(error))
    t.equal(error instanceof AssertionError, mistake !== BREAKING, `an error instead of a finding: ${String(error?.cause?.stack)}`)
  })
}

t.test('there is a mistake for each case to find', async t => {
  const beginnings = MISTAKES.map(([, beginning]) => beginning)
  const names = storeContract(memoryStore).map(({ name }) => name)
  t.strictSame(names.filter(name => !beginnings.some(beginning => name.startsWith(beginning))), [])
})
