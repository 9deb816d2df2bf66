/**
 * What could be wrong in the growth of the collection without anybody seeing it.
 */
import t from 'tap'
import { replaceBlock } from '../report/blocks.js'
import { sizeRows } from '../report/sizes.js'
import { parseGrowthArguments, sizeOf, sizeWords } from './arguments.js'
import { growthRows, type Pair, storageRows, verdictsOf } from './report.js'

const figures = { request: 1, 'request at 100': 0.05, list: 1, 'revoke one': 4, 'revoke others': 8 }

const pair: Pair = {
  size: 1e6,
  smallest: 1000,
  smallestFigures: [figures, { ...figures, list: 2 }],
  figures: [{ ...figures, request: 1.2, list: 1.5 }, { ...figures, request: 1.2, list: 3 }],
  storage: { records: 1e6, document: 500, storage: 300, indexes: 140 },
  smallestStorage: { records: 1000, document: 500, storage: 400, indexes: 300 },
  mongodMemory: 2e9
}

t.test('sizes', async t => {
  t.strictSame(['300', '1k', '2.5K', '10m'].map(sizeOf), [300, 1000, 2500, 10_000_000])
  for (const text of ['', 'x', '1g', '200', '1.5', '1.2.3k']) t.throws(() => sizeOf(text), { message: /--sizes takes numbers/ }, text)
  t.strictSame([1000, 100_000, 1e6, 1e7, 300].map(sizeWords), ['1 thousand', '100 thousand', '1 million', '10 million', '300'])
  t.strictSame(parseGrowthArguments(['--sizes', '100k,1k']).sizes, [1000, 100_000])
  t.throws(() => parseGrowthArguments(['--sizes', '1k']), { message: /at least two/ })
})

t.test('growth is the quotient of the same round, and more than 1.3 falls short', async t => {
  t.strictSame(growthRows([pair]), [
    ['records', 'signed-in request', 'request at 100 connections', 'list', 'revoke one', 'revoke others'],
    ['1 thousand', '1 ms', '0.050 ms', '1.50 ms', '4 ms', '8 ms'],
    ['1 million', '1.20 ms (1.20x)', '0.050 ms (1x)', '2.25 ms (1.50x)', '4 ms (1x)', '8 ms (1x)']
  ])
  const verdicts = verdictsOf([pair])
  t.strictSame(verdicts.filter(({ held }) => !held).map(({ line }) => line), ['V4 at 1 million: 1.50 times the list of 1 thousand (at most 1.3): FALLS SHORT'])
  t.match(verdicts.at(-1), { held: true, line: 'V4 at 1 million: 140 bytes of indexes for each session (at most 150): held' })
})

t.test('storage is said for one record, and multiplied for many', async t => {
  t.strictSame(storageRows([pair])[1], ['1 million', '500 bytes', '300 bytes', '140 bytes', '2000 MB'])
  t.strictSame(sizeRows(pair.storage).slice(1), [
    ['1 million', '0.1 GB', '0.6 GB', '0.4 GB'],
    ['10 million', '1.4 GB', '6.4 GB', '4.4 GB'],
    ['100 million', '14 GB', '64 GB', '44 GB']
  ])
})

t.test('a block of a document is replaced between its comments, and nothing else is', async t => {
  const text = 'a\n<!-- bench:x -->\nold\n<!-- /bench:x -->\nb <!-- bench:y --><!-- /bench:y -->'
  const replaced = replaceBlock(text, 'x', '| $& |')
  t.equal(replaced, 'a\n<!-- bench:x -->\n| $& |\n<!-- /bench:x -->\nb <!-- bench:y --><!-- /bench:y -->')
  t.equal(replaceBlock(replaced, 'x', '| $& |'), replaced, 'again and again')
  t.throws(() => replaceBlock(text, 'z', ''), { message: /once each/ })
  t.throws(() => replaceBlock(text + text, 'x', ''), { message: /once each/ })
})
