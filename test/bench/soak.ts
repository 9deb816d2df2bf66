/**
 * `npm run soak`: hours of load in minutes. A real server process over a real mongod is kept busy from this process; does
 * its memory and latency stay flat, and does it close in order? Ends with 0 if so.
 *
 * `npm run soak -- --minutes 120` takes two hours; `--visitors`, `--rate` (requests a second) and `--every` (seconds
 * between measurements) as in `soak-arguments.ts`.
 * @module
 */
import { setTimeout as wait } from 'node:timers/promises'
import { hash } from 'bcrypt'
import { MongoClient } from 'mongodb'
import { startMongod } from '../../example/mongod.js'
import { type ShopProcess, startShopProcess } from '../support/shop-process.js'
import { type ClosingReport, watchClosing } from './closing.js'
import { type Load, startLoad } from './load.js'
import { parseArguments, type SoakArguments } from './soak-arguments.js'
import { type Measurement, progressLine, tableOf, verdictsOf } from './soak-report.js'
import { PASSWORD } from '../support/shop-routes.js'

/** Sessions that their browsers forgot live no longer than this, so that their number is steady within the first minute. */
const ABSOLUTE_TIMEOUT = 30_000

/** A touch is due each second. */
const TOUCH_EVERY = 1000

process.exitCode = await soak(parseArguments(process.argv.slice(2))) ? 0 : 1

async function soak (chosen: SoakArguments): Promise<boolean> {
  // One of its own, which sweeps often. The cheapest hash: bcrypt's load would be the only one to be seen.
  const mongod = await startMongod({ log: console.log, args: ['--setParameter', 'ttlMonitorSleepSecs=2'] })
  const client = await new MongoClient(mongod.uri).connect()
  const server = await startShopProcess({
    uri: mongod.uri, database: 'soak', passwordHash: await hash(PASSWORD, 4), absoluteTimeout: ABSOLUTE_TIMEOUT, idleTimeout: ABSOLUTE_TIMEOUT, touchEvery: TOUCH_EVERY
  }, ['--expose-gc'])
  try {
    const sessions = client.db('soak').collection('loginSessions')
    const load = startLoad(server.url, chosen.visitors, chosen.rate)
    const measurements = await measure(chosen, server, load, () => sessions.countDocuments())
    const tally = load.tally()
    // The server closes while the visitors are still there.
    const closing = await watchClosing(server, sessions, TOUCH_EVERY)
    await load.stop()
    return report(measurements, tally, closing)
  } finally {
    server.kill()
    await client.close()
    await mongod.stop()
  }
}

async function measure ({ minutes, every }: SoakArguments, server: ShopProcess, load: Load, documents: () => Promise<number>): Promise<Measurement[]> {
  const measurements: Measurement[] = []
  const began = performance.now()
  for (let number = 1; number <= minutes * 60 / every; number++) {
    await wait(began + number * every * 1000 - performance.now())
    const interval = load.interval()
    const measurement = { time: number * every, ...interval, ...await server.vitals(), documents: await documents() }
    measurements.push(measurement)
    console.log(progressLine(measurement))
  }
  return measurements
}

function report (measurements: Measurement[], tally: Map<string, number>, closing: ClosingReport): boolean {
  const verdicts = verdictsOf(measurements)
  const failures = measurements.flatMap(measurement => measurement.failures)
  const requests = measurements.reduce((sum, measurement) => sum + measurement.requests, 0)
  console.log(`\n${[...tally].sort().map(([what, count]) => `${String(count).padStart(8)}  ${what}`).join('\n')}`)
  console.log(`\n${tableOf(verdicts)}\n`)
  console.log(`${requests} requests, ${failures.length} failed, ${measurements.at(-1)!.warnings} warnings in the server's log`)
  for (const failure of new Set(failures)) console.log(`failed: ${failure}`)
  for (const line of closing.lines) console.log(line)
  const good = failures.length === 0 && measurements.at(-1)!.warnings === 0 && closing.good && verdicts.every(({ rising }) => !rising)
  console.log(good ? '\nflat' : '\nNOT GOOD: see above')
  return good
}
