/**
 * Sessions → view model of the list, and the account page's templates.
 * @module
 */
import { createHash } from 'node:crypto'
import type { LoginSession } from '../../sessions/login-session.js'
import type { ConfirmationNote } from '../confirmation.js'
import { withParameter } from '../frame.js'
import { NO_NOTICE } from '../notice.js'
import { hasLocatedPlace } from '../places.js'
import { createRows, deviceView, momentView, type RowContext } from '../session-row.js'
import * as templates from '../templates.js'
import type { HiddenField, PageView, SessionView } from '../view-models.js'
import { FIRST_ENTRIES, FIRST_ROWS, groupKey, type ShownEntry } from './entries.js'
import type { AccountTemplates, EntryView, GroupView, ListView } from './view-models.js'

/** Renders a template of the account page as the reply. */
export const render: templates.Render<AccountTemplates> = templates.render

/** Renders a template of the account page to a string. */
export const renderText: templates.RenderText<AccountTemplates> = templates.renderText

/** Sessions of a whole list. More are no list that people read, and would cost the server and the browser a lot. */
export const WHOLE_LIST_SESSIONS = 1000

/** Places that a group names. */
const GROUP_PLACES = 3

/** What a list is made of. */
export interface ListParts {
  /** The entries that are shown. */
  entries: ShownEntry[]
  /** The number of sessions, shown or not. */
  count: number
  currentId: string
  /** Was the whole list asked for? */
  whole: boolean
  /** Are there sessions that are not shown? */
  hasMore: boolean
  headingLevel: number
  note: ConfirmationNote
}

/** The view model of the list. @param context the places of addresses, and now */
export function toListView (page: PageView, parts: ListParts, context: Omit<RowContext, 'texts'>): ListView {
  const { entries, count, whole, hasMore, headingLevel, note } = parts
  return {
    ...page,
    entries: toEntryViews(page, parts, { ...context, texts: page.texts }),
    shown: entries.reduce((sum, { rows }) => sum + rows.length, 0),
    count,
    approximate: hasLocatedPlace(context.places),
    othersCount: count - 1,
    othersUrl: withWholeList(`${page.base}/others/revoke`, whole),
    ...note,
    listUrl: withWholeList(`${page.base}/list`, whole),
    allUrl: hasMore ? withWholeList(page.homeUrl, true) : null,
    allListUrl: withWholeList(page.base || '/', true),
    headingLevel,
    now: context.now.toISOString(),
    ...NO_NOTICE
  }
}

function toEntryViews ({ base }: PageView, { entries, currentId, whole }: ListParts, context: RowContext): EntryView[] {
  const toRow = createRows(context)
  const rowOf = (session: LoginSession, { isNew, revealed }: { isNew: boolean, revealed: boolean }): SessionView => toRow(session, {
    current: session.id === currentId,
    isNew,
    revokeUrl: withWholeList(`${base}/${session.id}/revoke`, whole),
    notYouUrl: withWholeList(`${base}/${session.id}/not-you`, whole),
    revealed
  })
  // "Show all" adds whole entries first of all. If there are none, it adds rows to groups.
  const longGroup = entries.length > FIRST_ENTRIES ? undefined : entries.find(({ rows }) => rows.length > FIRST_ROWS)
  return entries.map((entry, index) => {
    const { sessions, isNew } = entry
    const revealed = index === FIRST_ENTRIES
    if (sessions.length === 1) return { session: rowOf(sessions[0], { isNew, revealed }), group: null }
    const rows = entry.rows.map((session, row) => rowOf(session, { isNew, revealed: entry === longGroup && row === FIRST_ROWS }))
    return { session: null, group: toGroupView(entry, rows, revealed, context) }
  })
}

function toGroupView ({ sessions, isNew }: ShownEntry, rows: SessionView[], revealed: boolean, { texts, now }: RowContext): GroupView {
  const [latest] = sessions
  const places = [...new Set(rows.flatMap(({ place }) => place ?? []))]
  return {
    ...deviceView(latest.device, texts),
    key: `group-${createHash('sha256').update(groupKey(latest, texts) + isNew).digest('base64url').slice(0, 12)}`,
    places: places.slice(0, GROUP_PLACES),
    morePlaces: places.length > GROUP_PLACES,
    lastActive: momentView(latest.lastActiveAt, texts, now),
    sessions: rows,
    isNew,
    count: sessions.length,
    revealed
  }
}

/** The parameter that asks for the whole list. The host's page may get it too, so its name must not clash with common ones. */
const WHOLE_LIST = { name: 'sessions', value: 'all' }

/** Adds the parameter for the whole list to a path, if the list is whole. */
export function withWholeList (path: string, whole: boolean): string {
  return whole ? withParameter(path, WHOLE_LIST.name, WHOLE_LIST.value) : path
}

/** The same for a form: the fields that it sends back. */
export const wholeListFields = (whole: boolean): HiddenField[] => whole ? [WHOLE_LIST] : []

/** True if the URL, or the form that the page sends back, asks for the whole list. */
export function wantsWholeList ({ query, body }: { query: unknown, body: unknown }): boolean {
  return [query, body].some(values => (values as Record<string, unknown> | null | undefined)?.[WHOLE_LIST.name] === WHOLE_LIST.value)
}
