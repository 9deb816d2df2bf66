/**
 * Writes that no response waits for: "last active", and the end of former tokens. They may be lost.
 * @module
 */
import type { Touch } from './record.js'
import type { LoginSessionStore } from './store.js'
import type { Retirement } from './tokens.js'

/** Both kinds of writes. */
export interface BackgroundWrites {
  /** Queues a touch. While one of the same session is queued or being written, a second is dropped. */
  touch(touch: Touch): void
  /** Starts a retirement. While one of the same token is being written, a second is dropped. */
  retire(retirement: Retirement): void
  /** Resolves when everything has been written or has failed. */
  flush(): Promise<void>
}

/** @param warn called with the error of a write that failed; the next request repeats it, since the record shows that it is still due */
export function createBackgroundWrites (
  { touch, retireFormer }: Pick<LoginSessionStore, 'touch' | 'retireFormer'>, warn: (error: unknown, message: string) => void
): BackgroundWrites {
  const touches = createTouchQueue(touch, error => warn(error, 'login sessions: last-active times could not be written'))
  const retirements = createRetirements(retireFormer, error => warn(error, 'login sessions: a former token could not be retired'))
  return {
    touch: touches.add,
    retire: retirements.add,
    async flush () {
      await Promise.all([touches.flush(), retirements.flush()])
    }
  }
}

interface Queue<Item> {
  add(item: Item): void
  flush(): Promise<void>
}

/**
 * One bulk write at a time, so that a slow store slows down touches and not requests.
 *
 * @param onError a touch may be lost; the next request makes another
 */
export function createTouchQueue (write: LoginSessionStore['touch'], onError: (error: unknown) => void): Queue<Touch> {
  let waiting = new Map<string, Touch>()
  let underWay = new Set<string>()
  let running: Promise<void> | null = null

  async function run (): Promise<void> {
    // The touches of one event-loop turn share one write.
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

/** One write for each retirement. */
function createRetirements (write: LoginSessionStore['retireFormer'], onError: (error: unknown) => void): Queue<Retirement> {
  const underWay = new Map<string, Promise<void>>()

  return {
    add ({ id, newest, until }) {
      if (underWay.has(newest)) return
      underWay.set(newest, write(id, newest, until).catch(onError).finally(() => { underWay.delete(newest) }))
    },

    async flush () {
      await Promise.all(underWay.values())
    }
  }
}
