/**
 * The progress of long endings: written into the operator's session now and then, with a look whether the work may go on.
 * @module
 */
import type { FastifyBaseLogger } from 'fastify'
import type { Core } from '../../core.js'
import type { LoginSession } from '../../sessions/login-session.js'
import { timers } from '../../timers.js'
import type { Work, WorkState } from './work.js'

/** How often progress is written, in ms. */
const WRITE_EVERY = 1000

/** Work under way. */
export interface ProgressParts extends Pick<Core, 'sessionData' | 'now'> {
  operator: LoginSession
  work: Work
  /** Changed while the work goes on. */
  state: WorkState
  /** Fires with 'stopped' or 'interrupted' when the work may not go on. */
  aborter: AbortController
  log: FastifyBaseLogger
}

/** Writes the progress until the returned function is called, which waits for a write that is under way. */
export function keepProgress ({ operator, work, state, aborter, sessionData, now, log }: ProgressParts): () => Promise<void> {
  let timer: NodeJS.Timeout
  let writing: Promise<void> = Promise.resolve()
  let [isOver, isAsking, hasWarned] = [false, false, false]

  async function write (): Promise<void> {
    state.at = now().getTime()
    const isThere = await sessionData.write(operator, { loginSessionWork: { ...state } })
    const data = isThere ? await sessionData.read(operator) : null
    if (data === null) aborter.abort('interrupted')
    else if (Number(data.loginSessionWorkStop) >= state.since) aborter.abort('stopped')
  }

  /** Nobody waits for the host's answer. An error means that the right is not known. */
  function askWhetherItMayGoOn (): void {
    if (isAsking) return
    isAsking = true
    work.mayGoOn().then(may => { if (!may) aborter.abort('interrupted') }, error => {
      if (!hasWarned) log.warn({ err: error }, 'login sessions: authorize failed during a long ending, which goes on')
      hasWarned = true
    }).finally(() => { isAsking = false })
  }

  function schedule (): void {
    timer = timers.setTimeout(() => {
      askWhetherItMayGoOn()
      // Whether the work goes on is not known while the store fails. Its own calls decide.
      writing = write().catch(() => {}).then(() => { if (!isOver) schedule() })
    }, WRITE_EVERY)
  }

  schedule()
  return async () => {
    isOver = true
    timers.clearTimeout(timer)
    await writing
  }
}
