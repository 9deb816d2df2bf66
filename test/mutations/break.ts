/**
 * What a break is: one exact text of a plugin file, and what stands there instead while its tests run.
 * @module
 */

/** One deliberate mistake. */
export interface Break {
  /** A few words for what is wrong, one of its kind within the file. */
  name: string
  /** What is promised, and no longer kept. */
  promise: string
  /** The text that is replaced. It occurs exactly once in the file; otherwise the break is out of date. */
  from: string
  /** What stands there instead. Wrong in what it does, not in its syntax. */
  to: string
  /** Test files that are asked before those of the list, by name: `'expiry'` is `test/expiry.test.ts`. */
  tests?: string[]
  /** Why no test can tell: the break may survive. */
  expected?: string
}

/** The breaks of one file. */
export interface BreakList {
  /** From the root of the repository. */
  file: string
  /** Test files that are asked about each break, by name, until one fails: the likely and quick ones first. */
  tests: string[]
  breaks: Break[]
}

/** The text with the break in it, or null: what it replaces is not there exactly once. */
export function broken (text: string, { from, to }: Pick<Break, 'from' | 'to'>): string | null {
  const [before, after, ...more] = text.split(from)
  if (from === '' || after === undefined || more.length > 0) return null
  return `${before}${to}${after}`
}

/** A break with its place in a list. */
export interface Planned extends Break {
  file: string
  tests: string[]
}

/** The breaks of these lists whose file or name has one of the words in it; all of them if there is no word. */
export function planned (lists: BreakList[], words: string[]): Planned[] {
  const all = lists.flatMap(({ file, tests, breaks }) => breaks.map(one => ({
    ...one, file, tests: [...new Set([...one.tests ?? [], ...tests])]
  })))
  return words.length === 0 ? all : all.filter(({ file, name }) => words.some(word => file.includes(word) || name.includes(word)))
}
