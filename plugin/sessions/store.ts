/**
 * The store's contract. `mongoStore` and `memoryStore` keep it; the repository's `test/stores/contract.ts` checks it on both.
 *
 * Rules for every method: the clock is passed in, never read; nothing upserts, so a removed record stays removed;
 * a missing record is a value (null, false, 0), errors are for broken systems only; each caller gets session data of its own.
 * Every method names the keys of its records, or the beginning of them (`key.ts`).
 * @module
 */
import type { DeviceKind } from '../client/device.js'
import type { AttemptState, LoginSessionRecord, RecordWithoutData, Touch } from './record.js'
import type { TokenHash } from './tokens.js'

/** All values that {@link SessionSearch.kind} may have. */
export { DEVICE_KINDS } from '../client/system.js'

/** Keeps login-session records. Write your own by keeping these promises. */
export interface LoginSessionStore extends Partial<OverviewStore>, Partial<WatchableStore> {
  /** Indexes and the like. Awaited while the plugin registers: a rejection stops the boot. */
  prepare?(): Promise<void>

  /** The store's own clock. All servers adjust theirs to it. Without it, the servers' clocks must agree. */
  time?(): Promise<Date>

  /** Stores a new record, durably: it survives the loss of one server. An `_id` that exists already is an error. */
  insert(record: LoginSessionRecord): Promise<void>

  /**
   * The records with these keys, or null, in the order of the keys. Expired ones are included: the caller judges. Reads
   * from the primary: no cache, no replica. Called once for all requests of an event-loop turn.
   */
  find(keys: readonly string[]): Promise<Array<LoginSessionRecord | null>>

  /** The record with this key, or null, expired or not. Reads from the primary. Session data may be large: none is read. */
  findWithoutData(key: string): Promise<RecordWithoutData | null>

  /**
   * This user's records that are live at `now`, the most recently active first, at most `limit` of them.
   * @param limit a whole number from 1 on, or Infinity
   */
  listByUser(userId: string, now: Date, limit: number): Promise<RecordWithoutData[]>

  /** How many records of this user are live at `now`. */
  countByUser(userId: string, now: Date): Promise<number>

  /**
   * The keys of this user's records in ascending order, expired ones included: those after this key, at most `limit` of
   * them. @param after '' for the first ones
   */
  keysOfUser(userId: string, after: string, limit: number): Promise<string[]>

  /**
   * The records whose keys come after this key, in ascending order, at most `limit` of them: of all users, visitor sessions
   * and expired ones included. The caller judges.
   * @param after '' for the first ones
   * @param prefix only those whose key begins with it, such as a user key; the caller compares the user
   */
  page(after: string, limit: number, prefix?: string): Promise<RecordWithoutData[]>

  /**
   * Writes the host's session data key by key, leaving other keys alone. Keys may hold any characters.
   * False: the record is gone; nothing was written.
   */
  updateData(key: string, changes: DataChanges): Promise<boolean>

  /**
   * Writes a later `lastActiveAt` with its `expiresAt` and `ip`, and `device`, `userAgent` and `formerIp` where the touch has
   * them, in the same step; never an earlier one. Fields that a touch lacks stay. A record that has been removed or has
   * expired by then stays so. May be lost.
   */
  touch(touches: Touch[]): Promise<void>

  /**
   * Replaces the tokens, and the attempts (with their `total`) if they are given, in one step. Durable. Only if the record's
   * tokens still equal `expected` in every field and in their order, so of many parallel calls one gets true. False: nothing
   * was written.
   */
  setTokens(key: string, expected: TokenHash[], tokens: TokenHash[], attempts?: AttemptState): Promise<boolean>

  /**
   * Takes one attempt at confirming, in one atomic step: counts a failure in advance, and locks if that makes `limit` of
   * them. After an earlier lock has passed, the count starts again, but `total` goes on. Returns the state with this attempt
   * counted; null: the record is locked or removed, nothing was counted.
   */
  takeAttempt(key: string, limit: number, lockUntil: Date, now: Date): Promise<AttemptState | null>

  /** Returns the last attempt, in both counts: it could not be checked. */
  returnAttempt(key: string): Promise<void>

  /**
   * Removes this user's record, durably, and returns it, expired or not; null if it does not exist. An expired one is removed
   * too, because a late touch would prolong it.
   * @param userId undefined for a visitor session
   */
  remove(key: string, userId: string | undefined): Promise<RecordWithoutData | null>

