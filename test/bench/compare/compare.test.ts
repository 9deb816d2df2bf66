/**
 * What could be wrong in a comparison without anybody seeing it: the figures, and the words for them.
 */
import t from 'tap'
import { ratioOf, short, spreadOf, textTable } from '../statistics.js'
import { parseCompareArguments } from './arguments.js'
import { parseWrk } from './load.js'
import { measuredIn, type Measurement } from './measurement.js'
import { plotOf } from './plot.js'
import { costRows, rateRows } from './table.js'
import { judge, memoryVerdict, verdictsOf } from './verdicts.js'
import { expectedAnswer, forge } from './visitors.js'
import { KINDS } from './kinds.js'

const measurement: Measurement = {
  kind: 'ours', round: 1, connections: 100, rate: 20_000, latency: 5, serverTime: 50, mongodTime: 10, requests: 60_000, reads: 1500, writes: 0, memory: 100e6
}

/** Two rounds of the plugin and of the hand-written route; the machine is twice as fast in the second one. */
const twoRounds: Measurement[] = [
  { ...measurement, rate: 6000, mongodTime: 10, round: 1 },
  { ...measurement, rate: 12_000, mongodTime: 8, round: 2 },
  { ...measurement, kind: 'hand-written', rate: 2000, mongodTime: 160, memory: 80e6, round: 2 },
  { ...measurement, kind: 'hand-written', rate: 1000, mongodTime: 150, memory: 100e6, round: 1 }
]

t.test('a spread is the median, the smallest and the largest', async t => {
  t.strictSame(spreadOf([3, 1, 10]), { median: 3, min: 1, max: 10 })
  t.strictSame(spreadOf([4, 2]), { median: 3, min: 2, max: 4 })
  t.throws(() => spreadOf([]), RangeError)
})

t.test('a quotient is made of measurements of the same round', async t => {
  t.strictSame(ratioOf([6, 12], [1, 2]), { median: 6, min: 6, max: 6 })
  t.throws(() => ratioOf([1, 2], [1]), RangeError)
  const measured = measuredIn(twoRounds)
  t.strictSame(measured.ratio('ours', 'hand-written', 100, 'rate'), { median: 6, min: 6, max: 6 }, 'in whatever order they come')
  t.equal(measured.ratio('ours', 'floor', 100, 'rate'), null)
  t.equal(measured.spread('ours', 10, 'rate'), null)
})

t.test('what is not known on this machine has no spread', async t => {
  t.equal(measuredIn([{ ...measurement, mongodTime: null }]).spread('ours', 100, 'mongodTime'), null)
})

t.test('operations are those of all rounds, for the requests that were sent', async t => {
  t.strictSame(measuredIn(twoRounds).operations('ours'), { reads: 3000, writes: 0, requests: 120_200 })
  t.equal(measuredIn(twoRounds).operations('ours', 10), null)
})

t.test('numbers have three digits', async t => {
  t.strictSame([0, 7, 0.0123, 0.5, 1.234, 9.999, 12.34, 123.4, 999.4, 999.6, 1234, 12_345, 123_456].map(short),
    ['0', '7', '0.012', '0.500', '1.23', '10.0', '12.3', '123', '999', '1.00k', '1.23k', '12.3k', '123k'])
})

t.test('the summary of wrk is read, refused answers and broken connections included', async t => {
  const output = 'Running 1s test\n  1 threads and 10 connections\n\nwrk {"requests":1500,"microseconds":3000000,"median":1250,"refused":2,"broken":1}\n'
  t.strictSame(parseWrk(output), { requests: 1500, seconds: 3, latency: 1.25, refused: 2, broken: 1 })
  t.throws(() => parseWrk('unable to connect'), { message: /unable to connect/ })
})

t.test('a verdict says the row, the value, the limit and whether it is held', async t => {
  const limit = { row: 'V1 at 100', words: 'times the requests of hand-written' }
  t.strictSame(judge({ ...limit, value: 6.4, atLeast: 6 }), [{ held: true, line: 'V1 at 100: 6.40 times the requests of hand-written (at least 6): held' }])
  t.strictSame(judge({ ...limit, value: 5.99, atLeast: 6 }), [{ held: false, line: 'V1 at 100: 5.99 times the requests of hand-written (at least 6): FALLS SHORT' }])
  t.match(judge({ ...limit, value: 1.2, atMost: 1.2 }), [{ held: true, line: /at most 1\.2\): held$/ }])
  t.match(judge({ ...limit, value: 1.3, atMost: 1.2 }), [{ held: false }])
  t.strictSame(judge({ ...limit, value: null, atMost: 1.2 }), [], 'nothing is said about what was not measured')
})

