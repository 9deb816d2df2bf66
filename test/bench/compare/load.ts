/**
 * Load on a server, from a process of its own: wrk, or autocannon where there is no wrk.
 * @module
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findOnPath } from '../../../example/mongod.js'
import { root } from '../../support/root.js'
import { SAMPLES } from '../../support/user-agents.js'

const run = promisify(execFile)

export interface LoadResult {
  /** That were answered. */
  requests: number
  seconds: number
  /** Median latency in ms. */
  latency: number
  /** Answers with another status than 200. */
  refused: number
  /** Connections that broke, and answers that did not come in time. */
  broken: number
}

export interface LoadOptions {
  /** Of the server, with the path. */
  url: URL
  connections: number
  seconds: number
  /** File with one Cookie header a line, for the requests in turn; null: no cookies. */
  cookies: string | null
}

export interface Loader {
  name: string
  load(options: LoadOptions): Promise<LoadResult>
}

/** What all requests carry. */
export const USER_AGENT = SAMPLES[0]!.userAgent

/** wrk if it is on the PATH, otherwise autocannon. */
export async function findLoader (): Promise<Loader> {
  const wrk = await findOnPath('wrk', process.env)
  return wrk === undefined
    ? { name: 'autocannon', load: loadWithAutocannon }
    : { name: 'wrk', load: async options => await loadWithWrk(wrk, options) }
}

async function loadWithWrk (wrk: string, { url, connections, seconds, cookies }: LoadOptions): Promise<LoadResult> {
  const { stdout } = await run(wrk, [
    '--threads', '1', '--connections', String(connections), '--duration', `${Math.ceil(seconds)}s`, '--timeout', '10s',
    '--script', `${root}test/bench/compare/wrk.lua`, url.origin, '--', url.pathname, USER_AGENT, ...cookies === null ? [] : [cookies]
  ])
  return parseWrk(stdout)
}

/** Reads the line that `wrk.lua` writes. @throws if there is none */
export function parseWrk (output: string): LoadResult {
  const line = /^wrk (\{.*\})$/m.exec(output)?.[1]
  if (line === undefined) throw new Error(`wrk ended without a summary: ${output}`)
  const { requests, microseconds, median, refused, broken } = JSON.parse(line)
  return { requests, seconds: microseconds / 1e6, latency: median / 1000, refused, broken }
}

async function loadWithAutocannon ({ url, ...options }: LoadOptions): Promise<LoadResult> {
  const { stdout } = await run(process.execPath, ['--import', 'tsx', `${root}test/bench/compare/autocannon.ts`, JSON.stringify({ ...options, url: url.href })], { cwd: root })
  return JSON.parse(stdout)
}

/** A folder for cookie files; `remove` it at the end. */
export async function createCookieFolder (): Promise<{ write(name: string, cookies: string[]): Promise<string>, remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  return {
    async write (name, cookies) {
      const path = join(folder, name)
      await writeFile(path, cookies.join('\n') + '\n')
      return path
    },
    remove: async () => await rm(folder, { recursive: true, force: true })
  }
}
