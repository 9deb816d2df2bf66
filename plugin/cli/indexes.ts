/**
 * `indexes`: those that there are, and those that are missing.
 * @module
 */
import type { Collection, IndexDescriptionInfo } from 'mongodb'
import { INDEXES, makeIndexes, prepareCollection, type SessionIndex } from '../stores/mongo-collection.js'
import { EXIT, Failure } from './failure.js'
import type { Call } from './sessions.js'
import type { CommonOptions } from './target.js'
import { type Io, printEither, say, unlessStopped } from './terminal.js'
import { bytesOf, toTable } from './words.js'

/** The options of `indexes`. */
export interface IndexesOptions extends CommonOptions {
  create?: boolean
  operators?: boolean
}

/** A row of the answer. */
interface IndexRow {
  name: string
  key: Record<string, unknown>
  /** What it serves. `other`: it is not an index of this package. */
  purpose: 'look-ups' | SessionIndex['purpose'] | 'other'
  /** Its size; null: it is missing, or the user may not see sizes. */
  bytes: number | null
  missing: boolean
}

const STILL_MADE = 'Stopped waiting. The server may go on making the index.'

/** Prints them; makes those that are missing with `--create`. */
export async function indexes ({ io, options, target: { sessions, where } }: Call<IndexesOptions>): Promise<void> {
  const isWanted = ({ purpose }: Pick<IndexRow, 'purpose'>): boolean => purpose !== 'operators' || options.operators === true
  if (options.create === true && (await unlessStopped(io, readRows(sessions))).some(row => row.missing && isWanted(row))) {
    say(io, `Making indexes of ${where}: with many sessions this takes minutes.`)
    // It also looks at the collation, which must be the simple one.
    await unlessStopped(io, prepareCollection(sessions.db, sessions), STILL_MADE)
    if (options.operators === true) await unlessStopped(io, makeIndexes(sessions, 'operators'), STILL_MADE)
  }
  const rows = await unlessStopped(io, readRows(sessions))
  printEither(io, options.json, { collection: where, indexes: rows }, () => tableOf(rows))
  const missing = rows.filter(row => row.missing && isWanted(row))
  if (missing.length > 0) {
    throw new Failure(EXIT.wrong, `${missing.map(({ name }) => name).join(' and ')} missing: --create makes what is missing.`)
  }
  hintAtOperators(io, rows)
}

function hintAtOperators (io: Io, rows: IndexRow[]): void {
  if (!rows.some(({ missing }) => missing)) return
  say(io, "The operators' page needs the others: it makes them itself, or write --create --operators.")
}

async function readRows (sessions: Collection<any>): Promise<IndexRow[]> {
  const [found, sizes] = await Promise.all([sessions.indexes(), sizesOf(sessions)])
  const existing = found.map(index => ({
    name: index.name!, key: index.key as IndexRow['key'], purpose: purposeOf(index), bytes: sizes?.get(index.name!) ?? null, missing: false
  }))
  const missing = INDEXES.filter(wanted => !found.some(index => isSame(wanted, index)))
  return [...existing, ...missing.map(({ key, purpose }) => ({ name: nameOf(key), key, purpose, bytes: null, missing: true }))]
}

const purposeOf = (index: IndexDescriptionInfo): IndexRow['purpose'] =>
  index.name === '_id_' ? 'look-ups' : INDEXES.find(wanted => isSame(wanted, index))?.purpose ?? 'other'

/** On the same key with the same options: an expiry index without `expireAfterSeconds` removes nothing. */
const isSame = ({ key, options }: SessionIndex, index: IndexDescriptionInfo): boolean =>
  JSON.stringify(key) === JSON.stringify(index.key) && index.expireAfterSeconds === options.expireAfterSeconds &&
    JSON.stringify(index.partialFilterExpression) === JSON.stringify(options.partialFilterExpression)

/** MongoDB's own way to name indexes. */
const nameOf = (key: SessionIndex['key']): string => Object.entries(key).flat().join('_')

/** The size of each index, over all shards; null: the user may not see it. */
async function sizesOf (sessions: Collection<any>): Promise<Map<string, number> | null> {
  const shards = await sessions.aggregate([{ $collStats: { storageStats: {} } }]).toArray().catch(() => null)
  if (shards === null) return null
  const sizes = new Map<string, number>()
  for (const { storageStats: { indexSizes } } of shards) {
    for (const [name, bytes] of Object.entries(indexSizes)) sizes.set(name, (sizes.get(name) ?? 0) + Number(bytes))
  }
  return sizes
}

const tableOf = (rows: IndexRow[]): string =>
  toTable([['INDEX', 'FOR', 'SIZE'], ...rows.map(({ name, purpose, bytes, missing }) =>
    [name, purpose, missing ? 'missing' : bytes === null ? 'unknown' : bytesOf(bytes)])])
