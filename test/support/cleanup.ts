/**
 * Cleans up after a test process that dies, however it dies: no mongod and no data of its own outlive it.
 * @module
 */
import { spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Its input ends when the process that holds the other end is gone, whatever became of it. */
const WATCH = 'cat; for file in "$1"/*.pid; do kill -9 "$(cat "$file")"; done; rm -rf "$1"'

/** Watches over one folder and the processes that work in it. */
export interface Cleaner {
  /** A process that shall not outlive this one, by a name of its own. @returns to be called once it has ended */
  guard(name: string, pid: number): () => void
  /** Nothing is left to clean up: removes the folder. */
  stop(): void
}

/** Begins to watch: if this process ends without `stop`, the guarded processes are killed and the folder is removed. */
export function cleanAfterUs (folder: string): Cleaner {
  // A process group of its own: what ends the test, Ctrl-C included, does not end who cleans up after it.
  const watcher = spawn('sh', ['-c', WATCH, 'sh', folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  watcher.unref()
  ;(watcher.stdin as typeof watcher.stdin & { unref(): void }).unref()
  return {
    guard (name, pid) {
      const file = join(folder, `${name}.pid`)
      writeFileSync(file, String(pid))
      // Its number may soon be another's.
      return () => rmSync(file, { force: true })
    },
    stop () {
      rmSync(folder, { recursive: true, force: true })
      watcher.stdin.end()
    }
  }
}
