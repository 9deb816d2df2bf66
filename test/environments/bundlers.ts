/**
 * The host program in a bundle. With everything bundled, its pages say which option to set, and the rest works. With that
 * option, everything works.
 * @module
 */
import { cpSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { type Build, BUILDS } from './builds.js'
import type { Environment, Scene } from './environment.js'
import { createProject, packagesOfReadme, type Project, runHost } from './project.js'
import { node, versionOf } from './tools.js'

/** What a host prints whose pages are in the bundle. */
const REFUSAL = /^pages: FST_LOGIN_SESSION_OPTION .*is not beside its code, as in a bundle: leave this package out of the bundle, .*\nok$/m

/** One for each bundler. */
export const BUNDLERS: Environment[] = Object.entries(BUILDS).map(([name, { package: packageName, builds }]) => ({
  name,
  parts: () => `${packageName} ${versionOf(packageName)}, everything bundled, and with this package outside`,
  check: scene => checkBundler(scene, builds)
}))

async function checkBundler ({ folder, tarball }: Scene, builds: Build[]): Promise<void> {
  const project = createProject(folder)
  await project.run('npm', ['install', ...packagesOfReadme(tarball)])
  // As on a server. Of the packages only bcrypt is there, because it has a native part.
  const server = createProject(folder)
  await server.run('npm', ['install', 'bcrypt'])
  for (const [index, build] of builds.entries()) {
    await checkAlone(project, server, `inside-${index}`, build)
    const outside = `outside-${index}`
    await runHost(project, node('24'), [join(outside, await build(project, outside, true))])
  }
}

async function checkAlone (project: Project, server: Project, folder: string, build: Build): Promise<void> {
  const file = await build(project, folder, false)
  mkdirSync(join(server.folder, folder))
  cpSync(join(project.folder, folder), join(server.folder, folder), { recursive: true })
  // webpack writes the paths of this machine into its bundle.
  const away = `${project.folder}-away`
  renameSync(project.folder, away)
  try {
    const output = await server.run(node('24'), [join(folder, file)])
    if (!REFUSAL.test(output)) throw new Error(`The bundle ${folder}/${file} does not say why it has no pages:\n${output}`)
  } finally {
    renameSync(away, project.folder)
  }
}
