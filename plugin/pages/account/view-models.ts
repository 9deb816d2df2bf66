/**
 * The view models of the account page's templates. The ones of the kit are in `../view-models.ts`.
 * @module
 */
import type { ConfirmationNote } from '../confirmation.js'
import type { NoticeView, PageView, SessionView } from '../view-models.js'

/** The list and what stands around it. */
export interface ListView extends PageView, ConfirmationNote, NoticeView {
  /** This device first, then the others by their last activity: the first ten, or at most 1,000. */
  sessions: SessionView[]
  /** The number of sessions, shown or not. */
  count: number
  /** The number of sessions beside this one, shown or not. */
  othersCount: number
  othersUrl: string
  /** The URL of the list as a fragment, to bring it up to date. */
  listUrl: string
  /** The page with the whole list; null if it is shown whole. */
  allUrl: string | null
  /** The whole list as a fragment. */
  allListUrl: string
  /** The level of the section's heading. */
  headingLevel: number
  /** Relative times are relative to it. */
  now: string
}

/** The templates that are rendered by name, and their view models. They include the others. */
export interface AccountTemplates {
  page: ListView
  section: ListView
  head: PageView
  list: ListView
  changed: ListView
}
