/**
 * What a screen shows: finds the sessions, and what is known of their users.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { coreOf } from '../../core.js'
import { currentLoginSession } from '../../request/guard.js'
import type { Overview } from '../../sessions/overview.js'
import type { SessionSearch } from '../../sessions/store.js'
import { confirmationNoteFor } from '../confirmation.js'
import { signInUrlTo } from '../errors.js'
import { placesFor } from '../places.js'
import { addressesOf } from '../session-row.js'
import type { PageView } from '../view-models.js'
import type { Gate } from './gate.js'
import type { ResolvedAdminOptions } from './options.js'
import { isSearch, type ListState, type SearchFields, toSearch } from './search.js'
import type { Screen } from './screen.js'
import { type FoundUsers, type Names, usersFor } from './users.js'
import type { NumbersView, OperatorsView, WorkView } from './view-models.js'
import { toNumbersView } from './numbers.js'
import { type ScreenParts, toOperatorsView, toWorkView } from './views.js'
import type { Works, WorkState } from './work.js'

/** Rows of a page. */
const ROWS = 25

/** Sessions of one user that are shown. */
const USER_ROWS = 1000

/** A search counts so many, and then says "more". */
export const MOST_COUNTED = 1000

/** A search as it can be carried out. */
export interface RunnableSearch {
  /** null: it finds nothing, and the form says why. */
  search: SessionSearch | null
  /** null: users were not searched, or could not be. */
  found: FoundUsers | null
  problem: 'address' | 'users' | null
}

/** Finds what the screens show. */
export interface Screens {
  /** @param work the work that the page shows; null: none */
  viewOf(request: FastifyRequest, screen: Screen, frame: PageView, work: WorkState | null): Promise<OperatorsView>
  /** What these fields look for: asks the host for the users. */
  runnable(request: FastifyRequest, fields: SearchFields): Promise<RunnableSearch>
  numbersView(frame: PageView): Promise<NumbersView>
  workView(request: FastifyRequest, screen: Screen, frame: PageView, work: WorkState): WorkView
}

/**
 * A count as it is said.
 *
 * @param counted null: it is not known
 * @param shown the sessions that are shown
 * @param isAll there are no others
 */
export const countOf = (counted: number | null, shown: number, isAll: boolean): { count: number, more: boolean } => counted === null
  ? { count: shown, more: !isAll }
  : { count: Math.min(counted, MOST_COUNTED), more: counted > MOST_COUNTED }

/** What screens are made of. */
export interface ScreensOptions {
  overview: Overview
  gate: Gate
  works: Works
  names: Names
  options: ResolvedAdminOptions
}

/** What the sessions of a screen are, before their users and places are known. */
type Found = Pick<ScreenParts, 'sessions' | 'newer' | 'older' | 'count' | 'more'>

/** @param app has the core plugin */
export function createScreens (app: FastifyInstance, { overview, gate, works, names, options }: ScreensOptions): Screens {
  const { csrf, now, wayFor } = coreOf(app, 'admin: ')
  const { locate, findUsers } = options

  const runnable: Screens['runnable'] = async (request, fields) => {
    const found = fields.who === '' ? null : await usersFor(request, fields.who, findUsers)
    if (fields.who !== '' && found === null) return { search: null, found: null, problem: 'users' }
    const search = toSearch(fields, found?.ids, now())
    return { search, found, problem: search === null ? 'address' : null }
  }

  async function sessionsOfUser (userId: string): Promise<Found> {
    const sessions = await app.loginSessions.list(userId, { limit: USER_ROWS + 1 })
    const shown = sessions.slice(0, USER_ROWS)
    return { sessions: shown, newer: null, older: null, count: shown.length, more: sessions.length > USER_ROWS }
  }

  async function sessionsFound (search: SessionSearch | null, { fields, from }: ListState): Promise<Found> {
    if (search === null) return { sessions: [], newer: null, older: null, count: 0, more: false }
    if (!isSearch(fields)) return { ...await overview.page(search, ROWS, from), count: null, more: false }
    const [page, counted] = await Promise.all([overview.page(search, ROWS, from), overview.count(search, MOST_COUNTED + 1)])
    const isAll = page.newer === null && page.older === null
    return { ...page, ...countOf(counted, page.sessions.length, isAll) }
  }

  async function partsOf (request: FastifyRequest, screen: Screen): Promise<Omit<ScreenParts, 'work' | 'note' | 'places' | 'nameUser'>> {
    if (screen.kind === 'user') {
      return { screen, ...await sessionsOfUser(screen.userId), found: null, problem: null, numbers: null }
    }
    const { fields } = screen.list
    const finding = runnable(request, fields)
    const [{ search, found, problem }, numbers] = await Promise.all([finding, isSearch(fields) ? null : overview.numbers()])
    return { screen, ...await sessionsFound(search, screen.list), found, problem, numbers }
  }

  const workView: Screens['workView'] = (request, screen, frame, work) =>
    toWorkView(work, screen, frame, {
      csrf: gate.mayEnd(request) ? csrf.create(currentLoginSession(request).id) : null,
      stopping: works.isStopping(request, work)
    })

  return {
    runnable,
    numbersView: async frame => toNumbersView(await overview.numbers(), frame),
    workView,

    async viewOf (request, screen, frame, work) {
      const current = currentLoginSession(request)
      const [parts, note] = await Promise.all([partsOf(request, screen), confirmationNoteFor(request, wayFor, frame.say)])
      const userIds = screen.kind === 'user' ? [screen.userId] : parts.sessions.map(({ userId }) => userId)
      const [nameUser, places] = await Promise.all([
        names(request, userIds),
        placesFor(request, parts.sessions.flatMap(addressesOf), locate, frame.texts)
      ])
      return toOperatorsView(frame, { ...parts, work: work && workView(request, screen, frame, work), note, nameUser, places }, {
        currentId: current.id,
        now: now(),
        mayEnd: gate.mayEnd(request),
        canFindUsers: findUsers !== undefined,
        signInUrl: signInUrlTo(options, frame.homeUrl)
      })
    }
  }
}
