/**
 * Starts `shop-server.ts` and talks to it.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LoginSessionsOptions } from '../../plugin/index.js'
import { unmeasuredNode } from './unmeasured.js'

/** What the process is started with; times in ms. */
export interface ShopProcessOptions extends Pick<LoginSessionsOptions, 'absoluteTimeout' | 'idleTimeout' | 'touchEvery'> {
  uri: string
  database: string
  /** bcrypt's hash of everybody's password. */
  passwordHash: string
}

/** How the process is; sizes in bytes, times in ms. */
export interface Vitals {
  /** After a garbage collection, where Node.js was started with `--expose-gc`. */
  heapUsed: number
  rss: number
  /** Number of what keeps the event loop alive: sockets, timers, requests. */
  resources: number
  /** The 99th percentile since the last time. */
  loopDelay: number
  /** Warnings and errors that it has logged so far. */
  warnings: number
}

/** What it says when it has closed. */
export interface Closed {
  /** How long `close()` took, in ms. */
  took: number
  /** What still keeps its event loop alive and was not there before the shop: nothing. */
  left: string[]
}

export type Order = 'vitals' | 'close'

export interface ShopProcess {
  url: string
  vitals(): Promise<Vitals>
  /** Closes the shop and no more: that the process ends then is its own doing. */
  close(): Promise<Closed>
  /** Resolves to the exit code, or to the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>
  /** Ends it by force, if it is still there. */
  kill(): void
}

const root = fileURLToPath(new URL('../../', import.meta.url))

/** @param flags of Node.js @throws when it ends before it listens */
export async function startShopProcess (options: ShopProcessOptions, flags: string[] = []): Promise<ShopProcess> {
  const [command, args] = unmeasuredNode(...flags, '--import=tsx', 'test/support/shop-server.ts', JSON.stringify(options))
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals)

  const ask = async <T>(order: Order): Promise<T> => {
    const answer = answerOf<T>(child, ended)
    child.send(order)
    return await answer
  }
  const { url } = await answerOf<{ url: string }>(child, ended)
  return {
    url,
    vitals: () => ask('vitals'),
    close: () => ask('close'),
    ended,
    kill () { if (child.exitCode === null) child.kill('SIGKILL') }
  }
}

/** The next message. One question at a time. */
async function answerOf<T> (child: ChildProcess, ended: Promise<unknown>): Promise<T> {
  const lost = ended.then(code => { throw new Error(`the shop's process ended with ${String(code)} before it answered`) })
  return await Promise.race([once(child, 'message').then(([message]) => message as T), lost])
}
