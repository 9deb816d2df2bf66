/**
 * What is counted while a load runs: processor time of processes, and operations on mongod.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import type { MongoClient } from 'mongodb'

/** Clock ticks a second in /proc; a constant of Linux on all common processors. */
const TICKS = 100

/** Operations on the collections of one database, as mongod counts them. */
export interface Operations {
  reads: number
  writes: number
}

/** Processor time that this process has used, in microseconds; null where there is no /proc. */
export function processorTime (pid: number): number | null {
  if (!existsSync(`/proc/${pid}/stat`)) return null
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The second field is the name in brackets, which may contain spaces.
  const [user, system] = fields.slice(fields.lastIndexOf(')') + 2).split(' ').slice(11, 13).map(Number)
  return (user! + system!) / TICKS * 1e6
}

/** Resident memory of this process in bytes; null where there is no /proc. */
export function residentMemory (pid: number): number | null {
  if (!existsSync(`/proc/${pid}/status`)) return null
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}

/** The process of mongod, if it runs on this machine; otherwise null. */
export async function mongodPid (client: MongoClient): Promise<number | null> {
  const { pid } = await client.db('admin').command({ serverStatus: 1 })
  const path = `/proc/${Number(pid)}/comm`
  return existsSync(path) && readFileSync(path, 'utf8').startsWith('mongod') ? Number(pid) : null
}

/** Counts what was done on the collections of this database, by mongod's own `top`, which separates databases. */
export async function countOperations (client: MongoClient, database: string): Promise<Operations> {
  const { totals } = await client.db('admin').command({ top: 1 })
  const sum: Operations = { reads: 0, writes: 0 }
  for (const [namespace, counts] of Object.entries<any>(totals)) {
    if (!namespace.startsWith(`${database}.`)) continue
    // By lock: find, getMore and aggregate are reads; insert, each update and delete of a bulk, and findAndModify are writes.
    sum.reads += counts.readLock.count
    sum.writes += counts.writeLock.count
  }
  return sum
}
