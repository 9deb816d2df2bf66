/**
 * The host program in each runtime, by `import` and by `require()`, and with each package manager.
 * @module
 */
import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment, Scene } from './environment.js'
import { createProject, HOST, packagesOfReadme, packagesWithoutBcrypt, type Project, runHost } from './project.js'
import { node, NODES, tool, versionOf, withNode } from './tools.js'

const BUN = tool('@oven/bun-linux-x64/bin/bun')
const DENO = tool('@deno/linux-x64-glibc/deno')
const PNPM = tool('@pnpm/exe.linux-x64/pnpm')
const YARN = tool('@yarnpkg/cli-dist/bin/yarn.js')

/** Yarn's Plug'n'Play is what it does without a setting. It must not look for a project above. */
const YARN_FILES = { 'yarn.lock': '', '.yarnrc.yml': 'enableTelemetry: false\n' }

const onNode: Environment[] = NODES.map(major => ({
  name: `node-${major}`,
  parts: () => `Node ${versionOf(`node${major}`)}, npm, import and require()`,
  async check ({ folder, tarball }) {
    const project = createProject(folder)
    await project.run('npm', ['install', ...packagesOfReadme(tarball)], { env: withNode(major) })
    for (const file of Object.values(HOST)) await runHost(project, node(major), [file])
  }
}))

const pnpm = (): string => `pnpm ${versionOf('@pnpm/exe.linux-x64')}`

/** Runtimes and package managers. */
export const RUNTIMES: Environment[] = [
  ...onNode,
  { name: 'bun', parts: () => `Bun ${versionOf('bun')}, bun add, import and require()`, check: checkBun },
  { name: 'deno-modules', parts: () => `Deno ${versionOf('deno')}, node_modules of npm, import and require()`, check: checkDenoModules },
  { name: 'deno-npm', parts: () => `Deno ${versionOf('deno')}, npm: specifiers`, check: checkDenoSpecifiers },
  { name: 'npm', parts: () => 'npm ci of a lock file, without bcrypt', check: checkNpm },
  { name: 'pnpm', parts: () => `${pnpm()}, add and frozen install, without bcrypt`, check: checkPnpm },
  { name: 'pnpm-bcrypt', parts: () => `${pnpm()}, the same with bcrypt and allowBuilds`, check: checkPnpmWithBcrypt },
  { name: 'yarn-pnp', parts: () => `Yarn ${versionOf('@yarnpkg/cli-dist')}, Plug'n'Play, add and immutable install`, check: checkYarn }
]

async function checkBun ({ folder, tarball }: Scene): Promise<void> {
  const project = createProject(folder)
  await project.run(BUN, ['add', ...packagesOfReadme(tarball)])
  for (const file of Object.values(HOST)) await runHost(project, BUN, ['run', file])
}

async function checkDenoModules ({ folder, tarball }: Scene): Promise<void> {
  const project = createProject(folder)
  await project.run('npm', ['install', ...packagesOfReadme(tarball)])
  for (const file of Object.values(HOST)) await runHost(project, DENO, ['run', '--allow-all', '--node-modules-dir=manual', file])
}

/** Deno takes a package that is not in a registry from its folder, as if it were the version that the specifier names. */
async function checkDenoSpecifiers ({ folder, tarball }: Scene): Promise<void> {
  const project = createProject(folder)
  await project.run('tar', ['xzf', tarball])
  const { version } = JSON.parse(readFileSync(join(project.folder, 'package/package.json'), 'utf8'))
  const names = packagesOfReadme('').filter(name => name !== '')
  const imports = Object.fromEntries(names.map(name => [name, `npm:${name}`]))
  imports['fastify-login-sessions'] = `npm:fastify-login-sessions@${version}`
  project.write({ 'deno.json': JSON.stringify({ imports, links: ['./package'], nodeModulesDir: 'auto' }) })
  rmSync(join(project.folder, 'package.json'))
  await runHost(project, DENO, ['run', '--allow-all', HOST.import])
}

async function checkNpm ({ folder, tarball }: Scene): Promise<void> {
  const project = createProject(folder)
  await project.run('npm', ['install', ...packagesWithoutBcrypt(tarball)])
  await project.run('npm', ['ci'])
  await runHost(project, process.execPath, [HOST.import], { env: { CHECK: 'own' } })
}

/** As CI does it: the lock file says everything, and node_modules is empty. */
async function installFrozen (project: Project): Promise<void> {
  rmSync(join(project.folder, 'node_modules'), { recursive: true })
  await project.run(PNPM, ['install', '--frozen-lockfile'])
}

/** pnpm's own layout: a package finds only what it names. Build scripts that nobody has approved end pnpm with an error. */
async function checkPnpm ({ folder, tarball }: Scene): Promise<void> {
  const project = createProject(folder)
  await project.run(PNPM, ['add', ...packagesWithoutBcrypt(tarball)])
  await installFrozen(project)
  for (const file of Object.values(HOST)) await runHost(project, node('24'), [file], { env: { CHECK: 'own' } })
}

async function checkPnpmWithBcrypt ({ folder, tarball }: Scene): Promise<void> {
  const project = createProject(folder)
  await project.run(PNPM, ['add', '--allow-build=bcrypt', ...packagesOfReadme(tarball)])
  await installFrozen(project)
  await runHost(project, node('24'), [HOST.import])
}

async function checkYarn ({ folder, tarball }: Scene): Promise<void> {
  const project = createProject(folder)
  const yarn = (...args: string[]) => [YARN, ...args]
  project.write(YARN_FILES)
  cpSync(tarball, join(project.folder, 'package.tgz'))
  const [, ...others] = packagesOfReadme(tarball)
  await project.run(node('24'), yarn('add', 'fastify-login-sessions@file:./package.tgz', ...others))
  await project.run(node('24'), yarn('install', '--immutable'))
  for (const file of Object.values(HOST)) await runHost(project, node('24'), yarn('node', file))
}
