/**
 * Record → view model.
 * @module
 */
import type { Device, DeviceKind } from '../client/device.js'
import type { LoginSession } from '../sessions/login-session.js'
import type { MessageKey } from './messages.js'
import type { ConfirmationKind } from '../confirmation/password.js'
import type { Texts } from './texts.js'
import type { ListView, MomentView, PageView, SessionView, WordsAndMoments } from './view-models.js'

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
}

/**
 * @param shown those that get a row, in their order
 * @param places words for addresses
 * @param now what relative times are relative to
 */
export function toListView (page: PageView, parts: ListParts, shown: LoginSession[], places: ReadonlyMap<string, string>, now: Date): ListView {
  const { sessions, currentId, confirmation, all, headingLevel } = parts
  const rows = shown.map((session, index) => ({ ...toSessionView(session, parts, page, places, now), revealed: index === FIRST_ROWS }))
  return {
    ...page,
    sessions: withUniqueLabels(rows),
    count: sessions.length,
    othersCount: sessions.filter(({ id }) => id !== currentId).length,
    othersUrl: withAll(`${page.base}/others/revoke`, all),
    canRevoke: confirmation !== 'no-password',
    noPassword: confirmation === 'no-password',
    listUrl: withAll(page.base || '/', all),
    allUrl: shown.length < sessions.length ? withAll(page.homeUrl, true) : null,
    allListUrl: withAll(page.base || '/', true),
    headingLevel,
    now: now.toISOString(),
    message: null
  }
}

/** The sessions that get a row: this device's first, the others as they come; the first ten, or all. */
export function shownOf ({ sessions, currentId, all }: Pick<ListParts, 'sessions' | 'currentId' | 'all'>): LoginSession[] {
  const ordered = [...sessions.filter(({ id }) => id === currentId), ...sessions.filter(({ id }) => id !== currentId)]
  return all ? ordered : ordered.slice(0, FIRST_ROWS)
}

function toSessionView (session: LoginSession, { currentId, all }: ListParts, { base, texts }: PageView, places: ReadonlyMap<string, string>, now: Date): Omit<SessionView, 'revealed'> {
  const moment = (date: Date): MomentView => ({ iso: date.toISOString(), relative: texts.relative(date, now), absolute: texts.absolute(date) })
  const { id, device, userAgent } = session
  const name = deviceName(session, texts)
  const lastActive = moment(session.lastActiveAt)
  const { iso, absolute } = lastActive
  const revokeLabelParts = texts.parts('signOutNamed', { name, when: { iso, absolute } })
  return {
    id,
    current: id === currentId,
    name,
    kind: device.kind,
    kindText: texts.say(KINDS[device.kind]),
    ...factsOf(session, places, texts),
    userAgent,
    lastActive,
    signedIn: moment(session.createdAt),
    expires: moment(session.expiresAt),
    revokeUrl: withAll(`${base}/${id}/revoke`, all),
    revokeLabel: textOf(revokeLabelParts),
    revokeLabelParts
  }
}

/** What is known beside the name: of the device, and of where it is. */
export function factsOf ({ device, ip }: LoginSession, places: ReadonlyMap<string, string>, texts: Texts): Pick<SessionView, 'model' | 'version' | 'ip' | 'place'> {
  return {
    model: device.model,
    version: device.browserVersion === null ? null : texts.say('version', { version: device.browserVersion }),
    ip,
    place: ip === null ? null : places.get(ip) ?? null
  }
}

const textOf = (parts: WordsAndMoments): string => parts.map(part => typeof part === 'string' ? part : part.absolute).join('')

/** Two sign-ins of one browser in the same minute read alike, and their buttons must not. */
function withUniqueLabels (sessions: SessionView[]): SessionView[] {
  const seen = new Map<string, number>()
  return sessions.map(session => {
    const times = (seen.get(session.revokeLabel) ?? 0) + 1
    seen.set(session.revokeLabel, times)
    if (times === 1) return session
    return { ...session, revokeLabel: `${session.revokeLabel} (${times})`, revokeLabelParts: [...session.revokeLabelParts, ` (${times})`] }
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

/** The path of the list, whole if it was whole. */
export function withAll (path: string, all: boolean): string {
  return all ? withParameter(path, ALL_PARAMETER, 'all') : path
}

/** @param path may have a query and a fragment of its own */
export function withParameter (path: string, name: string, value: string): string {
  const url = new URL(path, 'http://this.invalid')
  url.searchParams.set(name, value)
  return url.pathname + url.search + url.hash
}
