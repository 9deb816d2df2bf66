/**
 * Plots: what they measure, and that picture and table say the same.
 */
import { Eta } from 'eta'
import t from 'tap'
import { SHIPPED } from '../../plugin/pages/messages.js'
import { type Bar, type Plot, toPlotView } from '../../plugin/pages/plot.js'
import { createTexts } from '../../plugin/pages/texts.js'
import { tagsOf } from '../support/markup.js'
import { root } from '../support/root.js'

const textsIn = (language: string) => createTexts(language, SHIPPED[language]!, 'UTC')
const eta = new Eta({ views: `${root}templates` })

const plotOf = (bars: Bar[], changes: Partial<Plot> = {}): Plot =>
  ({ key: 'days', title: 'Sign-ins by day', columns: ['Day', 'Sign-ins'], bars, direction: 'columns', ...changes })
const viewOf = (bars: Bar[], changes: Partial<Plot> = {}, language = 'en') => toPlotView(plotOf(bars, changes), textsIn(language))
const rendered = (bars: Bar[], changes: Partial<Plot> = {}, language = 'en') => eta.render('plot', { plot: viewOf(bars, changes, language) })
const barsOf = (...values: number[]): Bar[] => values.map((value, index) => ({ label: `Nov ${index + 1}`, value }))

t.test('columns stand on the base line, from edge to edge; rows begin where reading begins, each in the middle of its line', async t => {
  const columns = viewOf(barsOf(5, 10, 0)).bars
  t.strictSame(columns.map(({ x, y, width, height }) => [x, y, width, height]), [[0, 50, 14, 50], [43, 0, 14, 100], [86, 100, 14, 0]])
  const rows = viewOf(barsOf(10, 5), { direction: 'rows' })
  t.strictSame(rows.bars.map(({ x, y, width, height }) => [x, y, width, height]), [[0, 13.75, 100, 22.5], [0, 63.75, 50, 22.5]])
  t.equal(rows.height, 3.5)
  const fortnight = viewOf(barsOf(...Array(14).fill(3))).bars
  t.ok(fortnight.every((bar, index) => index === 0 || bar.x > fortnight[index - 1]!.x + fortnight[index - 1]!.width), 'no two overlap')
  t.equal(fortnight[13]!.x + fortnight[13]!.width, 100)
})

t.test('written from right to left, the first bar stands at the right', async t => {
  t.strictSame(viewOf(barsOf(5, 10), {}, 'ar').bars.map(({ x }) => x), [86, 0])
  t.strictSame(viewOf(barsOf(10, 5), { direction: 'rows' }, 'ar').bars.map(({ x }) => x), [0, 50])
})

t.test('few do not look like none, and none does not look like few', async t => {
  const { bars, most } = viewOf(barsOf(10_000_000, 1, 0))
  t.strictSame(bars.map(({ height, value }) => [height, value]), [[100, '10,000,000'], [3, '1'], [0, '0']])
  t.equal(most, 'Most: 10,000,000 (Nov 1)')
})

t.test('all zero, a single bar and no bar are plots, too', async t => {
  const { bars, most, largest } = viewOf(barsOf(0, 0))
  t.strictSame([bars.map(({ height }) => height), most, largest], [[0, 0], null, '0'])
  t.match(rendered(barsOf(0, 0)), /-most"><bdi>0<\/bdi>/)
  t.strictSame(viewOf(barsOf(7)).bars.map(({ x, y, width, height }) => [x, y, width, height]), [[0, 0, 14, 100]])
  t.equal(rendered(barsOf(7)).match(/Nov 1/g)!.length, 4, 'in the largest value, below the bar, at the bar and in the table')
  for (const direction of ['columns', 'rows'] as const) {
    const html = rendered([], { direction })
    t.notMatch(html, /<rect|<td|NaN|Infinity|undefined/)
    t.match(html, /-most"><bdi>0<\/bdi>/)
  }
})

t.test('numbers are those of the reader, and estimates have no fractions', async t => {
  t.strictSame(toPlotView(plotOf(barsOf(1234.56)), createTexts('en', SHIPPED.en!, 'UTC', 'en-IN')).bars[0]!.value, '1,235')
  t.equal(viewOf(barsOf(1_234_567), {}, 'de').most, 'Höchstwert: 1.234.567 (Nov 1)')
})

for (const direction of ['columns', 'rows'] as const) {
  t.test(`the table says what the ${direction} show, and the picture has a name`, async t => {
    const html = rendered(barsOf(3, 41, 0), { direction })
    const cells = [...html.matchAll(/<th scope="row"><bdi>(.*)<\/bdi><\/th><td><bdi>(.*)<\/bdi>/g)].map(([, label, value]) => [label, value])
    t.strictSame(cells, [['Nov 1', '3'], ['Nov 2', '41'], ['Nov 3', '0']])
    t.match(html, /<th scope="col">Day<\/th><th scope="col">Sign-ins<\/th>/)
    t.match(html, /<details data-ls-details="days">/)
    t.equal(tagsOf(html).filter(({ name }) => name === 'rect').length, 3)

    const ids = new Set(tagsOf(html).flatMap(({ attributes }) => attributes.filter(([name]) => name === 'id').map(([, id]) => id)))
    const named = tagsOf(html).flatMap(({ attributes }) => attributes.filter(([name]) => name === 'aria-labelledby').flatMap(([, value]) => value.split(' ')))
    t.strictSame(named.filter(id => !ids.has(id)), [])
    t.match(html, /<svg role="img" aria-labelledby="ls-plot-days ls-plot-days-most"/)
    t.match(html, /id="ls-plot-days-most"><bdi>Most: 41 \(Nov 2\)<\/bdi>/)
  })

  t.test(`${direction} need no inline style, and what clients have chosen stays text`, async t => {
    const html = rendered([{ label: '"><script>alert(1)</script>', value: 2 }], { direction, title: '<b>' })
    t.strictSame(tagsOf(html).flatMap(({ attributes }) => attributes.filter(([name]) => name === 'style' || name.startsWith('on'))), [])
    t.notMatch(html, /<script|<b>/)
  })
}
