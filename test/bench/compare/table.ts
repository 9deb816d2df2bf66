/**
 * The measurements as rows of text, for the terminal and for REFERENCE.md.
 * @module
 */
import { short, type Spread } from '../statistics.js'
import { KINDS } from './kinds.js'
import type { Measured } from './measurement.js'

/** Requests a second at each number of connections, with their spread and how many times hand-written they are. */
export function rateRows (measured: Measured): string[][] {
  const columns = measured.connections()
  return [
    ['requests/s', ...columns.map(connections => connections === 1 ? '1 connection' : `${connections} connections`)],
    ...rowsOf(measured, kind => columns.map(connections => rateCell(measured, kind, connections)))
  ]
}

function rateCell (measured: Measured, kind: string, connections: number): string {
  const rate = measured.spread(kind, connections, 'rate')
  if (rate === null) return '-'
  const ratio = measured.ratio(kind, 'hand-written', connections, 'rate')
  return `${short(rate.median)} (${short(rate.min)}-${short(rate.max)})${ratio === null ? '' : ` ${short(ratio.median)}x`}`
}

/** Latency of one request at a time, and what a request costs at this number of connections. */
export function costRows (measured: Measured, connections: number): string[][] {
  return [
    ['each request', 'latency at 1', `server CPU at ${connections}`, `mongod CPU at ${connections}`, `reads at ${connections}`, `writes at ${connections}`, 'memory'],
    ...rowsOf(measured, kind => [
      cell(measured.spread(kind, 1, 'latency'), 'ms'),
      cell(measured.spread(kind, connections, 'serverTime'), 'us'),
      cell(measured.spread(kind, connections, 'mongodTime'), 'us'),
      ...operationCells(measured, kind, connections),
      memoryCell(measured, kind)
    ])
  ]
}

function rowsOf (measured: Measured, cells: (kind: string) => string[]): string[][] {
  const names = measured.kinds()
  return KINDS.filter(({ name }) => names.includes(name)).map(({ name, label }) => [label, ...cells(name)])
}

function cell (spread: Spread | null, unit: string): string {
  return spread === null ? '-' : `${short(spread.median)} ${unit}`
}

function operationCells (measured: Measured, kind: string, connections: number): [string, string] {
  const found = measured.operations(kind, connections)
  return found === null ? ['-', '-'] : [short(found.reads / found.requests), short(found.writes / found.requests)]
}

/** After the load with the most connections. */
function memoryCell (measured: Measured, kind: string): string {
  const memory = measured.spread(kind, measured.connections().at(-1)!, 'memory')
  return memory === null ? '-' : `${(memory.median / 1e6).toFixed(0)} MB`
}
