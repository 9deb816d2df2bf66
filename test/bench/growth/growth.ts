/**
 * `npm run bench -- growth`: is everything as fast with ten million records as with a thousand? The smallest collection is
 * measured again beside each larger one, in turn, so that the quotients are of one run.
 * @module
 */
import { MongoClient } from 'mongodb'
import { startMongod } from '../../../example/mongod.js'
import { createCookieFolder, findLoader } from '../compare/load.js'
import type { Verdict } from '../compare/verdicts.js'
import { mongodPid, residentMemory } from '../counters.js'
import { buildProcesses } from '../processes.js'
import { describeMachine, type Machine, saveJson } from '../results.js'
import { short, textTable } from '../statistics.js'
import { type GrowthArguments, parseGrowthArguments, sizeWords } from './arguments.js'
import { FIGURES, growthRows, type Pair, type Rounds, storageRows, verdictsOf } from './report.js'
import { type Effort, type GrowthFigure, SERVER_FILE, type Shelf, startShelf } from './shelf.js'

/** What `results/growth.json` holds. */
export interface GrowthResult {
  machine: Machine
  rounds: number
  seconds: number
  verdicts: Verdict[]
  pairs: Pair[]
}

/** @throws if an answer was wrong, or if something could not be started */
export async function growth (args: string[]): Promise<void> {
  const chosen = parseGrowthArguments(args)
  await buildProcesses(SERVER_FILE)
  const pairs: Pair[] = []
  let machine: Machine | undefined
  for (const size of chosen.sizes.slice(1)) {
    const measured = await measurePair(chosen, size)
    pairs.push(measured.pair)
    machine = measured.machine
  }
  const verdicts = verdictsOf(pairs)
  console.log(`\n${textTable(growthRows(pairs))}\n\n${textTable(storageRows(pairs))}\n`)
  for (const { line } of verdicts) console.log(line)
  const result: GrowthResult = { machine: machine!, rounds: chosen.rounds, seconds: chosen.seconds, verdicts, pairs }
  await saveJson('growth', result)
}

/** On a mongod of its own, whose memory is that of these two collections; its data go with it. */
async function measurePair ({ sizes, rounds, seconds, users }: GrowthArguments, size: number): Promise<{ pair: Pair, machine: Machine }> {
  const mongod = await startMongod({ log: console.log })
  const client = await new MongoClient(mongod.uri).connect()
  const cookies = await createCookieFolder()
  const shelves: Shelf[] = []
  try {
    const loader = await findLoader()
    const library = { uri: mongod.uri, client, loader, writeCookies: cookies.write }
    for (const each of [sizes[0]!, size]) shelves.push(await startShelf(library, each))
    const [small, large] = shelves as [Shelf, Shelf]
    const measured = await measureInTurn(small, large, rounds, { seconds, users })
    const pid = await mongodPid(client)
    return {
      machine: await describeMachine(client, loader.name),
      pair: {
        size, smallest: sizes[0]!, ...measured, storage: await large.storage(), smallestStorage: await small.storage(), mongodMemory: pid && residentMemory(pid)
      }
    }
  } finally {
    for (const shelf of shelves) await shelf.end()
    await cookies.remove()
    await client.close()
    await mongod.stop()
  }
}

async function measureInTurn (small: Shelf, large: Shelf, rounds: number, effort: Effort): Promise<{ figures: Rounds, smallestFigures: Rounds }> {
  console.log(`${sizeWords(small.size)} and ${sizeWords(large.size)} records: warming up`)
  await measureRound(small, large, { seconds: Math.min(effort.seconds, 2), users: Math.min(effort.users, 20) })
  const [figures, smallestFigures]: [Rounds, Rounds] = [[], []]
  for (let round = 1; round <= rounds; round++) {
    // Each is the first of the two in every other round.
    const [one, other] = round % 2 === 1 ? [small, large] : [large, small]
    const measured = await measureRound(one, other, effort)
    smallestFigures.push(measured.get(small)!)
    figures.push(measured.get(large)!)
    for (const shelf of [small, large]) {
      const words = Object.entries(measured.get(shelf)!).map(([name, value]) => `${name} ${short(value)} ms`)
      console.log(`round ${round} of ${rounds}  ${sizeWords(shelf.size).padEnd(14)}${words.join('  ')}`)
    }
  }
  return { figures, smallestFigures }
}

/** Every figure of the one, and immediately afterwards the same of the other. */
async function measureRound (one: Shelf, other: Shelf, effort: Effort): Promise<Map<Shelf, Record<GrowthFigure, number>>> {
  const shelves = [one, other]
  const measured = new Map(shelves.map(shelf => [shelf, {} as Record<GrowthFigure, number>]))
  for (const [figure] of FIGURES) {
    for (const shelf of shelves) measured.get(shelf)![figure] = await shelf.measure(figure, effort)
  }
  return measured
}
