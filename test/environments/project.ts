/**
 * A fresh project of a host: an empty folder, what is installed into it, and the host program.
 * @module
 */
import { mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/root.js'
import { type CommandOptions, run } from './process.js'

/** A project of a host. */
export interface Project {
  folder: string
  /** Writes files into it, by their path. */
  write(files: Record<string, string>): void
  /** @returns what the command printed */
  run(command: string, args: string[], options?: Partial<CommandOptions>): Promise<string>
}

/** What the host program is called in a project, as a module and for `require()`. */
export const HOST = { import: 'server.mjs', require: 'server.cjs' } as const

const PROGRAM = readFileSync(join(root, 'test/environments/host/server.js'), 'utf8')

/** @param parent its folder is made in there */
export function createProject (parent: string, packageJson: object = {}): Project {
  const folder = mkdtempSync(join(parent, 'host-'))
  const project: Project = {
    folder,
    write (files) {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    },
    run: (command, args, options) => run(command, args, { cwd: folder, ...options })
  }
  project.write({
    'package.json': JSON.stringify({ name: 'host', private: true, type: 'module', ...packageJson }),
    [HOST.import]: PROGRAM,
    [HOST.require]: asCommonJs(PROGRAM)
  })
  return project
}

/** Runs the host program in this way. @throws if it does not come to its `ok`, with its pages */
export async function runHost (project: Project, command: string, args: string[], options?: Partial<CommandOptions>): Promise<void> {
  const output = await project.run(command, args, { timeout: 60_000, ...options })
  if (!/^page 200, 7 files\nok$/m.test(output)) throw new Error(`The host program did not load its page:\n${output}`)
}

/** The packages that README installs, with the tarball instead of this package's name. */
export function packagesOfReadme (tarball: string): string[] {
  const line = /^npm install fastify-login-sessions (.+)$/m.exec(readFileSync(join(root, 'README.md'), 'utf8'))
  if (line === null) throw new Error('README.md has no line "npm install fastify-login-sessions …"')
  return [tarball, ...line[1]!.split(' ')]
}

/** The same without bcrypt, for a host that checks passwords in another way. */
export function packagesWithoutBcrypt (tarball: string): string[] {
  return packagesOfReadme(tarball).filter(name => name !== 'bcrypt')
}

/** Packs this package as `npm publish` would, with its build. @returns the path of the tarball */
export async function pack (folder: string, { build = true } = {}): Promise<string> {
  await run('npm', ['pack', '--pack-destination', folder, ...(build ? [] : ['--ignore-scripts'])], { cwd: root })
  const [name] = readdirSync(folder).filter(file => file.endsWith('.tgz'))
  const tarball = join(folder, 'fastify-login-sessions.tgz')
  renameSync(join(folder, name!), tarball)
  return tarball
}

function asCommonJs (program: string): string {
  return program
    .replace(/^import (\w+), \{ (.+) \} from '(.+)'$/gm, "const { default: $1, $2 } = require('$3')")
    .replace(/^import (.+) from '(.+)'$/gm, "const $1 = require('$2')")
}
