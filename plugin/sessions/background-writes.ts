/**
 * Touches on their way to the store: one of each session, many in one write, never waited for by a response.
 * @module
 */
import type { Touch } from './record.js'
import type { LoginSessionStore } from './store.js'

/** Collects touches and writes them in bulk. */
export interface TouchQueue {
  /** Queues a touch; one that is on its way already is kept instead. */
  add(touch: Touch): void
  /** Resolves when everything queued has been written or has failed. */
  flush(): Promise<void>
}

/**
 * @param write one bulk write at a time, so that a slow store slows touches, not requests
 * @param onError a touch may be lost; the next request makes another
 */
export function createTouchQueue (write: LoginSessionStore['touch'], onError: (error: unknown) => void): TouchQueue {
  let waiting = new Map<string, Touch>()
  let underWay = new Set<string>()
  let running: Promise<void> | null = null

  async function run (): Promise<void> {
    // The touches of one event-loop turn travel together.
    await new Promise(resolve => { setImmediate(resolve) })
    while (waiting.size > 0) {
      const batch = [...waiting.values()]
      underWay = new Set(waiting.keys())
      waiting = new Map()
      await write(batch).catch(onError)
      underWay.clear()
    }
    running = null
  }

  return {
    add (touch) {
      if (underWay.has(touch.id) || waiting.has(touch.id)) return
      waiting.set(touch.id, touch)
      running ??= run()
    },

    async flush () {
      await running
    }
  }
}
