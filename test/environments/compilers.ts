/**
 * Hosts in strict TypeScript, with every check of the types of packages (`skipLibCheck: false`).
 * @module
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/root.js'
import type { Environment, Scene } from './environment.js'
import { createProject, packagesOfReadme, type Project } from './project.js'
import { node, tool, versionOf } from './tools.js'

const COMPILER_PACKAGES = ['typescript5.8', 'typescript5.9', 'typescript6', 'typescript7']

/** mongoose's types are found under its own name only: each version stands in a folder of its own. */
const MONGOOSES = ['8', '9']

/** One for each version of TypeScript. */
export const COMPILERS: Environment[] = COMPILER_PACKAGES.map(name => ({
  name: name.replace('typescript', 'typescript-'),
  parts: () => `TypeScript ${versionOf(name)}, nodenext from a module and from CommonJS, bundler, mongoose 8 and 9, @fastify/mongodb`,
  check: scene => checkCompiler(scene, tool(`${name}/bin/tsc`))
}))

const STRICT = {
  target: 'es2022',
  lib: ['es2023'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true
}

const MODES: Array<{ type: 'module' | 'commonjs', compilerOptions: object }> = [
  { type: 'module', compilerOptions: { module: 'nodenext' } },
  { type: 'module', compilerOptions: { module: 'esnext', moduleResolution: 'bundler' } },
  // A CommonJS package may `require()` a module: TypeScript allows it under `nodenext` since 5.8.
  { type: 'commonjs', compilerOptions: { module: 'nodenext', esModuleInterop: true } }
]

async function checkCompiler ({ folder, tarball }: Scene, tsc: string): Promise<void> {
  const project = createProject(folder)
  await project.run('npm', ['install', ...packagesOfReadme(tarball), '@fastify/mongodb', '@types/node@20'])
  const packageJson = JSON.parse(readFileSync(join(project.folder, 'package.json'), 'utf8'))
  project.write({ 'typed.ts': readHost('typed.ts') })
  for (const { type, compilerOptions } of MODES) {
    project.write({
      'package.json': JSON.stringify({ ...packageJson, type }),
      'tsconfig.json': JSON.stringify({ compilerOptions: { ...STRICT, ...compilerOptions }, files: ['typed.ts'] })
    })
    await project.run(node('24'), [tsc, '--project', '.'])
  }
  for (const major of MONGOOSES) await checkMongoose(project, major, tsc)
}

/** In a program of its own: the types of two versions cannot be in one. */
async function checkMongoose (project: Project, major: string, tsc: string): Promise<void> {
  const cwd = join(project.folder, `mongoose-${major}`)
  mkdirSync(cwd)
  const files = {
    'package.json': '{ "private": true, "type": "module" }',
    'host.ts': readHost('mongoose.ts'),
    'tsconfig.json': JSON.stringify({ compilerOptions: { ...STRICT, module: 'nodenext' }, files: ['host.ts'] })
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  await project.run('npm', ['install', `mongoose@${major}`], { cwd })
  await project.run(node('24'), [tsc, '--project', '.'], { cwd })
}

function readHost (name: string): string {
  return readFileSync(join(root, 'test/environments/host', name), 'utf8')
}
