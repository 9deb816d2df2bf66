/**
 * What could be wrong in the operators' figures without anybody seeing it.
 */
import t from 'tap'
import { parseOperatorsArguments } from './arguments.js'
import { costSentence, operatorsRows, verdictsOf } from './report.js'
import { type Figure, FIGURES } from './stock.js'

const figures = Object.fromEntries(FIGURES.map(figure => [figure, 2])) as Record<Figure, number>
const measured = { sizes: [1000, 1e6] as [number, number], small: [figures, { ...figures, 'by age': 4 }], large: [{ ...figures, 'by age': 4, numbers: 3.5 }, { ...figures, 'by age': 6, numbers: 3.5 }] }

t.test('sizes', async t => {
  t.strictSame(parseOperatorsArguments([]), { sizes: [1000, 1e6], rounds: 5, times: 20 })
  t.strictSame(parseOperatorsArguments(['--sizes', '2k,1k', '--rounds', '1', '--times', '3']), { sizes: [1000, 2000], rounds: 1, times: 3 })
  for (const sizes of ['1k', '1k,2k,3k', '500,1k']) t.throws(() => parseOperatorsArguments(['--sizes', sizes]), { message: /--sizes takes two numbers from 1000/ })
})

t.test('growth is the quotient of the same round, and more than 1.5 falls short', async t => {
  const rows = operatorsRows(measured)
  t.equal(rows.length, FIGURES.length + 1)
  t.strictSame(rows.slice(0, 2), [['', '1 thousand sessions', '1 million sessions', 'times'], ['first page', '2 ms', '2 ms', '1x']])
  t.strictSame(rows.find(([name]) => name === 'by age'), ['by age', '3 ms', '5 ms', '1.75x'])
  const short = verdictsOf(measured).filter(({ held }) => !held).map(({ line }) => line)
  t.strictSame(short, [
    "O1 at 1 million: 1.75 times the 1 thousand's (by age) (at most 1.5): FALLS SHORT",
    "O1 at 1 million: 1.75 times the 1 thousand's (numbers, for each thousand records read) (at most 1.5): FALLS SHORT"
  ])
})

t.test('costs are said for one session', async t => {
  t.equal(costSentence({ everyone: { announced: 2000, unannounced: 20_000 }, indexes: { kind: 40.4, address: 50.5, others: 90 } }),
    "Ending everyone's sessions: 20.0k a second; 2.00k a second with `onSessionEnd`. " +
    'The two indexes take 40 and 51 bytes for each session, the other two 90 together.')
})
