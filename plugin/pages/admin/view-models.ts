/**
 * The view models of the operators' templates, in templates/admin/. The ones of the kit are in `../view-models.ts`.
 *
 * | template | gets |
 * |---|---|
 * | `admin/page`, `admin/section`, `admin/list`, `admin/changed` | {@link OperatorsView} |
 * | `admin/search` | {@link OperatorsView}, where `search` is not null |
 * | `admin/numbers` | {@link PageView}, and {@link NumbersView} as `numbers`, or null |
 * | `admin/work` | {@link PageView}, and {@link WorkView} as `work`, or null |
 * | `admin/work-over` | {@link OperatorsView}: says in the status that the work is over, and brings the list |
 * | `admin/row` | {@link OperatorsView}, and an {@link OperatorRow} as `row` |
 * @module
 */
import type { ConfirmationNote } from '../confirmation.js'
import type { PlotView } from '../plot.js'
import type { FactView, NoticeView, PageView, SessionView } from '../view-models.js'
import type { UserView } from './users.js'

/** One row of the operators' list. */
export interface OperatorRow {
  session: SessionView
  user: UserView
  /** The page of this user's sessions. */
  userUrl: string
  /** What the details say beside the facts of every session. */
  facts: FactView[]
}

/** A choice of a select element. */
export interface ChoiceView {
  value: string
  label: string
  selected: boolean
}

/** The search form. */
export interface SearchView {
  /** Where it is sent, by GET. */
  action: string
  who: string
  /** "User", or "User id" if the host cannot find users. */
  whoLabel: string
  kinds: ChoiceView[]
  address: string
  ages: ChoiceView[]
  /** The longest text in a field, in characters. */
  fieldLength: number
  /** What is wrong with the address; null: nothing. */
  addressError: string | null
  /** What there is to say about the users found; null: nothing. */
  usersNote: string | null
  /** The list without a search; null: there is no search. */
  clearUrl: string | null
}

/** The numbers above the list. */
export interface NumbersView {
  sessions: string
  users: string
  /** The sessions that are bound to their device, and their share of all: "1,234" and "37%"; null: there are none. */
  deviceBound: { sessions: string, share: string } | null
  /** Whether they were counted or estimated. */
  note: string
  plots: PlotView[]
  /** The URL of the numbers as a fragment, to bring them up to date. */
  url: string
}

/** An ending that takes long, or took long. */
export interface WorkView {
  running: boolean
  /** True: it is about to stop. */
  stopping: boolean
  words: string
  ended: number
  /** How many there were, about; null: it is not known. */
  total: number | null
  /** The token of the forms; null: this operator may not change it, so there are none. */
  csrf: string | null
  /** Where the forms that stop it, or close the message, are sent. */
  stopUrl: string
  hideUrl: string
  /** The URL of this as a fragment. */
  url: string
}

/** The page. */
export interface OperatorsView extends PageView, Pick<ConfirmationNote, 'canRevoke' | 'whyNot' | 'noPassword'>, NoticeView {
  /** Whose sessions; null: everyone's. Not `user`: layouts often have that as a local of the host's. */
  shownUser: UserView | null
  rows: OperatorRow[]
  /** "3 sessions" */
  countText: string
  /** What the list says if it has no rows; null: it has some. */
  emptyText: string | null
  /** True if the list shows a place that `locate` has found. */
  approximate: boolean
  /** The pages of newer and older sign-ins, and the first page; null: it does not exist, or is shown. */
  newerUrl: string | null
  olderUrl: string | null
  latestUrl: string | null
  /** Where the question about all sessions that the screen stands for is asked; null: nothing can be ended together. */
  endAllUrl: string | null
  endAllLabel: string
  /** The URL of the list as a fragment, to bring it up to date. */
  listUrl: string
  /** All sessions; null: this is it. */
  allUrl: string | null
  search: SearchView | null
  numbers: NumbersView | null
  work: WorkView | null
  /** Where operators sign in again when the page does not exist for them any more. */
  signInUrl: string
  /** Relative times are relative to it. */
  now: string
}

/** The templates that are rendered by name, and their view models. They include the others. */
export interface OperatorTemplates {
  'admin/page': OperatorsView
  'admin/list': OperatorsView
  'admin/changed': OperatorsView
  'admin/numbers': PageView & Pick<OperatorsView, 'numbers'>
  'admin/work': PageView & Pick<OperatorsView, 'work'>
  'admin/work-over': OperatorsView
}
