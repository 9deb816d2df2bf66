/**
 * What growth means, as rows of text and as sentences.
 * @module
 */
import { judge, type Verdict } from '../compare/verdicts.js'
import { ratioOf, short, type Spread, spreadOf } from '../statistics.js'
import { sizeWords } from './arguments.js'
import type { GrowthFigure, Storage } from './shelf.js'

/** The figures of each round. */
export type Rounds = Array<Record<GrowthFigure, number>>

/** A collection and the smallest one, measured in turn. */
export interface Pair {
  size: number
  smallest: number
  figures: Rounds
  smallestFigures: Rounds
  storage: Storage
  smallestStorage: Storage
  /** Resident memory of mongod with both, in bytes; null: it runs elsewhere. */
  mongodMemory: number | null
}

/** What is measured, and what the table calls it. */
export const FIGURES: Array<[figure: GrowthFigure, words: string]> = [
  ['request', 'signed-in request'], ['request at 100', 'request at 100 connections'], ['list', 'list'], ['revoke one', 'revoke one'], ['revoke others', 'revoke others']
]

const valuesOf = (rounds: Rounds, figure: GrowthFigure): number[] => rounds.map(round => round[figure])

/** How many times the smallest collection's. */
function growthOf ({ figures, smallestFigures }: Pair, figure: GrowthFigure): Spread {
  return ratioOf(valuesOf(figures, figure), valuesOf(smallestFigures, figure))
}

/** Medians in ms at each size, and how many times the smallest's they are. The smallest's are those beside the next one. */
export function growthRows (pairs: readonly Pair[]): string[][] {
  const first = pairs[0]!
  return [
    ['records', ...FIGURES.map(([, words]) => words)],
    [sizeWords(first.smallest), ...FIGURES.map(([figure]) => `${short(spreadOf(valuesOf(first.smallestFigures, figure)).median)} ms`)],
    ...pairs.map(pair => [sizeWords(pair.size), ...FIGURES.map(([figure]) =>
      `${short(spreadOf(valuesOf(pair.figures, figure)).median)} ms (${short(growthOf(pair, figure).median)}x)`)])
  ]
}

/** Bytes for each record at each size. */
export function storageRows (pairs: readonly Pair[]): string[][] {
  return [
    ['records', 'document', 'on disk', 'indexes', 'memory of mongod'],
    ...pairs.map(({ size, storage, mongodMemory }) => [
      sizeWords(size), `${storage.document.toFixed(0)} bytes`, `${storage.storage.toFixed(0)} bytes`, `${storage.indexes.toFixed(0)} bytes`,
      mongodMemory === null ? '-' : `${(mongodMemory / 1e6).toFixed(0)} MB`
    ])
  ]
}

/** Row V4. */
export function verdictsOf (pairs: readonly Pair[]): Verdict[] {
  const largest = pairs.at(-1)!
  return [
    ...pairs.flatMap(pair => FIGURES.flatMap(([figure, words]) =>
      judge({ row: `V4 at ${sizeWords(pair.size)}`, words: `times the ${words} of ${sizeWords(pair.smallest)}`, value: growthOf(pair, figure).median, atMost: 1.3 }))),
    ...judge({ row: `V4 at ${sizeWords(largest.size)}`, words: 'bytes of indexes for each session', value: largest.storage.indexes, atMost: 150 })
  ]
}