  /** Removes these of this user's records, durably, and returns how many of them were live at `now`. */
  removeMany(keys: readonly string[], userId: string, now: Date): Promise<number>

  /**
   * Resolves when every removal that is visible to reads is majority-committed, among the records whose key begins with
   * `prefix`. (A removal that failed for lack of a majority is visible, too, and may be rolled back.) If a read after this
   * finds nothing, that is final.
   * @param prefix a whole key, or a user key
   */
  barrier(prefix: string): Promise<void>
}

/** Which sessions an operator looks for. What is undefined selects nothing; several conditions must all hold. */
export interface SessionSearch {
  /** Only sessions of these users. An empty list: of nobody. */
  userIds?: readonly string[] | undefined
  kind?: DeviceKind | undefined
  /** Only sessions whose address is one of these strings, or is matched by one of these expressions. */
  addresses?: ReadonlyArray<string | RegExp> | undefined
  /** Signed in at this time or later. */
  signedInFrom?: Date | undefined
  /** Signed in before this time. */
  signedInBefore?: Date | undefined
}

/** A place in the order of sign-ins: by time, and by key if the times are equal. */
export interface Position {
  createdAt: Date
  key: string
}

/** From where a page of the order of sign-ins is read: from the newest one, or from a position on, which is not part of it. */
export type PageFrom = { olderThan: Position } | { newerThan: Position } | null

/**
 * The part of a store for operators: it has all of these methods or none. A store without it has no operators' page. It concerns
 * signed-in sessions that are live at `now`, of all users. Its commands may ask every shard. `size` is the only method that
 * counts other records, too.
 */
export interface OverviewStore {
  /**
   * The indexes that only operators need. Awaited while the operators' page registers: a rejection stops the boot. If it takes
   * longer than a few seconds, it must resolve and go on in the background; the other methods may fail until it is done.
   */
  prepareOverview(): Promise<void>

  /**
   * Those that the search finds, the newest sign-in first, at most `limit`: the newest ones, or those next to a position. Those
   * newer than a position are in the same order.
   */
  newest(search: SessionSearch, now: Date, limit: number, from: PageFrom): Promise<RecordWithoutData[]>

  /** How many the search finds. Counting ends at `most`. */
  countFound(search: SessionSearch, now: Date, most: number): Promise<number>

  /** About how many records there are, of visitors and expired ones too. It reads no record. */
  size(): Promise<number>

  /**
   * Removes these records of signed-in users, durably, and returns how many of them were live at `now`. Like
   * {@link LoginSessionStore.removeMany}, for many users at once.
   */
  removeFound(keys: readonly string[], now: Date): Promise<number>
}

/** What a store reports while it is watched. */
export interface RemovalEvents {
  /** Every removal from now on is reported. */
  opened(): void
  /** The record with this key has been removed. It may be one that the listener does not know. */
  removed(key: string): void
  /** The last report. @param isRefused the store will answer the same next time */
  ended(error: Error, isRefused: boolean): void
}

/**
 * The part of a store that makes `watch` fast and cheap. Without it, watched records are looked at every five seconds, by `find`.
 */
export interface WatchableStore {
  /**
   * When the records with these keys expire, expired ones included, in the order of the keys; null: there is no such record.
   * Reads from the primary.
   */
  expiriesOf(keys: readonly string[]): Promise<Array<Date | null>>

  /**
   * Reports the removals of all records, by whatever server, and by the database itself. Called once for all watches of a process.
   * @returns stops it: nothing is reported any more
   */
  watchRemovals(events: RemovalEvents): () => Promise<void>
}

/** Changed and deleted top-level keys of the host's session data. */
export interface DataChanges {
  set: Record<string, unknown>
  unset: string[]
}

type OptionalMethod = 'prepare' | 'time' | keyof OverviewStore | keyof WatchableStore

/** The methods that every store must have; checked when the plugin registers. */
export const STORE_METHODS: ReadonlyArray<Exclude<keyof LoginSessionStore, OptionalMethod>> = [
  'insert', 'find', 'findWithoutData', 'listByUser', 'countByUser', 'keysOfUser', 'page', 'updateData', 'touch', 'setTokens',
  'takeAttempt', 'returnAttempt', 'remove', 'removeMany', 'barrier'
]

/** The methods of the part for operators. */
export const OVERVIEW_METHODS: ReadonlyArray<keyof OverviewStore> = ['prepareOverview', 'newest', 'countFound', 'size', 'removeFound']
