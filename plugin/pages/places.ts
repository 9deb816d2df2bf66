/**
 * Where an address is, in words.
 * @module
 */
import { addressKind } from '../client/address.js'
import type { MessageKey } from './messages.js'
import { settledWithin } from '../timeout.js'
import type { Texts } from './texts.js'

/**
 * A place for a public address, such as "Germany"; null or undefined: not known. It is shown as approximate. Private
 * addresses are never asked for.
 *
 * @param language tag of the language to answer in
 */
export type Locate = (ip: string, language: string) => string | null | undefined | Promise<string | null | undefined>

/** How long all places of a page may take, in ms: a list without places beats one that is late. */
const PATIENCE = 500

/** Characters of a place that are shown. */
const LENGTH = 80

const WORDS: Partial<Record<ReturnType<typeof addressKind>, MessageKey>> = {
  private: 'localNetwork', linkLocal: 'localNetwork', loopback: 'sameComputer', carrier: 'providerNetwork'
}

/**
 * Words for these addresses, where there are any.
 *
 * @param failed told of what `locate` throws or rejects
 */
export async function placesOf (ips: Array<string | null>, locate: Locate | undefined, texts: Texts, failed: (error: unknown) => unknown): Promise<Map<string, string>> {
  const places = new Map<string, string>()
  const asked: Array<Promise<void>> = []
  for (const ip of new Set(ips)) {
    if (ip === null) continue
    const kind = addressKind(ip)
    const words = WORDS[kind]
    if (words !== undefined) places.set(ip, texts.say(words))
    else if (kind === 'public' && locate !== undefined) asked.push(ask(ip, locate))
  }
  if (asked.length > 0) await settledWithin(PATIENCE, Promise.all(asked))
  // A copy: answers that come later must not change a page under way.
  return new Map(places)

  async function ask (ip: string, locate: Locate): Promise<void> {
    try {
      const place = await locate(ip, texts.language)
      if (typeof place === 'string' && place !== '') places.set(ip, texts.say('place', { place: place.slice(0, LENGTH) }))
    } catch (error) {
      failed(error)
    }
  }
}
