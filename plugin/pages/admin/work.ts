/**
 * Endings that take longer than a request: they go on after the response. Their progress is kept in the operator's session, so
 * that a reload shows it, on whatever server.
 * @module
 */
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { Core } from '../../core.js'
import { requiredError } from '../../errors.js'
import { sessionActor } from '../../sessions/endings.js'
import { keyOf } from '../../sessions/key.js'
import type { LoginSession } from '../../sessions/login-session.js'
import type { SessionSearch } from '../../sessions/store.js'
import { settledWithin } from '../../timeout.js'
import { timers } from '../../timers.js'

/**
 * How work stands. 'interrupted': its server stopped, the store failed, or the operator's session has ended or may not end
 * sessions any more.
 */
export type WorkOutcome = 'running' | 'done' | 'stopped' | 'interrupted'

/** Work as the operator's session keeps it. */
export interface WorkState {
  /** When it began, in ms since 1970. */
  since: number
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
    /** Work that had begun by then is to stop, in ms since 1970. */
    loginSessionWorkStop?: number
  }
}

/** What is to be done. */
export interface Work {
  search: SessionSearch
  total: number | null
  /** Asked now and then: may the operator still end sessions? If it rejects, that is not known, and the work goes on. */
  mayGoOn(): Promise<boolean>
  /** Called when it is over. */
  onEnd(ended: number, complete: boolean): void
}

/** Long endings. */
export interface Works {
  /**
   * Starts the work of this operator. Resolves when it is over, or after a second: then it goes on. null: other work of this
   * session is under way in this process, and nothing was started.
   * @throws FST_LOGIN_SESSION_REQUIRED if the operator's session has ended meanwhile
   */
  start(operator: LoginSession, work: Work): Promise<WorkState | null>
  /** The work of the operator who asks; null: there is none to show. */
  stateOf(request: FastifyRequest): WorkState | null
  /** Has the operator stopped this work? It may not have noticed yet. */
  isStopping(request: FastifyRequest, work: WorkState): boolean
  /** Stops all work of this session, within a second, on whatever server. */
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
  /** By the key of the operator's session. */
  const running = new Map<string, { aborter: AbortController, done: Promise<void> }>()

  async function run (operator: LoginSession, work: Work, state: WorkState, aborter: AbortController): Promise<void> {
    const stopWriting = writeNowAndThen(operator, work, state, aborter)
    let outcome: WorkOutcome = 'done'
    try {
      state.ended = await overview.end(work.search, {
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
    work.onEnd(state.ended, outcome === 'done')
    await write(operator, state)
  }

  const write = async (operator: LoginSession, state: WorkState): Promise<boolean> =>
    await sessionData.write(operator, { loginSessionWork: { ...state } })

  /** Writes the progress, and looks whether the work may go on. Returns what ends that. */
  function writeNowAndThen (operator: LoginSession, { mayGoOn }: Work, state: WorkState, aborter: AbortController): () => Promise<void> {
    let timer: NodeJS.Timeout
    let writing: Promise<void> = Promise.resolve()
    let over = false

    async function look (): Promise<void> {
      state.at = now().getTime()
      const data = await write(operator, state) ? await sessionData.read(operator) : null
      if (data === null) aborter.abort('interrupted')
      else if (Number(data.loginSessionWorkStop) >= state.since) aborter.abort('stopped')
      else if (!await mayGoOn()) aborter.abort('interrupted')
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

  /** Waits for a while. What fails later is only logged. */
  async function outcomeOf (operator: LoginSession, done: Promise<void>, state: WorkState): Promise<WorkState> {
    let isWaiting = true
    const ended = done.catch(error => {
      if (isWaiting) throw error
      log.error({ err: error }, 'login sessions: the end of an operation was not written')
    })
    const isOver = await settledWithin(PATIENCE, ended)
    isWaiting = false
    if (isOver) await ended
    // The response says it.
    if (state.outcome === 'done') await sessionData.write(operator, { loginSessionWork: null }).catch(() => {})
    return { ...state }
  }

  return {
    async start (operator, work) {
      const key = keyOf(operator.userId, operator.id)
      if (running.has(key)) return null
      const at = now().getTime()
      const state: WorkState = { since: at, total: work.total, ended: 0, at, outcome: 'running' }
      const aborter = new AbortController()
      const done = write(operator, state).then(async isThere => {
        if (!isThere) throw requiredError()
        return run(operator, work, state, aborter)
      }).finally(() => { running.delete(key) })
      running.set(key, { aborter, done })
      return await outcomeOf(operator, done, state)
    },

    stateOf,
    isStopping: ({ session }, { since }) => Number(session.loginSessionWorkStop) >= since,

    stop ({ session }) {
      session.loginSessionWorkStop = now().getTime()
    },

    hide (request) {
      if (stateOf(request)?.outcome !== 'running') request.session.loginSessionWork = null
    },

    async close () {
      for (const { aborter } of running.values()) aborter.abort('interrupted')
      await Promise.allSettled([...running.values()].map(({ done }) => done))
    }
  }
}
