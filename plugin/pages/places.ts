/**
 * Labels for addresses: "Germany", "Local network".
 * @module
 */
import { addressKind } from '../client/address.js'
import type { MessageKey } from './messages.js'
import { settledWithin } from '../timeout.js'
import type { Texts } from './texts.js'

/**
 * Finds the place of a public address, such as "Germany"; null or undefined if it is not known. The page says that
 * places are approximate. It is never called for private addresses.
 *
 * @param language tag of the language to answer in
 */
export type Locate = (ip: string, language: string) => string | null | undefined | Promise<string | null | undefined>

/** How long all places of a page may take, in ms. Readers prefer a list without places to one that is late. */
const PATIENCE = 500

/** Characters of a place that are shown. */
const LENGTH = 80

const LABELS_BY_KIND: Partial<Record<ReturnType<typeof addressKind>, MessageKey>> = {
  private: 'localNetwork', linkLocal: 'localNetwork', loopback: 'sameComputer', carrier: 'providerNetwork'
}

/**
 * Labels for these addresses. Addresses without a label are missing.
 *
 * @param onError called with each error of `locate`
 */
export async function placesOf (
  ips: Array<string | null>, locate: Locate | undefined, texts: Texts, onError: (error: unknown) => unknown
): Promise<Map<string, string>> {
  const places = new Map<string, string>()
  const searches: Array<Promise<void>> = []
  for (const ip of new Set(ips)) {
    if (ip === null) continue
    const kind = addressKind(ip)
    const label = LABELS_BY_KIND[kind]
    if (label !== undefined) places.set(ip, texts.say(label))
    else if (kind === 'public' && locate !== undefined) searches.push(find(ip, locate))
  }
  if (searches.length > 0) await settledWithin(PATIENCE, Promise.all(searches))
  // A copy, because late answers must not change a page that is being rendered.
  return new Map(places)

  async function find (ip: string, locate: Locate): Promise<void> {
    try {
      const place = await locate(ip, texts.language)
      if (typeof place === 'string' && place !== '') places.set(ip, place.slice(0, LENGTH))
    } catch (error) {
      onError(error)
    }
  }
}

/** The part of a request that {@link placesFor} needs. */
interface Logging {
  log: { warn(details: object, message: string): void }
}

/** {@link placesOf} for a request's page. However often `locate` fails, it costs the places and one line in the log. */
export async function placesFor (
  { log }: Logging, ips: Array<string | null>, locate: Locate | undefined, texts: Texts
): Promise<Map<string, string>> {
  const errors: unknown[] = []
  const places = await placesOf(ips, locate, texts, error => errors.push(error))
  if (errors.length > 0) log.warn({ err: errors[0] }, `login sessions: locate failed for ${errors.length} addresses, so places are missing`)
  return places
}

/** Did `locate` find any of these places? It is asked for public addresses only. */
export const hasLocatedPlace = (places: ReadonlyMap<string, string>): boolean => [...places.keys()].some(ip => addressKind(ip) === 'public')
