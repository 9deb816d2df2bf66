/**
 * The README's recipe for places, run as it stands there.
 */
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import ts from 'typescript'
import type { Locate } from '../../plugin/index.js'

t.test('the recipe names the country of an address, in the reader\'s language', async t => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const code = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!).find(code => code.includes('maxmind'))!
  // Beside this file, so that its packages are found.
  const directory = t.testdir({ 'recipe.mjs': ts.transpile(code, { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }) })

  const { locate } = await import(pathToFileURL(`${directory}/recipe.mjs`).href) as { locate: Locate }

  t.equal(await locate('193.99.144.80', 'en'), 'Germany')
  t.equal(await locate('193.99.144.80', 'ar'), 'ألمانيا')
  t.equal(await locate('2a00:1450:4001:82a::200e', 'de'), 'Irland')
  t.notOk(await locate('240.0.0.1', 'en'))
})
