/**
 * Chooses the language of a page.
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
  const [chosen] = new Negotiator({ headers: { 'accept-language': header.slice(0, LENGTH) } }).languages([FALLBACK, ...offers.keys()])
  return offers.get(chosen ?? FALLBACK)!
}
