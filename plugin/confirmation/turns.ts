/**
 * Which checks may run now. Hashing a password keeps one of the process's few threads busy for a quarter of a second, and
 * files, DNS and every other hash wait for the same threads (`UV_THREADPOOL_SIZE`, 4 by default).
 * @module
 */
import { busyError } from '../errors.js'
import { settledWithin } from '../timeout.js'

/** The checks of a process that may run at the same time: half of its threads. */
export const MOST_CHECKS: number = Math.max(1, Math.floor((Number(process.env.UV_THREADPOOL_SIZE) || 4) / 2))

/** The checks of one session that may wait. */
export const MOST_WAITING = 10

/** How long a check may wait, in ms: less than a client's patience. */
export const LONGEST_WAIT = 10_000

/** Gives turns. */
export interface Turns {
  /**
   * Runs the work when its turn has come. The work of one user runs one after the other. Users take turns, and so do the
   * sessions of a user: somebody with a stolen cookie cannot keep its owner from confirming.
   *
   * @param session the session's key
   * @param work gets whether it had to wait
   * @throws FST_LOGIN_SESSION_BUSY if too much of this session waits, or if it waited too long; what `work` throws
   */
  run<T>(userId: string, session: string, work: (hasWaited: boolean) => Promise<T>): Promise<T>
}

/** A check that waits. */
interface Turn {
  userId: string
  session: string
  start(): void
}

/** A user of whom a check runs or waits. */
interface User {
  isRunning: boolean
  /** What waits, by session; the session whose turn is next is the first. */
  waiting: Map<string, Turn[]>
}

/** @param most how many run at the same time */
export function createTurns (most: number = MOST_CHECKS): Turns {
  /** The user whose turn is next is the first of those who do not run. */
  const users = new Map<string, User>()
  let free = most

  /** The next turn that may start; undefined if nobody waits who may. */
  function takeNext (): Turn | undefined {
    for (const user of users.values()) {
      if (user.isRunning) continue
      const [session, turns] = user.waiting.entries().next().value!
      const turn = turns.shift()!
      // The user's other sessions are next.
      user.waiting.delete(session)
      if (turns.length > 0) user.waiting.set(session, turns)
      user.isRunning = true
      return turn
    }
  }

  function startNext (): void {
    while (free > 0) {
      const turn = takeNext()
      if (turn === undefined) return
      free--
      turn.start()
    }
  }

  function enter (turn: Turn): void {
    const user = users.get(turn.userId) ?? { isRunning: false, waiting: new Map<string, Turn[]>() }
    const turns = user.waiting.get(turn.session) ?? []
    if (turns.length >= MOST_WAITING) throw busyError()
    turns.push(turn)
    user.waiting.set(turn.session, turns)
    users.set(turn.userId, user)
    startNext()
  }

  function giveUp (turn: Turn): void {
    const { userId, session } = turn
    const { isRunning, waiting } = users.get(userId)!
    const left = waiting.get(session)!.filter(one => one !== turn)
    if (left.length > 0) waiting.set(session, left)
    else waiting.delete(session)
    if (!isRunning && waiting.size === 0) users.delete(userId)
  }

  function leave (userId: string): void {
    const user = users.get(userId)!
    user.isRunning = false
    // Other users are next.
    users.delete(userId)
    if (user.waiting.size > 0) users.set(userId, user)
    free++
    startNext()
  }

  /** Resolves when the turn has come. Returns whether it had to wait. */
  async function comeTo (userId: string, session: string): Promise<boolean> {
    let isRunning = false
    let begin = (): void => {}
    const turn: Turn = { userId, session, start () { isRunning = true; begin() } }
    enter(turn)
    if (isRunning) return false
    await settledWithin(LONGEST_WAIT, new Promise<void>(resolve => { begin = resolve }))
    if (isRunning) return true
    giveUp(turn)
    throw busyError()
  }

  return {
    async run (userId, session, work) {
      const hasWaited = await comeTo(userId, session)
      try {
        return await work(hasWaited)
      } finally {
        leave(userId)
      }
    }
  }
}
