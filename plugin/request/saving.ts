/**
 * Saves the host's session data: only the keys that changed, so that parallel requests do not lose each other's writes,
 * and one save after the other.
 * @module
 */
import type { Lifecycle } from '../sessions/lifecycle.js'
import type { DataChanges } from '../sessions/store.js'
import { dataOf } from './request-session.js'
import { type RequestState, type Snapshot, throwOutage } from './state.js'
import type { Visits } from './visit.js'

const EMPTY: Snapshot = new Map()

/** The data as it is now; later changes inside its values do not change the snapshot. */
export function snapshotOf (data: Record<string, unknown> = {}): Snapshot {
  const entries = Object.entries(data)
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
  return JSON.stringify(value, (_key, part) => typeof part === 'bigint' ? `${part}n` : part) ?? ''
}

/** Saves session data. */
export interface Saving {
  /** Saves what the host changed, after the saves under way; null: there is nothing to save. */
  save(state: RequestState): Promise<void> | null
  /** Resolves when no save is under way any more, regardless of outcome; whoever awaits the save itself sees the error. */
  allSaved(state: RequestState): Promise<void>
}

/** Saves through this lifecycle. */
export function createSaving (lifecycle: Lifecycle, visits: Visits): Saving {
  function save (state: RequestState): Promise<void> | null {
    const data = dataOf(state.sessionObject)
    const changes = changesBetween(state.snapshot, data)
    if (changes === null) return state.saving
    // Before the write: if the store fails, the response to the error must not try again.
    state.snapshot = snapshotOf(data)
    const saving: Promise<void> = (state.saving ?? Promise.resolve()).then(() => write(state, changes))
      .finally(() => { if (state.saving === saving) state.saving = null })
    state.saving = saving
    return saving
  }

  async function allSaved (state: RequestState): Promise<void> {
    while (state.saving !== null) await state.saving.catch(() => {})
  }

  async function write (state: RequestState, changes: DataChanges): Promise<void> {
    throwOutage(state.request)
    // False means signed out meanwhile: nothing is saved and nothing is revived.
    if (state.record !== null) await lifecycle.saveData(state.record, changes)
    else await startVisitorSession(state, changes.set)
  }

  /** A visitor session gets its record with its first data. */
  async function startVisitorSession (state: RequestState, data: Record<string, unknown>): Promise<void> {
    const { token } = state
    const record = await lifecycle.start({ token, remember: false, visit: visits.visitOf(state.request), data })
    // The visitor has signed in meanwhile, and the data moved to that session.
    if (state.token !== token) return await lifecycle.end(record, token, 'signed-out')
    state.record = record
    state.issueCookie = true
  }

  return { save, allSaved }
}
