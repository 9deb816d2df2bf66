/**
 * Numbers → what is shown of them. Pure.
 * @module
 */
import type { Numbers } from '../../sessions/overview.js'
import { toPlotView } from '../plot.js'
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
        bars: bySystem.map(({ system, sessions }) => ({ label: system ?? say('unknownSystem'), value: sessions }))
      }, texts)
    ],
    url: `${base}/numbers`
  }
}
