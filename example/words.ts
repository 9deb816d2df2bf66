/**
 * Times in words.
 * @module
 */
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
