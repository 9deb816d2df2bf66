/**
 * The packed package in fresh projects of npm and of pnpm, as README installs it. `npm run environments` does the same in
 * many more environments.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { run } from '../environments/process.js'
import { createProject, HOST, pack, packagesOfReadme, packagesWithoutBcrypt, runHost } from '../environments/project.js'
import { cleanAfterUs } from '../support/cleanup.js'
import { root } from '../support/root.js'

/** Longer than any of these takes, because a registry may be slow; two of them fit into the time that tap gives to a file. */
const PATIENCE = 80_000

const folder = mkdtempSync(join(tmpdir(), 'install-'))
const cleaner = cleanAfterUs(folder)
t.teardown(() => cleaner.stop())

// The tests run after a build.
const tarball = await pack(folder, { build: false })
const { dependencies: tools } = JSON.parse(readFileSync(`${root}test/environments/package.json`, 'utf8'))

async function installWithNpm (): Promise<void> {
  const project = createProject(folder)
  await project.run('npm', ['install', '--prefer-offline', ...packagesOfReadme(tarball)], { timeout: PATIENCE })
  for (const file of Object.values(HOST)) await runHost(project, process.execPath, [file])
}

/** pnpm ends with an error if a package wants to run a script that nobody has approved, such as bcrypt's. */
async function installWithPnpm (): Promise<void> {
  const project = createProject(folder)
  const pnpm = ['--yes', '--prefer-offline', `pnpm@${tools['@pnpm/exe.linux-x64']}`]
  await project.run('npx', [...pnpm, 'add', '--prefer-offline', ...packagesWithoutBcrypt(tarball)], { timeout: PATIENCE })
  rmSync(join(project.folder, 'node_modules'), { recursive: true })
  await project.run('npx', [...pnpm, 'install', '--frozen-lockfile', '--prefer-offline'], { timeout: PATIENCE })
  await runHost(project, process.execPath, [HOST.import], { env: { CHECK: 'own' } })
}

// Both at the same moment: they wait for the registry.
const installations = { npm: installWithNpm(), pnpm: installWithPnpm() }
for (const installation of Object.values(installations)) installation.catch(() => {})

t.test('npm installs it by the line of README, and a server uses all of it, by import and by require()', async t => {
  await t.resolves(installations.npm)
})

t.test('pnpm installs it for a host without bcrypt, with nothing to approve, and again by its lock file', async t => {
  await t.resolves(installations.pnpm)
})

t.test('publint finds nothing in it, not even a suggestion', async t => {
  const output = await run(process.execPath, [`${root}node_modules/publint/src/cli.js`, '--strict', tarball], { cwd: folder })

  t.match(output, /All good!/)
})
