/**
 * The store's contract. `mongoStore` and `memoryStore` keep it. The cases of `fastify-login-sessions/store-contract` (the room
 * `store-contract/`) check it on any store.
 *
 * Rules for every method: the clock is passed in, never read; nothing upserts, so a removed record stays removed;
 * a missing record is a value (null, false, 0), errors are for broken systems only; a user id is a value, never a query; records
 * are copied on their way in and out, so no caller sees what another one changes.
 * A change of one record is one atomic step: parallel changes of a record are all kept, reads find all of a change or nothing of
 * it, and a removal stays. Every read sees every write that was answered before. If the database refuses a step because of a
 * conflict with another one, as a serializable transaction does, the store repeats the step: callers repeat nothing.
 * A field that a record lacks is absent or undefined in answers, never null.
 *
 * Every method names the keys of its records, or the beginning of them: a user's records begin with `userKeyOf(userId)`, and two
 * users may have the same user key, so the user id is compared too (`key.ts`). Keys and user ids are compared by the codes of their
 * characters: upper and lower case differ, and no character stands for others. One call has at most 1,000 keys; touches may be more.
 *
 * Session data is the host's. If the store cannot keep a value of it, `insert` and `updateData` reject with
 * `loginSessionDataError(cause)`: any other error says that the database is away, and is answered 503.
 * @module
 */
import type { DeviceBinding } from './binding.js'
import type { OverviewStore } from './overview-store.js'
import type { AttemptState, LoginSessionRecord, RecordWithoutData, Touch } from './record.js'
import type { TokenHash } from './tokens.js'
import type { WatchableStore } from './watchable-store.js'

export * from './overview-store.js'
export * from './watchable-store.js'

/**
 * Keeps login-session records. Write your own by keeping these promises, and check them by `storeContract` of
 * `fastify-login-sessions/store-contract`.
 */
export interface LoginSessionStore extends Partial<OverviewStore>, Partial<WatchableStore> {
  /** Indexes and the like. Awaited while the plugin registers, by each server: a rejection stops the boot. */
  prepare?(): Promise<void>

  /** The store's own clock. All servers adjust theirs to it. Without it, the servers' clocks must agree. */
  time?(): Promise<Date>

  /**
   * Stores a new record, durably: it survives the loss of one server. An `_id` that exists already is an error: of many
   * parallel calls with one `_id`, one succeeds.
   */
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
   * Writes the host's session data key by key, in one step, leaving other keys alone. Keys may hold any characters.
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
   * Writes the binding. Durable. Only if the record's binding still equals `expected` in every field (undefined: it has none), so of
   * many parallel calls one gets true. False: nothing was written. Only the option `deviceBound` needs this method.
   */
  setBinding?(key: string, expected: DeviceBinding | undefined, binding: DeviceBinding): Promise<boolean>

  /**
   * Takes one attempt at confirming, in one atomic step: counts a failure in advance, and locks if that makes `limit` of
   * them. After an earlier lock has passed, the count starts again, but `total` goes on. Returns the state with this attempt
   * counted; null: the record is locked or removed, nothing was counted.
   */
  takeAttempt(key: string, limit: number, lockUntil: Date, now: Date): Promise<AttemptState | null>

  /** Returns the last attempt, in both counts and with the lock that it brought, in one atomic step: it could not be checked. */
  returnAttempt(key: string): Promise<void>

  /**
   * Removes this user's record, durably, and returns it, expired or not; null if it does not exist. Of many parallel
   * calls one gets it. An expired one is removed too, because a late touch would prolong it.
   * @param userId undefined for a visitor session
   */
  remove(key: string, userId: string | undefined): Promise<RecordWithoutData | null>

  /**
   * Removes these of this user's records, durably, and returns how many of them were live at `now`. Parallel calls count each
   * record once.
   */
  removeMany(keys: readonly string[], userId: string, now: Date): Promise<number>

  /**
   * Resolves when every removal that is visible to reads is majority-committed, among the records whose key begins with
   * `prefix`. (A removal that failed for lack of a majority is visible, too, and may be rolled back.) If a read after this
   * finds nothing, that is final.
   * @param prefix a whole key, or a user key
   */
  barrier(prefix: string): Promise<void>
}

/** Changed and deleted top-level keys of the host's session data. */
export interface DataChanges {
  set: Record<string, unknown>
  unset: string[]
}

type OptionalMethod = 'prepare' | 'time' | 'setBinding' | keyof OverviewStore | keyof WatchableStore

/** The methods that every store must have; checked when the plugin registers. */
export const STORE_METHODS: ReadonlyArray<Exclude<keyof LoginSessionStore, OptionalMethod>> = [
  'insert', 'find', 'findWithoutData', 'listByUser', 'countByUser', 'keysOfUser', 'page', 'updateData', 'touch', 'setTokens',
  'takeAttempt', 'returnAttempt', 'remove', 'removeMany', 'barrier'
]
