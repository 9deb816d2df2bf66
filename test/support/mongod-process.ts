/**
 * One mongod as a process: to be killed, suspended, and started again on its data and port.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Document, MongoClient } from 'mongodb'
import { freePort } from './free-port.js'
import type { Cleaner } from './cleanup.js'

/** A mongod of a replica set. */
export interface Member {
  /** `127.0.0.1:port`. */
  host: string
  port: number
  /** Its data, and its log. */
  dbPath: string
  /** @throws when it is not running */
  readonly pid: number
  /** Starts it, on the data and port it had, and resolves once it answers. */
  start(): Promise<void>
  /** Kills it (SIGKILL), suspended or not, and resolves once it is gone; nothing if it is gone already. */
  kill(): Promise<void>
  /** From now on it keeps its connections and answers nothing (SIGSTOP). */
  suspend(): void
  /** It goes on where it was suspended (SIGCONT). */
  resume(): void
  /** Asks this member, whatever its state in the set is. */
  command(command: Document): Promise<Document>
}

/** What a member of a set is started with. */
export interface MemberOptions {
  /** Path of the binary. */
  binary: string
  /** The folder for its data. */
  folder: string
  name: string
  /** Further arguments of its command line. */
  args: string[]
  cleaner: Cleaner
}

/** Test commands (failCommand) are on; it is small, and quick to come and go. */
const ARGS = [
  '--bind_ip', '127.0.0.1', '--nounixsocket', '--logappend', '--oplogSize', '64', '--wiredTigerCacheSizeGB', '0.25',
  // A member that copied from one that is suspended shall soon copy from another: until then nothing has a majority.
  '--setParameter', 'oplogNetworkTimeoutBufferSeconds=1',
  '--setParameter', 'enableTestCommands=1', '--setParameter', 'diagnosticDataCollectionEnabled=false'
]

/** A mongod with a port and folder of its own, not running yet. */
export async function prepareMember ({ binary, folder, name, args, cleaner }: MemberOptions): Promise<Member> {
  const [port, dbPath] = [await freePort(), join(folder, name)]
  mkdirSync(dbPath)
  const log = join(dbPath, 'log')
  const host = `127.0.0.1:${port}`
  let running: ChildProcess | null = null

  const signal = (name: NodeJS.Signals): void => {
    if (running === null) throw new Error(`${host} is not running`)
    running.kill(name)
  }

  return {
    host,
    port,
    dbPath,
    get pid () {
      if (running?.pid === undefined) throw new Error(`${host} is not running`)
      return running.pid
    },

    async start () {
      const process = spawn(binary, ['--port', String(port), '--dbpath', dbPath, '--logpath', log, ...ARGS, ...args], { stdio: 'ignore', detached: true })
      process.unref()
      // Guarded before anything is waited for; without a pid, waiting says why it cannot be run.
      const ended = process.pid === undefined ? () => {} : cleaner.guard(name, process.pid)
      process.once('exit', () => { running = null; ended() })
      running = process
      await once(process, 'spawn')
      while (!await answers(host)) {
        if (running === null) throw new Error(`mongod ended at once: ${readFileSync(log, 'utf8').split('\n').slice(-4).join('\n')}`)
        await delay(20)
      }
    },

    async kill () {
      if (running === null) return
      const exit = once(running, 'exit')
      running.ref()
      signal('SIGKILL')
      await exit
    },

    suspend: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    command: command => ask(host, command)
  }
}

/** Sends one command to this mongod alone, over a connection of its own. */
async function ask (host: string, command: Document): Promise<Document> {
  const client = new MongoClient(`mongodb://${host}/?directConnection=true`, { serverSelectionTimeoutMS: 10_000, connectTimeoutMS: 10_000, socketTimeoutMS: 90_000 })
  try {
    return await client.db('admin').command(command, { readPreference: 'nearest' })
  } finally {
    await client.close()
  }
}

async function answers (host: string): Promise<boolean> {
  const client = new MongoClient(`mongodb://${host}/?directConnection=true`, { serverSelectionTimeoutMS: 300 })
  try {
    await client.db('admin').command({ ping: 1 }, { readPreference: 'nearest' })
    return true
  } catch {
    return false
  } finally {
    await client.close()
  }
}
