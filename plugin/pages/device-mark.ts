/**
 * The drawings beside devices and browsers: `templates/marks.eta` has one for each of these names.
 * @module
 */
import type { Device } from '../client/device.js'

/** The drawing of a device. */
export type DeviceMark =
  | 'windows' | 'mac' | 'linux' | 'chromebook' | 'computer' | 'iphone' | 'ipad' | 'android-phone' | 'android-tablet' | 'phone' | 'tablet'
  | 'tv' | 'program' | 'device' | 'unknown'

/** The drawing of a browser. */
export type BrowserMark = 'chrome' | 'firefox' | 'safari' | 'edge' | 'opera' | 'samsung' | 'globe'

const COMPUTERS = new Map<string | null, DeviceMark>([
  ['Windows', 'windows'], ['macOS', 'mac'], ['ChromeOS', 'chromebook'], [null, 'computer']
])
const PHONES = new Map<string | null, DeviceMark>([['iOS', 'iphone'], ['Android', 'android-phone']])
const TABLETS = new Map<string | null, DeviceMark>([['iPadOS', 'ipad'], ['Android', 'android-tablet']])

/** The drawing of this device. */
export function deviceMark ({ kind, os }: Readonly<Device>): DeviceMark {
  switch (kind) {
    // The other systems of computers are kinds of Linux, and systems like it.
    case 'desktop': return COMPUTERS.get(os) ?? 'linux'
    case 'phone': return PHONES.get(os) ?? 'phone'
    case 'tablet': return TABLETS.get(os) ?? 'tablet'
    case 'other': return 'device'
    default: return kind
  }
}

const BROWSERS = new Map<string, BrowserMark>([
  ['Chrome', 'chrome'], ['Chromium', 'chrome'], ['Firefox', 'firefox'], ['Firefox Focus', 'firefox'], ['Firefox Klar', 'firefox'],
  ['Safari', 'safari'], ['Edge', 'edge'], ['Opera', 'opera'], ['Opera GX', 'opera'], ['Opera Mini', 'opera'],
  ['Samsung Internet', 'samsung']
])

/** The drawing of this browser. */
export const browserMark = (browser: string): BrowserMark => BROWSERS.get(browser) ?? 'globe'
