/**
 * The runtimes, package managers, compilers and bundlers, in a folder of their own: the suite does not need them.
 * @module
 */
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { toolFolder } from '../support/tool-folder.js'
import { run } from './process.js'

const { path: folder, isInstalled, prepare } = toolFolder('environments')

/** Installs them by the lock file beside this file, unless they are there. */
export async function installTools (): Promise<void> {
  if (isInstalled()) return
  prepare()
  // Without scripts: the programs are in packages for each system.
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, timeout: 600_000 })
}

/** The path of a file in an installed package. */
export function tool (path: string): string {
  return join(folder, 'node_modules', path)
}

/** The version of an installed package. */
export function versionOf (name: string): string {
  return JSON.parse(readFileSync(tool(`${name}/package.json`), 'utf8')).version
}

/** The major versions of Node that are tested. */
export const NODES = ['20', '22', '24', '26'] as const

/** The program of a major version of Node. */
export function node (major: string): string {
  return tool(`node${major}/bin/node`)
}

/** The variable that makes this version the `node` of commands. */
export function withNode (major: string): { PATH: string } {
  return { PATH: `${tool(`node${major}/bin`)}${delimiter}${process.env.PATH}` }
}
