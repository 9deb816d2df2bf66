/**
 * Session data as it was, to be compared later.
 * @module
 */
import type { DataChanges } from '../sessions/store.js'

/** Each key's value as JSON, as @fastify/session compares them. */
export type Snapshot = ReadonlyMap<string, string>

const EMPTY: Snapshot = new Map()

/** The data as it is now; later changes inside its values do not change the snapshot. */
export function snapshotOf (data: Record<string, unknown> | undefined): Snapshot {
  const entries = data === undefined ? [] : Object.entries(data)
  return entries.length === 0 ? EMPTY : new Map(entries.map(([key, value]) => [key, jsonOf(value)]))
}

/** The changes from the snapshot to `data`, or null for none. `undefined` counts as deleted. */
export function changesBetween (before: Snapshot, data: Record<string, unknown>): DataChanges | null {
  const present = Object.entries(data).filter(([, value]) => value !== undefined)
  if (present.length === 0 && before.size === 0) return null
  const set = Object.fromEntries(present.filter(([key, value]) => before.get(key) !== jsonOf(value)))
  const unset = [...before.keys()].filter(key => !Object.hasOwn(data, key) || data[key] === undefined)
  return Object.keys(set).length + unset.length === 0 ? null : { set, unset }
}

function jsonOf (value: unknown): string {
  try {
    return JSON.stringify(value, (_key, part) => typeof part === 'bigint' ? `${part}n` : part) ?? ''
  } catch {
    // It is circular, or its `toJSON` fails. The store will say so.
    return 'no JSON'
  }
}
