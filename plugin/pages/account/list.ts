/**
 * The list of the signed-in user's sessions.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { coreOf } from '../../core.js'
import { currentLoginSession } from '../../request/guard.js'
import { confirmationNoteFor } from '../confirmation.js'
import { type Locate, placesFor } from '../places.js'
import { addressesOf } from '../session-row.js'
import type { PageView } from '../view-models.js'
import type { ListView } from './view-models.js'
import { shownSessions, toListView, wantsWholeList } from './views.js'

/** The view of the signed-in user's sessions, within this frame. @param headingLevel level of the section's heading */
export type ListViewOf = (request: FastifyRequest, frame: PageView, headingLevel?: number) => Promise<ListView>

export function createListViews (app: FastifyInstance, locate: Locate | undefined): ListViewOf {
  const { now } = coreOf(app, 'pages: ')
  return async (request, frame, headingLevel = 1) => {
    const { userId, id: currentId } = currentLoginSession(request)
    const [sessions, note] = await Promise.all([app.loginSessions.list(userId), confirmationNoteFor(request)])
    const parts = { sessions, currentId, whole: wantsWholeList(request), headingLevel, note }
    const shown = shownSessions(parts)
    const places = await placesFor(request, shown.flatMap(addressesOf), locate, frame.texts)
    return toListView(frame, parts, shown, { places, now: now() })
  }
}
