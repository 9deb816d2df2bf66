/**
 * The rows of the comparison that have a limit, each as a sentence.
 * @module
 */
import { short } from '../statistics.js'
import type { Measured } from './measurement.js'

export interface Verdict {
  held: boolean
  /** `V1 at 100: 6.4 times the requests of hand-written (at least 6): held`. */
  line: string
}

/** A quotient and its limit. */
interface Limit {
  row: string
  words: string
  value: number | null | undefined
  atLeast?: number
  atMost?: number
}

/** The kinds that are compared have to be measured; a row without them is left out. */
export function verdictsOf (measured: Measured): Verdict[] {
  return [
    ...throughput(measured), ...latency(measured), ...floor(measured), ...mongod(measured), ...operations(measured), ...visitors(measured)
  ].flatMap(judge)
}

/** Of the step that measures memory. */
export function memoryVerdict (measured: Measured, connections: number): Verdict[] {
  const value = measured.ratio('ours', 'hand-written', connections, 'memory')?.median
  return judge({ row: `Memory at ${connections}`, words: 'times hand-written', value, atMost: 1.2 })
}

export function judge ({ row, words, value, atLeast, atMost }: Limit): Verdict[] {
  if (value === null || value === undefined) return []
  const held = (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost)
  const limit = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`
  return [{ held, line: `${row}: ${short(value)} ${words} (${limit}): ${held ? 'held' : 'FALLS SHORT'}` }]
}

function throughput (measured: Measured): Limit[] {
  const limits: Array<[connections: number, other: string, atLeast: number]> = [
    [10, 'hand-written', 2.6], [100, 'hand-written', 6], [500, 'hand-written', 7.5], [500, 'bare', 0.35]
  ]
  return limits.map(([connections, other, atLeast]) => ({
    row: `V1 at ${connections}`, words: `times the requests of ${other}`, value: measured.ratio('ours', other, connections, 'rate')?.median, atLeast
  }))
}

function latency (measured: Measured): Limit[] {
  const value = measured.ratio('ours', 'hand-written', 1, 'latency')?.median
  return [{ row: 'V1 at 1', words: 'times the median latency of hand-written', value, atMost: 1 }]
}

function floor (measured: Measured): Limit[] {
  return measured.connections().map(connections => ({
    row: `V1 at ${connections}`, words: 'times the requests of the floor', value: measured.ratio('ours', 'floor', connections, 'rate')?.median, atLeast: 0.8
  }))
}

function mongod (measured: Measured): Limit[] {
  const value = measured.ratio('hand-written', 'ours', 100, 'mongodTime')?.median
  return [{ row: 'V2 at 100', words: 'times less work of mongod than hand-written', value, atLeast: 15 }]
}

function operations (measured: Measured): Limit[] {
  const limits: Limit[] = []
  for (const kind of ['ours-visitor', 'ours-forged']) {
    const found = measured.operations(kind)
    limits.push({ row: `V3 ${kind}`, words: `operations in ${found?.requests} requests`, value: found && found.reads + found.writes, atMost: 0 })
  }
  for (const connections of measured.connections()) {
    const found = measured.operations('ours', connections)
    limits.push({ row: `V3 at ${connections}`, words: 'reads for each request', value: found && found.reads / found.requests, atMost: 1 })
  }
  const found = measured.operations('ours')
  limits.push({ row: 'V3', words: `writes in ${found?.requests} requests while no touch was due`, value: found && found.writes, atMost: 0 })
  return limits
}

function visitors (measured: Measured): Limit[] {
  const limits: Array<[kind: string, atLeast: number]> = [['ours-visitor', 0.75], ['ours-forged', 0.5]]
  return limits.map(([kind, atLeast]) => ({
    row: `V5 ${kind} at 100`, words: 'times the requests of bare', value: measured.ratio(kind, 'bare', 100, 'rate')?.median, atLeast
  }))
}
