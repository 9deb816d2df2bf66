/**
 * What `npm run bench` takes on its command line.
 * @module
 */
import { parseArgs } from 'node:util'
import { type Kind, KINDS, kindsNamed } from './kinds.js'

export interface CompareArguments {
  /** Of each measurement. */
  seconds: number
  rounds: number
  connections: number[]
  kinds: Kind[]
  /** All kinds at all numbers of connections, so that the results may replace the former ones. */
  whole: boolean
  /** Signed-in sessions of each kind. */
  sessions: number
  /** Measure the memory of server processes instead. */
  memory: boolean
  /** For node, in the server processes: `--flags="--cpu-prof --cpu-prof-dir=/tmp/profiles"`. */
  flags: string[]
}

const MEMORY_KINDS = ['hand-written', 'ours']

/** @throws a sentence that says what to write */
export function parseCompareArguments (args: string[]): CompareArguments {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args,
    options: { seconds: text, rounds: text, connections: text, kinds: text, sessions: text, flags: text, memory: { type: 'boolean', default: false } }
  })
  const memory = values.memory
  return {
    seconds: positive('seconds', values.seconds ?? (memory ? '60' : '3')),
    rounds: whole('rounds', values.rounds ?? (memory ? '1' : '5')),
    connections: list(values.connections ?? (memory ? '100' : '1,10,100,500')).map(text => whole('connections', text)),
    kinds: values.kinds !== undefined ? kindsNamed(list(values.kinds)) : memory ? kindsNamed(MEMORY_KINDS) : [...KINDS],
    whole: values.kinds === undefined && values.connections === undefined,
    sessions: whole('sessions', values.sessions ?? '10000'),
    memory,
    flags: (values.flags ?? '').split(' ').filter(flag => flag !== '')
  }
}

const list = (text: string): string[] => text.split(',').map(part => part.trim()).filter(part => part !== '')

/** @throws a sentence that says what to write */
export function positive (name: string, text: string): number {
  const value = Number(text)
  if (!(value > 0 && value < Infinity)) throw new Error(`--${name} takes a positive number, not "${text}"`)
  return value
}

/** @throws a sentence that says what to write */
export function whole (name: string, text: string): number {
  const value = positive(name, text)
  if (!Number.isInteger(value)) throw new Error(`--${name} takes a whole number, not "${text}"`)
  return value
}
