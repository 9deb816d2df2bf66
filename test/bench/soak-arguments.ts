/**
 * What `npm run soak` is told on its command line.
 * @module
 */
import { parseArgs } from 'node:util'

export interface SoakArguments {
  minutes: number
  visitors: number
  /** Requests a second. */
  rate: number
  /** Seconds from one measurement to the next. */
  every: number
}

const DEFAULTS: SoakArguments = { minutes: 3, visitors: 100, rate: 300, every: 10 }

/** Measurements without which there is nothing to judge: four in the second half. */
const FEWEST = 8

/** @throws a sentence that says what to write */
export function parseArguments (args: string[]): SoakArguments {
  const names = Object.keys(DEFAULTS) as Array<keyof SoakArguments>
  const options = Object.fromEntries(names.map(name => [name, { type: 'string' as const }]))
  const { values } = parseArgs({ args, options })
  const given = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, positive(name, String(value))]))
  const parsed = { ...DEFAULTS, ...given }
  if (parsed.minutes * 60 / parsed.every < FEWEST) {
    throw new Error(`${parsed.minutes} minutes with a measurement every ${parsed.every} seconds are too few to judge: write --minutes ${Math.ceil(FEWEST * parsed.every / 60)} or more, or a smaller --every`)
  }
  return parsed
}

function positive (name: string, text: string): number {
  const value = Number(text)
  if (!(value > 0 && value < Infinity)) throw new Error(`--${name} takes a positive number, not "${text}"`)
  return value
}
