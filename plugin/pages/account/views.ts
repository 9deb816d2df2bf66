/**
 * Sessions → view model of the list, and the account page's templates.
 * @module
 */
import type { LoginSession } from '../../sessions/login-session.js'
import type { ConfirmationNote } from '../confirmation.js'
import { withParameter } from '../frame.js'
import { NO_NOTICE } from '../notice.js'
import { type RowContext, toSessionViews } from '../session-row.js'
import * as templates from '../templates.js'
import type { HiddenField, PageView } from '../view-models.js'
import type { AccountTemplates, ListView } from './view-models.js'

/** Renders a template of the account page as the reply. */
export const render: templates.Render<AccountTemplates> = templates.render

/** Renders a template of the account page to a string. */
export const renderText: templates.RenderText<AccountTemplates> = templates.renderText

/** Rows that a list begins with. People mostly look for one of the last active sessions. */
export const FIRST_ROWS = 10

/** Rows of a whole list. More are no list that people read, and would cost the server and the browser a lot. */
export const WHOLE_LIST_ROWS = 1000

/** What a list is made of. */
export interface ListParts {
  /** The sessions that get a row: this device first, then the last active ones. */
  sessions: LoginSession[]
  /** The number of sessions, shown or not. */
  count: number
  currentId: string
  /** Is the whole list shown? */
  whole: boolean
  headingLevel: number
  note: ConfirmationNote
}

/** The view model of the list. @param context the places of addresses, and now */
export function toListView (page: PageView, parts: ListParts, context: Omit<RowContext, 'texts'>): ListView {
  const { sessions, count, currentId, whole, headingLevel, note } = parts
  const rowOptions = ({ id }: LoginSession, index: number) => ({
    current: id === currentId,
    revokeUrl: withWholeList(`${page.base}/${id}/revoke`, whole),
    revealed: index === FIRST_ROWS
  })
  return {
    ...page,
    sessions: toSessionViews(sessions, rowOptions, { ...context, texts: page.texts }),
    count,
    othersCount: count - 1,
    othersUrl: withWholeList(`${page.base}/others/revoke`, whole),
    ...note,
    listUrl: withWholeList(`${page.base}/list`, whole),
    allUrl: whole || sessions.length === count ? null : withWholeList(page.homeUrl, true),
    allListUrl: withWholeList(page.base || '/', true),
    headingLevel,
    now: context.now.toISOString(),
    ...NO_NOTICE
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
