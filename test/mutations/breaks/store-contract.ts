/** Breaks of the room `store-contract/`: what authors of stores rely on. @module */
import type { BreakList } from '../break.js'

export default [
  {
    file: 'plugin/store-contract/store-contract.ts',
    tests: ['store-contract/store-contract', 'store-contract/mistakes'],
    breaks: [
      {
        name: 'a broken store passes',
        promise: 'E3: the contract that is shipped finds broken stores',
        from: 'if (!(error instanceof NotRun)) throw broken(name, error)',
        to: 'if (!(error instanceof NotRun)) return'
      },
      {
        name: 'what a store does not have is passed silently',
        promise: 'E3: an author of a store sees which cases were not run',
        from: 'skip(context[0], name, error.message)',
        to: ''
      },
      {
        name: 'a store under test stays open',
        promise: 'E3: each store is closed at the end of its case',
        from: 'for (const store of opened) await store.close?.()',
        to: ''
      },
      {
        name: 'the list of cases makes a store',
        promise: 'E3: a database need not be connected when tests are declared',
        from: 'const needed = [',
        to: 'makeStore()\n  const needed = ['
      }
    ]
  },
  {
    file: 'plugin/store-contract/token-cases.ts',
    tests: ['store-contract/mistakes'],
    breaks: [
      {
        name: 'the contract does not compare the fields of tokens',
        promise: 'T1: a store that replaces other tokens than the expected ones is found',
        from: 'for (const expected of others) equal(',
        to: 'for (const expected of others.slice(0, 0)) equal('
      }
    ]
  },
  {
    file: 'plugin/store-contract/binding-cases.ts',
    tests: ['store-contract/mistakes'],
    breaks: [
      {
        name: 'the contract does not compare the fields of bindings',
        promise: 'a store that replaces another binding than the expected one is found',
        from: 'for (const expected of expectations) {',
        to: 'for (const expected of expectations.slice(0, 0)) {'
      },
      {
        name: 'the contract does not read a binding by every method',
        promise: 'a store whose lists lack the binding is found',
        from: 'same(await everyRead(store, record), readsOf({ ...record, binding }))',
        to: ''
      },
      {
        name: 'the contract takes any number of writes of one binding',
        promise: 'a store in which several parallel proofs win is found',
        from: 'equal(won.filter(Boolean).length, 1)',
        to: ''
      },
      {
        name: 'the contract does not look for a binding that came back',
        promise: 'T1: a store whose setBinding upserts is found',
        from: "same(await store.page('', 9), [])",
        to: ''
      },
      {
        name: 'the contract does not look at the binding after other changes',
        promise: 'a store whose touches or rotations end a binding is found',
        from: 'for (const { method, make, changed } of WHOLE_CHANGES) {',
        to: 'for (const { method, make, changed } of WHOLE_CHANGES.slice(0, 0)) {'
      }
    ]
  },
  {
    file: 'plugin/store-contract/race-cases.ts',
    tests: ['store-contract/mistakes', 'store-contract/store-contract'],
    breaks: [
      {
        name: 'the contract does not look at what is left after two changes at the same moment',
        promise: 'T1: a store that reads, waits and writes back, and so revives a removed record, is found',
        from: 'for (const [index, pair] of pairs.entries()) {',
        to: 'for (const [index, pair] of pairs.slice(0, 0).entries()) {'
      },
      {
        name: 'a change that rejects while it is read ends the process',
        promise: 'E3: a failure of a store is a failure of one case',
        from: 'changing.catch(() => {})',
        to: ''
      },
      {
        name: 'the contract reads nothing while a change is under way',
        promise: 'T1: a store that writes a change in two steps is found',
        from: 'for (const found of await readsDuring(store, record, change)) {',
        to: 'for (const found of (await readsDuring(store, record, change)).slice(0, 0)) {'
      }
    ]
  },
  {
    file: 'plugin/store-contract/many.ts',
    tests: ['store-contract/mistakes'],
    breaks: [
      {
        name: 'the contract keeps fewer records than one call may be about',
        promise: 'E3: a store whose database answers fewer than a thousand records is found',
        from: 'Array.from({ length: MOST }',
        to: 'Array.from({ length: MOST - 1 }'
      }
    ]
  },
  {
    file: 'plugin/store-contract/scene.ts',
    tests: ['store-contract/store-contract', 'store-contract/correct-stores'],
    breaks: [
      {
        name: 'an undefined field breaks the contract',
        promise: 'E3: a store may answer undefined for a field that a record lacks',
        from: 'filter(([, part]) => part !== undefined)',
        to: 'filter(() => true)'
      },
      {
        name: 'the contract waits for a report without an end',
        promise: 'E3: a case about a watch ends, and says what it waited for',
        from: 'if (await settledWithin(PATIENCE, work)) return await work',
        to: 'if (await settledWithin(PATIENCE * 1000, work)) return await work'
      },
      {
        name: 'a rejection beside other calls does not say what a store does about conflicts',
        promise: 'E3: an author of a store sees that it must repeat what a conflict has refused',
        from: 'throw new Error(message, { cause: error })',
        to: 'throw error'
      },
      {
        name: 'a driver that throws breaks the contract',
        promise: 'E3: a store may refuse an object as user id',
        from: '.catch(() => otherwise)',
        to: ''
      }
    ]
  }
] satisfies BreakList[]
