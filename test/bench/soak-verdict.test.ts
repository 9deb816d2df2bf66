/**
 * The judge of the soak (`npm run soak`), which itself takes minutes: what is flat, and what is not.
 */
import { once } from 'node:events'
import { Agent, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { startLoad } from './load.js'
import { parseArguments } from './soak-arguments.js'
import { type Measurement, tableOf, verdictsOf } from './soak-report.js'
import { judge, type Limit, median, percentile, type Point, slopeOf } from './verdict.js'
import { createVisitor } from './visitor.js'
import { poll } from '../support/poll.js'

const LIMIT: Limit = { name: 'heap', growth: 0.05 }

/** A series of one value every ten seconds. */
const series = (count: number, valueAt: (index: number) => number): Point[] => Array.from({ length: count }, (_, index) => [10 * index, valueAt(index)])

/** Between -1 and 1, without a trend, and the same in every run. */
const noise = (index: number): number => Math.sin(index * 12.9898) * Math.cos(index * 78.233)

t.test('the slope of a line is its own, from whatever points of it', async t => {
  fc.assert(fc.property(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: -1000, max: 1000 }), fc.uniqueArray(fc.integer({ min: 0, max: 10_000 }), { minLength: 2, maxLength: 30 }), (slope, start, times) => {
    const points = times.sort((a, b) => a - b).map((time): Point => [time, start + slope * time])
    return Math.abs(slopeOf(points).slope - slope) < 1e-6
  }))
})

t.test('the slope is at least what all its points agree on, and of two points nothing is certain', async t => {
  t.equal(slopeOf(series(20, index => 30 * index)).atLeast, 3)
  t.equal(slopeOf([[0, 0], [10, 30]]).atLeast, -Infinity)
})

t.test('flat', async t => {
  const flat: Array<[string, Point[]]> = [
    ['the same all the time', series(18, () => 30)],
    ['nothing at all', series(18, () => 0)],
    ['noise of a tenth', series(18, index => 30 + 3 * noise(index))],
    ['growth in the first half', series(18, index => index < 9 ? 10 + 2 * index : 28)],
    ['growth within the limit', series(18, index => 30 + 0.1 * index)],
    ['shrinking', series(18, index => 30 - index)],
    ['two outliers at the end', series(18, index => index > 15 ? 300 : 30 + noise(index))]
  ]
  for (const [what, points] of flat) t.equal(judge(points, LIMIT).rising, false, what)
})

t.test('rising', async t => {
  const rising: Array<[string, Point[]]> = [
    ['a leak', series(18, index => 30 + 0.5 * index)],
    ['a leak under noise', series(180, index => 30 + 0.05 * index + 0.5 * noise(index))],
    ['a leak with two outliers below', series(36, index => index > 33 ? 3 : 30 + index)],
    ['from nothing', series(18, index => Math.max(0, index - 9))],
    ['one that is small in an hour but steady', series(720, index => 30 + 0.01 * index + 0.1 * noise(index))]
  ]
  for (const [what, points] of rising) t.equal(judge(points, LIMIT).rising, true, what)
})

t.test('growth is told as a part of the level', async t => {
  const { level, grown } = judge(series(16, index => 100 + index), LIMIT)
  t.equal(level, 111.5)
  t.equal(grown, 7 / 111.5)
})

t.test('too few measurements are no verdict', async t => {
  t.throws(() => judge(series(6, () => 1), LIMIT), { message: 'heap: 6 measurements are too few to judge' })
  t.throws(() => judge([], LIMIT), RangeError)
  t.equal(judge(series(8, () => 1), LIMIT).rising, false)
})

t.test('percentiles', async t => {
  t.equal(median([3, 1, 2]), 2)
  t.equal(median([4, 1, 3, 2]), 2.5)
  t.equal(percentile(Array.from({ length: 100 }, (_, index) => 100 - index), 99), 99)
  t.equal(percentile([7], 99), 7)
  t.throws(() => percentile([], 99), RangeError)
})

const quiet: Measurement = {
  time: 0, requests: 3000, pace: 3.3, failures: [], p50: 4, p99: 20, heapUsed: 30e6, rss: 150e6, resources: 30, loopDelay: 12, warnings: 0, documents: 100
}

t.test('the report calls rising what rises, and only that', async t => {
  const measurements = Array.from({ length: 18 }, (_, index) => ({ ...quiet, time: 10 * index, heapUsed: 30e6 + 3e5 * index }))
  const verdicts = verdictsOf(measurements)
  t.strictSame(verdicts.filter(({ rising }) => rising).map(({ name }) => name), ['heap after gc'])
  t.match(tableOf(verdicts), /^heap after gc +33\.90 MB +7\.1 % +3\.0 % +RISING$/m)
  t.match(tableOf(verdicts), /^median latency +4\.00 ms +0\.0 % +50\.0 % +flat$/m)
})

t.test('a server that answers fewer and fewer requests, each of them at once, is not flat', async t => {
  const measurements = Array.from({ length: 18 }, (_, index) => ({ ...quiet, time: 10 * index, pace: 3.3 + 0.1 * index }))
  t.strictSame(verdictsOf(measurements).filter(({ rising }) => rising).map(({ name }) => name), ['time for each answer'])
})

t.test('a server that answers nothing is told of, once patience is over', async t => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const agent = new Agent()
  t.teardown(() => { agent.destroy(); silent.close() })
  const visitor = createVisitor(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`, agent, 'ada', 50)
  await t.rejects(visitor.step(), { message: 'no answer for 0.05 s' })

  const load = startLoad('http://127.0.0.1:1', 2, 1000)
  await poll('the load to fail', () => load.tally().size > 0 || undefined)
  await load.stop()
  const { requests, failures } = load.interval()
  t.equal(requests, 0)
  t.match(failures.join(), /^connection: .*nothing was answered$/)
})

t.test('arguments', async t => {
  t.strictSame(parseArguments([]), { minutes: 3, visitors: 100, rate: 300, every: 10 })
  t.strictSame(parseArguments(['--minutes', '120', '--rate=50']), { minutes: 120, visitors: 100, rate: 50, every: 10 })
  t.throws(() => parseArguments(['--minutes', 'many']), { message: '--minutes takes a positive number, not "many"' })
  for (const wrong of ['0', '-1', 'Infinity', '']) t.throws(() => parseArguments([`--rate=${wrong}`]), /positive number/)
  t.throws(() => parseArguments(['--minutes', '1']), { message: /too few to judge: write --minutes 2 or more/ })
  t.throws(() => parseArguments(['--hours', '1']), { code: 'ERR_PARSE_ARGS_UNKNOWN_OPTION' })
})
