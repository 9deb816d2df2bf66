/**
 * `npm run bench`: what a request costs, side by side with other ways to do the same. The rounds are interleaved: all
 * kinds in turn, in an order that moves on, so that whatever else the machine does meets all of them.
 * @module
 */
import { MongoClient } from 'mongodb'
import { startMongod } from '../../../example/mongod.js'
import { buildProcesses, installPeers } from '../processes.js'
import type { CompareResult } from '../report/report.js'
import { describeMachine, type Machine, saveJson, saveText } from '../results.js'
import { short, textTable } from '../statistics.js'
import { type CompareArguments, parseCompareArguments } from './arguments.js'
import { type Candidate, type Contest, SERVER_FILE, startCandidate } from './contest.js'
import type { Kind } from './kinds.js'
import { createCookieFolder, findLoader } from './load.js'
import { measuredIn, type Measurement } from './measurement.js'
import { plotOf } from './plot.js'
import { costRows, rateRows } from './table.js'
import { memoryVerdict, type Verdict, verdictsOf } from './verdicts.js'

/** Each server is loaded for so long, in seconds, before anything is measured: its code has to be compiled. */
const WARM_UP = 2

/** @throws if an answer was wrong, or if something could not be started */
export async function compare (args: string[]): Promise<void> {
  const chosen = parseCompareArguments(args)
  await buildProcesses(SERVER_FILE)
  if (chosen.kinds.some(({ peer }) => peer)) await installPeers()
  const mongod = await startMongod({ log: console.log })
  const client = await new MongoClient(mongod.uri).connect()
  const cookies = await createCookieFolder()
  try {
    const loader = await findLoader()
    console.log(`load: ${loader.name}; ${chosen.sessions} sessions of each kind`)
    const contest: Contest = { uri: mongod.uri, client, loader, sessions: chosen.sessions, flags: chosen.flags, writeCookies: cookies.write }
    const measurements = await (chosen.memory ? measureMemory(contest, chosen) : measureAll(contest, chosen))
    await report(chosen, measurements, await describeMachine(client, loader.name))
  } finally {
    await cookies.remove()
    await client.close()
    await mongod.stop()
  }
}

async function measureAll (contest: Contest, { kinds, rounds, connections, seconds }: CompareArguments): Promise<Measurement[]> {
  const candidates: Candidate[] = []
  const measurements: Measurement[] = []
  try {
    for (const kind of kinds) candidates.push(await prepare(contest, kind, Math.min(WARM_UP, seconds)))
    for (let turn = 0; turn < rounds * connections.length; turn++) {
      const [round, at] = [Math.floor(turn / connections.length) + 1, connections[turn % connections.length]!]
      for (const candidate of rotated(candidates, turn)) measurements.push(told(await candidate.measure(round, at, seconds), `round ${round} of ${rounds}`))
    }
    for (const candidate of candidates) await candidate.check()
    return measurements
  } finally {
    await Promise.all(candidates.map(async candidate => await candidate.end()))
  }
}

/** One process after another, each new: memory is what a load leaves, and nothing else may have been served before. */
async function measureMemory (contest: Contest, { kinds, rounds, connections, seconds }: CompareArguments): Promise<Measurement[]> {
  const measurements: Measurement[] = []
  for (let round = 1; round <= rounds; round++) {
    for (const at of connections) {
      for (const kind of kinds) {
        const candidate = await prepare(contest, kind, 0)
        try {
          measurements.push(told(await candidate.measure(round, at, seconds), `memory, round ${round} of ${rounds}`))
        } finally {
          await candidate.end()
        }
      }
    }
  }
  return measurements
}

async function prepare (contest: Contest, kind: Kind, warmUp: number): Promise<Candidate> {
  console.log(`preparing ${kind.name}`)
  const candidate = await startCandidate(contest, kind)
  try {
    await candidate.check()
    if (warmUp > 0) await candidate.measure(0, 100, warmUp)
    return candidate
  } catch (error) {
    await candidate.end()
    throw error
  }
}

const rotated = <T>(all: readonly T[], by: number): T[] => [...all.slice(by % all.length), ...all.slice(0, by % all.length)]

function told (measurement: Measurement, when: string): Measurement {
  const { kind, connections, rate, latency, serverTime, mongodTime, memory } = measurement
  const time = (value: number | null): string => value === null ? '-' : `${short(value)} us`
  console.log(`${when}  ${String(connections).padStart(3)} connections  ${kind.padEnd(22)}${short(rate).padStart(6)}/s  median ${short(latency)} ms  server ${time(serverTime)}  mongod ${time(mongodTime)}  ${memory === null ? '' : `${(memory / 1e6).toFixed(0)} MB`}`)
  return measurement
}

async function report (chosen: CompareArguments, measurements: Measurement[], machine: Machine): Promise<void> {
  const measured = measuredIn(measurements)
  const busiest = measured.connections().includes(100) ? 100 : measured.connections().at(-1)!
  const verdicts: Verdict[] = chosen.memory ? memoryVerdict(measured, busiest) : verdictsOf(measured)
  console.log(`\n${textTable(rateRows(measured))}\n\n${textTable(costRows(measured, busiest))}\n`)
  for (const { line } of verdicts) console.log(line)
  if (!chosen.whole) return console.log('test/bench/results/ is left as it is: it keeps runs of all kinds at all numbers of connections')
  const { seconds, rounds, sessions } = chosen
  const name = chosen.memory ? 'memory' : 'compare'
  const result: CompareResult = { machine, seconds, rounds, sessions, verdicts, measurements }
  await saveJson(name, result)
  const plot = chosen.memory ? null : plotOf(measured)
  if (plot !== null) await saveText(`${name}.svg`, plot)
}
