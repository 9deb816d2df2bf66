/**
 * A record as MongoDB holds it: the same, except that the keys of `data` are escaped.
 * @module
 */
import type { Document } from 'mongodb'
import { dataError } from '../errors.js'
import type { LoginSessionRecord } from '../sessions/record.js'
import type { DataChanges } from '../sessions/store.js'

/** The document of a record. */
export function toDocument (record: LoginSessionRecord): LoginSessionRecord {
  return { ...record, data: mapKeys(record.data, escapeKey) }
}

/** The record of a document, which is changed for it. Most keys need no escape, so most documents are records as they are. */
export function toRecord (document: LoginSessionRecord): LoginSessionRecord {
  document.data ??= {}
  for (const key in document.data) {
    if (key.includes('%')) return Object.assign(document, { data: mapKeys(document.data, unescapeKey) })
  }
  return document
}

/** A copy of a record: parallel requests of one browser must not share its session data. */
export const copyOf = (record: LoginSessionRecord): LoginSessionRecord => copy(record) as LoginSessionRecord

/**
 * A copy of what can be changed in place: arrays, plain objects, dates and bytes. Values of BSON's own types (ObjectId,
 * Decimal128) are shared. They are copied without BSON, since they may come from another version of it.
 */
function copy (value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(copy)
  if (value instanceof Date) return new Date(value)
  if (Buffer.isBuffer(value)) return Buffer.from(value)
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  return mapValues(value as Record<string, unknown>, copy)
}

/** The update that writes these changes of the host's session data, key by key. */
export function dataUpdate ({ set, unset }: DataChanges): Document {
  return {
    ...(Object.keys(set).length > 0 && { $set: mapKeys(set, key => `data.${escapeKey(key)}`) }),
    ...(unset.length > 0 && { $unset: Object.fromEntries(unset.map(key => [`data.${escapeKey(key)}`, ''])) })
  }
}

function mapKeys (object: Record<string, unknown>, rename: (key: string) => string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [rename(key), value]))
}

function mapValues (object: Record<string, unknown>, map: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]))
}

/** In an update's keys MongoDB reads dots as paths and dollars as operators. It refuses empty keys and NUL characters. */
const escapeKey = (key: string): string => key === '' ? '%' : key.replace(/[%$\0]/g, encodeURIComponent).replaceAll('.', '%2E')

const unescapeKey = (key: string): string => key === '%' ? '' : decodeURIComponent(key)

/** Session data can be large (16 MB). They are read for the request that owns them, and for nothing else. */
export const WITHOUT_DATA = { projection: { data: 0 } } as const

/** Runs a write of the host's data. The driver refuses some values before anything is sent: that is no outage. */
export async function keepable<T> (write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    throw isRefusedData(error) ? dataError(error) : error
  }
}

/** MongoDB's errors for documents that are too large: as they are sent, and after an update. */
const TOO_LARGE: ReadonlySet<unknown> = new Set([10334, 17419])

/** What is not an error of the driver's comes from turning the host's values into BSON: it refuses some, and calls `toBSON`. */
function isRefusedData (error: unknown): error is Error {
  const { name, code } = error as Error & { code?: unknown }
  return !/^Mongo/.test(name) || TOO_LARGE.has(code)
}
