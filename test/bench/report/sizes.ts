/**
 * What many sessions need, from what one was measured to need.
 * @module
 */
import type { Storage } from '../growth/shelf.js'

const SESSIONS: Array<[sessions: number, words: string]> = [[1e6, '1 million'], [10e6, '10 million'], [100e6, '100 million']]

/** Memory for the indexes, which should fit into it; for all records as well, which need not; and disk. */
export function sizeRows ({ document, storage, indexes }: Storage): string[][] {
  return [
    ['sessions', 'memory for the indexes', 'memory for indexes and all records', 'disk on each member'],
    ...SESSIONS.map(([sessions, words]) => [words, gigabytes(sessions * indexes), gigabytes(sessions * (indexes + document)), gigabytes(sessions * (indexes + storage))])
  ]
}

function gigabytes (bytes: number): string {
  const value = bytes / 1e9
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} GB`
}
