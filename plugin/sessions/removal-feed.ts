/**
 * How a process hears of removals. Where the store reports them, one stream serves all; otherwise, and while the stream is broken,
 * everything that is watched is looked at again and again.
 * @module
 */
import { timers } from '../timers.js'
import type { LoginSessionStore } from './store.js'

/** What the feed works on. */
export interface FeedParts {
  store: Pick<LoginSessionStore, 'watchRemovals'>
  /** Called with the key of each record that has been removed. */
  removed(key: string): void
  /** Looks at everything that is watched. False: not all of it could be looked at. */
  lookAtAll(): Promise<boolean>
  warn(error: unknown, message: string): void
}

/** Between two looks while nothing reports removals, in ms. */
export const LOOK_EVERY = 5000

/** Between two looks while a stream reports them, in ms: a stream whose connection is dead says nothing. */
export const LOOK_BESIDE_STREAM = 60_000

/** Before a broken stream is opened again, in ms. The pause doubles each time. */
const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 60_000

/** A timer that does not keep the process alive. */
export function later (milliseconds: number, callback: () => void): NodeJS.Timeout {
  return timers.setTimeout(callback, milliseconds).unref()
}

/** Starts hearing of removals. @returns ends it */
export function startFeed ({ store, removed, lookAtAll, warn }: FeedParts): () => Promise<void> {
  let isStopped = false
  let isOpen = false
  let hasWarned = false
  let pause = FIRST_PAUSE
  let closeStream = async (): Promise<void> => {}
  let reopening: NodeJS.Timeout | undefined
  let nextLook: NodeJS.Timeout = later(LOOK_EVERY, look)

  function look (): void {
    timers.clearTimeout(nextLook)
    lookAtAll().then(isKnown => {
      if (isStopped) return
      timers.clearTimeout(nextLook)
      nextLook = later(isOpen && isKnown ? LOOK_BESIDE_STREAM : LOOK_EVERY, () => {
        // It has been open for a minute: its next break is a new one.
        if (isOpen) pause = FIRST_PAUSE
        look()
      })
    })
  }

  function open (): void {
    closeStream = store.watchRemovals!({
      opened () {
        isOpen = true
        hasWarned = false
        // What was removed since the last look, and before the stream began, is not reported.
        look()
      },
      removed,
      ended (error, isRefused) {
        isOpen = false
        if (!hasWarned) warn(error, isRefused ? REFUSED : BROKEN)
        hasWarned = true
        look()
        if (isRefused) return
        reopening = later(pause, open)
        pause = Math.min(2 * pause, LONGEST_PAUSE)
      }
    })
  }

  if (store.watchRemovals !== undefined) open()
  return async () => {
    isStopped = true
    timers.clearTimeout(nextLook)
    timers.clearTimeout(reopening!)
    await closeStream()
  }
}

const REFUSED = 'login sessions: the database does not report removals, which needs a replica set and the right to use change streams: ' +
  'watched sessions are looked at every 5 seconds instead'
const BROKEN = 'login sessions: the stream of removals broke; it is opened again, and watched sessions are looked at ' +
  'every 5 seconds meanwhile'
