/**
 * The watch of the whole test run over the keys of commands: whoever imports this takes part with all of the process, which
 * fails at its end if `mongoStore` has sent a command that names no key.
 * @module
 */
import { type KeyWatch, watchKeys } from './key-watch.js'

/** Commands that are reported one by one. */
const TOLD = 20

/** This process's. */
export const keyScan: KeyWatch = watchKeys()

process.on('exit', () => {
  const { broken } = keyScan
  if (broken.length === 0) return
  process.exitCode = 1
  for (const command of broken.slice(0, TOLD)) console.error(`a command names no key: ${command}`)
  console.error(`${broken.length} commands that name no key in ${process.argv[1]}`)
})
