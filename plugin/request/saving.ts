/**
 * Saves the host's session data: what was changed, one save after the other.
 * @module
 */
import type { Attached } from './state.js'
import type { LoginSessionVerbs } from '../sessions/lifecycle.js'
import { throwOutage } from './outage.js'
import { changesBetween, snapshotOf } from './session-data.js'
import { dataOf } from './request-session.js'
import type { DataChanges } from '../sessions/store.js'
import type { Visits } from './visit.js'

/** Saves. */
export interface SessionSaving {
  /** Saves what the host changed, after what is being saved already; null: nothing. */
  save(state: Attached): Promise<void> | null
  /** Resolves when no save is under way any more, whether it went well or not: that is told to who waits for it. */
  saved(state: Attached): Promise<void>
}

export function createSessionSaving (sessions: LoginSessionVerbs, visits: Visits): SessionSaving {
  function save (state: Attached): Promise<void> | null {
    const data = dataOf(state.session)
    const changes = changesBetween(state.snapshot, data)
    if (changes === null) return state.saving
    // Noted first: if the store fails, the error's own response must not try again.
    state.snapshot = snapshotOf(data)
    const saving: Promise<void> = (state.saving ?? Promise.resolve()).then(() => write(state, changes))
      .finally(() => { if (state.saving === saving) state.saving = null })
    state.saving = saving
    return saving
  }

  async function saved (state: Attached): Promise<void> {
    while (state.saving !== null) await state.saving.catch(() => {})
  }

  async function write (state: Attached, changes: DataChanges): Promise<void> {
    throwOutage(state.request)
    // False means signed out meanwhile: nothing to save into, and no revival.
    if (state.record !== null) await sessions.save(state.record, changes)
    else await startAnonymous(state, changes.set)
  }

  /** An anonymous session gets its record with its first data. */
  async function startAnonymous (state: Attached, data: Record<string, unknown>): Promise<void> {
    const { token } = state
    const record = await sessions.start({ token, remember: false, visit: visits.visitOf(state.request), data })
    // The visitor has signed in meanwhile, and took the data along.
    if (state.token !== token) return await sessions.end(record, token, 'signed-out')
    state.record = record
    state.issue = true
  }

  return { save, saved }
}
