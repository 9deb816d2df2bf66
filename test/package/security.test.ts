/**
 * SECURITY.md names the tests that show what it says: they are there, under these names.
 */
import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { root } from '../support/root.js'

const security = readFileSync(`${root}SECURITY.md`, 'utf8')
const [promises, requirements] = security.split('## ASVS 5.0') as [string, string]

const TEXT = String.raw`('(?:\\.|[^'\\])*'|\`(?:\\.|[^\`\\])*\`)`

/** What this test file says of itself: the titles of its tests and the words of its assertions; undefined: there is none. */
function sentencesOf (name: string): string[] | undefined {
  const path = `${root}test/${name}.test.ts`
  if (!existsSync(path)) return undefined
  const source = readFileSync(path, 'utf8')
  const found = [...source.matchAll(RegExp(`\\.test\\(\\s*${TEXT}`, 'g')), ...source.matchAll(RegExp(`, ${TEXT}\\)`, 'g'))]
  return found.map(([, text]) => text!.slice(1, -1).replaceAll("\\'", "'"))
}

const says = (name: string, sentence: string): boolean => sentencesOf(name)?.some(one => one.includes(sentence)) ?? false

t.test('each promise is attacked by test files that exist', async t => {
  const rows = promises.split('\n').filter(line => /^\| \d/.test(line))
  t.equal(rows.length, 7, 'T1 to T7')
  for (const row of rows) {
    const names = [...row.split('|')[3]!.matchAll(/`([\w/-]+)`/g)].map(([, name]) => name!)
    t.not(names.length, 0, row)
    for (const name of names) t.not(sentencesOf(name)?.length ?? 0, 0, name)
  }
})

t.test('each requirement is shown by a test of this name', async t => {
  const rows = requirements.split('\n').filter(line => /^\| \d/.test(line))
  t.ok(rows.length > 50)
  for (const row of rows) {
    const cited = [...row.matchAll(/`([\w/-]+)`: \*([^*]+)\*/g)]
    t.not(cited.length, 0, row)
    for (const [, file, sentence] of cited) t.ok(says(file!, sentence!), `${file}: ${sentence}`)
  }
})

t.test('a test that is not there would be found', async t => {
  t.equal(sentencesOf('nowhere'), undefined)
  t.ok(says('package/security', 'a test that is not there'))
  t.notOk(says('package/security', ['names the tests', 'that show what it says'].join(' ')), 'what stands in a comment is no test')
})
