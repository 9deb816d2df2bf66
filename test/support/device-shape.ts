import type { Device } from '../../plugin/client/device.js'

const KINDS = ['desktop', 'phone', 'tablet', 'tv', 'program', 'other', 'unknown']

/** The promise of a `Device`'s words, written a second time: a character at a time. */
export function isWord (text: string): boolean {
  const characters = [...text]
  return characters.length >= 1 && characters.length <= 60 && text.trim() === text &&
    !characters.some(character => /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]/u.test(character)) &&
    characters.some(character => /\p{L}|\p{N}/u.test(character))
}

/** Strictly the shape of a `Device`: these fields and no other, words or null, no version of nothing. */
export function isDevice (device: Device): boolean {
  const { browser, browserVersion, os, osVersion, kind, model, ...rest } = device
  return Object.keys(rest).length === 0 && KINDS.includes(kind) &&
    [browser, browserVersion, os, osVersion, model].every(word => word === null || isWord(word)) &&
    !(browser === null && browserVersion !== null) && !(os === null && osVersion !== null)
}
