/**
 * README's table "Beside other software": what each row says is the title of a test.
 */
import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { documentNamed, rowsOf, sectionOf } from '../support/documents.js'
import { root } from '../support/root.js'

interface Row {
  /** The other software, and what a host must know. */
  name: string
  how: string
  /** The test's room and file. */
  file: string
}

/** The rows of the table below this heading. */
const besideIn = (text: string): Row[] => rowsOf(sectionOf(text, '## Beside other software'))
  .map(([name = '', how = '', file = '']) => ({ name, how, file: file.replaceAll('`', '') }))

/** The titles of the tests in this file. */
function titlesIn (file: string): string[] {
  const path = `${root}test/${file}.test.ts`
  if (!existsSync(path)) return []
  return [...readFileSync(path, 'utf8').matchAll(/\.test\('((?:\\.|[^'\\])*)'/g)].map(([, title]) => title!.replaceAll("\\'", "'"))
}

const rows = besideIn(documentNamed('README.md'))

t.test('the table has a row for each of at least 20 plugins and libraries', async t => {
  t.ok(rows.length >= 20, `${rows.length} rows`)
  t.equal(new Set(rows.map(({ name }) => name)).size, rows.length)
})

t.test('each row is the title of a test: what it is beside, and how', async t => {
  for (const { name, how, file } of rows) t.ok(titlesIn(file).includes(`${name}: ${how}`), `${file}: ${name}: ${how}`)
})

t.test('each test of test/beside has a row', async t => {
  const files = ['requests', 'servers', 'responses', 'documents', 'sessions', 'databases'].map(name => `beside/${name}`)
  const titles = files.flatMap(titlesIn)
  t.ok(titles.length >= 20)
  t.strictSame(titles.filter(title => !rows.some(({ name, how }) => title === `${name}: ${how}`)), [])
})

t.test('a row without a test would be found', async t => {
  const table = '| beside | how | test |\n| --- | --- | --- |\n| nothing | works | `package/nowhere` |\n'
  const [row, ...more] = besideIn(`# x\n\n## Beside other software\n\n${table}\n## Next\n| a | b | c |\n`)
  t.strictSame(more, [])
  t.strictSame(row, { name: 'nothing', how: 'works', file: 'package/nowhere' })
  t.strictSame(titlesIn('package/nowhere'), [])
  t.ok(titlesIn('package/beside').includes('a row without a test would be found'))
  t.notOk(titlesIn('package/beside').includes('the table'))
})
