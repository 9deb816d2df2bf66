/**
 * The comparison as an SVG: for each number of connections, how many times the requests of the hand-written route.
 * @module
 */
import { short } from '../statistics.js'
import { KINDS } from './kinds.js'
import type { Measured } from './measurement.js'

const WIDTH = 900
const LABELS = 300
const RIGHT = 130
const ROW = 22
const HEAD = 34
const FOOT = 46

/** Light and dark by themselves; the background is painted, since a page's may not follow the reader's choice. */
const STYLE = `
  svg { color-scheme: light dark; font: 13px system-ui, sans-serif }
  .paper { fill: #ffffff } text { fill: #1f2328 } .quiet { fill: #59636e } .grid { stroke: #d1d9e0 } .one { stroke: #59636e; stroke-dasharray: 4 3 }
  .dot { fill: #59636e } .range { stroke: #59636e; stroke-width: 2 } .ours .dot { fill: #0969da } .ours .range { stroke: #0969da } .ours text { font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 } text { fill: #e6edf3 } .quiet { fill: #9198a1 } .grid { stroke: #3d444d } .one { stroke: #9198a1 }
    .dot { fill: #9198a1 } .range { stroke: #9198a1 } .ours .dot { fill: #58a6ff } .ours .range { stroke: #58a6ff }
  }`

interface Scale {
  ticks: number[]
  /** Where this ratio is, from the left. */
  at(ratio: number): number
}

/** @returns null when there is no hand-written route to compare with */
export function plotOf (measured: Measured): string | null {
  const names = measured.kinds()
  const kinds = KINDS.filter(({ name }) => names.includes(name))
  const scale = scaleOf(measured)
  if (scale === null) return null
  const panelHeight = HEAD + kinds.length * ROW + FOOT
  const panels = measured.connections().map((connections, index) =>
    `<g transform="translate(0 ${56 + index * panelHeight})">${panel(measured, kinds, connections, scale)}</g>`)
  const height = 56 + panels.length * panelHeight
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">
<title id="title">Requests a second, as a multiple of a hand-written cookie and findOne</title>
<style>${STYLE}
</style>
<rect class="paper" width="100%" height="100%"/>
<text x="16" y="26" font-size="16" font-weight="600">Requests a second, as a multiple of a hand-written cookie + findOne</text>
<text class="quiet" x="16" y="45">Dots: median of the rounds. Lines: smallest to largest. Logarithmic axis; more is better.</text>
${panels.join('\n')}
</svg>
`
}

function panel (measured: Measured, kinds: ReadonlyArray<{ name: string, label: string }>, connections: number, scale: Scale): string {
  const bottom = HEAD + kinds.length * ROW
  const grid = scale.ticks.map(tick => `<line class="${tick === 1 ? 'one' : 'grid'}" x1="${scale.at(tick)}" x2="${scale.at(tick)}" y1="${HEAD - 4}" y2="${bottom}"/>` +
    `<text class="quiet" x="${scale.at(tick)}" y="${bottom + 16}" text-anchor="middle">${tick}</text>`)
  const title = connections === 1 ? '1 connection' : `${connections} connections`
  return [
    `<text x="16" y="22" font-weight="600">${title}</text>`,
    ...grid,
    ...kinds.map(({ name, label }, index) => row(measured, name, label, connections, HEAD + index * ROW + ROW / 2, scale)),
    `<text class="quiet" x="${(LABELS + WIDTH - RIGHT) / 2}" y="${bottom + 33}" text-anchor="middle">times hand-written</text>`
  ].join('\n')
}

function row (measured: Measured, kind: string, label: string, connections: number, y: number, scale: Scale): string {
  const ratio = measured.ratio(kind, 'hand-written', connections, 'rate')
  const rate = measured.spread(kind, connections, 'rate')
  if (ratio === null || rate === null) return ''
  return `<g class="${kind === 'ours' ? 'ours' : 'other'}"><text x="${LABELS - 12}" y="${y + 4}" text-anchor="end">${escape(label)}</text>` +
    `<line class="range" x1="${scale.at(ratio.min)}" x2="${scale.at(ratio.max)}" y1="${y}" y2="${y}"/>` +
    `<circle class="dot" cx="${scale.at(ratio.median)}" cy="${y}" r="5"/>` +
    `<text x="${WIDTH - 16}" y="${y + 4}" text-anchor="end">${short(ratio.median)}x · ${short(rate.median)}/s</text></g>`
}

/** A logarithmic axis that has room for all ratios. */
function scaleOf (measured: Measured): Scale | null {
  const ratios = measured.kinds().flatMap(kind => measured.connections().flatMap(connections => {
    const ratio = measured.ratio(kind, 'hand-written', connections, 'rate')
    return ratio === null ? [] : [ratio.min, ratio.max]
  }))
  if (ratios.length === 0) return null
  const [lowest, highest] = [Math.min(...ratios, 0.5), Math.max(...ratios, 2)]
  const ticks = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100]
  const from = ticks.findLast(tick => tick <= lowest) ?? lowest
  const to = ticks.find(tick => tick >= highest) ?? highest
  const width = WIDTH - RIGHT - LABELS
  return {
    ticks: ticks.filter(tick => tick >= from && tick <= to),
    at: ratio => Math.round(10 * (LABELS + width * Math.log(ratio / from) / Math.log(to / from))) / 10
  }
}

const escape = (text: string): string => text.replace(/[&<>]/g, character => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character]!)
