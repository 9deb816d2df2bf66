/** CONTRIBUTING.md names only what is there, and all rooms. */
import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { codeIn, documentNamed } from '../support/documents.js'
import { root } from '../support/root.js'

const text = documentNamed('CONTRIBUTING.md')
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))

/** What stands between backticks, words of commands one by one. */
const wordsOf = (text: string): string[] => codeIn(text).flatMap(code => code.split(' '))

/** Paths among these words that do not exist. */
const missing = (words: string[]): string[] => words
  .filter(word => /^(?:\.\/)?(?:plugin|test|templates|public|example|\.github)\/|^[A-Z]+\.md$/.test(word))
  .filter(path => !existsSync(`${root}${path}`))

/** Scripts of npm that this text names and package.json does not have. */
const unknownScripts = (text: string): string[] =>
  [...text.matchAll(/npm run ([\w-]+)/g)].map(([, name]) => name!).filter(name => !Object.hasOwn(scripts, name))

t.test('each path that it names exists, and one that does not would be found', async t => {
  const words = wordsOf(text)
  t.ok(words.filter(word => word.startsWith('plugin/')).length > 40)
  t.strictSame(missing(words), [])
  t.strictSame(missing(wordsOf('see `plugin/nothing.ts` and `NOTHING.md`, and `npx tap test/nothing.test.ts`')),
    ['plugin/nothing.ts', 'NOTHING.md', 'test/nothing.test.ts'])
})

t.test('each script of npm that it names exists, and one that does not would be found', async t => {
  t.ok(text.match(/npm run /g)!.length > 6)
  t.strictSame(unknownScripts(text), [])
  t.strictSame(unknownScripts('write `npm run nothing`'), ['nothing'])
})

t.test('each variable that it sets for a test is read by that test or its helpers', async t => {
  const commands = [...text.matchAll(/`([A-Z]{2,})=\w+ npx tap [^`]*?(test\/[^` ]+)`/g)]
  t.strictSame(commands.map(([, name]) => name), ['INTERLEAVINGS', 'FAULTS', 'MATRIX', 'GALLERY'])
  for (const [command, name, path] of commands) {
    const files = [path!, 'test/promises/model/report.ts'].map(file => readFileSync(`${root}${file}`, 'utf8'))
    t.ok(files.some(source => RegExp(`\\b${name}\\b.*process\\.env|process\\.env\\.${name}\\b`).test(source)), command)
  }
})

t.test('its table has the rooms of test/architecture.test.ts and no others', async t => {
  const source = readFileSync(`${root}test/architecture.test.ts`, 'utf8')
  const table = /const ROOMS: [^\n]*\{\n([\s\S]*?)\n\}/.exec(source)![1]!
  const rooms = [...table.matchAll(/^ {2}'?([\w/-]+)'?: \{/gm)].map(([, room]) => room!)
  t.ok(rooms.length > 20)

  const [, section] = /## The rooms\n([\s\S]*?)\n## /.exec(text)!
  const named = [...section!.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell]) => wordsOf(cell!))
  t.strictSame(named.map(path => path.replace(/^plugin\/|(?:\.ts|\/)$/g, '')).sort(), [...rooms].sort())
})
