/** Breaks of the room `store-contract/`: what authors of stores rely on. @module */
import type { BreakList } from '../break.js'

export default [
  {
    file: 'plugin/store-contract/store-contract.ts',
    tests: ['store-contract/store-contract'],
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
    tests: ['store-contract/store-contract'],
    breaks: [
      {
        name: 'the contract does not compare the fields of tokens',
        promise: 'T1: a store that replaces other tokens than the expected ones is found',
        from: 'for (const expected of others) equal(',
        to: 'for (const expected of others.slice(0, 0)) equal('
      }
    ]
  }
] satisfies BreakList[]
