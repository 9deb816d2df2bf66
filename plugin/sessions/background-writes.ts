/**
 * Writes that no response waits for: "last active", the end of former tokens, and the first use of a bound cookie. They may be lost.
 * @module
 */
import { timers } from '../timers.js'
import type { DeviceBinding } from './binding.js'
import type { Touch } from './record.js'
import type { LoginSessionStore } from './store.js'
import type { TokenChange } from './tokens.js'

/** A change of a record's binding. It is made only if the record still has the one before. */
export interface BindingChange {
  _id: string
  expected: DeviceBinding
  binding: DeviceBinding
}

/** The kinds of writes. */
export interface BackgroundWrites {
  /** Queues a touch. While one of the same session is queued or being written, a second is dropped. */
  touch(touch: Touch): void
  /** Gives former tokens their end. While one change of the same record is being written, a second is dropped. */
  retire(change: TokenChange): void
  /** Changes a binding, like {@link retire}. */
  bind(change: BindingChange): void
  /** Resolves when everything has been written or has failed. */
  flush(): Promise<void>
}

/** @param warn called with the error of a write that failed; the next request repeats it, since the record shows that it is still due */
export function createBackgroundWrites (
  { touch, setTokens, setBinding }: Pick<LoginSessionStore, 'touch' | 'setTokens' | 'setBinding'>, warn: (error: unknown, message: string) => void
): BackgroundWrites {
  const touches = createTouchQueue(touch, error => warn(error, 'login sessions: last-active times could not be written'))
  const retirements = createChanges<TokenChange>(
    ({ _id, expected, tokens }) => setTokens(_id, expected, tokens),
    error => warn(error, 'login sessions: a former token could not be retired'))
  const bindings = createChanges<BindingChange>(
    ({ _id, expected, binding }) => setBinding!(_id, expected, binding),
    error => warn(error, 'login sessions: the first use of a bound cookie could not be written'))
  return {
    touch: touches.add,
    retire: retirements.add,
    bind: bindings.add,
    async flush () {
      await Promise.all([touches.flush(), retirements.flush(), bindings.flush()])
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
    await new Promise(resolve => { timers.setImmediate(() => { resolve(undefined) }) })
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
      if (underWay.has(touch._id) || waiting.has(touch._id)) return
      waiting.set(touch._id, touch)
      running ??= run()
    },

    async flush () {
      await running
    }
  }
}

/** One write for each record. If it has changed meanwhile, nothing is written: the next request finds what is due. */
function createChanges<Change extends { _id: string }> (
  write: (change: Change) => Promise<unknown>, onError: (error: unknown) => void
): Queue<Change> {
  const underWay = new Map<string, Promise<unknown>>()

  return {
    add (change) {
      const { _id } = change
      if (underWay.has(_id)) return
      underWay.set(_id, write(change).catch(onError).finally(() => { underWay.delete(_id) }))
    },

    async flush () {
      await Promise.all(underWay.values())
    }
  }
}
