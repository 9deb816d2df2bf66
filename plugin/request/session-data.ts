/**
 * Which keys of the host's session data changed: so that parallel requests do not lose each other's writes.
 * @module
 */
import type { DataChanges } from '../sessions/store.js'

/** Each key's value as JSON; values are told apart by it, as @fastify/session does. */
export type Snapshot = ReadonlyMap<string, string>

const EMPTY: Snapshot = new Map()

/** The data as it is now; later changes inside its values do not reach it. */
export function snapshotOf (data: Record<string, unknown> = {}): Snapshot {
  const entries = Object.entries(data)
  return entries.length === 0 ? EMPTY : new Map(entries.map(([key, value]) => [key, jsonOf(value)]))
}

/** What has to be written to get from the snapshot to `data`, or null for nothing. `undefined` counts as deleted. */
export function changesBetween (before: Snapshot, data: Record<string, unknown>): DataChanges | null {
  const present = Object.entries(data).filter(([, value]) => value !== undefined)
  if (present.length === 0 && before.size === 0) return null
  const set = Object.fromEntries(present.filter(([key, value]) => before.get(key) !== jsonOf(value)))
  const unset = [...before.keys()].filter(key => !Object.hasOwn(data, key) || data[key] === undefined)
  return Object.keys(set).length + unset.length === 0 ? null : { set, unset }
}

function jsonOf (value: unknown): string {
  return JSON.stringify(value, (_key, part) => typeof part === 'bigint' ? `${part}n` : part) ?? ''
}
