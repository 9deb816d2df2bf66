/**
 * The example as a newcomer starts it: its own process, on a free port, on the tests' MongoDB.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { MongoClient } from 'mongodb'
import type { Test } from 'tap'
import { startMongod } from '../../example/mongod.js'
import { freePort } from './free-port.js'
import { randomId } from './records.js'
import { unmeasuredNode } from './unmeasured.js'

export interface ServedExample {
  url: string
  /** Everything it has printed so far. */
  output(): string
  /** Ctrl-C; resolves to the exit code. */
  stop(): Promise<number | null>
}

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Starts `npm start`'s command with a database of its own, dropped after the test. */
export async function serveExample (t: Test): Promise<ServedExample> {
  const mongod = await startMongod()
  const uri = withDatabase(mongod.uri, `example-${randomId()}`)
  t.teardown(async () => {
    const client = await new MongoClient(uri).connect()
    await client.db().dropDatabase()
    await client.close()
    await mongod.stop()
  })
  const port = await freePort()
  const example = run({ MONGODB_URI: uri, PORT: String(port) })
  t.teardown(() => example.stop())
  await example.says('http://localhost:')
  return { url: `http://localhost:${port}`, output: example.output, stop: example.stop }
}

/** The example's process with this environment added. */
export function run (env: Record<string, string>) {
  const child = spawn(...unmeasuredNode('--import=tsx', '--import=./test/support/scanned-example.ts', 'example/server.ts'), {
    cwd: root, env: { ...process.env, SESSION_SECRET: 'the secret of the end-to-end tests, long enough', ...env }, stdio: ['ignore', 'pipe', 'pipe']
  })
  let text = ''
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => { text += chunk })
  return {
    output: () => text,
    ended,
    says: (words: string) => waitFor(child, () => text, words),
    async stop () {
      if (child.exitCode === null) child.kill('SIGINT')
      return await ended
    }
  }
}

function waitFor (child: ChildProcess, output: () => string, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => { if (output().includes(words)) resolve() }
    child.stdout!.on('data', look)
    child.on('exit', () => reject(new Error(`the example ended before it said "${words}": ${output()}`)))
    look()
  })
}

function withDatabase (uri: string, name: string): string {
  const url = new URL(uri)
  url.pathname = `/${name}`
  return url.href
}
