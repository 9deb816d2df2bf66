/**
 * The folder `results/`: what was measured, and on what.
 * @module
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import type { MongoClient } from 'mongodb'
import { root } from '../support/root.js'

export const RESULTS = `${root}test/bench/results`

/** Where something was measured, and when. */
export interface Machine {
  date: string
  processors: string
  memory: string
  node: string
  mongod: string
  /** The program that makes the load. */
  load: string
}

export async function describeMachine (client: MongoClient, load: string): Promise<Machine> {
  const { version } = await client.db('admin').command({ buildInfo: 1 })
  const [first] = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    processors: `${cpus().length} x ${first?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    node: process.versions.node,
    mongod: version,
    load
  }
}

/** One sentence for the reader of a table. */
export function machineSentence ({ date, processors, memory, node, mongod, load }: Machine): string {
  return `Measured on ${date}: ${processors}, ${memory} of memory, shared by server, mongod ${mongod} and ${load}; Node.js ${node}.`
}

export async function saveJson (name: string, value: object): Promise<void> {
  await saveText(`${name}.json`, `${JSON.stringify(value, null, 1)}\n`)
}

export async function saveText (file: string, text: string): Promise<void> {
  await mkdir(RESULTS, { recursive: true })
  await writeFile(`${RESULTS}/${file}`, text)
  console.log(`written: test/bench/results/${file}`)
}

/** A former result, or null. */
export async function readJson<T> (name: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(`${RESULTS}/${name}.json`, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
