/**
 * The store's contract. `mongoStore` and `memoryStore` keep it; the repository's `test/store-contract.ts` checks it on both.
 *
 * Rules for every method: the clock is passed in, never read; nothing upserts, so a removed record stays removed;
 * a missing record is a value (null, false, 0), errors are for broken systems only; records handed out are the caller's
 * own copies, deep ones.
 * @module
 */
import type { LoginSessionRecord, Touch, Confirmation, TokenHash } from './record.js'

/** Keeps login-session records. Write your own by keeping these promises. */
export interface LoginSessionStore {
  /** Indexes and the like. Awaited while the plugin registers: a rejection stops the boot. */
  prepare?(): Promise<void>

  /** Stores a new record, durably: it survives the loss of one server. A token or id that exists already is an error. */
  insert(record: LoginSessionRecord): Promise<void>

  /** The record that has a token with this hash, live or not (the caller judges), or null. Reads the truth: no cache, no replica. */
  findByToken(hash: string): Promise<LoginSessionRecord | null>

  /** This user's record with this id that lives at `now`, or null: foreign, unknown, expired and removed ids are alike. */
  find(userId: string, id: string, now: Date): Promise<LoginSessionRecord | null>

  /** All records of this user that live at `now`, in no particular order. */
  listByUser(userId: string, now: Date): Promise<LoginSessionRecord[]>

  /**
   * Writes the host's session data key by key, leaving other keys alone. Keys may hold any characters.
   * False: the record is gone; nothing was written.
   */
  updateData(id: string, changes: DataChanges): Promise<boolean>

  /**
   * Writes a later `lastActiveAt` with its `expiresAt` and `ip`, and `device` where the touch has one, in the same step;
   * never an earlier one. Records that are gone or dead by then stay so. May be lost.
   */
  touch(touches: Touch[]): Promise<void>

  /**
   * Replaces the tokens in one step, and notes the confirmed password: failures back to 0, `at` = `now`. Durable.
   *
   * Only if `current` is still the record's newest token (`tokens[0]`), or if the newest one was evidently lost on its way:
   * `current` is the former token (`tokens[1]`), which has no `until`, and the record's `confirmation.at` is at `lostBefore`
   * or earlier. That is judged in the same step, so of many at the same moment one gets true.
   * False: rotated or removed meanwhile; nothing was written.
   */
  confirm(id: string, current: string, tokens: TokenHash[], now: Date, lostBefore: Date): Promise<boolean>

  /**
   * Gives the record's former token (`tokens[1]`) this `until`, in one step, if `newest` is still its newest token
   * (`tokens[0]`) and the former one has none yet; writes nothing otherwise. It may be lost: the record shows that it is
   * still due.
   */
  retireFormer(id: string, newest: string, until: Date): Promise<void>

  /**
   * Takes one password attempt in one atomic step: counts a failure in advance, and locks when that makes `limit` of
   * them. An earlier lock that has passed starts the count anew. Returns the state with this attempt counted; null: the
   * record is locked or gone, nothing was counted.
   */
  takeAttempt(id: string, limit: number, lockUntil: Date, now: Date): Promise<Confirmation | null>

  /** Gives the last attempt back: the password could not be checked. */
  returnAttempt(id: string): Promise<void>

  /** The attempts of this record, or null when it is gone. */
  confirmation(id: string): Promise<Confirmation | null>

  /**
   * Removes this user's record, durably, and returns it if it lived at `now`; null otherwise. One that has expired goes,
   * too: a touch that is still on its way from before would prolong it.
   */
  remove(userId: string, id: string, now: Date): Promise<LoginSessionRecord | null>

  /** Removes the record that has a token with this hash, durably: who holds the token owns the record. */
  removeByToken(hash: string): Promise<LoginSessionRecord | null>

  /** The ids of all records of this user, the expired ones, too. */
  idsByUser(userId: string): Promise<string[]>

  /** Removes these of this user's records, like {@link remove}, and returns how many of them lived at `now`. */
  removeMany(userId: string, ids: string[], now: Date): Promise<number>

  /**
   * Resolves once all removals that reads have shown are durable: one that was refused for want of other servers shows, too,
   * and is undone by a failover. Who then reads again, and finds nothing, knows.
   */
  settle(): Promise<void>
}

/** Changed and deleted top-level keys of the host's session data. */
export interface DataChanges {
  set: Record<string, unknown>
  unset: string[]
}

/** The methods that every store must have; checked when the plugin registers. */
export const STORE_METHODS: ReadonlyArray<Exclude<keyof LoginSessionStore, 'prepare'>> = [
  'insert', 'findByToken', 'find', 'listByUser', 'updateData', 'touch', 'confirm', 'retireFormer',
  'takeAttempt', 'returnAttempt', 'confirmation', 'remove', 'removeByToken', 'idsByUser', 'removeMany', 'settle'
]
