/**
 * Which of the languages at hand a reader gets.
 * @module
 */
import Negotiator from 'negotiator'

/** Characters of a header that are looked at: browsers send far fewer, and each costs time. */
const LENGTH = 256

/** The language to fall back to. */
export const FALLBACK = 'en'

/**
 * Chooses by an Accept-Language header (RFC 9110 12.5.4) or one tag: the reader's order counts, a regional tag finds its
 * language ("de-AT" German) and the other way round ("pt" Brazilian Portuguese).
 *
 * @param available tags of the languages at hand
 * @example
 * chooseLanguage('fr-CH, fr;q=0.9, en;q=0.8', ['en', 'de', 'fr'])   // 'fr'
 */
export function chooseLanguage (header: string | undefined, available: readonly string[]): string {
  // Without a header anything would do; English is what most can read then.
  if (header === undefined || header === '') return FALLBACK
  const offers = new Map(available.map(tag => [tag, tag]))
  // "pt-PT" would rather read "pt-BR" than English.
  for (const tag of available) {
    const [primary] = tag.split('-') as [string]
    if (!offers.has(primary)) offers.set(primary, tag)
  }
  const [chosen] = new Negotiator({ headers: { 'accept-language': header.slice(0, LENGTH) } }).languages([FALLBACK, ...offers.keys()])
  return offers.get(chosen ?? FALLBACK)!
}
