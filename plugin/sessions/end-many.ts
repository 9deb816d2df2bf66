/**
 * Ends the sessions of many users: page by page, with progress, and so that it can be stopped. They are announced one by one if
 * announcements are wanted; otherwise each page ends with one write.
 * @module
 */
import { type Actor, type AnnounceEnd, createEndings, type Ending, type SessionEndReason, type SessionName } from './endings.js'
import { idOf, keyOf, newVisitorKey } from './key.js'
import { pagesAfter, pagesOf, sumOf } from './many.js'
import type { RecordWithoutData } from './record.js'
import type { LoginSessionStore, PageFrom } from './store.js'

/** How many sessions are ended. */
export interface EndManyOptions {
  actor: Actor
  /** This session stays. */
  except?: SessionName | undefined
  /**
   * Called with the number of sessions that have ended: after each page, and after each hundred where they end one by one.
   * The last call has the final number. Not called if nothing ends. Its errors are ignored: the ending goes on.
   */
  onProgress?: ((ended: number) => void) | undefined
  /** Stops it: it resolves to the number of those that have ended. */
  signal?: AbortSignal | undefined
}

/** Finds records that had started at `at`, in the order of sign-ins, the newest first. */
export type FindPage = (at: Date, limit: number, from: PageFrom) => Promise<RecordWithoutData[]>

/** Ends many sessions and returns their number. */
export interface EndMany {
  /** Those that are found. */
  endFound(find: FindPage, options: EndManyOptions): Promise<number>
  /** Those of all users that had started at the call. Works on every store. */
  endEveryone(options: EndManyOptions): Promise<number>
}

/** Removals that run in parallel. */
const PARALLEL = 100

/** Records that are read at a time. */
const PAGE = 1000

/** Endings between two reports within a page. */
const REPORT_EVERY = 100

/** How often they are looked up and removed. */
const ROUNDS = 5

/** What the keys of records can begin with. */
const FIRST_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

type Pages = () => AsyncIterable<RecordWithoutData[]>

/**
 * @param store bounded in time
 * @param now the clock
 * @param announce undefined: no ending is announced
 */
export function createEndMany (store: LoginSessionStore, now: () => Date, announce?: AnnounceEnd): EndMany {
  const { endOne } = createEndings(store, now, announce)

  /** As in `endings.ts`: until a read after a durable write finds none. */
  async function end (pages: Pages, reason: SessionEndReason, { actor, except, onProgress, signal }: EndManyOptions): Promise<number> {
    const spared = except && keyOf(except.userId, except.id)
    const { note, report, ended } = countEnded(onProgress)
    for (let round = 0; round < ROUNDS; round++) {
      let found = 0
      for await (const records of pages()) {
        if (signal?.aborted) return ended()
        const wanted = records.filter(({ _id }) => _id !== spared)
        if (wanted.length === 0) continue
        found += wanted.length
        await endPage(wanted, { reason, actor }, note, signal).finally(report)
      }
      if (found > 0) continue
      if (round > 0) break
      await barrierEverywhere()
    }
    return ended()
  }

  /** @param note called with the number of those that have ended since the last call: if the page fails, some have ended */
  async function endPage (
    records: RecordWithoutData[], ending: Ending, note: (count: number) => number, signal: AbortSignal | undefined
  ): Promise<void> {
    if (announce !== undefined) {
      const end = async ({ _id, userId }: RecordWithoutData): Promise<number> => {
        if (signal?.aborted) return 0
        return note(await endOne(userId!, idOf(_id), ending) === null ? 0 : 1)
      }
      await sumOf(records, end, PARALLEL)
    } else if (store.removeFound !== undefined) {
      note(await store.removeFound(records.map(({ _id }) => _id), now()))
    } else {
      await sumOf(keysByUser(records), async ([userId, keys]) => note(await store.removeMany(keys, userId, now())), PARALLEL)
    }
  }

  /** One key of each part of the collection, so that it reaches all shards. No record has one of these keys. */
  async function barrierEverywhere (): Promise<void> {
    await Promise.all([...FIRST_CHARACTERS].map(async first => await store.barrier(first + newVisitorKey().slice(1))))
  }

  return {
    async endFound (find, options) {
      const at = now()
      const after = (last: RecordWithoutData | undefined): PageFrom =>
        last === undefined ? null : { olderThan: { createdAt: last.createdAt, key: last._id } }
      return await end(() => pagesAfter(async last => await find(at, PAGE, after(last)), PAGE), 'revoked', options)
    },

    async endEveryone (options) {
      const at = now()
      async function * pages (): AsyncGenerator<RecordWithoutData[]> {
        for await (const records of pagesOf(after => store.page(after, PAGE), ({ _id }) => _id, PAGE)) {
          // Expired ones are removed too, because a late touch would prolong them.
          yield records.filter(({ userId, createdAt }) => userId !== undefined && createdAt <= at)
        }
      }
      return await end(pages, 'revoked-all', options)
    }
  }
}

/** Counts what has ended, and reports it now and then. */
function countEnded (onProgress: EndManyOptions['onProgress']) {
  let [ended, reported] = [0, 0]
  /** An error of the callback, which may be asynchronous, must not stop the ending. */
  const tell = async (): Promise<void> => { await onProgress?.(ended) }
  const report = (): void => {
    if (ended === reported) return
    reported = ended
    tell().catch(() => {})
  }
  return {
    report,
    ended: () => ended,
    note (count: number): number {
      ended += count
      if (ended - reported >= REPORT_EVERY) report()
      return count
    }
  }
}

function keysByUser (records: RecordWithoutData[]): Map<string, string[]> {
  const keys = new Map<string, string[]>()
  for (const { _id, userId } of records) keys.set(userId!, [...keys.get(userId!) ?? [], _id])
  return keys
}
