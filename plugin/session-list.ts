/**
 * The list of a request's user, as templates take it.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { currentLoginSession } from './guard.js'
import { placesOf, type Locate } from './places.js'
import { ALL_PARAMETER, FIRST_ROWS, inOrder, type ListView, type PageView, toListView } from './views.js'

/** What is said and shown around a list. */
export interface ListChoices {
  /** For the status region. @default null */
  message?: string | null
  /** Of the section's heading. @default 1 */
  headingLevel?: number
}

/** The view of the request's user's sessions, within this frame. */
export type ListViewOf = (request: FastifyRequest, frame: PageView, choices?: ListChoices) => Promise<ListView>

export function createListViews (app: FastifyInstance, locate: Locate | undefined): ListViewOf {
  return async (request, frame, { message = null, headingLevel = 1 } = {}) => {
    const { userId, id: currentId } = currentLoginSession(request)
    const [sessions, confirmation] = await Promise.all([app.loginSessions.list(userId), request.confirmationKind()])
    const all = wantsAll(request)
    const shown = inOrder({ sessions, currentId }).slice(0, all ? Infinity : FIRST_ROWS)
    const places = await placesOf(shown.map(({ ip }) => ip), locate, frame.texts, error => {
      request.log.warn({ err: error }, 'login sessions: locate failed, so a place is missing in the list')
    })
    return toListView(frame, { sessions, currentId, confirmation, all, headingLevel, message }, places, app.loginSessionInternals.now())
  }
}

/** Is the whole list asked for, in the URL or by the form that the page sends back? */
export function wantsAll ({ query, body }: Pick<FastifyRequest, 'query' | 'body'>): boolean {
  return [query, body].some(values => (values as Record<string, unknown> | null | undefined)?.[ALL_PARAMETER] === 'all')
}
