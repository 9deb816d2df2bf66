/**
 * This package from its git repository, as a host installs it: the package manager builds it.
 * @module
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../support/free-port.js'
import { root } from '../support/root.js'
import type { Environment, Scene } from './environment.js'
import { run } from './process.js'
import { createProject, HOST, packagesOfReadme, packagesWithoutBcrypt, runHost } from './project.js'
import { node, tool, versionOf } from './tools.js'

/** Each installs what is committed. */
export const REPOSITORIES: Environment[] = [
  { name: 'git-npm', parts: () => 'npm install from git', check: checkNpm },
  { name: 'git-pnpm', parts: () => `pnpm ${versionOf('@pnpm/exe.linux-x64')}, add from git, with allowBuilds`, check: checkPnpm },
  { name: 'git-yarn', parts: () => `Yarn ${versionOf('@yarnpkg/cli-dist')}, add from git, with approvedGitRepositories`, check: checkYarn }
]

async function checkNpm ({ folder }: Scene): Promise<void> {
  const repository = await clone(folder)
  const project = createProject(folder)
  await project.run('npm', ['install', ...packagesOfReadme(`git+file://${repository}`)])
  for (const file of Object.values(HOST)) await runHost(project, process.execPath, [file])
}

/** pnpm builds a package from git only if its address and commit are approved. */
async function checkPnpm ({ folder }: Scene): Promise<void> {
  const repository = await clone(folder)
  const project = createProject(folder)
  const commit = (await run('git', ['rev-parse', 'HEAD'], { cwd: repository })).trim()
  const address = `git+file://${repository}`
  project.write({ 'pnpm-workspace.yaml': `allowBuilds:\n  'fastify-login-sessions@${address}#${commit}': true\n` })
  await project.run(tool('@pnpm/exe.linux-x64/pnpm'), ['add', ...packagesWithoutBcrypt(address)])
  await runHost(project, node('24'), [HOST.import], { env: { CHECK: 'own' } })
}

/** Yarn takes a repository from a server only, and only if its address is approved. */
async function checkYarn ({ folder }: Scene): Promise<void> {
  await clone(folder)
  const server = await serveGit(folder)
  try {
    const project = createProject(folder)
    project.write({ 'yarn.lock': '', '.yarnrc.yml': `enableTelemetry: false\napprovedGitRepositories: ["${server.url}"]\n` })
    const [, ...others] = packagesOfReadme('')
    await project.run(node('24'), [tool('@yarnpkg/cli-dist/bin/yarn.js'), 'add', `fastify-login-sessions@${server.url}`, ...others])
    await runHost(project, node('24'), [tool('@yarnpkg/cli-dist/bin/yarn.js'), 'node', HOST.import])
  } finally {
    server.stop()
  }
}

async function clone (folder: string): Promise<string> {
  await run('git', ['clone', '--quiet', root, 'repository'], { cwd: folder })
  return join(folder, 'repository')
}

async function serveGit (folder: string): Promise<{ url: string, stop(): void }> {
  const port = await freePort()
  const args = ['daemon', '--export-all', `--base-path=${folder}`, '--listen=127.0.0.1', `--port=${port}`, folder]
  const server = spawn('git', args, { stdio: 'ignore', detached: true })
  const stop = (): void => { process.kill(-server.pid!) }
  const url = `git://127.0.0.1:${port}/repository`
  for (let tries = 50; tries > 0; tries--) {
    if (await run('git', ['ls-remote', url], { cwd: folder }).then(() => true, () => false)) return { url, stop }
    await sleep(100)
  }
  stop()
  throw new Error('git daemon did not start')
}
