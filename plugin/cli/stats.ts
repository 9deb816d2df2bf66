/**
 * `stats`: how many sessions there are, and of what kind.
 * @module
 */
import { type Numbers, shareBound } from '../sessions/numbers.js'
import type { Call } from './sessions.js'
import { printEither, unlessStopped } from './terminal.js'
import { numberOf, percentOf, toTable } from './words.js'

/** Prints the numbers. However many sessions there are, a few thousand records are read. */
export async function stats ({ io, options, target: { overview, where } }: Call): Promise<void> {
  const numbers = await unlessStopped(io, overview.numbers())
  printEither(io, options.json, { collection: where, ...numbers }, () => textOf(numbers, where))
}

function textOf (numbers: Numbers, where: string): string {
  const { at, sample, sessions, users, deviceBound, byDay, byKind, bySystem } = numbers
  const source = sample === null ? 'all were counted' : `estimated from ${numberOf(sample)} records`
  const rows = (title: string, found: Array<[name: string, sessions: number]>): string[][] =>
    found.map(([name, count], index) => [index === 0 ? title : '', name, numberOf(count)])
  return `${where} at ${at.toISOString()}, ${source}\n\n` + toTable([
    ['sessions', '', numberOf(sessions)],
    ['users', '', numberOf(users)],
    ...deviceBound === 0 ? [] : [['bound', '', `${numberOf(deviceBound)} (${percentOf(shareBound(numbers))})`]],
    ...rows('sign-ins', byDay.map(({ day, sessions }) => [day.toISOString().slice(0, 10), sessions])),
    ...rows('devices', byKind.map(({ kind, sessions }) => [kind, sessions])),
    ...rows('systems', bySystem.map(({ system, sessions }) => [system ?? 'unknown', sessions]))
  ])
}
