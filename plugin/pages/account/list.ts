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
import type { PageView } from '../view-models.js'
import type { ListView } from './view-models.js'
import { FIRST_ROWS, toListView, wantsWholeList, WHOLE_LIST_ROWS } from './views.js'

/** The view of the signed-in user's sessions, within this frame. @param headingLevel level of the section's heading */
export type ListViewOf = (request: FastifyRequest, frame: PageView, headingLevel?: number) => Promise<ListView>

export function createListViews (app: FastifyInstance, locate: Locate | undefined): ListViewOf {
  const { now } = coreOf(app, 'pages: ')
  return async (request, frame, headingLevel = 1) => {
    const current = currentLoginSession(request)
    const whole = wantsWholeList(request)
    const [{ sessions, count }, note] = await Promise.all([
      findSessions(app, current, whole ? WHOLE_LIST_ROWS : FIRST_ROWS), confirmationNoteFor(request)
    ])
    const places = await placesFor(request, sessions.map(({ ip }) => ip), locate, frame.texts)
    return toListView(frame, { sessions, count, currentId: current.id, whole, headingLevel, note }, { places, now: now() })
  }
}

/** The sessions that get a row: this device first, then the last active ones. */
async function findSessions (
  app: FastifyInstance, current: LoginSession, limit: number
): Promise<{ sessions: LoginSession[], count: number }> {
  const [found, count] = await Promise.all([lastActive(app, current.userId, limit), countSessions(app, current.userId)])
  const others = found.filter(({ id }) => id !== current.id)
  const sessions = [found.find(({ id }) => id === current.id) ?? current, ...others].slice(0, limit)
  // Another request may have ended or started one between the two.
  return { sessions, count: Math.max(count, sessions.length) }
}

/** At most `limit` of the user's sessions, the last active ones first. */
async function lastActive (app: FastifyInstance, userId: string, limit: number): Promise<LoginSession[]> {
  return (await app.loginSessions.list(userId)).slice(0, limit)
}

/** How many sessions the user has. */
export async function countSessions (app: FastifyInstance, userId: string): Promise<number> {
  return (await app.loginSessions.list(userId)).length
}
