/**
 * The page's texts, in ICU MessageFormat. What fills their gaps is escaped by the templates like everything else.
 * @module
 */
import { IntlMessageFormat } from 'intl-messageformat'

/** Every text of the page, by key. */
export type Messages = typeof english

/** A key of {@link Messages}. */
export type MessageKey = keyof Messages

const english = {
  title: 'Where you are signed in',
  intro: 'These are the browsers and devices that are signed in to your account. Sign out any that you do not recognise, then change your password.',
  activityNote: 'Requests that a page makes by itself also count as activity.',
  count: '{count, plural, one {# session} other {# sessions}}',
  device: 'Device',
  lastActive: 'Last active',
  signedIn: 'Signed in',
  expires: 'Expires',
  actions: 'Actions',
  thisDevice: 'This device',
  activeNow: 'Active now',
  justNow: 'Just now',
  browserOnSystem: '{browser} on {system}',
  unknownBrowser: 'Unknown browser',
  unknownDevice: 'Unknown device',
  unknownAddress: 'Address unknown',
  kindDesktop: 'Computer',
  kindPhone: 'Phone',
  kindTablet: 'Tablet',
  kindTv: 'TV',
  kindOther: 'Device',
  kindUnknown: 'Unknown device',
  signOut: 'Sign out',
  signOutNamed: 'Sign out {name}, last active {when}',
  signOutOthers: 'Sign out of all other sessions ({count})',
  noOthers: 'You are not signed in anywhere else.',
  noPassword: 'Sessions can only be ended with your password, and your account has none. Set a password first.',
  askOne: 'Sign out {name}?',
  askOneDetail: 'Signed in {signedIn}, last active {lastActive}. That browser will have to sign in again.',
  askThis: 'Sign out this device?',
  askThisDetail: 'You will have to sign in again.',
  askOthers: 'Sign out of all other sessions?',
  askOthersDetail: '{count, plural, one {One other session ends.} other {# other sessions end.}} This device stays signed in.',
  password: 'Your password',
  cancel: 'Cancel',
  back: 'Back to your sessions',
  working: 'Signing out…',
  signedOutOne: 'Signed out {name}.',
  signedOutOthers: '{count, plural, =0 {There was no other session.} one {Signed out one other session.} other {Signed out # other sessions.}}',
  gone: 'That session has ended already.',
  errorTitle: 'That did not work',
  passwordRequired: 'Enter your password.',
  passwordWrong: 'This password is not right. Nothing has been signed out.',
  locked: '{count, plural, one {Too many wrong passwords. Try again in one minute.} other {Too many wrong passwords. Try again in # minutes.}}',
  crossOrigin: 'This request came from another site and was refused.',
  formExpired: 'This form has expired. Load the page again and repeat.',
  unavailable: 'Sessions cannot be reached right now. Try again in a moment; the list then shows what has been signed out.',
  unreachable: 'The server cannot be reached. Try again; the list then shows what has been signed out.',
  unexpected: 'Something went wrong. Load the page again to see what has been signed out.'
}

/** Texts and formats of one language. */
export interface Texts {
  language: string
  direction: 'ltr' | 'rtl'
  /** A text with its gaps filled; `count` also chooses the plural form. */
  say(key: MessageKey, values?: Record<string, string | number>): string
  /** "3 minutes ago", or "in 3 days". */
  relative(date: Date, now: Date): string
  /** "Nov 24, 2026, 1:05 PM UTC". */
  absolute(date: Date): string
}

/** @param timeZone IANA name; the server cannot know the reader's */
export function createTexts (timeZone: string): Texts {
  const language = 'en'
  const relativeFormat = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const absoluteFormat = new Intl.DateTimeFormat(language, {
    year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZone, timeZoneName: 'short'
  })
  const formats = new Map<MessageKey, IntlMessageFormat>()

  const say: Texts['say'] = (key, values) => {
    const format = formats.get(key) ?? new IntlMessageFormat(english[key], language, undefined, { ignoreTag: true })
    formats.set(key, format)
    return String(format.format(values))
  }

  return {
    language,
    direction: 'ltr',
    say,
    relative (date, now) {
      const [amount, unit] = span(date.getTime() - now.getTime())
      return unit === 'second' ? say('justNow') : relativeFormat.format(amount, unit)
    },
    absolute: date => absoluteFormat.format(date)
  }
}

/** Each unit, and from how many of it on the next one says more. */
const UNITS: Array<[Intl.RelativeTimeFormatUnit, milliseconds: number, below: number]> = [
  ['minute', 60_000, 60], ['hour', 3_600_000, 24], ['day', 86_400_000, 7], ['week', 7 * 86_400_000, 5],
  ['month', 30 * 86_400_000, 12], ['year', 365 * 86_400_000, Infinity]
]

/** Rounded first, so that 59.7 minutes are one hour and not 60 minutes. */
function span (milliseconds: number): [number, Intl.RelativeTimeFormatUnit] {
  const distance = Math.abs(milliseconds)
  if (distance < 60_000) return [0, 'second']
  const [unit, length] = UNITS.find(([, length, below]) => Math.round(distance / length) < below)!
  return [Math.sign(milliseconds) * Math.round(distance / length), unit]
}
