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
import { keepProgress } from './progress.js'

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
   * Starts the work of this operator. Resolves when it is over, or after a second: then it goes on. null: other work of the same
   * session is under way, and nothing was started. If two servers are asked at the same moment, both may start.
   * @throws FST_LOGIN_SESSION_REQUIRED if the operator's session has ended meanwhile
   */
  start(operator: LoginSession, work: Work): Promise<WorkState | null>
  /** The work of the operator who asks; null: nothing is to be shown. */
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

/** Work that has written nothing for so long is not running any more, in ms. The store may be slow, and fail a few times. */
const STALLED_AFTER = 20_000

/** What long endings work on. */
export interface WorksParts extends Pick<Core, 'sessionData' | 'now'> {
  overview: NonNullable<Core['overview']>
  log: FastifyBaseLogger
}

/** Work of this process. */
interface Running {
  aborter: AbortController
  /** True as long as a response waits for it, and says how it ended. */
  isWaitedFor: boolean
  /** Resolves when it is over. Never rejects. */
  done: Promise<void>
}

/** Long endings over this overview. */
export function createWorks ({ overview, sessionData, now, log }: WorksParts): Works {
  /** By the key of the operator's session. */
  const running = new Map<string, Running>()

  const isUnderWay = (state: WorkState | null | undefined): boolean =>
    state?.outcome === 'running' && now().getTime() - state.at <= STALLED_AFTER

  /** Notes in the operator's session that the work begins. null: other work is under way. */
  async function begin (operator: LoginSession, total: number | null): Promise<WorkState | null> {
    const data = await sessionData.read(operator)
    if (isUnderWay(data?.loginSessionWork as WorkState | undefined)) return null
    const at = now().getTime()
    const state: WorkState = { since: at, total, ended: 0, at, outcome: 'running' }
    if (!await sessionData.write(operator, { loginSessionWork: { ...state } })) throw requiredError()
    return state
  }

  async function run (operator: LoginSession, work: Work, state: WorkState, mine: Running): Promise<void> {
    const { aborter } = mine
    const stopWriting = keepProgress({ operator, work, state, aborter, sessionData, now, log })
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
    const shown = mine.isWaitedFor && outcome === 'done' ? null : { ...state }
    await sessionData.write(operator, { loginSessionWork: shown }).catch(error => {
      log.error({ err: error }, 'login sessions: the end of a long ending was not written')
    })
  }

  function stateOf ({ session: { loginSessionWork: state = null } }: FastifyRequest): WorkState | null {
    return state?.outcome === 'running' && !isUnderWay(state) ? { ...state, outcome: 'interrupted' } : state
  }

  return {
    async start (operator, work) {
      const key = keyOf(operator.userId, operator.id)
      if (running.has(key)) return null
      const begun = begin(operator, work.total)
      const mine: Running = { aborter: new AbortController(), isWaitedFor: true, done: Promise.resolve() }
      mine.done = begun.then(async state => { if (state !== null) await run(operator, work, state, mine) })
        .catch(() => {}).finally(() => { running.delete(key) })
      running.set(key, mine)
      const state = await begun
      if (state === null) return null
      await settledWithin(PATIENCE, mine.done)
      mine.isWaitedFor = false
      return { ...state }
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
      await Promise.all([...running.values()].map(({ done }) => done))
    }
  }
}
