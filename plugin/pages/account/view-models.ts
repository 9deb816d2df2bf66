/**
 * The view models of the account page's templates. The ones of the kit are in `../view-models.ts`.
 * @module
 */
import type { ConfirmationNote } from '../confirmation.js'
import type { DeviceView, MomentView, NoticeView, PageView, SessionView } from '../view-models.js'

/** Sessions with equal devices, as one entry of the list that opens. The template `group` gets it as `group`. */
export interface GroupView extends DeviceView {
  /** Names the group as long as its devices stay the same. */
  key: string
  /** Each once, at most three. */
  places: string[]
  /** True if there are more. */
  morePlaces: boolean
  /** Of the last active one. */
  lastActive: MomentView
  /** The ten last active ones; in a whole list all. */
  sessions: SessionView[]
  /** True if its sessions came from devices that were new to the user. */
  isNew: boolean
  /** The number of its sessions, shown or not. */
  count: number
  /** True for the first entry that "Show all" adds. */
  revealed: boolean
}

/** One entry of the list: a session or a group. The other is null. */
export type EntryView = { session: SessionView, group: null } | { session: null, group: GroupView }

/** The list and what stands around it. */
export interface ListView extends PageView, ConfirmationNote, NoticeView {
  /**
   * This device first, then new ones, then the others by their last activity: the first ten entries, and of each group its
   * ten last active sessions; or all of at most 1,000 sessions.
   */
  entries: EntryView[]
  /** The number of rows in these entries. */
  shown: number
  /** The number of sessions, shown or not. */
  count: number
  /** True if the list shows a place that `locate` has found. */
  approximate: boolean
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
