/**
 * `npm run bench -- operators`: is what operators see and do as fast with a million sessions as with a thousand? Both
 * collections are measured in turn, so that the quotients are of one run.
 * @module
 */
import { MongoClient } from 'mongodb'
import { startMongod } from '../../../example/mongod.js'
import { describeMachine, saveJson } from '../results.js'
import { short, textTable } from '../statistics.js'
import { median } from '../verdict.js'
import { parseOperatorsArguments } from './arguments.js'
import { costSentence, operatorsRows, type OperatorsResult, type Rounds, verdictsOf } from './report.js'
import { createStock, type Figure, FIGURES, type Stock } from './stock.js'

/** So many sessions of everybody end with an announcement each. */
const ANNOUNCED = 10_000

/** @throws if an answer was wrong, or if something could not be started */
export async function operators (args: string[]): Promise<void> {
  const { sizes, rounds, times } = parseOperatorsArguments(args)
  const mongod = await startMongod({ log: console.log })
  const client = await new MongoClient(mongod.uri).connect()
  try {
    const [small, large] = [await createStock(client, sizes[0]), await createStock(client, sizes[1])]
    const measured = { sizes, ...await measureInTurn(small, large, rounds, times) }
    const verdicts = verdictsOf(measured)
    const indexes = await large.indexes()
    const everyone = await large.endEveryone(ANNOUNCED)
    const result: OperatorsResult = { machine: await describeMachine(client, 'the driver'), rounds, times, verdicts, ...measured, indexes, everyone }
    console.log(`\n${textTable(operatorsRows(measured))}\n\n${costSentence(result)}\n`)
    for (const { line } of verdicts) console.log(line)
    await saveJson('operators', result)
  } finally {
    for (const size of sizes) await client.db(`bench-operators-${size}`).dropDatabase()
    await client.close()
    await mongod.stop()
  }
}

async function measureInTurn (small: Stock, large: Stock, rounds: number, times: number): Promise<{ small: Rounds, large: Rounds }> {
  console.log('warming up')
  await measureRound(small, large, times)
  const measured: { small: Rounds, large: Rounds } = { small: [], large: [] }
  for (let round = 1; round <= rounds; round++) {
    const figures = await measureRound(small, large, times)
    for (const [name, stock] of [['small', small], ['large', large]] as const) {
      measured[name].push(figures.get(stock)!)
      console.log(`round ${round} of ${rounds}  ${Object.entries(figures.get(stock)!).map(([figure, value]) => `${figure} ${short(value)} ms`).join('  ')}`)
    }
  }
  return measured
}

/** Every figure of one and of the other, turn by turn: each is the first of the two every other time. */
async function measureRound (small: Stock, large: Stock, times: number): Promise<Map<Stock, Record<Figure, number>>> {
  const measured = new Map([small, large].map(stock => [stock, {} as Record<Figure, number>]))
  for (const figure of FIGURES) {
    const values = new Map<Stock, number[]>([[small, []], [large, []]])
    // Records that are removed and put back again and again keep their former versions for minutes.
    const most = figure === 'end what a search finds' ? Math.ceil(times / 10) : times
    for (let time = 0; time < most; time++) {
      for (const stock of time % 2 === 0 ? [small, large] : [large, small]) values.get(stock)!.push(await stock.time(figure))
    }
    for (const [stock, milliseconds] of values) measured.get(stock)![figure] = median(milliseconds)
  }
  return measured
}
