import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { parseArguments } from './arguments.js'
import { broken, planned, type BreakList } from './break.js'
import { readLists } from './lists.js'

t.test('a break replaces a text that is there exactly once, and takes it as it is written', async t => {
  t.equal(broken('a < b && b < c', { from: 'a < b', to: 'a <= b' }), 'a <= b && b < c')
  t.equal(broken('cost(1)', { from: '(1)', to: "$& $1 $'" }), "cost$& $1 $'", 'no pattern of String.replace')
  t.equal(broken('a.b', { from: '.', to: '' }), 'ab')
})

t.test('a break whose text is gone, or there twice, is out of date', async t => {
  t.equal(broken('a < b', { from: 'b < a', to: '' }), null)
  t.equal(broken('x = x', { from: 'x', to: 'y' }), null)
  t.equal(broken('a', { from: '', to: 'b' }), null)
})

t.test('each break finds its text in today\'s code', async t => {
  for (const { file, breaks } of await readLists()) {
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
    t.strictSame(breaks.filter(one => broken(text, one) === null).map(({ name }) => name), [], file)
  }
})

t.test('each test file that a break names exists', async t => {
  const names = new Set(planned(await readLists(), []).flatMap(({ tests }) => tests))
  t.strictSame([...names].filter(name => !existsSync(new URL(`../${name}.test.ts`, import.meta.url))), [])
})

t.test('words choose breaks by file or by name, and a break asks its own tests first', async t => {
  const one = { promise: 'kept', from: 'a', to: 'b' }
  const lists: BreakList[] = [
    { file: 'plugin/record.ts', tests: ['record', 'expiry'], breaks: [{ ...one, name: 'late', tests: ['expiry'] }, { ...one, name: 'early' }] },
    { file: 'plugin/guard.ts', tests: ['sign-in'], breaks: [{ ...one, name: 'open' }] }
  ]
  const chosen = (...words: string[]): string[] => planned(lists, words).map(({ name }) => name)
  t.strictSame(chosen(), ['late', 'early', 'open'])
  t.strictSame(chosen('guard'), ['open'])
  t.strictSame(chosen('late', 'guard'), ['late', 'open'])
  t.strictSame(chosen('nothing'), [])
  t.strictSame(planned(lists, []).map(({ tests }) => tests), [['expiry', 'record'], ['record', 'expiry'], ['sign-in']])
})

t.test('one or two workers break and test at the same moment, and no other number is taken for one of them', async t => {
  t.strictSame(parseArguments([]), { workers: 2, words: [] })
  t.strictSame(parseArguments(['--workers=1', 'record', 'late']), { workers: 1, words: ['record', 'late'] })
  for (const workers of ['x', '', '0', '4', '1.5', '-1']) t.throws(() => parseArguments([`--workers=${workers}`]), new RegExp(`--workers takes 1 or 2, not "${workers}"`))
})
