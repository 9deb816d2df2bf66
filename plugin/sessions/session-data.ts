/**
 * Session data outside of their requests, for work that goes on after its response.
 * @module
 */
import type { SessionName } from './endings.js'
import { keyOf } from './key.js'
import { isLive } from './record.js'
import type { LoginSessionStore } from './store.js'

/** Reads and writes the session data of any session. */
export interface SessionData {
  /** The data of a live session; null: it has ended. */
  read(session: SessionName): Promise<Record<string, unknown> | null>
  /** Writes these keys, and leaves the others. False: the session has ended. */
  write(session: SessionName, values: Record<string, unknown>): Promise<boolean>
}

/** @param store bounded in time */
export function createSessionData (store: Pick<LoginSessionStore, 'find' | 'updateData'>, now: () => Date): SessionData {
  return {
    async read ({ userId, id }) {
      const [record] = await store.find([keyOf(userId, id)])
      return record != null && isLive(record, now()) ? record.data : null
    },

    async write ({ userId, id }, values) {
      return await store.updateData(keyOf(userId, id), { set: values, unset: [] })
    }
  }
}
