/**
 * The host program in a bundle. With everything bundled, its pages say which option to set, and the rest works. With that
 * option, everything works.
 * @module
 */
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Environment, Scene } from './environment.js'
import { createProject, HOST, packagesOfReadme, type Project, runHost } from './project.js'
import { node, tool, versionOf } from './tools.js'

const NAME = 'fastify-login-sessions'

/** What the pages answer in a bundle. */
const REFUSAL = /^pages: FST_LOGIN_SESSION_OPTION .*is not beside its code, as in a bundle: .*\nok$/m

/** Builds the host program. @returns the path of the bundle within the project */
type Build = (project: Project, outside: boolean) => Promise<string>

/** CommonJS packages within a module need it. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)"

const BUILDS: Record<string, { builds: Build[], packages?: string[] }> = {
  esbuild: { builds: [esbuild('esm'), esbuild('cjs')] },
  rollup: { builds: [rollup('es'), rollup('cjs')], packages: ['@rollup/plugin-node-resolve', '@rollup/plugin-commonjs', '@rollup/plugin-json'] },
  vite: { builds: [vite] },
  webpack: { builds: [webpack] },
  ncc: { builds: [ncc] },
  'bun-build': { builds: [bunBuild] }
}

/** One for each bundler. */
export const BUNDLERS: Environment[] = Object.entries(BUILDS).map(([name, { builds, packages = [] }]) => ({
  name,
  parts: () => `${name} ${versionOf(packageOf(name))}`,
  check: scene => checkBundler(scene, builds, packages)
}))

function packageOf (name: string): string {
  return { ncc: '@vercel/ncc', 'bun-build': 'bun' }[name] ?? name
}

async function checkBundler ({ folder, tarball }: Scene, builds: Build[]): Promise<void> {
  const project = createProject(folder)
  await project.run('npm', ['install', ...packagesOfReadme(tarball)])
  // Where a bundle stands alone: of the packages only bcrypt is there, because it has a native part.
  const alone = createProject(folder)
  await alone.run('npm', ['install', 'bcrypt'])
  for (const build of builds) {
    const bundle = await build(project, false)
    mkdirSync(join(alone.folder, 'bundle'), { recursive: true })
    cpSync(join(project.folder, bundle, '..'), join(alone.folder, 'bundle'), { recursive: true })
    const output = await alone.run(node('24'), [join('bundle', bundle.split('/').at(-1)!)])
    if (!REFUSAL.test(output)) throw new Error(`The bundle ${bundle} does not say why it has no pages:\n${output}`)
    await runHost(project, node('24'), [await build(project, true)])
  }
}
