#!/usr/bin/env node
/**
 * The program `fastify-login-sessions`.
 * @module
 */
import { run } from './run.js'

const stopping = new AbortController()
// The second one ends the process immediately.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { stopping.abort() })
// Nobody reads any more, as in `watch | head`: that ends a watch, and is no failure of what is under way.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    if (stream === process.stdout) stopping.abort()
  })
}

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  isTerminal: process.stdin.isTTY,
  signal: stopping.signal,
  loadDriver: async () => await import('mongodb')
})
// A call that hangs must not keep the process alive after Ctrl-C.
if (stopping.signal.aborted) process.exit()
