/**
 * Child processes of the bench: bundled once, started without a compiler in them, and ended with this process.
 * @module
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { root } from '../support/root.js'

const run = promisify(execFile)
const bench = `${root}test/bench`

/** Where the bundles are. */
const BUILT = `${bench}/built`

/** URL of the plugin as it is published. */
export const pluginUrl: string = pathToFileURL(`${root}dist/index.js`).href

/** URL of the folder of the servers that need packages of their own. */
export const peersUrl: string = pathToFileURL(`${bench}/peers/`).href

/**
 * Builds the plugin, and bundles these files of `test/bench/`, so that the processes hold no compiler, which would hide
 * what the servers themselves need.
 */
export async function buildProcesses (...files: string[]): Promise<void> {
  console.log('building the plugin and the servers')
  await run('npm', ['run', '--silent', 'build'], { cwd: root })
  await build({
    entryPoints: files.map(file => `${bench}/${file}`),
    outdir: BUILT,
    outbase: bench,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20'
  })
}

/** Installs the packages of `peers/`, unless they are there. */
export async function installPeers (): Promise<void> {
  const [wanted, installed] = [`${bench}/peers/package-lock.json`, `${bench}/peers/node_modules/.package-lock.json`]
  if (existsSync(installed) && await isSame(wanted, installed)) return
  console.log('installing what is compared with (npm ci --prefix test/bench/peers)')
  const npm = spawn('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', `${bench}/peers`], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(npm, 'exit')
  if (code !== 0) throw new Error(`npm ci --prefix test/bench/peers ended with ${code}`)
}

/** Do both lock files name the same versions? */
async function isSame (wanted: string, installed: string): Promise<boolean> {
  const [one, other] = await Promise.all([wanted, installed].map(async path =>
    JSON.parse(await readFile(path, 'utf8')).packages as Record<string, { version?: string }>))
  return Object.entries(one!).every(([path, { version }]) => path === '' || other![path]?.version === version)
}

/** A child process that answers by messages. */
export interface Child {
  pid: number
  /** Sends a message and resolves to the next one that comes back. One question at a time. */
  ask<T>(message: object): Promise<T>
  /** Resolves once it has ended. */
  end(): Promise<void>
}

/**
 * Starts a bundled file and resolves to its first message.
 * @param file in `test/bench/`, as it was given to `buildProcesses`
 * @param flags of node
 * @throws when it ends before it says anything
 */
export async function startChild<T> (file: string, options: object, flags: string[] = []): Promise<{ child: Child, first: T }> {
  const args = [...flags, `${BUILT}/${file.replace(/\.ts$/, '.js')}`, JSON.stringify(options)]
  const started = spawn(process.execPath, args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' }
  })
  const ended = once(started, 'exit').then(([code, signal]) => String(code ?? signal))
  const first = await nextMessage<T>(started, ended)
  return {
    first,
    child: {
      pid: started.pid!,
      async ask<T> (message: object) {
        const answer = nextMessage<T>(started, ended)
        started.send(message)
        return await answer
      },
      async end () {
        if (started.connected) started.disconnect()
        await ended
      }
    }
  }
}

async function nextMessage<T> (child: ChildProcess, ended: Promise<string>): Promise<T> {
  const lost = ended.then(code => { throw new Error(`process ${child.spawnargs.at(-1)} ended with ${code} before it answered`) })
  return await Promise.race([once(child, 'message').then(([message]) => message as T), lost])
}
