/**
 * What `npm run mutations` is told on its command line.
 * @module
 */
import { parseArgs } from 'node:util'

export interface MutationsArguments {
  /** Copies of the repository that are broken and tested at the same moment. */
  workers: 1 | 2
  /** They choose the breaks; none: all. */
  words: string[]
}

/** @throws a sentence that says what to write */
export function parseArguments (args: string[]): MutationsArguments {
  const { values: { workers }, positionals: words } = parseArgs({ args, allowPositionals: true, options: { workers: { type: 'string', default: '2' } } })
  if (workers === '1') return { workers: 1, words }
  if (workers === '2') return { workers: 2, words }
  // More at once, and tests that pass elsewhere take too long here.
  throw new Error(`--workers takes 1 or 2, not "${workers}"`)
}
