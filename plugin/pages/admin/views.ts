/**
 * Sessions of a screen → its view model, and the operators' templates.
 * @module
 */
import type { LoginSession } from '../../sessions/login-session.js'
import type { Numbers } from '../../sessions/overview.js'
import type { Position } from '../../sessions/store.js'
import type { ConfirmationNote } from '../confirmation.js'
import { deviceWithBrowser } from '../device-title.js'
import { NO_NOTICE } from '../notice.js'
import { hasLocatedPlace } from '../places.js'
import { createRows, momentView } from '../session-row.js'
import * as templates from '../templates.js'
import type { FactView, PageView } from '../view-models.js'
import { toNumbersView } from './numbers.js'
import { AGES, FIELD_LENGTH, isSearch, KIND_LABELS, NO_SEARCH, type SearchFields } from './search.js'
import { type Screen, screenUrl, urlWith } from './screen.js'
import { type FoundUsers, MOST_USERS, type NameUser } from './users.js'
import type { ChoiceView, OperatorRow, OperatorsView, OperatorTemplates, SearchView, WorkView } from './view-models.js'
import type { WorkState } from './work.js'

/** Renders a template of the operators' page as the reply. */
export const render: templates.Render<OperatorTemplates> = templates.render

/** What a screen is made of. */
export interface ScreenParts {
  screen: Screen
  sessions: LoginSession[]
  newer: Position | null
  older: Position | null
  /** How many there are, shown or not; null: nothing is looked for, and the numbers say it. */
  count: number | null
  /** True: there are more than `count`. */
  more: boolean
  found: FoundUsers | null
  /** Why the search finds nothing; null: it could be carried out. */
  problem: 'address' | 'users' | null
  /** null: the screen is a search, or a user's. */
  numbers: Numbers | null
  work: WorkView | null
  note: ConfirmationNote
  nameUser: NameUser
  places: ReadonlyMap<string, string>
}

/** What the views depend on beside the sessions. */
export interface ScreenContext {
  currentId: string
  now: Date
  mayEnd: boolean
  canFindUsers: boolean
  signInUrl: string
}

/** The list without a search. */
const WHOLE_LIST: Screen = { kind: 'list', list: { fields: NO_SEARCH, from: null } }

/** The view model of a screen. */
export function toOperatorsView (page: PageView, parts: ScreenParts, context: ScreenContext): OperatorsView {
  const { screen, numbers, work, note, nameUser, places } = parts
  const { say, base } = page
  const shownUser = screen.kind === 'user' ? nameUser(screen.userId) : null
  const isNewest = screen.kind === 'list' && screen.list.from === null
  return {
    ...page,
    title: shownUser === null ? page.title : say('sessionsOf', { user: shownUser.name }),
    shownUser,
    rows: toRows(page, parts, context),
    countText: countText(parts, page),
    emptyText: emptyText(parts, page),
    approximate: hasLocatedPlace(places),
    ...pagesOf(parts, page),
    ...endAllOf(parts, page),
    listUrl: urlWith(`${base}/list`, screen),
    allUrl: screen.kind === 'user' ? page.homeUrl : null,
    search: screen.kind === 'list' ? toSearchView(screen.list.fields, parts, page, context) : null,
    numbers: numbers !== null && isNewest ? toNumbersView(numbers, page) : null,
    work,
    noPassword: note.noPassword,
    canRevoke: context.mayEnd && note.canRevoke,
    whyNot: context.mayEnd ? note.whyNot : say('viewOnly'),
    signInUrl: context.signInUrl,
    now: context.now.toISOString(),
    ...NO_NOTICE
  }
}

/** What a session is called among those of all users: "Ada Lovelace, iPhone (Safari)". */
export const createNameOf = ({ say, texts }: PageView, nameUser: NameUser) => ({ userId, device }: LoginSession): string =>
  say('ofUser', { user: nameUser(userId).name, device: deviceWithBrowser(device, texts) })

function toRows (page: PageView, { screen, sessions, nameUser, places }: ScreenParts, { currentId, now }: ScreenContext): OperatorRow[] {
  const { texts, base } = page
  const nameOf = createNameOf(page, nameUser)
  const toRow = createRows({ texts, places, now, nameOf })
  return sessions.map(session => ({
    session: toRow(session, {
      current: session.id === currentId,
      isNew: false,
      revokeUrl: urlWith(`${base}/session/revoke`, screen, { of: session.userId, session: session.id }),
      // Only the user can say that.
      notYouUrl: '',
      revealed: false
    }),
    user: nameUser(session.userId),
    userUrl: urlWith(`${base}/user`, { kind: 'user', userId: session.userId }),
    facts: moreFacts(session, screen, page, now)
  }))
}

