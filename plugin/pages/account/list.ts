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
import { toEntries, toShownEntries } from './entries.js'
import type { ListView } from './view-models.js'
import { toListView, wantsWholeList, WHOLE_LIST_SESSIONS } from './views.js'

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
    const [{ others, count }, note] = await Promise.all([findOthers(app, current), confirmationNoteFor(request, wayFor, frame.say)])
    const time = now()
    const all = toEntries(current, others, time, frame.texts)
    const entries = toShownEntries(all, whole)
    const addresses = entries.flatMap(({ rows }) => rows.flatMap(addressesOf))
    const places = await placesFor(request, addresses, locate, frame.texts)
    const hasMore = entries.length < all.length || entries.some(({ rows, sessions }) => rows.length < sessions.length)
    return toListView(frame, { entries, count, currentId: current.id, whole, hasMore, headingLevel, note }, { places, now: time })
  }
}

/** The user's other sessions, the last active first, and the number of all. */
export async function findOthers (app: FastifyInstance, { id, userId }: LoginSession): Promise<{ others: LoginSession[], count: number }> {
  const found = await app.loginSessions.list(userId, { limit: WHOLE_LIST_SESSIONS + 1 })
  const others = found.filter(session => session.id !== id).slice(0, WHOLE_LIST_SESSIONS - 1)
  const count = found.length > WHOLE_LIST_SESSIONS ? await app.loginSessions.count(userId) : found.length
  // Another request may have ended or started one between the two.
  return { others, count: Math.max(count, others.length + 1) }
}
