#!/usr/bin/env node
/**
 * The program `fastify-login-sessions`.
 * @module
 */
import { run } from './run.js'

const stopping = new AbortController()
// The second one ends the process immediately.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { stopping.abort() })
// A call that hangs must not keep the process alive after Ctrl-C.
if (stopping.signal.aborted) process.exit()

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
