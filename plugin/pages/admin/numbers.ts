/**
 * Numbers → what is shown of them. Pure.
 * @module
 */
import { type Numbers, shareBound } from '../../sessions/numbers.js'
import type { MessageKey } from '../messages.js'
import { type Bar, type Plot, type PlotView, toPlotView } from '../plot.js'
import type { PageView } from '../view-models.js'
import { KIND_LABELS } from './search.js'
import type { NumbersView } from './view-models.js'

/** Writes counted numbers as they are, and estimated ones with "about". */
export function createNumber ({ sample }: Pick<Numbers, 'sample'>, { say, texts }: PageView): (value: number) => string {
  const { format } = new Intl.NumberFormat(texts.locale)
  return value => sample === null ? format(value) : say('about', { number: format(value) })
}

/** The numbers and their plots. */
export function toNumbersView (numbers: Numbers, page: PageView): NumbersView {
  const { sample, sessions, users, deviceBound, byDay, byKind, bySystem } = numbers
  const { base, say, texts } = page
  const { locale } = texts
  const shown = createNumber(numbers, page)
  // Two digits, so that a few are not 0 %.
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumSignificantDigits: 2 })
  const day = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' })
  const plot = (key: string, title: MessageKey, label: MessageKey, direction: Plot['direction'], bars: Bar[]): PlotView =>
    toPlotView({ key, title: say(title), columns: [say(label), say('sessions')], direction, bars }, texts)
  const days = byDay.map(({ day: date, sessions }): Bar => ({ label: day.format(date), value: sessions }))
  const kinds = byKind.map(({ kind, sessions }): Bar => ({ label: say(KIND_LABELS[kind]), value: sessions }))
  const systems = bySystem.map(({ system, sessions }): Bar => ({ label: system ?? say('unknownSystem'), value: sessions }))
  return {
    sessions: shown(sessions),
    users: shown(users),
    deviceBound: deviceBound === 0 ? null : { sessions: shown(deviceBound), share: percent.format(shareBound(numbers)) },
    note: sample === null ? say('numbersCounted') : say('numbersEstimated', { count: sample }),
    plots: [
      plot('day', 'byDay', 'day', 'columns', days),
      plot('kind', 'byKind', 'kind', 'rows', kinds),
      plot('system', 'bySystem', 'system', 'rows', withOthers(systems, say('others')))
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
