import { basename } from 'node:path'
import { check } from 'recheck'
import t from 'tap'
import { describeDevice } from '../../plugin/client/device.js'
import { type Regex, regexesOf, sourcesOf } from '../support/regexes.js'
import { root } from '../support/root.js'

/** Judges by search where the proof would take minutes. No verdict depends on the speed of this machine. */
const JUDGE = { timeout: null, attackTimeout: null, incubationTimeout: null, seedingTimeout: null, maxNFASize: 200 }

/** How the steps of a match may grow with its text: 1 with the text, 2 with its square, … */
async function degreeOf ({ source, flags }: Pick<Regex, 'source' | 'flags'>): Promise<number> {
  const verdict = await check(source, flags, JUDGE)
  if (verdict.status === 'safe') return 1
  return verdict.status === 'vulnerable' && verdict.complexity.type === 'polynomial' ? verdict.complexity.degree : Infinity
}

/**
 * Files that read nothing longer than the 512 characters which are kept of a user agent: the square of that is a quarter
 * of a million steps, a millisecond. Its cube would be a hundred million.
 */
const READS_LITTLE = new Set(['device.ts', 'names.ts', 'system.ts'])

t.test('the judge knows a slow expression when it sees one', async t => {
  t.equal(await degreeOf({ source: '^(a+)+$', flags: '' }), Infinity)
  t.equal(await degreeOf({ source: '^(?:\\w|\\d)*x', flags: 'i' }), Infinity)
  t.equal(await degreeOf({ source: 'a.*b.*c$', flags: '' }), 3)
  t.equal(await degreeOf({ source: '\\s+$', flags: '' }), 2)
  t.equal(await degreeOf({ source: '^[a-z]+$', flags: 'i' }), 1)
})

t.test('no expression of the plugin or of the page\'s scripts is slow on any text that it gets', async t => {
  const files = [...sourcesOf(`${root}plugin`, '.ts'), ...sourcesOf(`${root}public`, '.js')]
  const regexes = files.flatMap(regexesOf)
  t.ok(regexes.length > 60, `${regexes.length} expressions`)
  const degrees = await Promise.all(regexes.map(degreeOf))
  for (const [index, regex] of regexes.entries()) {
    const limit = READS_LITTLE.has(basename(regex.file)) ? 2 : 1
    const degree = degrees[index]!
    if (degree > limit) t.fail(`${basename(regex.file)}: /${regex.source}/${regex.flags} may take text to the power of ${degree}`)
  }
})

/** ua-parser-js looked at the first for half a second, at the second for a tenth, before its words were cut. */
const MADE_TO_BE_SLOW = ['archos ' + '1'.repeat(505), 'naver(' + '1.'.repeat(253), `Mozilla/5.0 (Linux; Android 9; archos ${'1'.repeat(475)}`]

t.test('a flood of user agents that are made to be slow is told before this test has to end', async t => {
  let told = 0
  while (told < 1500) told += MADE_TO_BE_SLOW.filter(userAgent => describeDevice(userAgent).kind !== undefined).length
  t.equal(told, 1500)
})
