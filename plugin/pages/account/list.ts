/**
 * The list of a request's user, as templates take it.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { coreOf } from '../../core.js'
import { currentLoginSession } from '../../request/guard.js'
import type { ConfirmationKind } from '../../confirmation/password.js'
import { placesOf, type Locate } from '../places.js'
import type { ListView, PageView } from '../view-models.js'
import { ALL_PARAMETER, shownOf, toListView } from '../views.js'

/** The view of the request's user's sessions, within this frame. @param headingLevel of the section's heading */
export type ListViewOf = (request: FastifyRequest, frame: PageView, headingLevel?: number) => Promise<ListView>

export function createListViews (app: FastifyInstance, locate: Locate | undefined): ListViewOf {
  const { now } = coreOf(app, 'pages: ')
  return async (request, frame, headingLevel = 1) => {
    const { userId, id: currentId } = currentLoginSession(request)
    const [sessions, confirmation] = await Promise.all([app.loginSessions.list(userId), confirmationKindOf(request)])
    const parts = { sessions, currentId, confirmation, all: wantsAll(request), headingLevel }
    const shown = shownOf(parts)
    const places = await placesFor(request, shown.map(({ ip }) => ip), locate, frame)
    return toListView(frame, parts, shown, places, now())
  }
}

/** People see where they are signed in also while the host cannot tell whether they have a password: the question asks again. */
async function confirmationKindOf (request: FastifyRequest): Promise<ConfirmationKind> {
  try {
    return await request.confirmationKind()
  } catch (error) {
    request.log.warn({ err: error }, 'login sessions: verifyPassword failed, so the list does not know who has a password')
    return 'password'
  }
}

/** Words for these addresses; what `locate` fails at is missing, and one line in the log. */
export async function placesFor (request: FastifyRequest, ips: Array<string | null>, locate: Locate | undefined, { texts }: PageView): Promise<Map<string, string>> {
  const errors: unknown[] = []
  const places = await placesOf(ips, locate, texts, error => errors.push(error))
  if (errors.length > 0) request.log.warn({ err: errors[0] }, `login sessions: locate failed for ${errors.length} addresses, so places are missing`)
  return places
}

/** Is the whole list asked for, in the URL or by the form that the page sends back? */
export function wantsAll ({ query, body }: Pick<FastifyRequest, 'query' | 'body'>): boolean {
  return [query, body].some(values => (values as Record<string, unknown> | null | undefined)?.[ALL_PARAMETER] === 'all')
}
