/**
 * What `npm run bench -- growth` takes on its command line.
 * @module
 */
import { parseArgs } from 'node:util'
import { positive, whole } from '../compare/arguments.js'

export interface GrowthArguments {
  /** Numbers of records, smallest first. */
  sizes: number[]
  rounds: number
  /** Of each load. */
  seconds: number
  /** Users whose sessions are listed or revoked, for each figure and round. */
  users: number
}

/** @throws a sentence that says what to write */
export function parseGrowthArguments (args: string[]): GrowthArguments {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ args, options: { sizes: text, rounds: text, seconds: text, users: text } })
  const sizes = (values.sizes ?? '1k,100k,1m,10m').split(',').map(sizeOf).sort((a, b) => a - b)
  if (sizes.length < 2) throw new Error('--sizes takes at least two numbers, such as 1k,100k: the smallest is what the others are compared with')
  return {
    sizes,
    rounds: whole('rounds', values.rounds ?? '5'),
    seconds: positive('seconds', values.seconds ?? '3'),
    users: whole('users', values.users ?? '100')
  }
}

/** `1k`, `2.5m` or a plain number. @throws a sentence that says what to write */
export function sizeOf (text: string): number {
  const [, digits = '', unit = ''] = /^([\d.]+)([km]?)$/i.exec(text.trim()) ?? []
  const size = Number(digits) * ({ k: 1000, m: 1e6 }[unit.toLowerCase()] ?? 1)
  if (!Number.isInteger(size) || size < 300) throw new Error(`--sizes takes numbers from 300, such as 1k or 10m, not "${text}"`)
  return size
}

/** `1 million`, `100 thousand`. */
export function sizeWords (size: number): string {
  if (size >= 1e6) return `${size / 1e6} million`
  return size >= 1000 ? `${size / 1000} thousand` : String(size)
}
