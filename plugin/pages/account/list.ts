/**
 * The list of the signed-in user's sessions.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { coreOf } from '../../core.js'
import { currentLoginSession } from '../../request/guard.js'
import { confirmationNoteFor } from '../confirmation.js'
import type { LoginSession } from '../../sessions/login-session.js'
import { type Locate, placesFor } from '../places.js'
import { addressesOf } from '../session-row.js'
import type { PageView } from '../view-models.js'
import type { ListView } from './view-models.js'
import { FIRST_ROWS, toListView, wantsWholeList, WHOLE_LIST_ROWS } from './views.js'

/** The view of the signed-in user's sessions, within this frame. @param headingLevel level of the section's heading */
export type ListViewOf = (request: FastifyRequest, frame: PageView, headingLevel?: number) => Promise<ListView>

/**
 * Finds the signed-in user's sessions, and makes their list.
 *
 * @param app has the core plugin
 * @throws FST_LOGIN_SESSION_OPTION without the core plugin
 */
export function createListViews (app: FastifyInstance, locate: Locate | undefined): ListViewOf {
  const { now, wayFor } = coreOf(app, 'pages: ')
  return async (request, frame, headingLevel = 1) => {
    const current = currentLoginSession(request)
    const whole = wantsWholeList(request)
    const [{ sessions, count }, note] = await Promise.all([
      findSessions(app, current, whole ? WHOLE_LIST_ROWS : FIRST_ROWS), confirmationNoteFor(request, wayFor, frame.say)
    ])
    const places = await placesFor(request, sessions.flatMap(addressesOf), locate, frame.texts)
    return toListView(frame, { sessions, count, currentId: current.id, whole, headingLevel, note }, { places, now: now() })
  }
}

/** The sessions that get a row: this device first, then the last active ones. */
async function findSessions (
  app: FastifyInstance, current: LoginSession, limit: number
): Promise<{ sessions: LoginSession[], count: number }> {
  const found = await app.loginSessions.list(current.userId, { limit: limit + 1 })
  const count = found.length > limit ? await app.loginSessions.count(current.userId) : found.length
  const others = found.filter(({ id }) => id !== current.id)
  const sessions = [found.find(({ id }) => id === current.id) ?? current, ...others].slice(0, limit)
  // Another request may have ended or started one between the two.
  return { sessions, count: Math.max(count, sessions.length) }
}
