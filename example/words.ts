/**
 * Devices and times in words.
 * @module
 */
import type { LoginSession } from '../plugin/index.js'

/** "Chrome on Windows 11", as the sessions page says it. */
export function deviceName ({ device }: Pick<LoginSession, 'device'>): string {
  const { browser, os, osVersion } = device
  if (os === null) return browser ?? 'Unknown device'
  return `${browser ?? 'Unknown browser'} on ${osVersion === null ? os : `${os} ${majorOf(osVersion, os)}`}`
}

/** Windows has names like "8.1"; elsewhere the major version says enough. */
function majorOf (version: string, os: string): string {
  return os === 'Windows' ? version : version.split('.')[0]!
}

const dates = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' })
const times = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

/** "November 24, 2026" */
export function date (value: Date): string {
  return dates.format(value)
}

/** "November 24, 2026 at 5:05 PM UTC" */
export function dateTime (value: Date): string {
  return `${times.format(value)} UTC`
}
