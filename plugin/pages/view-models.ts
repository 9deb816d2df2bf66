/**
 * The view models of the kit's templates; those of the account page are in `account/view-models.ts`. Everything in them
 * is text, and templates escape it.
 *
 * | template | gets |
 * |---|---|
 * | `layout`, `head` | the model of the page around them |
 * | `error`, `problem` | {@link ErrorView} |
 * | `confirm`, `dialog` | {@link ConfirmView} |
 * | `confirm-form` | {@link ConfirmView}, and `inDialog` in a dialog |
 * | `row`, `details` | the model of the list, with a {@link SessionView} as `session`, and `inGroup` |
 * | `marks` | `mark`, a name; `text`, what it shows, or null if words beside it say that |
 * | `time` | `moment`, a {@link MomentView} |
 * | `facts` | what a row and a group say below the name: `device`, a {@link SessionView} or a group; `places`, strings; `morePlaces` |
 * | `device-bound` | the model around it: the mark of a session that is bound to its device |
 * | `question-facts` | {@link ConfirmView} |
 * | `notice` | {@link NoticeView} |
 * | `plot` | `plot`, a `PlotView` of `plot.ts` |
 * @module
 */
import type { AssetUrls } from './assets.js'
import type { DeviceKind } from '../client/device.js'
import type { ConfirmationFields } from './confirmation.js'
import type { BrowserMark, DeviceMark } from './device-mark.js'
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

/** Words, and moments among them, which the page's script writes in the reader's time zone. */
export type WordsAndMoments = Array<string | Omit<MomentView, 'relative'>>

/** A label that contains moments. */
export interface LabelView {
  text: string
  /** The same in parts. */
  parts: WordsAndMoments
}

/** What a row and a group show of a device. */
export interface DeviceView {
  /** What a person calls it: "iPhone", "Windows computer", "curl". */
  title: string
  kind: DeviceKind
  /** Its drawing in `marks.eta`, and what that shows: "Phone (iOS)". */
  mark: DeviceMark
  markText: string
  /** "Safari"; null: it is unknown, or the title says it. */
  browser: string | null
  /** The browser's drawing in `marks.eta`. */
  browserMark: BrowserMark | null
}

/** One row of a list. */
export interface SessionView extends DeviceView {
  id: string
  /** True if the page is shown in this session. */
  current: boolean
  /** True if it came from a new device, recently. */
  isNew: boolean
  /** The device and its browser, for sentences: "iPhone (Safari)". */
  name: string
  /** "Safari 26.1", or null. */
  browserVersion: string | null
  /** "iOS 26.1", or null. */
  system: string | null
  /** "SM-S918B", or null. It may be the title. */
  model: string | null
  ip: string | null
  /** "Germany", "Local network", or null. */
  place: string | null
  /** The address before `ip`, and its place. */
  formerIp: string | null
  formerPlace: string | null
  userAgent: string
  lastActive: MomentView
  signedIn: MomentView
  expires: MomentView
  /** True: it is bound to its device, so only the browser that signed in can use it. */
  deviceBound: boolean
  /** Where the button of the row leads. */
  revokeUrl: string
  /** The accessible name of that button. No other row has the same. */
  revokeLabel: LabelView
  /** The accessible name of the row's details. */
  detailsLabel: LabelView
  /** Where the link "Not you?" of a new row leads. */
  notYouUrl: string
  /** The accessible name of that link. */
  notYouLabel: LabelView
  /** True for the first row that "Show all" adds. */
  revealed: boolean
}

/** What every template gets. */
export interface PageView {
  texts: Texts
  say: Texts['say']
  assets: AssetUrls
  /** The path of the pages, without a slash at its end. */
  base: string
  /** Where people come back to: the page, or the host's own page with the section in it. */
  homeUrl: string
  /** The label of links to `homeUrl`, such as "Back to your sessions". */
  backLabel: string
  /** Where the password is set or changed, or null. */
  passwordUrl: string | null
  title: string
}

/** A page that says why something did not work. */
export interface ErrorView extends PageView {
  message: string
}

/** A hidden field of a form. */
export interface HiddenField {
  name: string
  value: string
}

/** The message about the last operation, for the status region. */
export interface NoticeView {
  message: string | null
  /** The link to the next step; null: there is nothing more to do. */
  messageLink: { url: string, label: string } | null
}

/** A fact about a session, with its label: a moment, or a text. */
export type FactView = { label: string } & ({ moment: MomentView } | { text: string })

/** One line of a question about several sessions: one of them, or several equal ones. */
export interface EndingView {
  /** "iPhone (Safari)" */
  name: string
  /** True: it is new to the user. */
  isNew: boolean
  /** "7 sessions"; null: one. */
  count: string | null
  place: string | null
  /** Of the latest. */
  lastActive: MomentView
}

/** The question before sessions are ended. */
export interface ConfirmView extends PageView, ConfirmationFields {
  action: string
  question: string
  /** The sentence under the question, which says what will happen; null if the question cannot be answered. */
  detail: string | null
  /** The session's facts: its last activity, its sign-in, its place. */
  facts: FactView[]
  /** The sessions that will end, if there are several. */
  endings: EndingView[]
  /** "and 12 more"; null: there are no more. */
  more: string | null
  /** The steps to take, if there are several. */
  steps: string[]
  /** The label of the submit button; null if there is nothing to submit: `error` says why, or `confirmLink` leads on. */
  submit: string | null
  /** Relative times are relative to it. */
  now: string
  /** The name that the user signs in with, for password managers; null if it is not known. */
  accountName: string | null
  /** The longest password, in characters. */
  passwordLength: number
  /** The longest answer, in characters. */
  answerLength: number
  csrf: string
  /** The page's own fields, which the form sends back. */
  hidden: HiddenField[]
  error: string | null
  /** The page for people who forgot their password; null: no password was wrong, or there is no such page. */
  forgotPasswordUrl: string | null
}

/** The kit's templates that are rendered by name, and their view models. They include the others. */
export interface KitTemplates {
  dialog: ConfirmView
  confirm: ConfirmView
  error: ErrorView
  problem: ErrorView
}
