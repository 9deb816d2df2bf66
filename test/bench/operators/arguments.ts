/**
 * What `npm run bench -- operators` takes on its command line.
 * @module
 */
import { parseArgs } from 'node:util'
import { whole } from '../compare/arguments.js'
import { sizeOf } from '../growth/arguments.js'

export interface OperatorsArguments {
  /** Numbers of sessions: the smaller collection is what the larger one is compared with. */
  sizes: [small: number, large: number]
  rounds: number
  /** How often each figure is measured in a round. */
  times: number
}

/** @throws a sentence that says what to write */
export function parseOperatorsArguments (args: string[]): OperatorsArguments {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ args, options: { sizes: text, rounds: text, times: text } })
  const sizes = (values.sizes ?? '1k,1m').split(',').map(sizeOf).sort((a, b) => a - b)
  if (sizes.length !== 2 || sizes[0]! < 1000) throw new Error('--sizes takes two numbers from 1000, such as 1k,1m')
  return { sizes: sizes as [number, number], rounds: whole('rounds', values.rounds ?? '5'), times: whole('times', values.times ?? '20') }
}
