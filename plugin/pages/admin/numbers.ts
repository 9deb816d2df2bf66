/**
 * Numbers → what is shown of them. Pure.
 * @module
 */
import type { Numbers } from '../../sessions/overview.js'
import { type Bar, toPlotView } from '../plot.js'
import type { PageView } from '../view-models.js'
import { KINDS } from './search.js'
import type { NumbersView } from './view-models.js'

/** The numbers and their plots. */
export function toNumbersView ({ sample, sessions, users, byDay, byKind, bySystem }: Numbers, { base, say, texts }: PageView): NumbersView {
  const { locale } = texts
  const number = new Intl.NumberFormat(locale)
  const day = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' })
  const shown = (value: number): string => sample === null ? number.format(value) : say('about', { number: number.format(value) })
  const columns = (label: string): [string, string] => [label, say('sessions')]
  return {
    sessions: shown(sessions),
    users: shown(users),
    note: sample === null ? say('numbersCounted') : say('numbersEstimated', { count: sample }),
    plots: [
      toPlotView({
        key: 'day', title: say('byDay'), columns: columns(say('day')), direction: 'columns',
        bars: byDay.map(({ day: date, sessions }) => ({ label: day.format(date), value: sessions }))
      }, texts),
      toPlotView({
        key: 'kind', title: say('byKind'), columns: columns(say('kind')), direction: 'rows',
        bars: byKind.map(({ kind, sessions }) => ({ label: say(KINDS[kind]), value: sessions }))
      }, texts),
      toPlotView({
        key: 'system', title: say('bySystem'), columns: columns(say('system')), direction: 'rows',
        bars: withOthers(bySystem.map(({ system, sessions }) => ({ label: system ?? say('unknownSystem'), value: sessions })), say('others'))
      }, texts)
    ],
    url: `${base}/numbers`
  }
}

/** Bars of a plot. Clients choose the names of systems, so there may be many. */
const MOST_BARS = 8

/** The largest bars, and one for all others. @param bars the largest first */
function withOthers (bars: Bar[], label: string): Bar[] {
  if (bars.length <= MOST_BARS) return bars
  const others = bars.slice(MOST_BARS - 1)
  return [...bars.slice(0, MOST_BARS - 1), { label, value: others.reduce((sum, { value }) => sum + value, 0) }]
}
