/**
 * Session → row of a list, for any user's session.
 * @module
 */
import type { Device, DeviceKind } from '../client/device.js'
import type { LoginSession } from '../sessions/login-session.js'
import type { MessageKey } from './messages.js'
import type { Texts } from './texts.js'
import { browserMark, deviceMark } from './device-mark.js'
import { deviceTitle, deviceWithBrowser } from './device-title.js'
import type { DeviceView, LabelView, MomentView, SessionView, WordsAndMoments } from './view-models.js'

/** What a kind of device is called. */
export const KINDS: Readonly<Record<DeviceKind, MessageKey>> = {
  desktop: 'kindDesktop',
  phone: 'kindPhone',
  tablet: 'kindTablet',
  tv: 'kindTv',
  program: 'kindProgram',
  other: 'kindOther',
  unknown: 'kindUnknown'
}

/** What all rows of a list have in common. */
export interface RowContext {
  texts: Texts
  /** Labels for addresses. */
  places: ReadonlyMap<string, string>
  /** What a session is called in sentences and labels. @default its device and browser */
  nameOf?: ((session: LoginSession) => string) | undefined
  /** Relative times are relative to it. */
  now: Date
}

/** What the page decides about a row. */
export type RowOptions = Pick<SessionView, 'current' | 'isNew' | 'revokeUrl' | 'notYouUrl' | 'revealed'>

/** Makes rows. No two that it makes have the same labels. */
export function createRows (
  { texts, places, now, nameOf = ({ device }) => deviceWithBrowser(device, texts) }: RowContext
): (session: LoginSession, options: RowOptions) => SessionView {
  const seen = new Map<string, number>()
  // Two sign-ins of one browser in the same minute would have the same labels, so they are numbered.
  const unique = ({ text, parts }: LabelView): LabelView => {
    const occurrence = (seen.get(text) ?? 0) + 1
    seen.set(text, occurrence)
    return occurrence === 1 ? { text, parts } : labelView([...parts, ` (${occurrence})`])
  }

  return (session, options) => {
    const { id, device, userAgent } = session
    const [ip, former] = addressesOf(session)
    const name = nameOf(session)
    const lastActive = momentView(session.lastActiveAt, texts, now)
    const signedIn = momentView(session.createdAt, texts, now)
    const label = (key: MessageKey, { iso, absolute }: MomentView): LabelView =>
      unique(labelView(texts.parts(key, { name, when: { iso, absolute } })))
    return {
      id,
      ...deviceView(device, texts),
      name,
      ...versionsOf(device),
      ip,
      place: placeOf(ip, places),
      formerIp: former,
      formerPlace: placeOf(former, places),
      userAgent,
      lastActive,
      signedIn,
      expires: momentView(session.expiresAt, texts, now),
      deviceBound: session.deviceBound,
      revokeLabel: label('signOutNamed', lastActive),
      detailsLabel: label('detailsNamed', lastActive),
      notYouLabel: label('notYouNamed', signedIn),
      ...options
    }
  }
}

/** What a row and a group show of a device. */
export function deviceView (device: Readonly<Device>, texts: Texts): DeviceView {
  const { kind, os, browser } = device
  const kindText = texts.say(KINDS[kind])
  const title = deviceTitle(device, texts)
  const shown = browser === title ? null : browser
  return {
    title,
    kind,
    mark: deviceMark(device),
    markText: os === null ? kindText : `${kindText} (${os})`,
    browser: shown,
    browserMark: shown === null ? null : browserMark(shown)
  }
}

/** "Chrome 149.0.7827.55", "Windows 11", and a model that is not the title. */
function versionsOf (device: Readonly<Device>): Pick<SessionView, 'browserVersion' | 'system' | 'model'> {
  const { browser, browserVersion, os, model } = device
  return {
    browserVersion: browser === null ? null : withVersion(browser, browserVersion),
    system: os === null ? null : withVersion(os, device.osVersion),
    model
  }
}

const withVersion = (name: string, version: string | null): string => version === null ? name : `${name} ${version}`

/** A moment as a page shows it. */
export function momentView (date: Date, texts: Texts, now: Date): MomentView {
  return { iso: date.toISOString(), relative: texts.relative(date, now), absolute: texts.absolute(date) }
}

const labelView = (parts: WordsAndMoments): LabelView =>
  ({ text: parts.map(part => typeof part === 'string' ? part : part.absolute).join(''), parts })

/** The label of an address, if it has one. */
export const placeOf = (address: string | null, places: ReadonlyMap<string, string>): string | null =>
  address === null ? null : places.get(address) ?? null

/** The addresses whose places a session's row shows. */
export const addressesOf = ({ ip, formerIp }: LoginSession): [ip: string | null, former: string | null] => [ip, formerIp?.ip ?? null]
