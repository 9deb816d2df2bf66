/**
 * User agent and client hints → operating system, form factor and model.
 * @module
 */
import type { IDevice, IOS } from 'ua-parser-js'
import type { Hints } from './client-hints.js'
import { systemName, versionOf, wordOf } from './names.js'

/** All kinds of devices; 'program' is a script, a robot or an app without a browser. */
export const DEVICE_KINDS = ['desktop', 'phone', 'tablet', 'tv', 'program', 'other', 'unknown'] as const

/** The form factor, for the glyph beside the words. */
export type DeviceKind = typeof DEVICE_KINDS[number]

/** The part of a `Device` that is not its browser. */
export interface System {
  os: string | null
  osVersion: string | null
  kind: DeviceKind
  model: string | null
}

/**
 * The system and device of a user agent, more exactly where client hints name the same system.
 *
 * @param userAgent - cut to a sane length
 * @param foundSystem - what ua-parser-js finds
 * @param foundDevice - what ua-parser-js finds
 * @param hints - those that agree with the user agent
 */
export function systemBy (userAgent: string, foundSystem: IOS, foundDevice: IDevice, hints: Hints): System {
  const os = nameBy(userAgent, foundSystem.name, foundDevice.model)
  const told = os !== null && systemName(hints.platform) === os
  return {
    os,
    osVersion: (told ? hintedVersion(os, hints.platformVersion) : null) ?? versionBy(userAgent, os, foundSystem.version),
    kind: (told && os === 'Android' ? hintedKind(hints.formFactors) : null) ?? kindBy(userAgent, os, foundDevice.type),
    model: (told && os === 'Android' ? modelWord(hints.model) : null) ?? modelBy(userAgent, os, foundDevice)
  }
}

function nameBy (userAgent: string, name: string | undefined, model: string | undefined): string | null {
  // Apple's network library: an app on any of Apple's systems.
  if (/\bCFNetwork\//.test(userAgent)) return null
  if (model === 'Apple TV') return 'tvOS'
  // Kindles with paper-like screens.
  if (name === 'Android' && /\blike Android\b/.test(userAgent)) return 'Linux'
  return name === 'iOS' && /\biPad\b/.test(userAgent) ? 'iPadOS' : systemName(name)
}

function hintedVersion (os: string, version: string): string | null {
  if (os === 'Windows') return windowsVersion(version)
  return os === 'macOS' || os === 'Android' ? versionOf(version, 3) : null
}

/** learn.microsoft.com, "Detect Windows 11 … using User-Agent Client Hints": 13 and above are 11, 1 to 10 are 10. Chromium says 0.1 to 0.3 on 7 to 8.1. */
function windowsVersion (version: string): string | null {
  const [, major, minor] = /^(\d{1,3})(?:\.(\d{1,3}))?(?:\.|$)/.exec(version) ?? []
  if (major === '0') return new Map([['1', '7'], ['2', '8'], ['3', '8.1']]).get(minor ?? '') ?? null
  if (Number(major) >= 13) return '11'
  return Number(major) <= 10 ? '10' : null
}

/** The systems whose user agents have a version that people know. */
const VERSIONED = new Set(['Windows', 'Windows Phone', 'macOS', 'iOS', 'iPadOS', 'tvOS', 'watchOS', 'Android', 'HarmonyOS', 'Tizen', 'KaiOS', 'Ubuntu', 'Debian', 'Fedora'])

/** The values that browsers froze, whatever the system: developer.chrome.com "User-Agent reduction"; Firefox's is 10.15. */
const FROZEN = /Windows NT 10\.0|Mac OS X 10[._]15(?:[._]7)?\b|Android 10; K\b|Android.*HarmonyOS/

function versionBy (userAgent: string, os: string | null, version: string | undefined): string | null {
  if (os === null || !VERSIONED.has(os) || FROZEN.test(userAgent)) return null
  if (os === 'Windows') return wordOf(version)
  return versionOf(os === 'iOS' || os === 'iPadOS' ? appleVersion(userAgent, version) : version, 3)
}

/**
 * Since version 26 Safari says "OS 18_6" or "OS 18_7" whatever the system, and its own version is the system's.
 * Apps that show pages say the same without a version of Safari, so there it may mean anything; Meta's add the true one.
 */
function appleVersion (userAgent: string, version: string | undefined): string | undefined {
  const meta = /\bFBSV\/([\d.]+)|; iOS (\d+_[\d_]+);/.exec(userAgent)
  if (meta !== null) return meta[1] ?? meta[2]
  if (version !== '18.6' && version !== '18.7') return version
  const safari = /\bVersion\/([\d.]+)/.exec(userAgent)?.[1]
  return safari !== undefined && Number.parseInt(safari) >= 26 ? safari : safari && version
}

const FORM_FACTORS: Record<string, DeviceKind> = {
  Automotive: 'other', XR: 'other', Watch: 'other', Tablet: 'tablet', Mobile: 'phone', Desktop: 'desktop'
}

const hintedKind = (formFactors: string[]): DeviceKind | null =>
  formFactors.map(name => Object.hasOwn(FORM_FACTORS, name) ? FORM_FACTORS[name]! : null).find(kind => kind !== null) ?? null

const KINDS: Record<string, DeviceKind> = {
  mobile: 'phone', tablet: 'tablet', smarttv: 'tv', console: 'other', wearable: 'other', embedded: 'other'
}

/** Never a phone, whatever else the user agent says. */
const COMPUTERS = new Set<string | null>(['Windows', 'macOS', 'ChromeOS'])

const DESKTOPS = new Set<string | null>([...COMPUTERS, 'Linux', 'Ubuntu', 'Debian', 'Fedora', 'Linux Mint', 'Arch Linux', 'openSUSE', 'FreeBSD', 'OpenBSD', 'NetBSD'])

const TV = /\b(?:Smart-?TV|Google ?TV|Android ?TV|Apple ?TV|AFT\w+|BRAVIA|HbbTV|Web0S|CrKey|Chromecast|TV Safari)\b/i

function kindBy (userAgent: string, os: string | null, type: string | undefined): DeviceKind {
  const kind = KINDS[type ?? ''] ?? 'unknown'
  if (TV.test(userAgent)) return 'tv'
  if (kind === 'unknown' && os === 'Android') return 'phone'
  if (COMPUTERS.has(os) || /\(PC; OpenHarmony/.test(userAgent)) return 'desktop'
  return kind === 'unknown' && DESKTOPS.has(os) ? 'desktop' : kind
}

/** What stands in a model's place and is none. */
const NO_MODEL = /^(?:K|Mobile|Tablet|Phone|wv|Android.*|Linux.*|Macintosh|rv\b.*|unknown|[\d.]*)$/i

const modelWord = (model: string): string | null => NO_MODEL.test(model) ? null : wordOf(model)

/** Models that mean little without their maker. */
const WITH_MAKER = new Set(['Nokia', 'Nintendo'])

function modelBy (userAgent: string, os: string | null, { model = '', type = 'none', vendor = '' }: IDevice): string | null {
  if (os === null || (DESKTOPS.has(os) && ['none', 'mobile', 'tablet'].includes(type))) return null
  if (/\bAFT\w/.test(userAgent)) return 'Fire TV'
  const exact = /\bXbox (?:One|Series [XS])\b/.exec(userAgent)?.[0] ?? /^iP(?:hone|od|ad)/.exec(model)?.[0]
  if (exact !== undefined) return exact
  return WITH_MAKER.has(vendor) ? wordOf(`${vendor} ${model}`) : modelWord(model)
}
