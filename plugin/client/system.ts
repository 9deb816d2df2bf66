/**
 * User agent and client hints → operating system, form factor and model.
 * @module
 */
import type { Hints } from './client-hints.js'
import { labelOf } from './label.js'
import { systemName, versionOf } from './names.js'

/**
 * Every kind of device, with the names that client hints (`formFactors`) and ua-parser-js (`types`) use for it. A new kind
 * is a new row here, a text in `pages/session-row.ts`, a title in `pages/device-title.ts` and a drawing in
 * `pages/device-mark.ts`. 'program' is a script, a robot or an app without a browser.
 */
const KINDS = {
  desktop: { formFactors: ['Desktop'], types: [] },
  phone: { formFactors: ['Mobile'], types: ['mobile'] },
  tablet: { formFactors: ['Tablet'], types: ['tablet'] },
  tv: { formFactors: [], types: ['smarttv'] },
  program: { formFactors: [], types: [] },
  other: { formFactors: ['Automotive', 'XR', 'Watch'], types: ['console', 'wearable', 'embedded'] },
  unknown: { formFactors: [], types: [] }
} as const

/** The form factor. A page shows it as an icon beside the label. */
export type DeviceKind = keyof typeof KINDS

/** All kinds of devices. */
export const DEVICE_KINDS = Object.keys(KINDS) as readonly DeviceKind[]

/** The part of a `Device` that does not describe its browser. */
export interface System {
  os: string | null
  osVersion: string | null
  kind: DeviceKind
  model: string | null
}

/** What ua-parser-js detects of a system. Its own types are not part of it, so the types of this package do not name them. */
export interface ParsedSystem {
  name?: string | undefined
  version?: string | undefined
}

/** What ua-parser-js detects of a device. */
export interface ParsedDevice {
  model?: string | undefined
  type?: string | undefined
  vendor?: string | undefined
}

/**
 * The system and device of a user agent. Client hints add details if they name the same system.
 *
 * @param userAgent - already cut to its maximum length
 * @param parsedSystem - what ua-parser-js detected
 * @param parsedDevice - what ua-parser-js detected
 * @param hints - those that agree with the user agent
 */
export function detectSystem (userAgent: string, parsedSystem: ParsedSystem, parsedDevice: ParsedDevice, hints: Hints): System {
  const os = detectName(userAgent, parsedSystem.name, parsedDevice.model)
  const isHinted = os !== null && systemName(hints.platform) === os
  return {
    os,
    osVersion: (isHinted ? hintedVersion(os, hints.platformVersion) : null) ?? detectVersion(userAgent, os, parsedSystem.version),
    kind: (isHinted && os === 'Android' ? hintedKind(hints.formFactors) : null) ?? detectKind(userAgent, os, parsedDevice.type),
    model: (isHinted && os === 'Android' ? modelLabel(hints.model) : null) ?? detectModel(userAgent, os, parsedDevice)
  }
}

