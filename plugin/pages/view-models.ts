/**
 * What the templates are given. Everything in it is text: templates escape it. `page`, `section`, `list` and `changed` get
 * a {@link ListView}, `row` the same with its `session`, `dialog` and `confirm` a {@link ConfirmView}, `error` and
 * `problem` an {@link ErrorView}, `layout` and `head` what the page in them gets, `time` a `moment`, `facts` its `facts`,
 * `icon` the {@link SessionView}.
 * @module
 */
import type { AssetUrls } from './assets.js'
import type { DeviceKind } from '../client/device.js'
import type { Texts } from './texts.js'

/** A moment as a page shows it. */
export interface MomentView {
  /** For `<time datetime>`. */
  iso: string
  /** "3 minutes ago" */
  relative: string
  /** "Nov 24, 2026, 1:05 PM UTC" */
  absolute: string
}

/** Words, and moments among them, which the page's script tells in the reader's zone. */
export type WordsAndMoments = Array<string | Omit<MomentView, 'relative'>>

/** One row of the list. */
export interface SessionView {
  id: string
  current: boolean
  /** "Chrome on Windows 11" */
  name: string
  kind: DeviceKind
  kindText: string
  /** "Pixel 9", or null. */
  model: string | null
  /** "Version 149.0.7827.55", or null. */
  version: string | null
  ip: string | null
  /** "Germany (approximate)", "Local network", or null. */
  place: string | null
  userAgent: string
  lastActive: MomentView
  signedIn: MomentView
  expires: MomentView
  revokeUrl: string
  /** The accessible name of its button, unlike that of any other row. */
  revokeLabel: string
  /** The same in parts. */
  revokeLabelParts: WordsAndMoments
  /** The first of those that "Show all" brings. */
  revealed: boolean
}

/** What every template gets. */
export interface PageView {
  texts: Texts
  say: Texts['say']
  assets: AssetUrls
  /** Where the pages are, without a slash at its end. */
  base: string
  /** Where people come back to: the page, or the host's own with the section in it. */
  homeUrl: string
  /** Where the password is set or changed, or null. */
  passwordUrl: string | null
  title: string
}

/** The list and what stands around it. */
export interface ListView extends PageView {
  /** This device first, the others last active first: the first ten, or all. */
  sessions: SessionView[]
  /** How many there are in all. */
  count: number
  /** Sessions beside this one, shown or not. */
  othersCount: number
  othersUrl: string
  canRevoke: boolean
  noPassword: boolean
  /** The list itself, to bring it up to date. */
  listUrl: string
  /** The page with all of them, and the same list as a fragment; null: all are shown. */
  allUrl: string | null
  allListUrl: string
  /** Of the section's heading. */
  headingLevel: number
  /** What relative times are relative to. */
  now: string
  /** What has just happened, for the status region. */
  message: string | null
}

/** The question before a session is ended. */
export interface ConfirmView extends PageView {
  action: string
  question: string
  detail: WordsAndMoments
  /** What its row says of it, line by line. */
  facts: string[][]
  /** null: it cannot be done; `error` says why. */
  submit: string | null
  askPassword: boolean
  /** The name that the user signs in with, for password managers; null: not known. */
  accountName: string | null
  csrf: string
  /** The list was shown whole, and will be again. */
  all: boolean
  error: string | null
}

/** A page that says why something did not work. */
export interface ErrorView extends PageView {
  message: string
}