function moreFacts (session: LoginSession, screen: Screen, { say, texts }: PageView, now: Date): FactView[] {
  const { id, userId, endsAt, remember, confirmedAt, userAgent } = session
  return [
    { label: say('endsAt'), moment: momentView(endsAt, texts, now) },
    ...confirmedAt === null ? [] : [{ label: say('confirmed'), moment: momentView(confirmedAt, texts, now) }],
    { label: say('remembered'), text: say(remember ? 'yes' : 'no') },
    // On the page of one user, it stands above the list.
    ...screen.kind === 'user' ? [] : [{ label: say('userId'), text: userId }],
    { label: say('sessionId'), text: id },
    { label: say('userAgent'), text: userAgent }
  ]
}

function countText ({ count, more, numbers }: ScreenParts, { say }: PageView): string {
  if (count !== null) return say(more ? 'countMore' : 'count', { count })
  const { sessions, sample } = numbers!
  return say(sample === null ? 'count' : 'countAbout', { count: sessions })
}

const emptyText = ({ sessions, problem }: ScreenParts, { say }: PageView): string | null =>
  sessions.length > 0 || problem !== null ? null : say('nothingFound')

function pagesOf ({ screen, newer, older }: ScreenParts, { base }: PageView): Pick<OperatorsView, 'newerUrl' | 'olderUrl' | 'latestUrl'> {
  if (screen.kind === 'user') return { newerUrl: null, olderUrl: null, latestUrl: null }
  const { fields, from } = screen.list
  const urlFrom = (next: typeof from): string => screenUrl(base, { kind: 'list', list: { fields, from: next } })
  return {
    newerUrl: newer && urlFrom({ newerThan: newer }),
    olderUrl: older && urlFrom({ olderThan: older }),
    latestUrl: from === null ? null : urlFrom(null)
  }
}

/** The screen's own question: everyone, what the search finds, or this user. */
function endAllOf (
  { screen, sessions, count, more }: ScreenParts, { say, base, texts }: PageView
): Pick<OperatorsView, 'endAllUrl' | 'endAllLabel'> {
  if (sessions.length === 0) return { endAllUrl: null, endAllLabel: '' }
  if (count === null) return { endAllUrl: urlWith(`${base}/everyone/revoke`, screen), endAllLabel: say('endEveryone') }
  const shownCount = new Intl.NumberFormat(texts.locale).format(count) + (more ? '+' : '')
  if (screen.kind === 'user') {
    return { endAllUrl: urlWith(`${base}/user/revoke`, screen, { of: screen.userId }), endAllLabel: say('endUser', { count: shownCount }) }
  }
  return { endAllUrl: urlWith(`${base}/search/revoke`, screen), endAllLabel: say('endFound', { count: shownCount }) }
}

function toSearchView (
  { who, kind, address, age }: SearchFields, { found, problem }: ScreenParts, { say, base }: PageView, { canFindUsers }: ScreenContext
): SearchView {
  const choice = (chosen: string) => (value: string, label: string): ChoiceView => ({ value, label, selected: value === chosen })
  const [toKind, toAge] = [choice(kind), choice(age)]
  return {
    action: screenUrl(base, WHOLE_LIST),
    who,
    whoLabel: say(canFindUsers ? 'user' : 'userId'),
    kinds: [toKind('', say('anyKind')), ...Object.entries(KIND_LABELS).map(([value, key]) => toKind(value, say(key)))],
    address,
    ages: [toAge('', say('anyTime')), ...Object.entries(AGES).map(([value, { key }]) => toAge(value, say(key)))],
    fieldLength: FIELD_LENGTH,
    addressError: problem === 'address' ? say('wrongAddress') : null,
    usersNote: problem === 'users' ? say('usersUnknown') : found?.more === true ? say('manyUsers', { count: MOST_USERS }) : null,
    clearUrl: isSearch({ who, kind, address, age }) ? screenUrl(base, WHOLE_LIST) : null
  }
}

/** Work in words. */
export function toWorkView (
  { outcome, ended, total }: WorkState, screen: Screen, { say, base, texts }: PageView, more: Pick<WorkView, 'csrf' | 'stopping'>
): WorkView {
  const of = total === null ? '' : new Intl.NumberFormat(texts.locale).format(total)
  const words = {
    running: total === null ? say('workRunning', { ended }) : say('workRunningOf', { ended, total: of }),
    done: say('signedOutMany', { count: ended }),
    stopped: say('workStopped', { ended }),
    interrupted: say('workInterrupted', { ended })
  }[outcome]
  return {
    running: outcome === 'running',
    ...more,
    words,
    ended,
    total,
    stopUrl: urlWith(`${base}/work/stop`, screen),
    hideUrl: urlWith(`${base}/work/hide`, screen),
    url: urlWith(`${base}/work`, screen)
  }
}
