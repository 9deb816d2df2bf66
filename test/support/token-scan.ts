/**
 * The scan of the whole test run for secrets: whoever imports this takes part with all of the process. At its end the
 * process leaves its counts for `test/run.js` to sum up, and fails when a secret was found where it must not be.
 * @module
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createScanner, type Scanner } from './token-scanner.js'
import { watchServers } from './token-watch.js'

const folder = process.env.TOKEN_SCAN_FOLDER ?? fileURLToPath(new URL('../../.tap/token-scan/', import.meta.url))

/** Leaks that are told of one by one. */
const TOLD = 20

/** This process's. */
export const tokenScan: Scanner = createScanner()

watchServers(tokenScan)

process.on('exit', () => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/${randomUUID()}.json`, JSON.stringify(tokenScan.counts()))
  const leaks = tokenScan.leaks()
  if (leaks.length === 0) return
  process.exitCode = 1
  for (const { what, where, around } of leaks.slice(0, TOLD)) console.error(`token scan: ${what} is in ${where}: ${around}`)
  console.error(`token scan: ${leaks.length} leaks in ${process.argv[1]}`)
})
