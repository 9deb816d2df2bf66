/**
 * Preloaded by tap (`node-arg` in package.json): compiles TypeScript with esbuild as it is imported.
 *
 * tap's own loader starts the TypeScript compiler twice in every test process, which takes longer than most tests. tsx is as
 * quick as this, but it joins lines: coverage by line then finds nothing that is missed.
 * @module
 */
import { hash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { register } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import { transformSync, version } from 'esbuild'

/** What has been compiled, by its content. */
const KEPT = fileURLToPath(new URL('../../.tap/compiled', import.meta.url))

// Node.js runs the hooks below in a thread of its own, from this same file.
if (isMainThread) register(import.meta.url)

/** Finds `record.ts` where `record.js` is imported, as TypeScript does. */
export async function resolve (specifier, context, next) {
  if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL !== undefined) {
    const url = new URL(`${specifier.slice(0, -2)}ts`, context.parentURL)
    if (existsSync(url)) return { url: url.href, format: 'module', shortCircuit: true }
  }
  return await next(specifier, context)
}

export async function load (url, context, next) {
  if (!url.startsWith('file:') || !new URL(url).pathname.endsWith('.ts')) return await next(url, context)
  return { source: compiled(fileURLToPath(url)), format: 'module', shortCircuit: true }
}

/** Each file is compiled once, not by each of a hundred processes: esbuild is another process, which takes a while to start. */
function compiled (path) {
  const source = readFileSync(path, 'utf8')
  const kept = `${KEPT}/${hash('sha256', `${version} ${process.version} ${path}\n${source}`)}.js`
  if (existsSync(kept)) return readFileSync(kept, 'utf8')
  const { code } = transformSync(source, {
    loader: 'ts', format: 'esm', target: `node${process.versions.node}`, sourcefile: path, sourcemap: 'inline', sourcesContent: false
  })
  keep(kept, code)
  return code
}

/** Renamed when it is whole, because other processes read it meanwhile. */
function keep (path, code) {
  mkdirSync(KEPT, { recursive: true })
  const unfinished = `${path}.${process.pid}`
  writeFileSync(unfinished, code)
  renameSync(unfinished, path)
}
