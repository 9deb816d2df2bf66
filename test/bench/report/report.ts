/**
 * `npm run bench -- report`: writes what is in `results/` into REFERENCE.md, and its plot into README.md.
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises'
import { root } from '../../support/root.js'
import { measuredIn, type Measurement } from '../compare/measurement.js'
import { plotOf } from '../compare/plot.js'
import { costRows, rateRows } from '../compare/table.js'
import type { Verdict } from '../compare/verdicts.js'
import type { GrowthResult } from '../growth/growth.js'
import { growthRows, storageRows } from '../growth/report.js'
import { costSentence, operatorsRows, type OperatorsResult } from '../operators/report.js'
import { machineSentence, type Machine, readJson, saveText } from '../results.js'
import { markdownTable } from '../statistics.js'
import { replaceBlock } from './blocks.js'
import { sizeRows } from './sizes.js'

/** What `results/compare.json` and `results/memory.json` hold. */
export interface CompareResult {
  machine: Machine
  seconds: number
  rounds: number
  sessions: number
  verdicts: Verdict[]
  measurements: Measurement[]
}

const REFERENCE = `${root}REFERENCE.md`
const README = `${root}README.md`

/** What has not been measured yet stays as it is. */
export async function report (): Promise<void> {
  let text = await readFile(REFERENCE, 'utf8')
  const [compared, memory, growth] = [await readJson<CompareResult>('compare'), await readJson<CompareResult>('memory'), await readJson<GrowthResult>('growth')]
  if (compared !== null) {
    text = replaceBlock(text, 'compare', compareBlock(compared, memory))
    await saveText('summary.svg', summaryPlot(compared))
    await writeFile(README, replaceBlock(await readFile(README, 'utf8'), 'plot', plotBlock(compared)))
  }
  if (growth !== null) text = replaceBlock(replaceBlock(text, 'growth', growthBlock(growth)), 'sizes', markdownTable(sizeRows(growth.pairs.at(-1)!.storage)))
  const operators = await readJson<OperatorsResult>('operators')
  if (operators !== null) text = replaceBlock(text, 'operators', operatorsBlock(operators))
  await writeFile(REFERENCE, text)
  for (const [name, result] of Object.entries({ compare: compared, memory, growth, operators })) console.log(`${name}: ${result === null ? 'not measured yet' : 'written into REFERENCE.md'}`)
}

/** What README shows of the comparison: signed-in requests, one at a time and from a hundred connections. */
function summaryPlot ({ measurements }: CompareResult): string {
  return plotOf(measuredIn(measurements.filter(({ kind, connections }) =>
    !['ours-visitor', 'ours-forged'].includes(kind) && [1, 100].includes(connections))))!
}

function plotBlock ({ machine }: CompareResult): string {
  return [
    '![Requests a second of each server at 1 and at 100 connections, as a multiple of the hand-written route](test/bench/results/summary.svg)',
    machineSentence(machine)
  ].join('\n\n')
}

function compareBlock (result: CompareResult, memory: CompareResult | null): string {
  const { machine, seconds, rounds, sessions, measurements } = result
  const measured = measuredIn(measurements)
  const busiest = measured.connections().includes(100) ? 100 : measured.connections().at(-1)!
  return [
    '![Requests a second of each server, as a multiple of the hand-written route](test/bench/results/compare.svg)',
    `${machineSentence(machine)} ${sessions} sessions; medians of ${rounds} rounds of ${seconds} seconds, smallest to largest in brackets, and as a multiple of the hand-written route.`,
    markdownTable(rateRows(measured)),
    'What each request costs:',
    markdownTable(costRows(measured, busiest)),
    verdictLines([...result.verdicts, ...memory?.verdicts ?? []])
  ].join('\n\n')
}

function growthBlock ({ machine, seconds, rounds, pairs, verdicts }: GrowthResult): string {
  return [
    `${machineSentence(machine)} Medians of ${rounds} rounds of ${seconds} seconds, and how many times the smallest collection's they are, which was measured in turn.`,
    markdownTable(growthRows(pairs)),
    markdownTable(storageRows(pairs)),
    verdictLines(verdicts)
  ].join('\n\n')
}

function operatorsBlock (result: OperatorsResult): string {
  const { machine, rounds, times, verdicts } = result
  return [
    `${machineSentence(machine)} Medians of ${rounds} rounds of ${times} times each; both collections were measured in turn.`,
    markdownTable(operatorsRows(result)),
    costSentence(result),
    verdictLines(verdicts)
  ].join('\n\n')
}

/** The rows that have a limit; those that fall short, in words. */
function verdictLines (verdicts: readonly Verdict[]): string {
  const short = verdicts.filter(({ held }) => !held)
  const held = `${verdicts.length - short.length} of ${verdicts.length} limits are held.`
  return short.length === 0 ? held : `${held} These are not:\n\n${short.map(({ line }) => `- ${line}`).join('\n')}`
}
