/**
 * Record → view model. Everything in a view is text: templates escape it.
 * @module
 */
import type { AssetUrls } from './assets.js'
import type { Device, DeviceKind } from './device.js'
import type { LoginSession } from './login-sessions.js'
import type { MessageKey } from './messages.js'
import type { ConfirmationKind } from './password.js'
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
  /** All are asked for, however many. */
  all: boolean
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
  /** Words, and moments among them. */
  detail: Array<string | MomentView>
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

/** Rows that a list begins with: what one looks for is among the last active. */
export const FIRST_ROWS = 10

const KINDS: Record<DeviceKind, MessageKey> = {
  desktop: 'kindDesktop', phone: 'kindPhone', tablet: 'kindTablet', tv: 'kindTv', program: 'kindProgram', other: 'kindOther', unknown: 'kindUnknown'
}

/** What a list is made of. */
export interface ListParts {
  /** Last active first. */
  sessions: LoginSession[]
  currentId: string
  confirmation: ConfirmationKind
  all: boolean
  headingLevel: number
  message: string | null
}

/** This device first, the others as they come. @param places words for addresses @param now what relative times are relative to */
export function toListView (page: PageView, parts: ListParts, places: ReadonlyMap<string, string>, now: Date): ListView {
  const { sessions, currentId, confirmation, all, headingLevel, message } = parts
  const shown = inOrder(parts).slice(0, all ? Infinity : FIRST_ROWS).map(session => toSessionView(session, parts, page, places, now))
  return {
    ...page,
    sessions: withUniqueLabels(shown),
    count: sessions.length,
    othersCount: sessions.filter(({ id }) => id !== currentId).length,
    othersUrl: withAll(`${page.base}/others/revoke`, all),
    canRevoke: confirmation !== 'no-password',
    noPassword: confirmation === 'no-password',
    all,
    listUrl: withAll(page.base || '/', all),
    allUrl: shown.length < sessions.length ? withAll(page.homeUrl, true) : null,
    allListUrl: withAll(page.base || '/', true),
    headingLevel,
    now: now.toISOString(),
    message
  }
}

/** The sessions that a list shows, in its order. */
export function inOrder ({ sessions, currentId }: Pick<ListParts, 'sessions' | 'currentId'>): LoginSession[] {
  return [...sessions.filter(({ id }) => id === currentId), ...sessions.filter(({ id }) => id !== currentId)]
}

function toSessionView (session: LoginSession, { currentId, all }: ListParts, { base, texts }: PageView, places: ReadonlyMap<string, string>, now: Date): SessionView {
  const moment = (date: Date): MomentView => ({ iso: date.toISOString(), relative: texts.relative(date, now), absolute: texts.absolute(date) })
  const { id, device, ip, userAgent } = session
  const name = deviceName(session, texts)
  const lastActive = moment(session.lastActiveAt)
  return {
    id,
    current: id === currentId,
    name,
    kind: device.kind,
    kindText: texts.say(KINDS[device.kind]),
    model: device.model,
    version: device.browserVersion === null ? null : texts.say('version', { version: device.browserVersion }),
    ip,
    place: ip === null ? null : places.get(ip) ?? null,
    userAgent,
    lastActive,
    signedIn: moment(session.createdAt),
    expires: moment(session.expiresAt),
    revokeUrl: withAll(`${base}/${id}/revoke`, all),
    revokeLabel: texts.say('signOutNamed', { name, when: lastActive.absolute })
  }
}

/** Two sign-ins of one browser in the same minute read alike, and their buttons must not. */
function withUniqueLabels (sessions: SessionView[]): SessionView[] {
  const seen = new Map<string, number>()
  return sessions.map(session => {
    const times = (seen.get(session.revokeLabel) ?? 0) + 1
    seen.set(session.revokeLabel, times)
    return times === 1 ? session : { ...session, revokeLabel: `${session.revokeLabel} (${times})` }
  })
}

/** "Chrome on Windows 11", with words for what is not known. */
export function deviceName ({ device }: Pick<LoginSession, 'device'>, texts: Texts): string {
  const { browser, os } = device
  if (os === null) return browser ?? texts.say('unknownDevice')
  return texts.say('browserOnSystem', { browser: browser ?? texts.say('unknownBrowser'), system: systemName(os, device) })
}

/** The major version says enough; Windows has names like "8.1". */
function systemName (os: string, { osVersion }: Device): string {
  if (osVersion === null) return os
  return `${os} ${os === 'Windows' ? osVersion : osVersion.split('.')[0]}`
}

/** The query parameter that asks for the whole list, on the host's page too: its name must meet none of the host's. */
export const ALL_PARAMETER = 'sessions'

/** @param path may have a query and a fragment of its own */
export function withAll (path: string, all: boolean): string {
  if (!all) return path
  const url = new URL(path, 'http://this.invalid')
  url.searchParams.set(ALL_PARAMETER, 'all')
  return url.pathname + url.search + url.hash
}
