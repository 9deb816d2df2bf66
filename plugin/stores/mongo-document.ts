/**
 * A record as MongoDB holds it.
 * @module
 */
import type { Document } from 'mongodb'
import type { LoginSessionRecord } from '../sessions/record.js'
import type { DataChanges } from '../sessions/store.js'

/** `id` is `_id`, and the keys of `data` are escaped. */
export type LoginSessionDocument = Omit<LoginSessionRecord, 'id'> & { _id: string }

/** The document of a record. */
export function toDocument ({ id, ...record }: LoginSessionRecord): LoginSessionDocument {
  return { _id: id, ...record, data: mapKeys(record.data, escapeKey) }
}

/** The record of a document. */
export function toRecord (document: LoginSessionDocument): LoginSessionRecord
export function toRecord (document: LoginSessionDocument | null): LoginSessionRecord | null
export function toRecord (document: LoginSessionDocument | null): LoginSessionRecord | null {
  if (document === null) return null
  const { _id: id, ...record } = document
  return { id, ...record, data: mapKeys(record.data ?? {}, unescapeKey) }
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

/** In an update's keys MongoDB reads dots as paths and dollars as operators. It refuses empty keys and NUL characters. */
const escapeKey = (key: string): string => key === '' ? '%' : key.replace(/[%$\0]/g, encodeURIComponent).replaceAll('.', '%2E')

const unescapeKey = (key: string): string => key === '%' ? '' : decodeURIComponent(key)
