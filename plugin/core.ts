/**
 * What the pages, the API and later plugins need of the core. Not for hosts: it may change in any release.
 * @module
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Confirmation } from './confirmation/confirmation.js'
import type { WayView, Proof } from './confirmation/way.js'
import { type LoginSessionError, optionError } from './errors.js'
import type { CsrfTokens } from './request/csrf.js'
import type { LoginSession } from './sessions/login-session.js'
import type { Overview } from './sessions/overview.js'
import type { SessionData } from './sessions/session-data.js'
import { withTimeout } from './timeout.js'

/** The core's services for the plugins that stand on it. */
export interface Core {
  csrf: CsrfTokens
  now: () => Date
  lockedFor: Confirmation<FastifyRequest>['lockedFor']
  /** Can there be anything to confirm with? Otherwise a plain question is enough for everybody. */
  needsProof: boolean
  /** What the signed-in user must do now to confirm. */
  wayFor: (request: FastifyRequest) => Promise<WayView>
  /** From now on, sign-ins find out whether their device is new: the core sets the device cookie. Call it before requests. */
  recogniseDevices: () => void
  /**
   * Confirms the signed-in user; see `Confirmation.confirm`. Without a way to confirm it resolves immediately: a question is
   * enough then.
   */
  confirm: (request: FastifyRequest, proof: Proof) => Promise<void>
  /** The sessions of all users; null: the store cannot find them. */
  overview: Overview | null
  sessionData: SessionData
  /** Calls a hook of the host's. Its errors are logged; `settled()` and `app.close()` wait for it. @param hook its name, for the log */
  callHook: (hook: string, session: LoginSession, call: () => unknown) => void
}

const CORE = Symbol('fastify-login-sessions core')

/** Makes the core available to this instance and those below it. */
export function provideCore (app: FastifyInstance, core: Core): void {
  app.decorate(CORE, core)
}

/**
 * The core that is registered on this instance or one above it.
 *
 * @param plugin what the error begins with: 'pages: ', 'api: '
 * @throws FST_LOGIN_SESSION_OPTION where there is none. Fastify's own error would name a decorator and not say what to do
 */
export function coreOf (app: FastifyInstance, plugin: string): Core {
  const core = (app as unknown as Record<symbol, Core | undefined>)[CORE]
  if (core === undefined) throw optionError(`${plugin}register loginSessions first, on this instance or one above it`)
  return core
}

/** How long a list waits for the host to say how its user confirms, in ms. A question waits longer. */
const PATIENCE = 2000

/**
 * How the user confirms, for a list; null if the host does not say so soon: people still get their list.
 * @param warning what the log says then
 */
export async function wayInTime (request: FastifyRequest, wayFor: Core['wayFor'], warning: string): Promise<WayView | null> {
  try {
    return await withTimeout(wayFor(request), PATIENCE, 'finding out how this user confirms')
  } catch (error) {
    request.log.warn({ err: error }, warning)
    return null
  }
}

const SECTION = Symbol('fastify-login-sessions section')

type Rendering = FastifyReply['renderLoginSessions']
type RenderSection = (reply: FastifyReply, ...choices: Parameters<Rendering>) => ReturnType<Rendering>

/** Decorates every reply with `renderLoginSessions`. It renders by the pages that are registered nearest to its route. */
export function decorateSection (app: FastifyInstance): void {
  app.decorateReply('renderLoginSessions', async function renderLoginSessions (this: FastifyReply, ...choices) {
    const render = (this.server as unknown as Record<symbol, RenderSection | undefined>)[SECTION]
    if (render !== undefined) return await render(this, ...choices)
    throw optionError('reply.renderLoginSessions has no pages to render: ' +
      "write await app.register(loginSessionPages, { prefix: '/account/sessions' }), on the instance of this route or one above it")
  })
}

/** Renders the section in the routes of this instance and those below it. The first pages on an instance stay its own. */
export function provideSection (app: FastifyInstance, render: RenderSection): void {
  if (!Object.hasOwn(app, SECTION)) app.decorate(SECTION, render)
}

/** The errors that reach an error handler: Fastify's, the host's, and ours, which have response headers. */
export type HandledError = FastifyError & Pick<LoginSessionError, 'headers' | 'attemptsLeft' | 'confirmPath'>

/** Sets the error's status and headers on the reply, and logs the error. Returns the status. */
export function reportError (error: HandledError, request: FastifyRequest, reply: FastifyReply, part: 'page' | 'API'): number {
  const { statusCode = 500, headers = {} } = error
  if (statusCode >= 500) request.log.error({ err: error }, `login sessions: the ${part} failed`)
  else request.log.info({ err: error }, `login sessions: the ${part} refused a request`)
  reply.code(statusCode).headers(headers)
  return statusCode
}
