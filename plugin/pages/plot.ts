/**
 * Numbers → a small bar chart, which is drawn on the server and says the same in a table.
 * @module
 */
import type { Texts } from './texts.js'

/** One bar of a plot. */
export interface Bar {
  label: string
  value: number
}

/** What a plot shows. */
export interface Plot {
  /** Names the plot within its page. It becomes part of ids: letters, digits and hyphens. */
  key: string
  title: string
  /** The headings of the table. */
  columns: [label: string, value: string]
  bars: Bar[]
  /** Columns for what has an order, such as days; rows for what has names. */
  direction: 'columns' | 'rows'
}

/** A bar as it is drawn and as the table says it. The geometry is in percent of the drawing. */
export interface BarView {
  label: string
  /** "10,000,000" */
  value: string
  x: number
  y: number
  width: number
  height: number
}

/** The view model of `plot.eta`. */
export interface PlotView extends Omit<Plot, 'bars'> {
  bars: BarView[]
  /** "Most: 41 (Nov 24)"; null: all values are zero. */
  most: string | null
  /** The largest value; "0" without bars. */
  largest: string
  /** The height of rows, in `em`. */
  height: number
  /** The words of the table's summary. */
  asTable: string
}

/** The line height of a row, in `em`. `login-sessions.css` has the same. */
const ROW_HEIGHT = 1.75
/** The share that a bar takes of its step. */
const THICKNESS = { columns: 0.75, rows: 0.45 }
/** The widest column, in percent. */
const WIDEST = 14
/** The shortest bar of a value that is not zero, in percent: few must not look like none. */
const SHORTEST = 3

/** Measures the bars and formats their values for the reader. */
export function toPlotView ({ key, title, columns, bars, direction }: Plot, texts: Texts): PlotView {
  const { format } = new Intl.NumberFormat(texts.locale, { maximumFractionDigits: 0 })
  const largest = Math.max(0, ...bars.map(({ value }) => value))
  const place = direction === 'columns' ? columnOf : rowOf
  const most = largest === 0 ? undefined : bars.find(({ value }) => value === largest)
  return {
    key,
    title,
    columns,
    direction,
    bars: bars.map(({ label, value }, index) => {
      const { x, ...geometry } = place(index, bars.length, lengthOf(value, largest))
      // The first bar stands where reading begins.
      const mirrored = texts.direction === 'rtl' ? 100 - x - geometry.width : x
      return { label, value: format(value), ...roundAll({ x: mirrored, ...geometry }) }
    }),
    most: most === undefined ? null : texts.say('plotMost', { value: format(largest), label: most.label }),
    largest: format(largest),
    height: bars.length * ROW_HEIGHT,
    asTable: texts.say('asTable')
  }
}

/** In percent of the longest bar. */
const lengthOf = (value: number, largest: number): number => value <= 0 ? 0 : Math.max(SHORTEST, value / largest * 100)

interface Geometry {
  x: number
  y: number
  width: number
  height: number
}

/** Stands on the base line. The first and the last one reach the edges, where their labels are. */
function columnOf (index: number, count: number, length: number): Geometry {
  const width = Math.min(WIDEST, 100 / count * THICKNESS.columns)
  return { x: count === 1 ? 0 : index / (count - 1) * (100 - width), y: 100 - length, width, height: length }
}

/** Lies in the middle of its line. */
function rowOf (index: number, count: number, length: number): Geometry {
  const height = 100 / count * THICKNESS.rows
  return { x: 0, y: (index + 0.5) / count * 100 - height / 2, width: length, height }
}

const roundAll = ({ x, y, width, height }: Geometry): Geometry => ({ x: round(x), y: round(y), width: round(width), height: round(height) })

const round = (number: number): number => Math.round(number * 100) / 100