t.test('the verdicts compare the right way round', async t => {
  const lines = verdictsOf(measuredIn(twoRounds)).map(({ line }) => line)
  t.ok(lines.includes('V1 at 100: 6 times the requests of hand-written (at least 6): held'), lines.join('\n'))
  t.ok(lines.includes('V2 at 100: 17.5 times less work of mongod than hand-written (at least 15): held'))
  t.ok(lines.includes('V3 at 100: 0.025 reads for each request (at most 1): held'))
  t.strictSame(memoryVerdict(measuredIn(twoRounds), 100).map(({ line }) => line), ['Memory at 100: 1.13 times hand-written (at most 1.2): held'])
})

t.test('one operation for a visitor is one too many', async t => {
  const lines = verdictsOf(measuredIn([{ ...measurement, kind: 'ours-visitor', reads: 1 }])).filter(({ held }) => !held).map(({ line }) => line)
  t.strictSame(lines, ['V3 ours-visitor: 1 operations in 60100 requests (at most 0): FALLS SHORT'])
})

t.test('tables have the kinds in one order, and a dash where nothing was measured', async t => {
  const measured = measuredIn([...twoRounds, { ...measurement, kind: 'bare', connections: 1 }])
  t.strictSame(rateRows(measured), [
    ['requests/s', '1 connection', '100 connections'],
    ['Fastify alone', '20.0k (20.0k-20.0k)', '-'],
    ['fastify-login-sessions', '-', '9.00k (6.00k-12.0k) 6x'],
    ['@fastify/cookie + findOne, by hand', '-', '1.50k (1.00k-2.00k) 1x']
  ])
  t.strictSame(costRows(measured, 100)[2], ['fastify-login-sessions', '-', '50 us', '9 us', '0.025', '0', '100 MB'])
  t.equal(textTable([['a', 'bc'], ['def', 'g']]), 'a    bc\ndef   g')
})

t.test('the plot has a dot for each kind, further right for more', async t => {
  const plot = plotOf(measuredIn(twoRounds))!
  const dots = [...plot.matchAll(/cx="([\d.]+)"/g)].map(([, x]) => Number(x))
  t.equal(dots.length, 2)
  t.ok(dots[0]! > dots[1]!, 'six times the requests are right of one time')
  t.match(plot, />6x · 9\.00k\/s</)
  t.equal(plotOf(measuredIn([measurement])), null)
})

t.test('a forged cookie is as long as the real one and differs in its signature only', async t => {
  t.equal(forge('name=token.Abc'), 'name=token.Bbc')
  t.equal(forge('name=s%3Atoken.xbc'), 'name=s%3Atoken.Abc')
})

t.test('each kind has an answer that nobody else gets', async t => {
  const answers = KINDS.map(kind => [kind.name, expectedAnswer(kind, 7)])
  t.strictSame(Object.fromEntries(answers).ours, '{"user":"user-00007"}')
  t.strictSame(Object.fromEntries(answers)['ours-forged'], '{"user":null}')
})

t.test('the command line', async t => {
  const whole = parseCompareArguments([])
  t.match(whole, { rounds: 5, seconds: 3, connections: [1, 10, 100, 500], sessions: 10_000, whole: true, memory: false, flags: [] })
  t.equal(whole.kinds.length, KINDS.length)
  const some = parseCompareArguments(['--kinds', 'ours,bare', '--connections', '10', '--flags=--cpu-prof --cpu-prof-dir=/x'])
  t.match(some, { connections: [10], whole: false, flags: ['--cpu-prof', '--cpu-prof-dir=/x'] })
  t.match(parseCompareArguments(['--memory']), { seconds: 60, connections: [100], kinds: [{ name: 'ours' }, { name: 'hand-written' }], whole: true })
  t.throws(() => parseCompareArguments(['--kinds', 'theirs']), { message: /knows bare, floor, ours, .*; not theirs/ })
  t.throws(() => parseCompareArguments(['--rounds', '1.5']), { message: '--rounds takes a whole number, not "1.5"' })
})
