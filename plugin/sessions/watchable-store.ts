/**
 * The part of the store's contract that makes `watch` fast and cheap.
 * @module
 */

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
