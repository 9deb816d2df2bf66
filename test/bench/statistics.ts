/**
 * Medians with their spread, and how they are written.
 * @module
 */
import { median } from './verdict.js'

/** The median of some measurements, the smallest and the largest of them. */
export interface Spread {
  median: number
  min: number
  max: number
}

/** @throws for no values */
export function spreadOf (values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) }
}

/** The quotients of measurements that were made side by side, pair by pair: drift of the machine is in both. */
export function ratioOf (values: readonly number[], others: readonly number[]): Spread {
  if (values.length !== others.length) throw new RangeError(`${values.length} measurements have no pairs in ${others.length}`)
  return spreadOf(values.map((value, index) => value / others[index]!))
}

/** Three significant digits, thousands as k: `12.3k`, `0.850`; whole numbers below a thousand as they are: `7`. */
export function short (value: number): string {
  if (Math.abs(value) >= 999.5) return `${plain(value / 1000)}k`
  return Number.isInteger(value) ? String(value) : plain(value)
}

function plain (value: number): string {
  const rounded = Number(value.toPrecision(3))
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded))))
  return rounded.toFixed(Math.min(digits, 3))
}

/** Rows as columns of text: the first is aligned to the left, the others to the right. */
export function textTable (rows: readonly string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  return rows.map(row => row.map((cell, column) => column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]! + 2)).join('')).join('\n')
}

/** Rows as a table of Markdown; the first row is its head. */
export function markdownTable ([head, ...rows]: readonly string[][]): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`
  return [line(head!), line(head!.map((_, column) => column === 0 ? '---' : '---:')), ...rows.map(line)].join('\n')
}
