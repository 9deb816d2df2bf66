/**
 * How each bundler is told to bundle the host program, with this package inside, or left out by the bundler's option.
 * @module
 */
import { pathToFileURL } from 'node:url'
import { HOST, type Project } from './project.js'
import { node, tool } from './tools.js'

/** Builds the host program into `folder`. @returns the name of its file there */
export type Build = (project: Project, folder: string, outside: boolean) => Promise<string>

const NAME = 'fastify-login-sessions'

/** What a bundle in module format begins with: CommonJS packages within it, such as Fastify, need `require`. */
export const REQUIRE: string = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)"

const list = (outside: boolean): string => outside ? `['${NAME}']` : '[]'

const urlOf = (path: string): string => pathToFileURL(tool(path)).href

/** Under a version of Node that every bundler knows. */
async function runTool (project: Project, path: string, ...args: string[]): Promise<void> {
  await project.run(node('24'), [tool(path), ...args])
}

function esbuild (format: 'esm' | 'cjs', file: string): Build {
  return async (project, folder, outside) => {
    const banner = format === 'esm' ? [`--banner:js=${REQUIRE}`] : []
    const args = [HOST.import, '--bundle', '--platform=node', `--format=${format}`, `--outfile=${folder}/${file}`, ...banner]
    await runTool(project, 'esbuild/bin/esbuild', ...args, ...(outside ? [`--external:${NAME}`] : []))
    return file
  }
}

function rollup (format: 'es' | 'cjs', file: string): Build {
  return async (project, folder, outside) => {
    const plugins = Object.entries({ 'node-resolve': "{ preferBuiltins: true, exportConditions: ['node'] }", commonjs: '', json: '' })
    const imports = plugins.map(([name], index) => `import p${index} from '${urlOf(`@rollup/plugin-${name}/dist/es/index.js`)}'\n`)
    const banner = JSON.stringify(format === 'es' ? REQUIRE : '')
    project.write({
      'rollup.config.mjs': `${imports.join('')}export default {
        input: '${HOST.import}',
        external: ${list(outside)},
        plugins: [${plugins.map(([, options], index) => `p${index}(${options})`).join()}],
        output: { dir: '${folder}', format: '${format}', entryFileNames: '${file}', banner: ${banner} }
      }`
    })
    await runTool(project, 'rollup/dist/bin/rollup', '--config', 'rollup.config.mjs', '--silent')
    return file
  }
}

/** Of itself, Vite leaves packages out of a server's bundle. */
async function vite (project: Project, folder: string, outside: boolean): Promise<string> {
  project.write({
    'vite.config.mjs': `export default {
      build: { ssr: '${HOST.import}', outDir: '${folder}', rollupOptions: { output: { entryFileNames: 'server.mjs' } } },
      ssr: { noExternal: true, external: ${list(outside)} }
    }`
  })
  await runTool(project, 'vite/bin/vite.js', 'build', '--config', 'vite.config.mjs')
  return 'server.mjs'
}

async function webpack (project: Project, folder: string, outside: boolean): Promise<string> {
  const externals = outside ? `{ '${NAME}': 'commonjs ${NAME}' }` : '{}'
  project.write({
    'webpack.build.mjs': `import webpack from '${urlOf('webpack/lib/index.js')}'
    const output = { path: '${project.folder}/${folder}', filename: 'server.cjs' }
    webpack({ mode: 'production', target: 'node20', entry: './${HOST.import}', output, externals: ${externals} }, (error, stats) => {
      if (error || stats.hasErrors()) throw error ?? new Error(stats.toString())
    })`
  })
  await project.run(node('24'), ['webpack.build.mjs'])
  return 'server.cjs'
}

async function ncc (project: Project, folder: string, outside: boolean): Promise<string> {
  await runTool(project, '@vercel/ncc/dist/ncc/cli.js', 'build', HOST.import, '--out', folder, ...(outside ? ['--external', NAME] : []))
  return 'index.mjs'
}

async function bun (project: Project, folder: string, outside: boolean): Promise<string> {
  const args = ['build', HOST.import, '--target=node', `--outfile=${folder}/server.mjs`, ...(outside ? ['--external', NAME] : [])]
  await project.run(tool('@oven/bun-linux-x64/bin/bun'), args)
  return 'server.mjs'
}

/** By the bundler's name; several if it makes more than one format. */
export const BUILDS: Record<string, { package: string, builds: Build[] }> = {
  esbuild: { package: 'esbuild', builds: [esbuild('esm', 'server.mjs'), esbuild('cjs', 'server.cjs')] },
  rollup: { package: 'rollup', builds: [rollup('es', 'server.mjs'), rollup('cjs', 'server.cjs')] },
  vite: { package: 'vite', builds: [vite] },
  webpack: { package: 'webpack', builds: [webpack] },
  ncc: { package: '@vercel/ncc', builds: [ncc] },
  'bun-build': { package: 'bun', builds: [bun] }
}
