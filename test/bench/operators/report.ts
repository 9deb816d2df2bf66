/**
 * What the operators' figures mean, as rows of text and as sentences.
 * @module
 */
import { judge, type Verdict } from '../compare/verdicts.js'
import { sizeWords } from '../growth/arguments.js'
import type { Machine } from '../results.js'
import { ratioOf, short, spreadOf } from '../statistics.js'
import { type Figure, FIGURES, type IndexSizes } from './stock.js'

/** Milliseconds of each round. */
export type Rounds = Array<Record<Figure, number>>

/** What `results/operators.json` holds. */
export interface OperatorsResult {
  machine: Machine
  sizes: [small: number, large: number]
  rounds: number
  times: number
  verdicts: Verdict[]
  small: Rounds
  large: Rounds
  indexes: IndexSizes
  /** Sessions a second. */
  everyone: { announced: number, unannounced: number }
}

type Measured = Pick<OperatorsResult, 'sizes' | 'small' | 'large'>

const LIMIT = 1.5

const valuesOf = (rounds: Rounds, figure: Figure): number[] => rounds.map(round => round[figure])

const growthOf = ({ small, large }: Measured, figure: Figure): number => ratioOf(valuesOf(large, figure), valuesOf(small, figure)).median

const wordsOf = (figure: Figure): string => figure === 'numbers' ? 'numbers, for each thousand records read' : figure

/** Medians in ms, and how many times the smaller collection's they are. */
export function operatorsRows (measured: Measured): string[][] {
  const { sizes, small, large } = measured
  return [
    ['', ...sizes.map(size => `${sizeWords(size)} sessions`), 'times'],
    ...FIGURES.map(figure => [
      wordsOf(figure), ...[small, large].map(rounds => `${short(spreadOf(valuesOf(rounds, figure)).median)} ms`), `${short(growthOf(measured, figure))}x`
    ])
  ]
}

export const verdictsOf = (measured: Measured): Verdict[] => FIGURES.flatMap(figure => judge({
  row: `O1 at ${sizeWords(measured.sizes[1])}`, words: `times the ${sizeWords(measured.sizes[0])}'s (${wordsOf(figure)})`, value: growthOf(measured, figure), atMost: LIMIT
}))

/** What ending everybody's sessions and the indexes cost. */
export function costSentence ({ everyone, indexes }: Pick<OperatorsResult, 'everyone' | 'indexes'>): string {
  return `Ending everyone's sessions: ${short(everyone.unannounced)} a second; ${short(everyone.announced)} a second with \`onSessionEnd\`. ` +
    `The two indexes take ${indexes.kind.toFixed(0)} and ${indexes.address.toFixed(0)} bytes for each session, the other two ${indexes.others.toFixed(0)} together.`
}
