/**
 * The store's contract. `mongoStore` and `memoryStore` keep it; the repository's `test/stores/contract.ts` checks it on both.
 *
 * Rules for every method: the clock is passed in, never read; nothing upserts, so a removed record stays removed;
 * a missing record is a value (null, false, 0), errors are for broken systems only; each caller gets a deep copy of a record.
 * @module
 */
import type { AttemptState, LoginSessionRecord, Touch } from './record.js'
import type { TokenHash } from './tokens.js'

/** Keeps login-session records. Write your own by keeping these promises. */
export interface LoginSessionStore {
  /** Indexes and the like. Awaited while the plugin registers: a rejection stops the boot. */
  prepare?(): Promise<void>

  /** Stores a new record, durably: it survives the loss of one server. A token or id that exists already is an error. */
  insert(record: LoginSessionRecord): Promise<void>

  /** The record that has a token with this hash, expired or not (the caller judges), or null. Reads from the primary: no cache, no replica. */
  findByToken(hash: string): Promise<LoginSessionRecord | null>

  /** This user's record with this id that is live at `now`, or null: foreign, unknown, expired and removed ids are alike. */
  find(userId: string, id: string, now: Date): Promise<LoginSessionRecord | null>

  /** All records of this user that are live at `now`, in no particular order. */
  listByUser(userId: string, now: Date): Promise<LoginSessionRecord[]>

  /**
   * Writes the host's session data key by key, leaving other keys alone. Keys may hold any characters.
   * False: the record is gone; nothing was written.
   */
  updateData(id: string, changes: DataChanges): Promise<boolean>

  /**
   * Writes a later `lastActiveAt` with its `expiresAt` and `ip`, and `device` where the touch has one, in the same step;
   * never an earlier one. A record that has been removed or has expired by then stays so. May be lost.
   */
  touch(touches: Touch[]): Promise<void>

  /**
   * Replaces the tokens in one atomic step, and notes the confirmation: failures back to 0, `at` = `now`. Durable.
   *
   * Only if `current` is still the record's newest token (`tokens[0]`), or if the response with the newest one was lost:
   * `current` is the former token (`tokens[1]`), which has no `until`, and the record's `confirmation.at` is at `lostBefore`
   * or earlier. This is checked in the same step, so of many parallel calls one gets true.
   * False: rotated or removed meanwhile; nothing was written.
   */
  rotate(id: string, current: string, tokens: TokenHash[], now: Date, lostBefore: Date): Promise<boolean>

  /**
   * Gives the record's former token (`tokens[1]`) this `until`, in one step, if `newest` is still its newest token
   * (`tokens[0]`) and the former one has none yet; otherwise writes nothing. May be lost: the record shows that it is still
   * due.
   */
  retireFormer(id: string, newest: string, until: Date): Promise<void>

  /**
   * Takes one attempt at confirming, in one atomic step: counts a failure in advance, and locks if that makes `limit` of
   * them. After an earlier lock has passed, the count starts again. Returns the state with this attempt counted; null: the
   * record is locked or removed, nothing was counted.
   */
  takeAttempt(id: string, limit: number, lockUntil: Date, now: Date): Promise<AttemptState | null>

  /** Returns the last attempt: it could not be checked. */
  returnAttempt(id: string): Promise<void>

  /** The attempts of this record, or null if it has been removed. */
  attempts(id: string): Promise<AttemptState | null>

  /**
   * Removes this user's record, durably, and returns it if it was live at `now`; null otherwise. An expired one is removed,
   * too: a late touch would prolong it.
   */
  remove(userId: string, id: string, now: Date): Promise<LoginSessionRecord | null>

  /** Removes the record that has a token with this hash, durably: whoever has the token owns the record. */
  removeByToken(hash: string): Promise<LoginSessionRecord | null>

  /** The ids of all records of this user, expired ones included. */
  idsByUser(userId: string): Promise<string[]>

  /** Removes these of this user's records, like {@link remove}, and returns how many of them were live at `now`. */
  removeMany(userId: string, ids: string[], now: Date): Promise<number>

  /**
   * Resolves when every removal that is visible to reads is majority-committed. (A removal that failed for lack of a
   * majority is visible, too, and may be rolled back.) If a read after this finds nothing, that is final.
   */
  barrier(): Promise<void>
}

/** Changed and deleted top-level keys of the host's session data. */
export interface DataChanges {
  set: Record<string, unknown>
  unset: string[]
}

/** The methods that every store must have; checked when the plugin registers. */
export const STORE_METHODS: ReadonlyArray<Exclude<keyof LoginSessionStore, 'prepare'>> = [
  'insert', 'findByToken', 'find', 'listByUser', 'updateData', 'touch', 'rotate', 'retireFormer',
  'takeAttempt', 'returnAttempt', 'attempts', 'remove', 'removeByToken', 'idsByUser', 'removeMany', 'barrier'
]
