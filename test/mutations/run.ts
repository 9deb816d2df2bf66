/**
 * `npx tsx test/mutations/run.ts [--workers=2] [word …]`: breaks the plugin on purpose, one promise at a time, in a copy
 * of the repository, and sees whether a test notices. Words choose the breaks whose file or name has one of them in it.
 *
 * Exit code 1 if a test fails without any break, if a break survives that is not expected to, if one is out of date, or if
 * not all were judged.
 * @module
 */
import { startMongod } from '../../example/mongod.js'
import { parseArguments } from './arguments.js'
import { type Planned, planned } from './break.js'
import { readLists } from './lists.js'
import { isTrouble, type Outcome, progressLine, report } from './report.js'
import { copyTree, type Tree } from './tree.js'

const { workers, words } = parseArguments(process.argv.slice(2))

process.exitCode = await main(planned(await readLists(), words))

async function main (breaks: Planned[]): Promise<number> {
  if (breaks.length === 0) throw new Error(`no break has ${words.join(' or ')} in its name or file`)
  const mongod = await startMongod({ log: console.log })
  const trees = await Promise.all(Array.from({ length: workers }, () => copyTree({ ...process.env, MONGODB_URI: mongod.uri })))
  try {
    const failing = new Set(await failingUnbroken(trees, breaks))
    const outcomes = await runAll(trees, breaks.map(one => ({ ...one, tests: one.tests.filter(name => !failing.has(name)) })))
    console.log(report(outcomes))
    if (failing.size > 0) console.log(`\nLeft out, since they fail with nothing broken: ${[...failing].join(', ')}`)
    return failing.size > 0 || outcomes.length < breaks.length || outcomes.some(isTrouble) ? 1 : 0
  } finally {
    await Promise.all(trees.map(tree => tree.remove()))
    await mongod.stop()
  }
}

/** A test that fails anyway would "kill" everything: it is left out. */
async function failingUnbroken (trees: Tree[], breaks: Planned[]): Promise<string[]> {
  const names = [...new Set(breaks.flatMap(({ tests }) => tests))].sort()
  console.log(`${breaks.length} breaks; first their ${names.length} test files with nothing broken`)
  const endings = await share(trees, names, async (tree, name) => ({ name, ending: await tree.run(name) }))
  return endings.filter(({ ending }) => ending !== 'passed').map(({ name }) => name)
}

async function runAll (trees: Tree[], breaks: Planned[]): Promise<Outcome[]> {
  let done = 0
  return await share(trees, breaks, async (tree, one) => {
    const start = performance.now()
    const result = await runOne(tree, one)
    const outcome: Outcome = { ...result, planned: one, seconds: (performance.now() - start) / 1000 }
    console.log(progressLine(outcome, ++done, breaks.length))
    return outcome
  })
}

async function runOne (tree: Tree, one: Planned): Promise<Pick<Outcome, 'kind' | 'by'>> {
  const restore = await tree.breakFile(one.file, one)
  if (restore === null) return { kind: 'out of date', by: null }
  try {
    for (const name of one.tests) {
      const ending = await tree.run(name)
      if (ending !== 'passed') return { kind: ending === 'failed' ? 'killed' : 'timed out', by: name }
    }
    return { kind: 'survived', by: null }
  } finally {
    await restore()
  }
}

/** Each tree takes the next one when it is free. Resolves to the results in the order of `all`. */
async function share<A, B> (trees: Tree[], all: A[], work: (tree: Tree, one: A) => Promise<B>): Promise<B[]> {
  const results: B[] = []
  const rest = all.entries()
  await Promise.all(trees.map(async tree => {
    for (const [index, one] of rest) results[index] = await work(tree, one)
  }))
  return results
}
