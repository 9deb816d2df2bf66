/**
 * Finds what an operator's questions are about.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { coreOf } from '../../core.js'
import { notFoundError } from '../../errors.js'
import { currentLoginSession } from '../../request/guard.js'
import type { Overview } from '../../sessions/overview.js'
import { isFoundBy } from '../../sessions/store.js'
import type { Reason } from '../confirmation.js'
import type { FrameOf } from '../frame.js'
import { placesFor } from '../places.js'
import type { Question } from '../question.js'
import { addressesOf } from '../session-row.js'
import { countOf, MOST_COUNTED, type Screens } from './list.js'
import type { ResolvedAdminOptions } from './options.js'
import { namedSessions, type OperatorTarget, type TargetOf, toQuestionWords } from './question-words.js'
import { screenIn, screenUrl } from './screen.js'
import { isExact, isSearch } from './search.js'
import type { Names } from './users.js'
import { createNameOf } from './views.js'
import type { Works } from './work.js'

/** Other work of the same session is under way. */
export const OTHER_WORK: Reason = ['otherWork']

/** Sessions that a question names. */
const NAMED = 10

/** The targets of questions, and the questions about them. What they are about is in the query of the URL. */
export interface OperatorTargets {
  /** @throws FST_LOGIN_SESSION_NOT_FOUND */
  session(request: FastifyRequest): Promise<TargetOf<'session'>>
  /** @throws FST_LOGIN_SESSION_NOT_FOUND if the query names no user */
  user(request: FastifyRequest): Promise<TargetOf<'user'>>
  /** @throws FST_LOGIN_SESSION_NOT_FOUND if the query names no search, or one that cannot be carried out */
  search(request: FastifyRequest): Promise<TargetOf<'search'>>
  everyone(): Promise<TargetOf<'everyone'>>
  questionAbout(request: FastifyRequest, target: OperatorTarget): Promise<Question>
  /** Why this cannot be ended now; null: it can. */
  obstacleTo(request: FastifyRequest, target: OperatorTarget): Question['obstacle']
}

interface TargetsOptions {
  frameOf: FrameOf
  overview: Overview
  screens: Screens
  works: Works
  names: Names
  locate: ResolvedAdminOptions['locate']
}

/** @param app has the core plugin */
export function createTargets (app: FastifyInstance, { frameOf, overview, screens, works, names, locate }: TargetsOptions): OperatorTargets {
  const { now } = coreOf(app, 'admin: ')

  return {
    obstacleTo,

    async session (request) {
      const session = await app.loginSessions.find(parameter(request, 'of'), parameter(request, 'session'))
      if (session === null) throw notFoundError()
      const { id, userId } = currentLoginSession(request)
      return { kind: 'session', session, current: session.id === id && session.userId === userId }
    },

    async user (request) {
      const userId = parameter(request, 'of')
      const { userId: own, id } = currentLoginSession(request)
      const self = userId === own
      const [sessions, count, nameUser] = await Promise.all([
        app.loginSessions.list(userId, { limit: NAMED + 1 }), app.loginSessions.count(userId), names(request, [userId])
      ])
      const named = sessions.filter(session => !self || session.id !== id).slice(0, NAMED)
      return { kind: 'user', user: nameUser(userId), self, named, count: Math.max(named.length, self ? count - 1 : count), more: false }
    },

    async search (request) {
      const { fields, search } = await searchIn(request)
      const current = currentLoginSession(request)
      const [{ sessions, older }, counted] = await Promise.all([
        overview.page(search, NAMED + 1, null), overview.count(search, MOST_COUNTED + 2)
      ])
      const others = sessions.filter(({ id }) => id !== current.id)
      const named = others.slice(0, NAMED)
      const countedOthers = counted !== null && isFoundBy(search, current) ? counted - 1 : counted
      const count = countOf(countedOthers, named.length, older === null && others.length === named.length)
      return { kind: 'search', fields, search, named, ...count }
    },

    async everyone () {
      return { kind: 'everyone', numbers: await overview.numbers() }
    },

    async questionAbout (request, target) {
      const frame = frameOf(request)
      const screen = screenIn(request.query)
      const named = namedSessions(target)
      const userIds = target.kind === 'user' ? [target.user.id] : named.map(({ userId }) => userId)
      const [nameUser, places] = await Promise.all([
        names(request, userIds), placesFor(request, named.flatMap(addressesOf), locate, frame.texts)
      ])
      const words = toQuestionWords(target, screen, frame, { places, now: now(), nameOf: createNameOf(frame, nameUser) })
      return {
        view: { ...words, hidden: [], homeUrl: screenUrl(frame.base, screen) },
        url: words.action,
        obstacle: obstacleTo(request, target),
        needsProof: !(target.kind === 'session' && target.current)
      }
    }
  }

  function obstacleTo (request: FastifyRequest, target: OperatorTarget): Question['obstacle'] {
    const isLong = target.kind === 'search' || target.kind === 'everyone'
    if (isLong && works.stateOf(request)?.outcome === 'running') return OTHER_WORK
    return 'count' in target && target.count === 0 ? ['noneToEnd'] : null
  }

  /** An empty search would be about everyone. */
  async function searchIn (request: FastifyRequest): Promise<Pick<TargetOf<'search'>, 'fields' | 'search'>> {
    const screen = screenIn(request.query)
    if (screen.kind !== 'list') throw notFoundError()
    const { fields } = screen.list
    if (!isSearch(fields) || !isExact(request.query, fields)) throw notFoundError()
    const { search } = await screens.runnable(request, fields)
    if (search === null) throw notFoundError()
    return { fields, search }
  }
}

/** A text of the URL's query. @throws FST_LOGIN_SESSION_NOT_FOUND if it is missing */
function parameter ({ query }: FastifyRequest, name: string): string {
  const value = (query as Record<string, unknown>)[name]
  if (typeof value !== 'string' || value === '') throw notFoundError()
  return value
}
