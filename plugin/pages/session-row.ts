/**
 * Session → row of a list, whoever the session belongs to.
 * @module
 */
import type { Device, DeviceKind } from '../client/device.js'
import type { LoginSession } from '../sessions/login-session.js'
import type { MessageKey } from './messages.js'
import type { Texts } from './texts.js'
import type { MomentView, SessionView, WordsAndMoments } from './view-models.js'

const KINDS: Record<DeviceKind, MessageKey> = {
  desktop: 'kindDesktop', phone: 'kindPhone', tablet: 'kindTablet', tv: 'kindTv', program: 'kindProgram', other: 'kindOther', unknown: 'kindUnknown'
}

/** What all rows of a list have in common. */
export interface RowContext {
  texts: Texts
  /** Labels for addresses. */
  places: ReadonlyMap<string, string>
  /** Relative times are relative to it. */
  now: Date
}

/** What the page decides about a row. */
export type RowOptions = Pick<SessionView, 'current' | 'revokeUrl' | 'revealed'>

/** The rows of a list, in the order of its sessions. No two of them have the same label on their button. */
export function toSessionViews (
  sessions: LoginSession[], optionsOf: (session: LoginSession, index: number) => RowOptions, context: RowContext
): SessionView[] {
  return withUniqueLabels(sessions.map((session, index) => toSessionView(session, optionsOf(session, index), context)))
}

function toSessionView (session: LoginSession, options: RowOptions, { texts, places, now }: RowContext): SessionView {
  const moment = (date: Date): MomentView => ({ iso: date.toISOString(), relative: texts.relative(date, now), absolute: texts.absolute(date) })
  const { id, device, userAgent } = session
  const name = deviceName(session, texts)
  const lastActive = moment(session.lastActiveAt)
  const { iso, absolute } = lastActive
  const revokeLabelParts = texts.parts('signOutNamed', { name, when: { iso, absolute } })
  return {
    id,
    name,
    kind: device.kind,
    kindText: texts.say(KINDS[device.kind]),
    ...factsOf(session, places, texts),
    userAgent,
    lastActive,
    signedIn: moment(session.createdAt),
    expires: moment(session.expiresAt),
    revokeLabel: textOf(revokeLabelParts),
    revokeLabelParts,
    ...options
  }
}

/** What a row shows beside the name of the device. */
export type Facts = Pick<SessionView, 'model' | 'version' | 'ip' | 'place' | 'alsoFrom' | 'alsoPlace'>

/** The addresses that a session's row shows: {@link factsOf} needs their places. */
export const addressesOf = ({ ip, formerIp }: LoginSession): [ip: string | null, former: string | null] => [ip, formerIp?.ip ?? null]

/** The facts of a session. */
export function factsOf (session: LoginSession, places: ReadonlyMap<string, string>, texts: Texts): Facts {
  const { device } = session
  const [ip, former] = addressesOf(session)
  const placeOf = (address: string | null): string | null => address === null ? null : places.get(address) ?? null
  return {
    model: device.model,
    version: device.browserVersion === null ? null : texts.say('version', { version: device.browserVersion }),
    ip,
    place: placeOf(ip),
    // Isolated, because the parts of an IPv6 address would change places within Arabic words.
    alsoFrom: former === null ? null : texts.say('alsoFrom', { address: `\u2068${former}\u2069` }),
    alsoPlace: placeOf(former)
  }
}

const textOf = (parts: WordsAndMoments): string => parts.map(part => typeof part === 'string' ? part : part.absolute).join('')

/** Two sign-ins of one browser in the same minute have the same label, so they are numbered. */
function withUniqueLabels (sessions: SessionView[]): SessionView[] {
  const seen = new Map<string, number>()
  return sessions.map(session => {
    const occurrence = (seen.get(session.revokeLabel) ?? 0) + 1
    seen.set(session.revokeLabel, occurrence)
    if (occurrence === 1) return session
    return { ...session, revokeLabel: `${session.revokeLabel} (${occurrence})`, revokeLabelParts: [...session.revokeLabelParts, ` (${occurrence})`] }
  })
}

/** "Chrome on Windows 11", or "Unknown browser on Windows 11". */
export function deviceName ({ device }: Pick<LoginSession, 'device'>, texts: Texts): string {
  const { browser, os } = device
  if (os === null) return browser ?? texts.say('unknownDevice')
  return texts.say('browserOnSystem', { browser: browser ?? texts.say('unknownBrowser'), system: systemLabel(os, device) })
}

/** Only the major version is shown. Windows has names like "8.1", which are shown whole. */
function systemLabel (os: string, { osVersion }: Device): string {
  if (osVersion === null) return os
  return `${os} ${os === 'Windows' ? osVersion : osVersion.split('.')[0]}`
}
