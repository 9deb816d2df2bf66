/**
 * Texts and times in one language.
 * @module
 */
import { IntlMessageFormat } from 'intl-messageformat'
import type { MessageKey, Messages } from './messages.js'

/** Texts and formats of one language. */
export interface Texts {
  /** The tag of the words. */
  language: string
  /** The reader's tag, such as "en-GB": that of dates and numbers. */
  locale: string
  direction: 'ltr' | 'rtl'
  /** A text with values for its placeholders; `count` also chooses the plural form. */
  say(key: MessageKey, values?: Record<string, string | number>): string
  /** The same in parts: values that are objects stay objects, between the text around them. */
  parts<Value extends object>(key: MessageKey, values: Record<string, string | number | Value>): Array<string | Value>
  /** "3 minutes ago", or "in 3 days". */
  relative(date: Date, now: Date): string
  /** "Nov 24, 2026, 1:05 PM UTC". */
  absolute(date: Date): string
}

/** The format of absolute times. `public/times.js` uses the same in the reader's time zone. */
const ABSOLUTE: Intl.DateTimeFormatOptions = {
  year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short'
}

/**
 * @param timeZone IANA name. The server cannot know the reader's own.
 * @param locale the reader's tag in this language
 */
export function createTexts (language: string, messages: Messages, timeZone: string, locale: string = language): Texts {
  const relativeFormat = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const absoluteFormat = new Intl.DateTimeFormat(locale, { ...ABSOLUTE, timeZone })
  const formats = new Map<MessageKey, IntlMessageFormat>()

  function formatOf (key: MessageKey): IntlMessageFormat {
    const format = formats.get(key) ?? new IntlMessageFormat(messages[key], locale, undefined, { ignoreTag: true })
    formats.set(key, format)
    return format
  }

  const say: Texts['say'] = (key, values) => String(formatOf(key).format(values))

  return {
    language,
    locale,
    direction: directionOf(language),
    say,
    parts: (key, values) => formatOf(key).formatToParts<any>(values).map(({ value }) => value),
    relative (date, now) {
      const distance = date.getTime() - now.getTime()
      if (Math.abs(distance) < MINUTE) return say(distance > 0 ? 'soon' : 'justNow')
      return relativeFormat.format(...span(distance))
    },
    absolute: date => absoluteFormat.format(date)
  }
}

/** Scripts of living languages that are written from right to left (Unicode's Script_Metadata). */
const RIGHT_TO_LEFT = new Set(['Adlm', 'Arab', 'Hebr', 'Mand', 'Nkoo', 'Rohg', 'Samr', 'Syrc', 'Thaa', 'Yezi'])

/** By the script that the language is usually written in: Intl's own method for it differs between versions of Node. */
function directionOf (language: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.has(new Intl.Locale(language).maximize().script!) ? 'rtl' : 'ltr'
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The units of relative times. From `below` of a unit on, the next unit is used. */
const UNITS: Array<[Intl.RelativeTimeFormatUnit, milliseconds: number, below: number]> = [
  ['minute', MINUTE, 60], ['hour', HOUR, 24], ['day', DAY, 7], ['week', 7 * DAY, 5], ['month', 30 * DAY, 12], ['year', 365 * DAY, Infinity]
]

/** Rounds before it chooses the unit, so that 59.7 minutes become one hour and not 60 minutes. */
function span (milliseconds: number): [number, Intl.RelativeTimeFormatUnit] {
  const distance = Math.abs(milliseconds)
  const [unit, length] = UNITS.find(([, length, below]) => Math.round(distance / length) < below)!
  return [Math.sign(milliseconds) * Math.round(distance / length), unit]
}
