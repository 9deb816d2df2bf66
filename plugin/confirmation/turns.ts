/**
 * Which checks may run now. Hashing a password keeps one of the process's few threads busy for a quarter of a second, and
 * files, DNS and every other hash wait for the same threads (`UV_THREADPOOL_SIZE`, 4 by default).
 * @module
 */
import { busyError } from '../errors.js'
import { settledWithin } from '../timeout.js'

/** The checks of a process that may run at the same time: half of its threads. */
export const MOST_CHECKS: number = Math.max(1, Math.floor((Number(process.env.UV_THREADPOOL_SIZE) || 4) / 2))

/** The checks of one user that may wait. One runs. */
export const MOST_WAITING = 10

/** How long a check may wait, in ms: less than a client's patience. */
export const LONGEST_WAIT = 10_000

/** A check that has not settled by then keeps nobody waiting any more, in ms. A host's callback may never answer. */
export const LONGEST_HOLD = 60_000

/** Keeps the turn until this has settled, also after the work itself is over. */
export type Hold = (unsettled: Promise<unknown>) => void

/** Gives turns. */
export interface Turns {
  /**
   * Runs the work when its turn has come. The work of one user runs one after the other; users take turns.
   * @throws FST_LOGIN_SESSION_BUSY if too much is waiting, or if it waited too long; what `work` throws
   */
  run<T>(userId: string, work: (hold: Hold) => Promise<T>): Promise<T>
}

interface Turn {
  userId: string
  isRunning: boolean
  start(): void
}

/** @param most how many run at the same time */
export function createTurns (most: number = MOST_CHECKS): Turns {
  /** Each user's turns: the first one runs or is ready, the others wait for it. */
  const queues = new Map<string, Turn[]>()
  /** The first turns of users, in the order in which they came to be the first. */
  const ready: Turn[] = []
  let free = most

  function startReady (): void {
    while (free > 0 && ready.length > 0) {
      free--
      ready.shift()!.start()
    }
  }

  function enter (turn: Turn): void {
    const queue = queues.get(turn.userId) ?? []
    if (queue.length > MOST_WAITING) throw busyError()
    queues.set(turn.userId, queue)
    if (queue.push(turn) === 1) ready.push(turn)
    startReady()
  }

  function leave (turn: Turn): void {
    const queue = queues.get(turn.userId)!
    const isFirst = queue[0] === turn
    queue.splice(queue.indexOf(turn), 1)
    if (turn.isRunning) free++
    else if (isFirst) ready.splice(ready.indexOf(turn), 1)
    if (queue.length === 0) queues.delete(turn.userId)
    else if (isFirst) ready.push(queue[0]!)
    startReady()
  }

  async function begin (userId: string): Promise<Turn> {
    const turn: Turn = { userId, isRunning: false, start () { turn.isRunning = true } }
    enter(turn)
    if (turn.isRunning) return turn
    await settledWithin(LONGEST_WAIT, new Promise<void>(resolve => {
      turn.start = () => { turn.isRunning = true; resolve() }
    }))
    if (turn.isRunning) return turn
    leave(turn)
    throw busyError()
  }

  return {
    async run (userId, work) {
      const turn = await begin(userId)
      const held: Array<Promise<unknown>> = []
      try {
        return await work(unsettled => { held.push(settledWithin(LONGEST_HOLD, unsettled)) })
      } finally {
        if (held.length === 0) leave(turn)
        else Promise.all(held).then(() => leave(turn))
      }
    }
  }
}
