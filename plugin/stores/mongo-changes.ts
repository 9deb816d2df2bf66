/**
 * What a watch needs of MongoDB: a change stream, which reports what happens in a collection once a majority has it, and look-ups of
 * expiries.
 * @module
 */
import type { ChangeStreamDocument, Collection, Document } from 'mongodb'
import type { RemovalEvents } from '../sessions/store.js'

/** What a change stream reports. */
export interface ChangeEvents {
  /** Everything that happens after this is reported. */
  opened(): void
  changed(change: ChangeStreamDocument): void
  /** The last report. @param error why; dropping or renaming the collection is a reason, too */
  ended(error: Error): void
}

/**
 * Reads the changes of this collection. After a failover the driver goes on where it was, so no change is missed.
 *
 * @param stages what follows `$changeStream`; they must leave `_id`
 * @returns stops it: nothing is reported any more
 */
export function readChanges (sessions: Collection<any>, stages: Document[], { opened, changed, ended }: ChangeEvents): () => Promise<void> {
  // A change stream refuses every other level, which the host's client may have.
  const stream = sessions.watch(stages, { readPreference: 'primary', readConcern: { level: 'majority' } })
  let isStopped = false
  // The driver has no event for the first answer of the server. It is the first that brings a token to resume after.
  stream.once('resumeTokenChanged', opened)

  async function run (): Promise<void> {
    // Only an error ends it.
    while (true) changed(await stream.next())
  }

  run().catch(error => { if (!isStopped) ended(error) })
  return async () => {
    isStopped = true
    stream.off('resumeTokenChanged', opened)
    await stream.close()
  }
}

/** Removals, and what removes all records at once. Of each change only its key is sent. */
const REMOVALS: Document[] = [
  { $match: { operationType: { $in: ['delete', 'drop', 'dropDatabase', 'rename', 'invalidate'] } } },
  { $project: { operationType: 1, documentKey: 1 } }
]

/**
 * The server will not answer otherwise in a moment: it is not a member of a replica set (40573), the user may not (13), or it is not
 * MongoDB and knows no change streams (59, 115, 238, 40324).
 */
const REFUSALS: ReadonlySet<unknown> = new Set([40573, 13, 59, 115, 238, 40324])

/** Will a change stream be refused the next time, too? */
export const isRefusal = (error: unknown): boolean => REFUSALS.has((error as { code?: unknown }).code)

/** The removals of this collection, see `WatchableStore.watchRemovals`. */
export function readRemovals (sessions: Collection<any>, { opened, removed, ended }: RemovalEvents): () => Promise<void> {
  return readChanges(sessions, REMOVALS, {
    opened,
    changed (change) {
      // After a change that removes all records the stream ends, and its reader looks at all of them.
      if (change.operationType === 'delete') removed(String(change.documentKey._id))
    },
    ended (error) { ended(error, isRefusal(error)) }
  })
}

/** The expiries of the records with these keys, see `WatchableStore.expiriesOf`. */
export async function readExpiries (sessions: Collection<any>, keys: readonly string[]): Promise<Array<Date | null>> {
  const wanted = [...new Set(keys)]
  const found = await sessions.find({ _id: { $in: wanted } }, { projection: { expiresAt: 1 }, batchSize: wanted.length }).toArray()
  const byKey = new Map<string, Date>(found.map(({ _id, expiresAt }) => [_id, expiresAt]))
  return keys.map(key => byKey.get(key) ?? null)
}
