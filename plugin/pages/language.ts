/**
 * Chooses the language of a page, and the locale of its dates and numbers.
 * @module
 */
import Negotiator from 'negotiator'

/** Characters of a header that are parsed. Browsers send far fewer, and each costs time. */
const LENGTH = 256

/** The language for readers who understand none of the others. */
export const FALLBACK = 'en'

/**
 * Chooses by an Accept-Language header (RFC 9110 12.5.4) or a single tag, in the reader's order of preference. A regional
 * tag matches its language ("de-AT" German), and a language its regional tag ("pt" Brazilian Portuguese).
 *
 * @param available tags of the languages that there are texts for
 * @example
 * chooseLanguage('fr-CH, fr;q=0.9, en;q=0.8', ['en', 'de', 'fr'])   // 'fr'
 */
export function chooseLanguage (header: string | undefined, available: readonly string[]): string {
  // A request without a header accepts any language. Most people can read English.
  if (header === undefined || header === '') return FALLBACK
  const offers = new Map(available.map(tag => [tag, tag]))
  // A reader of "pt-PT" prefers "pt-BR" to English.
  for (const tag of available) {
    const [primary] = tag.split('-') as [string]
    if (!offers.has(primary)) offers.set(primary, tag)
  }
  const [chosen] = accepted(header, [FALLBACK, ...offers.keys()])
  return offers.get(chosen ?? FALLBACK)!
}

/** The tags of a header in the reader's order of preference. @param offers only these; undefined: all that the header has */
const accepted = (header: string, offers?: string[]): string[] =>
  new Negotiator({ headers: { 'accept-language': header.slice(0, LENGTH) } }).languages(offers)

/**
 * The reader's own tag in the language of the words. A reader of "en-GB" gets British dates with English words.
 *
 * @param language the result of {@link chooseLanguage}
 * @returns a tag that JavaScript has formats for. There are a few hundred of them, whatever readers send
 * @example
 * chooseLocale('de-AT,de;q=0.9,en-GB;q=0.8', 'de')   // 'de-AT'
 * chooseLocale('zh-CN', 'en')                        // 'en'
 */
export function chooseLocale (header: string | undefined, language: string): string {
  const primary = primaryOf(language)
  const tag = accepted(header ?? '').find(tag => primaryOf(tag) === primary)
  return tag === undefined ? language : resolvedLocale(tag) ?? language
}

const primaryOf = (tag: string): string => tag.split('-')[0]!.toLowerCase()

/** Tags that are remembered, since finding out what JavaScript makes of one takes a few microseconds. */
const REMEMBERED = 500
const resolved = new Map<string, string | null>()

function resolvedLocale (tag: string): string | null {
  const known = resolved.get(tag)
  if (known !== undefined) return known
  if (resolved.size >= REMEMBERED) resolved.clear()
  const locale = resolve(tag)
  resolved.set(tag, locale)
  return locale
}

/** Null: the tag is not valid, or JavaScript has no formats of this language. Extensions could change the calendar or the clock. */
function resolve (tag: string): string | null {
  try {
    const { language, script, region } = new Intl.Locale(tag)
    const plain = [language, script, region].filter(part => part !== undefined).join('-')
    if (Intl.DateTimeFormat.supportedLocalesOf(plain).length === 0) return null
    return new Intl.DateTimeFormat(plain).resolvedOptions().locale
  } catch {
    return null
  }
}
