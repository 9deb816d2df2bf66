/**
 * What the soak measures, what it calls flat, and how it says so.
 * @module
 */
import type { Vitals } from '../support/shop-process.js'
import type { Interval } from './load.js'
import { judge, type Limit, type Verdict } from './verdict.js'

export interface Measurement extends Interval, Vitals {
  /** Seconds since the load began. */
  time: number
  /** Session records in the database. */
  documents: number
}

type Series = 'heapUsed' | 'p50' | 'pace' | 'resources' | 'documents'

/**
 * Over the judged half:
 * - heap: garbage is collected before each measurement, and what is left varies by about one per cent once the code is
 *   compiled. Three per cent of some 25 MB over 90 seconds at 300 requests a second are 30 bytes a request; over hours, a
 *   fraction of a byte.
 * - latency: on a machine that others use, the median of ten seconds varies by tens of per cent; a leak that costs time
 *   (a list that is searched, a queue that grows) at least doubles it.
 * - pace: the visitors pause between their requests, so it follows latency only once that is a good part of the pause. A
 *   server that answers fewer and fewer of them, however fast, is not flat.
 * - what keeps the event loop alive, and documents: steady but for chance; one left behind by each hundredth request
 *   doubles either.
 */
const LIMITS: Array<Limit & { series: Series, unit: string, scale: number }> = [
  { name: 'heap after gc', series: 'heapUsed', growth: 0.03, unit: 'MB', scale: 1e-6 },
  { name: 'median latency', series: 'p50', growth: 0.5, unit: 'ms', scale: 1 },
  { name: 'time for each answer', series: 'pace', growth: 0.1, unit: 'ms', scale: 1 },
  { name: 'handles and requests', series: 'resources', growth: 0.25, unit: '', scale: 1 },
  { name: 'session documents', series: 'documents', growth: 0.25, unit: '', scale: 1 }
]

/** @throws for fewer than eight measurements */
export function verdictsOf (measurements: readonly Measurement[]): Verdict[] {
  return LIMITS.map(({ series, ...limit }) => judge(measurements.map(one => [one.time, one[series]] as const), limit))
}

/** One line of a table for each series. */
export function tableOf (verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ name, level, grown, growth, rising }) => {
    const { unit, scale } = LIMITS.find(limit => limit.name === name)!
    return [name, `${(level * scale).toFixed(2)} ${unit}`, percent(grown), percent(growth), rising ? 'RISING' : 'flat']
  })
  return [['second half', 'level', 'growth', 'limit', 'verdict'], ...rows].map(([name, ...cells]) =>
    name!.padEnd(22) + cells.map(cell => cell.padStart(12)).join('')).join('\n')
}

const percent = (part: number): string => `${(100 * part).toFixed(1)} %`

export function progressLine ({ time, requests, failures, p50, p99, loopDelay, heapUsed, rss, resources, documents, warnings }: Measurement): string {
  const minutes = `${Math.floor(time / 60)}:${String(Math.round(time % 60)).padStart(2, '0')}`
  return [
    minutes.padStart(6), `${requests} requests`, `${failures.length} failed`, `p50 ${p50.toFixed(1)} ms`, `p99 ${p99.toFixed(1)} ms`, `loop p99 ${loopDelay.toFixed(1)} ms`,
    `heap ${(heapUsed / 1e6).toFixed(2)} MB`, `rss ${(rss / 1e6).toFixed(0)} MB`, `${resources} handles`, `${documents} documents`, `${warnings} warnings`
  ].join('  ')
}
