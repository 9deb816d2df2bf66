/**
 * The sessions of all users, for operators: found, counted and ended. Needs a store with an {@link OverviewStore}.
 * @module
 */
import type { DeviceKind } from '../client/device.js'
import type { Actor, SessionName } from './endings.js'
import type { LoginSession } from './login-session.js'
import type { PageFrom, Position, SessionSearch } from './store.js'

/** A page of the order of sign-ins, the newest first. */
export interface SessionPage {
  sessions: LoginSession[]
  /** Where newer ones begin; null: there are none. */
  newer: Position | null
  /** Where older ones begin; null: there are none. */
  older: Position | null
}

/** What is known of all sessions together. */
export interface Numbers {
  /** When they were found out. */
  at: Date
  /** The number of records that they are estimated from; null: all were counted. */
  sample: number | null
  /** Live sessions of signed-in users. */
  sessions: number
  /** Users who are signed in. */
  users: number
  /** The sessions by the day of their sign-in (UTC): the last 14 days, the earliest first. Sessions that have ended are not among them. */
  byDay: Array<{ day: Date, sessions: number }>
  /** By device kind, the most first. */
  byKind: Array<{ kind: DeviceKind, sessions: number }>
  /** By operating system, the most first; null: it is unknown. */
  bySystem: Array<{ system: string | null, sessions: number }>
}

/** How many sessions are ended. */
export interface EndManyOptions {
  actor: Actor
  /** This session stays. */
  except?: SessionName | undefined
  /** Called now and then with the number of sessions that have ended. */
  onProgress?: ((ended: number) => void) | undefined
  /** Stops it. What has ended stays ended. */
  signal?: AbortSignal | undefined
}

/** The sessions of all users. Every method throws FST_LOGIN_SESSION_STORE_UNAVAILABLE. */
export interface Overview {
  /** Makes the indexes that only operators need. */
  prepare(): Promise<void>
  page(search: SessionSearch, limit: number, from: PageFrom): Promise<SessionPage>
  /** How many the search finds. Counting ends at `most`. */
  count(search: SessionSearch, most: number): Promise<number>
  /** Kept for ten seconds. However many sessions there are, at most 4,000 records are read. */
  numbers(): Promise<Numbers>
  /** Ends what the search finds and what had started at the call; an empty search finds everything. Returns the number of sessions. */
  end(search: SessionSearch, options: EndManyOptions): Promise<number>
}
