/**
 * What became of the breaks, in words: a line for each while they run, and a table at the end.
 * @module
 */
import type { Planned } from './break.js'

/** What became of one break. `by`: the test file that ended it. */
export interface Outcome {
  planned: Planned
  kind: 'killed' | 'timed out' | 'survived' | 'out of date'
  by: string | null
  seconds: number
}

/** A survivor that is not expected, or a break that no longer fits its file. */
export const isTrouble = ({ kind, planned }: Outcome): boolean =>
  kind === 'out of date' || (kind === 'survived' && planned.expected === undefined)

const KINDS = ['killed', 'timed out', 'survived', 'expected', 'out of date'] as const

const kindOf = ({ kind, planned }: Outcome): typeof KINDS[number] => kind === 'survived' && planned.expected !== undefined ? 'expected' : kind

/** `[ 3/150] killed       plugin/record.ts: a token is stored as it is (record, 1.2 s)` */
export function progressLine (outcome: Outcome, done: number, all: number): string {
  const { planned: { file, name }, by, seconds } = outcome
  return `[${String(done).padStart(String(all).length)}/${all}] ${kindOf(outcome).padEnd(11)}  ${file}: ${name} (${by === null ? '' : `${by}, `}${seconds.toFixed(1)} s)`
}

/** Numbers for each file, who killed how many, and every break that was not killed, with its reason or its promise. */
export function report (outcomes: Outcome[]): string {
  return [
    '', ...numbers(outcomes),
    '', ...killers(outcomes),
    ...outcomes.filter(({ kind }) => kind !== 'killed').flatMap(outcome => ['', ...details(outcome)])
  ].join('\n')
}

function numbers (outcomes: Outcome[]): string[] {
  const files = groups(outcomes, ({ planned }) => planned.file)
  const width = Math.max(...[...files.keys()].map(file => file.length))
  const row = (name: string, some: Outcome[]): string =>
    [name.padEnd(width), String(some.length).padStart(6), ...KINDS.map(kind => String(some.filter(one => kindOf(one) === kind).length).padStart(11))].join('  ')
  return [
    ['file'.padEnd(width), 'breaks', ...KINDS.map(kind => kind.padStart(11))].join('  '),
    ...[...files].map(([file, some]) => row(file, some)),
    row('all', outcomes)
  ]
}

function killers (outcomes: Outcome[]): string[] {
  const killed = groups(outcomes.filter(({ by }) => by !== null), ({ by }) => by)
  const rows = [...killed].map(([by, some]) => [`${by}.test.ts`, some.length] as const).sort((a, b) => b[1] - a[1])
  return [`killed by: ${rows.map(([by, count]) => `${by} ${count}`).join(', ')}`]
}

function groups<T, K> (all: T[], keyOf: (one: T) => K): Map<K, T[]> {
  const map = new Map<K, T[]>()
  for (const one of all) map.set(keyOf(one), [...map.get(keyOf(one)) ?? [], one])
  return map
}

function details (outcome: Outcome): string[] {
  const { planned: { file, name, promise, expected }, by } = outcome
  return [
    `${kindOf(outcome)}: ${file}: ${name}${by === null ? '' : ` (${by}.test.ts)`}`,
    `  promise: ${promise}`,
    ...(expected === undefined ? [] : [`  expected: ${expected}`])
  ]
}
