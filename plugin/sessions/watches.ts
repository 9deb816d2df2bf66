/**
 * Signals that fire when a session ends, on whatever server, and at its expiry. Sockets and streams end by them.
 * @module
 */
import DataLoader from 'dataloader'
import { requiredError } from '../errors.js'
import { aSignal, LONGEST_TIMER, type OptionTable, resolveTable } from '../option-check.js'
import { settledWithin } from '../timeout.js'
import { timers } from '../timers.js'
import { keyOf } from './key.js'
import type { LoginSession } from './login-session.js'
import { later, LOOK_EVERY, startFeed } from './removal-feed.js'
import type { LoginSessionStore } from './store.js'

/** What names a session and says when it ends if nobody uses it. */
export type WatchedSession = Pick<LoginSession, 'id' | 'userId' | 'expiresAt'>

/** How long a session is watched. */
export interface WatchOptions {
  /** Ends the watch: the socket is closed, and nobody needs the signal any more. @default until the session ends */
  until?: AbortSignal | undefined
}

/** @returns a signal that fires when the session ends */
export type Watch = (session: WatchedSession, options?: WatchOptions) => AbortSignal

/** The watched sessions of one process. */
export interface Watches {
  watch: Watch
  /** These records have been removed by this process: nobody needs to look. */
  removed(keys: readonly string[]): void
  /** How many signals may still fire. */
  size(): number
  /** Ends timers and stream. No signal fires any more: the sessions live on. */
  close(): Promise<void>
}

/** What the watches work on. */
export interface WatchesParts {
  /** Bounded in time. */
  store: LoginSessionStore
  /** The clock. */
  now: () => Date
  /** Undefined: nobody is warned. */
  warn?: ((error: unknown, message: string) => void) | undefined
}

/** A session, and everybody who watches it. */
interface Entry {
  key: string
  /** Each with what removes its listener of `until`. */
  watchers: Map<AbortController, () => void>
  /** For its expiry, or for the next look after one that failed. */
  timer: NodeJS.Timeout
}

/** The most keys of one read. */
const MOST_KEYS = 1000

/** How long closing waits for the database to end a stream, in ms. */
const CLOSE_WITHIN = 1000

/** @example const ended = createWatches({ store, now }).watch(session, { until: closed.signal }) */
export function createWatches ({ store, now, warn = () => {} }: WatchesParts): Watches {
  const entries = new Map<string, Entry>()
  const expiryOf = createExpiryLookups(store)
  let stopFeed: (() => Promise<void>) | null = null
  let stopping: Promise<unknown> = Promise.resolve()
  let isClosed = false
  let hasWarned = false

  function watch (session: WatchedSession, options: WatchOptions = {}): AbortSignal {
    const { userId, id, expiresAt } = requireSession(session)
    const { until } = resolveTable(OPTIONS, options, { kind: 'method', name: 'watch', example: '{ until: closed.signal }' })
    const controller = new AbortController()
    if (isClosed || until?.aborted === true) return controller.signal
    const entry = entryOf(keyOf(userId, id), expiresAt)
    const leave = (): void => {
      if (entry.watchers.delete(controller) && entry.watchers.size === 0) forget(entry)
    }
    until?.addEventListener('abort', leave, { once: true })
    entry.watchers.set(controller, () => { until?.removeEventListener('abort', leave) })
    look(entry)
    return controller.signal
  }

  function entryOf (key: string, expiresAt: Date): Entry {
    const known = entries.get(key)
    if (known !== undefined) return known
    const entry: Entry = { key, watchers: new Map(), timer: later(untilThen(expiresAt), () => look(entry)) }
    entries.set(key, entry)
    stopFeed ??= startFeed({ store, removed: key => end(entries.get(key)), lookAtAll, warn })
    return entry
  }

  /** Node's timers end immediately if they are longer. */
  const untilThen = (time: Date): number => Math.min(time.getTime() - now().getTime(), LONGEST_TIMER)

  function lookAgain (entry: Entry, milliseconds: number): void {
    timers.clearTimeout(entry.timer)
    entry.timer = later(milliseconds, () => look(entry))
  }

  /** False: it is not known whether the session lives. */
  async function look (entry: Entry): Promise<boolean> {
    const expiresAt = await expiryOf(entry.key).catch(error => {
      if (!hasWarned) warn(error, 'login sessions: watched sessions could not be looked at')
      hasWarned = true
    })
    if (expiresAt !== undefined) hasWarned = false
    if (entries.get(entry.key) !== entry) return true
    if (expiresAt === undefined) lookAgain(entry, LOOK_EVERY)
    else if (expiresAt === null || expiresAt <= now()) end(entry)
    else lookAgain(entry, untilThen(expiresAt))
    return expiresAt !== undefined
  }

  async function lookAtAll (): Promise<boolean> {
    const all = [...entries.values()]
    for (let start = 0; start < all.length; start += MOST_KEYS) {
      const known = await Promise.all(all.slice(start, start + MOST_KEYS).map(look))
      if (known.includes(false)) return false
    }
    return true
  }

  function end (entry: Entry | undefined): void {
    if (entry === undefined) return
    // A listener of the signal may watch again.
    forget(entry)
    for (const controller of entry.watchers.keys()) controller.abort(requiredError())
  }

  function forget (entry: Entry): void {
    timers.clearTimeout(entry.timer)
    entries.delete(entry.key)
    for (const stopListening of entry.watchers.values()) stopListening()
    if (entries.size > 0) return
    stopping = Promise.allSettled([stopping, stopFeed!()])
    stopFeed = null
  }

  return {
    watch,
    removed: keys => keys.forEach(key => end(entries.get(key))),
    size: () => [...entries.values()].reduce((sum, { watchers }) => sum + watchers.size, 0),

    async close () {
      isClosed = true
      for (const entry of entries.values()) forget(entry)
      await settledWithin(CLOSE_WITHIN, stopping)
    }
  }
}

/** Looks expiries up: those of one event-loop turn share a read. null: there is no such record. */
function createExpiryLookups (store: LoginSessionStore): (key: string) => Promise<Date | null> {
  const read = async (keys: readonly string[]): Promise<Array<Date | null>> => await (store.expiriesOf?.(keys) ??
    store.find(keys).then(records => records.map(record => record?.expiresAt ?? null)))
  const loader = new DataLoader<string, Date | null>(
    read, { cache: false, maxBatchSize: MOST_KEYS, batchScheduleFn: run => { timers.setImmediate(run) } })
  return key => loader.load(key)
}

const OPTIONS: OptionTable<WatchOptions> = { until: { default: undefined, check: aSignal, write: 'closed.signal' } }

/** @throws TypeError with a sentence that says what to write */
function requireSession (session: WatchedSession): WatchedSession {
  const { userId, id, expiresAt } = (session ?? {}) as Partial<WatchedSession>
  const isNamed = typeof userId === 'string' && userId !== '' && typeof id === 'string'
  if (isNamed && expiresAt instanceof Date && !isNaN(expiresAt.getTime())) return session
  throw new TypeError('watch takes a session with its id, userId and expiresAt: ' +
    'write app.loginSessions.watch(currentLoginSession(request), { until: closed.signal })')
}
