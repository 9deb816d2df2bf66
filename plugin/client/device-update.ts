/**
 * A device, and the same device as a later request describes it: in more detail, or after an update.
 * @module
 */
import type { Device } from './device.js'

/**
 * The device with what the request adds, or null: nothing, or it is another device. Versions only rise, details are only
 * added (a model that was unknown becomes the title of the row), and no known name changes. Otherwise a thief who uses a
 * stolen cookie could turn the row into one of the thief's device. The owner must still see the device where the session
 * started, beside the address where it was last used.
 *
 * @param recorded the device as it is known
 * @param seen the device as the request describes it
 * @param isSameUserAgent then the kind may be added, too, and the browser may be unknown
 * @example
 * updatedDevice({ ...pixel, browserVersion: '149.0.7827.55' }, { ...pixel, browserVersion: '150' }, false)
 * // { ...pixel, browserVersion: '150' }
 */
export function updatedDevice (recorded: Device, seen: Device, isSameUserAgent: boolean): Device | null {
  if (!hasSameNames(recorded, seen, isSameUserAgent)) return null
  const browserVersion = laterVersion(recorded.browserVersion, seen.browserVersion)
  const osVersion = laterVersion(recorded.osVersion, seen.osVersion)
  if (browserVersion === undefined || osVersion === undefined) return null
  const updated = { ...seen, browserVersion, osVersion, model: recorded.model ?? seen.model }
  return Object.entries(updated).every(([field, value]) => recorded[field as keyof Device] === value) ? null : updated
}

function hasSameNames (recorded: Device, seen: Device, isSameUserAgent: boolean): boolean {
  if (seen.browser !== recorded.browser || seen.os !== recorded.os) return false
  if (seen.kind !== recorded.kind && !(isSameUserAgent && recorded.kind === 'unknown')) return false
  if (seen.browser === null && !isSameUserAgent) return false
  return seen.model === recorded.model || seen.model === null || recorded.model === null
}

/** The later of two versions, which may only have more parts; undefined if the version seen is an earlier one, or no number. */
function laterVersion (recorded: string | null, seen: string | null): string | null | undefined {
  if (seen === null || seen === recorded) return recorded
  if (recorded === null) return seen
  const [before, now] = [recorded.split('.').map(Number), seen.split('.').map(Number)]
  const at = now.findIndex((part, index) => part !== (before[index] ?? 0))
  if (at === -1) return recorded
  return now[at]! > (before[at] ?? 0) ? seen : undefined
}
