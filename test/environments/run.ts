/**
 * `npm run environments`: installs the packed package into fresh projects and uses it there, in each runtime, with each
 * package manager, compiler and bundler, and prints a line for each. `npm run environments -- pnpm node-22` runs some of them.
 *
 * The tools go into a folder of their own, by the lock file beside this file. It runs on Linux with an x64 processor: that is
 * what the packages of the Node versions are for.
 * @module
 */
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cleanAfterUs } from '../support/cleanup.js'
import { BUNDLERS } from './bundlers.js'
import type { Environment } from './environment.js'
import { pack } from './project.js'
import { PUBLICATION } from './publication.js'
import { REPOSITORIES } from './repositories.js'
import { RUNTIMES } from './runtimes.js'
import { installTools } from './tools.js'
import { COMPILERS } from './compilers.js'

const ALL: Environment[] = [...RUNTIMES, ...REPOSITORIES, ...COMPILERS, ...PUBLICATION, ...BUNDLERS]

process.exitCode = await main(process.argv.slice(2))

async function main (words: string[]): Promise<number> {
  const chosen = ALL.filter(({ name }) => words.length === 0 || words.some(word => name === word || name.startsWith(`${word}-`)))
  if (chosen.length === 0) throw new Error(`No environment is called so. There are ${ALL.map(({ name }) => name).join(', ')}.`)
  await installTools()
  const folder = mkdtempSync(join(tmpdir(), 'environments-'))
  const cleaner = cleanAfterUs(folder)
  try {
    const tarball = await pack(folder)
    let failed = 0
    for (const environment of chosen) if (!await passes(environment, join(folder, environment.name), tarball)) failed++
    console.log(`\n${chosen.length - failed} passed, ${failed} failed`)
    return failed === 0 ? 0 : 1
  } finally {
    cleaner.stop()
  }
}

async function passes ({ name, parts, check }: Environment, folder: string, tarball: string): Promise<boolean> {
  const started = Date.now()
  const line = (result: string): string => `${name}: ${parts()}: ${result} (${((Date.now() - started) / 1000).toFixed(1)} s)`
  mkdirSync(folder)
  try {
    await check({ folder, tarball })
    console.log(line('ok'))
    return true
  } catch (error) {
    console.log(`${line('failed')}\n${shorten((error as Error).message).replace(/^/gm, '    ')}`)
    return false
  }
}

/** The beginning says which command failed, and the end, most often, why. */
function shorten (text: string): string {
  const lines = text.split('\n')
  return lines.length <= 60 ? text : [...lines.slice(0, 30), '…', ...lines.slice(-30)].join('\n')
}
