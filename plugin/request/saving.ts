/**
 * Saves the host's session data: only the keys that changed, so that parallel requests do not lose each other's writes,
 * and one save after the other.
 * @module
 */
import type { Lifecycle } from '../sessions/lifecycle.js'
import type { DataChanges } from '../sessions/store.js'
import { newToken } from '../sessions/tokens.js'
import type { SessionCookie } from './cookie.js'
import { dataOf } from './request-session.js'
import { changesBetween, snapshotOf } from './snapshot.js'
import type { RequestState } from './state.js'
import type { Visits } from './visit.js'

/** Saves session data. */
export interface Saving {
  /** Saves what the host changed, after the saves under way; null: there is nothing to save. */
  save(state: RequestState): Promise<void> | null
  /** Resolves when no save is under way any more, regardless of outcome; the caller that awaits the save itself sees the error. */
  allSaved(state: RequestState): Promise<void>
}

/** Saves through this lifecycle. */
export function createSaving (lifecycle: Lifecycle, cookie: SessionCookie, visits: Visits): Saving {
  function save (state: RequestState): Promise<void> | null {
    const data = dataOf(state.session)
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
    state.throwOutage()
    // False means signed out meanwhile: nothing is saved and nothing is revived.
    if (state.record !== null) await lifecycle.saveData(state.record, changes)
    // Once the response is out, no cookie can be issued.
    else if (!state.responseSent && cookie.mayStartVisitorSession(state)) await startVisitorSession(state, changes.set)
    else state.request.log.debug('login sessions: session data was dropped, because no cookie may be set for it now')
  }

  /** A visitor session gets its record with its first data. */
  async function startVisitorSession (state: RequestState, data: Record<string, unknown>): Promise<void> {
    const { key, snapshot } = state
    const token = newToken(key)
    const record = await lifecycle.start({ token, remember: false, visit: visits.visitOf(state.request), data })
    // The visitor has signed in or out meanwhile, and the data moved with that.
    if (state.key !== key) return await lifecycle.end(record, 'signed-out')
    state.setRecord(record, token)
    // The host may have changed more since, and compares with what was to be saved.
    state.snapshot = snapshot
    state.cookie = 'issue'
    state.cookieMayWait = false
  }

  return { save, allSaved }
}