function detectName (userAgent: string, name: string | undefined, model: string | undefined): string | null {
  // CFNetwork is Apple's network library: the app may run on any of Apple's systems.
  if (/\bCFNetwork\//.test(userAgent)) return null
  if (model === 'Apple TV') return 'tvOS'
  // Kindles with E Ink screens.
  if (name === 'Android' && /\blike Android\b/.test(userAgent)) return 'Linux'
  return name === 'iOS' && /\biPad\b/.test(userAgent) ? 'iPadOS' : systemName(name)
}

function hintedVersion (os: string, version: string): string | null {
  if (os === 'Windows') return windowsVersion(version)
  return os === 'macOS' || os === 'Android' ? versionOf(version, 3) : null
}

/**
 * learn.microsoft.com, "Detect Windows 11 … using User-Agent Client Hints": from 13 it is Windows 11, from 1 to 10 it is
 * Windows 10. Chromium sends 0.1 for Windows 7, 0.2 for 8 and 0.3 for 8.1.
 */
function windowsVersion (version: string): string | null {
  const [, major, minor] = /^(\d{1,3})(?:\.(\d{1,3}))?(?:\.|$)/.exec(version) ?? []
  if (major === '0') return new Map([['1', '7'], ['2', '8'], ['3', '8.1']]).get(minor ?? '') ?? null
  if (Number(major) >= 13) return '11'
  return Number(major) <= 10 ? '10' : null
}

/** The systems whose user agents contain a version that people know. */
const VERSIONED = new Set([
  'Windows', 'Windows Phone', 'macOS', 'iOS', 'iPadOS', 'tvOS', 'watchOS', 'Android', 'HarmonyOS', 'Tizen', 'KaiOS',
  'Ubuntu', 'Debian', 'Fedora'
])

/** The values that browsers froze for all versions: developer.chrome.com, "User-Agent reduction". Firefox sends 10.15. */
const FROZEN = /Windows NT 10\.0|Mac OS X 10[._]15(?:[._]7)?\b|Android 10; K\b|Android.*HarmonyOS/

function detectVersion (userAgent: string, os: string | null, version: string | undefined): string | null {
  if (os === null || !VERSIONED.has(os) || FROZEN.test(userAgent)) return null
  if (os === 'Windows') return labelOf(version)
  return versionOf(os === 'iOS' || os === 'iPadOS' ? appleVersion(userAgent, version) : version, 3)
}

/**
 * Since version 26, Safari sends "OS 18_6" or "OS 18_7" on every later system. Safari's own version is then the system's.
 * Apps that show pages send the same without a version of Safari, so the system's version is unknown. Meta's apps add it.
 */
function appleVersion (userAgent: string, version: string | undefined): string | undefined {
  const meta = /\bFBSV\/([\d.]+)|; iOS (\d+_[\d_]+);/.exec(userAgent)
  if (meta !== null) return meta[1] ?? meta[2]
  if (version !== '18.6' && version !== '18.7') return version
  const safari = /\bVersion\/([\d.]+)/.exec(userAgent)?.[1]
  return safari !== undefined && Number.parseInt(safari) >= 26 ? safari : safari && version
}

/** The names of one column of {@link KINDS} → their kinds. */
const kindsBy = (column: 'formFactors' | 'types'): ReadonlyMap<string, DeviceKind> =>
  new Map(DEVICE_KINDS.flatMap(kind => KINDS[kind][column].map(name => [name, kind] as const)))

const KINDS_BY_FORM_FACTOR = kindsBy('formFactors')
const KINDS_BY_TYPE = kindsBy('types')

/** The kind of the first form factor that is known. */
const hintedKind = (formFactors: string[]): DeviceKind | null =>
  formFactors.map(name => KINDS_BY_FORM_FACTOR.get(name)).find(kind => kind !== undefined) ?? null

/** These are never phones, whatever else the user agent contains. */
const COMPUTERS = new Set<string | null>(['Windows', 'macOS', 'ChromeOS'])

const DESKTOPS = new Set<string | null>([
  ...COMPUTERS, 'Linux', 'Ubuntu', 'Debian', 'Fedora', 'Linux Mint', 'Arch Linux', 'openSUSE', 'FreeBSD', 'OpenBSD', 'NetBSD'
])

const TV = /\b(?:Smart-?TV|Google ?TV|Android ?TV|Apple ?TV|AFT\w+|BRAVIA|HbbTV|Web0S|CrKey|Chromecast|TV Safari)\b/i

function detectKind (userAgent: string, os: string | null, type: string | undefined): DeviceKind {
  const kind = KINDS_BY_TYPE.get(type ?? '') ?? 'unknown'
  if (TV.test(userAgent)) return 'tv'
  if (kind === 'unknown' && os === 'Android') return 'phone'
  if (COMPUTERS.has(os) || /\(PC; OpenHarmony/.test(userAgent)) return 'desktop'
  return kind === 'unknown' && DESKTOPS.has(os) ? 'desktop' : kind
}

/** Texts in the place of a model that do not name one. */
const NO_MODEL = /^(?:K|Mobile|Tablet|Phone|wv|Android.*|Linux.*|Macintosh|rv\b.*|unknown|[\d.]*)$/i

const modelLabel = (model: string): string | null => NO_MODEL.test(model) ? null : labelOf(model)

/** Makers whose models need the maker's name in front. */
const WITH_MAKER = new Set(['Nokia', 'Nintendo'])

function detectModel (userAgent: string, os: string | null, { model = '', type = 'none', vendor = '' }: ParsedDevice): string | null {
  if (os === null || (DESKTOPS.has(os) && ['none', 'mobile', 'tablet'].includes(type))) return null
  if (/\bAFT\w/.test(userAgent)) return 'Fire TV'
  const exact = /\bXbox (?:One|Series [XS])\b/.exec(userAgent)?.[0] ?? /^iP(?:hone|od|ad)/.exec(model)?.[0]
  if (exact !== undefined) return exact
  return WITH_MAKER.has(vendor) ? labelOf(`${vendor} ${model}`) : modelLabel(model)
}
