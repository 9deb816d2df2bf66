/**
 * Endings that take longer than a request: they go on after the response. Their progress is kept in the operator's session, so
 * that a reload shows it, on whatever server.
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { Core } from '../../core.js'
import { sessionActor } from '../../sessions/endings.js'
import type { LoginSession } from '../../sessions/login-session.js'
import type { SessionSearch } from '../../sessions/store.js'
import { settledWithin } from '../../timeout.js'
import { timers } from '../../timers.js'

/** How work stands. 'interrupted': its server stopped, the store failed, or the operator's session has ended. */
export type WorkOutcome = 'running' | 'done' | 'stopped' | 'interrupted'

/** Work as the operator's session keeps it. */
export interface WorkState {
  id: string
  /** How many sessions were to end, about; null: it is not known. */
  total: number | null
  ended: number
  /** When this was written, in ms since 1970. */
  at: number
  outcome: WorkOutcome
}

declare module 'fastify' {
  interface Session {
    loginSessionWork?: WorkState | null
    /** The id of the work that the operator has stopped. */
    loginSessionWorkStopped?: string
  }
}

/** What is to be done. */
export interface Work {
  search: SessionSearch
  total: number | null
  /** Called when it is over. */
  onEnd(ended: number, complete: boolean): void
}

/** Long endings. */
export interface Works {
  /** Starts the work of this operator. Resolves when it is over, or after a second: then it goes on. */
  start(operator: LoginSession, work: Work): Promise<WorkState>
  /** The work of the operator who asks; null: there is none to show. */
  stateOf(request: FastifyRequest): WorkState | null
  /** Stops the work, within a second, on whatever server. */
  stop(request: FastifyRequest): void
  /** What is over is not shown any more. */
  hide(request: FastifyRequest): void
  /** Interrupts all work of this process, and resolves when it has ended. */
  close(): Promise<void>
}

/** How long a response waits for its work, in ms. */
const PATIENCE = 1000

/** How often progress is written, in ms. */
const WRITE_EVERY = 1000

/** Work that has written nothing for so long is not running any more, in ms. The store may be slow, and fail a few times. */
const STALLED_AFTER = 20_000

type WorksParts = Pick<Core, 'sessionData' | 'now'> & { overview: NonNullable<Core['overview']>, log: FastifyBaseLogger }

/** Long endings over this overview. */
export function createWorks ({ overview, sessionData, now, log }: WorksParts): Works {
  const running = new Map<Promise<unknown>, AbortController>()

  async function run (operator: LoginSession, { search, onEnd }: Work, state: WorkState, aborter: AbortController): Promise<void> {
    const stopWriting = writeNowAndThen(operator, state, aborter)
    let outcome: WorkOutcome = 'done'
    try {
      state.ended = await overview.end(search, {
        actor: sessionActor(operator),
        except: operator,
        onProgress: ended => { state.ended = ended },
        signal: aborter.signal
      })
      if (aborter.signal.aborted) outcome = aborter.signal.reason
    } catch (error) {
      log.error({ err: error }, 'login sessions: an operator was ending sessions, and the store failed')
      outcome = 'interrupted'
    }
    await stopWriting()
    Object.assign(state, { outcome, at: now().getTime() })
    onEnd(state.ended, outcome === 'done')
    await write(operator, state)
  }

  const write = async (operator: LoginSession, state: WorkState): Promise<boolean> =>
    await sessionData.write(operator, { loginSessionWork: { ...state } })

  /** If it cannot be written, the page shows the end once more. */
  const hideOf = async (operator: LoginSession): Promise<unknown> =>
    await sessionData.write(operator, { loginSessionWork: null }).catch(() => {})

  /** Writes the progress until it is told to stop, and looks whether the operator has stopped the work, or is signed out. */
  function writeNowAndThen (operator: LoginSession, state: WorkState, aborter: AbortController): () => Promise<void> {
    let timer: NodeJS.Timeout
    let writing: Promise<void> = Promise.resolve()
    let over = false

    async function look (): Promise<void> {
      state.at = now().getTime()
      const data = await write(operator, state) ? await sessionData.read(operator) : null
      if (data === null) aborter.abort('interrupted')
      else if (data.loginSessionWorkStopped === state.id) aborter.abort('stopped')
    }

    function schedule (): void {
      timer = timers.setTimeout(() => {
        // Whether the work goes on is not known while the store fails. Its own calls decide.
        writing = look().catch(() => {}).then(() => { if (!over) schedule() })
      }, WRITE_EVERY)
    }

    schedule()
    return async () => {
      over = true
      timers.clearTimeout(timer)
      await writing
    }
  }

  function stateOf ({ session: { loginSessionWork: state = null } }: FastifyRequest): WorkState | null {
    const isStalled = state?.outcome === 'running' && now().getTime() - state.at > STALLED_AFTER
    return isStalled ? { ...state, outcome: 'interrupted' } : state
  }

  return {
    async start (operator, work) {
      const state: WorkState = { id: randomUUID(), total: work.total, ended: 0, at: now().getTime(), outcome: 'running' }
      await write(operator, state)
      const aborter = new AbortController()
      const done = run(operator, work, state, aborter)
        .catch(error => { log.error({ err: error }, 'login sessions: the end of an operation was not written') })
        .finally(() => { running.delete(done) })
      running.set(done, aborter)
      await settledWithin(PATIENCE, done)
      // The response says it.
      if (state.outcome === 'done') await hideOf(operator)
      return { ...state }
    },

    stateOf,

    stop ({ session }) {
      if (session.loginSessionWork != null) session.loginSessionWorkStopped = session.loginSessionWork.id
    },

    hide (request) {
      if (stateOf(request)?.outcome !== 'running') request.session.loginSessionWork = null
    },

    async close () {
      for (const aborter of running.values()) aborter.abort('interrupted')
      await Promise.all(running.keys())
    }
  }
}
