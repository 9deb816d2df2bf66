/**
 * User agent → words. Parsed once, when a session starts; nothing here throws.
 * @module
 */
import { UAParser } from 'ua-parser-js'

/** What a user agent says of itself, in words fit for a page. Attacker text: escape it like any other. */
export interface Device {
  /** "Chrome", or null when it cannot be told. */
  browser: string | null
  /** "Windows", or null when it cannot be told. */
  os: string | null
  kind: DeviceKind
}

/** The form factor, for the glyph beside the words. */
export type DeviceKind = 'desktop' | 'phone' | 'tablet' | 'tv' | 'other' | 'unknown'

/** Characters kept of a user agent: real ones end before 512; Node itself allows 16 KiB of headers. */
export const USER_AGENT_LENGTH = 512

const BROWSERS: Record<string, string> = {
  'Mobile Chrome': 'Chrome',
  'Chrome Headless': 'Chrome',
  'Chrome WebView': 'Chrome WebView',
  'Mobile Safari': 'Safari',
  'Mobile Firefox': 'Firefox',
  'Samsung Internet': 'Samsung Internet',
  'Opera Mobi': 'Opera',
  'Opera Touch': 'Opera'
}

const SYSTEMS: Record<string, string> = { 'Mac OS': 'macOS', 'Chromium OS': 'ChromeOS' }

const KINDS: Record<string, DeviceKind> = {
  mobile: 'phone',
  tablet: 'tablet',
  smarttv: 'tv',
  console: 'other',
  wearable: 'other',
  embedded: 'other',
  xr: 'other'
}

const DESKTOPS = new Set(['Windows', 'macOS', 'Linux', 'ChromeOS', 'Ubuntu', 'Debian', 'Fedora'])

/** What is stored of a user-agent header. */
export const cutUserAgent = (userAgent: string | undefined): string => (userAgent ?? '').slice(0, USER_AGENT_LENGTH)

/**
 * The browser, operating system and form factor that a user agent names.
 *
 * @example
 * describeDevice('Mozilla/5.0 (Windows NT 10.0; Win64; x64) … Chrome/149.0.0.0 Safari/537.36')
 * // { browser: 'Chrome', os: 'Windows', kind: 'desktop' }
 */
export function describeDevice (userAgent: string): Device {
  const { browser, os, device } = new UAParser(userAgent).getResult()
  const osName = rename(SYSTEMS, os.name)
  return {
    browser: rename(BROWSERS, browser.name) ?? scriptName(userAgent),
    os: osName,
    kind: KINDS[device.type ?? ''] ?? (osName !== null && DESKTOPS.has(osName) ? 'desktop' : 'unknown')
  }
}

function rename (names: Record<string, string>, name: string | undefined): string | null {
  if (name === undefined || name === '') return null
  return Object.hasOwn(names, name) ? names[name]! : name
}

/** Scripts name themselves "curl/8.5.0"; browsers all begin with "Mozilla/". */
function scriptName (userAgent: string): string | null {
  const product = /^([A-Za-z][\w.-]{0,39})\//.exec(userAgent)?.[1]
  return product === undefined || product === 'Mozilla' ? null : product
}
