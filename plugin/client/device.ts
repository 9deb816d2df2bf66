/**
 * The room `client/`: what a request tells about its sender, as labels. Pure.
 * This file: user agent and client hints → the device. They are parsed when a session starts, and when hints add details to
 * its device. Nothing here throws.
 * @module
 */
import { UAParser, type IBrowser } from 'ua-parser-js'
import { readHints, type Brand, type HeaderRecord, type Hints } from './client-hints.js'
import { labelOf } from './label.js'
import { appOf, browserName, commentOf, robotOf, scriptOf, versionOf } from './names.js'
import { detectSystem, type DeviceKind } from './system.js'

export { CLIENT_HINTS, hasClientHints, wantsClientHints, type HeaderRecord } from './client-hints.js'
export type { DeviceKind } from './system.js'

/** How a browser describes itself, in labels of 1 to 60 printable characters. An attacker can choose them: escape them. */
export interface Device {
  /** "Chrome", or null if it is unknown. */
  browser: string | null
  /** "149", or "149.0.7827.55" from client hints, or null if it is unknown. */
  browserVersion: string | null
  /** "Windows", or null if it is unknown. */
  os: string | null
  /** "11", or null if it is unknown: many user agents are the same for every version. */
  osVersion: string | null
  kind: DeviceKind
  /** "Pixel 9", or null if it is unknown. */
  model: string | null
}

/** The characters of a user agent that are kept. Real ones are shorter than 512; Node allows headers of 16 KiB. */
const USER_AGENT_LENGTH = 512

/** The part of a user-agent header that is stored. */
export const cutUserAgent = (userAgent: string | undefined): string => (userAgent ?? '').slice(0, USER_AGENT_LENGTH)

/**
 * The browser, operating system and device that a user agent names. Client hints add details if they agree with it.
 *
 * @param userAgent - the header; only its first 512 characters are used
 * @param headers - the request's headers, for `Sec-CH-UA…`
 * @example
 * describeDevice('Mozilla/5.0 (Windows NT 10.0; Win64; x64) … Chrome/149.0.0.0 Safari/537.36')
 * // { browser: 'Chrome', browserVersion: '149', os: 'Windows', osVersion: null, kind: 'desktop', model: null }
 * describeDevice('Mozilla/5.0 (Linux; Android 10; K) … Chrome/149.0.0.0 Mobile Safari/537.36', request.headers)
 * // { browser: 'Chrome', browserVersion: '149.0.7827.55', os: 'Android', osVersion: '16', kind: 'phone', model: 'Pixel 9' }
 */
export function describeDevice (userAgent: string, headers: HeaderRecord = {}): Device {
  const text = cutUserAgent(userAgent)
  const robot = robotOf(text)
  // A robot pretends to be a browser: the system and the device that it names are not its own.
  if (robot !== null) return { ...browserLabels(robot, 2), os: null, osVersion: null, kind: 'program', model: null }
  const hints = matchingHints(readHints(headers), text)
  const parser = new UAParser(cutLongWords(text))
  const system = detectSystem(text, parser.getOS(), parser.getDevice(), hints)
  const known = detectBrowser(text, parser.getBrowser(), hints)
  const labels = known.browser === null ? detectProgram(text, system.os) : known
  const isProgram = system.kind === 'unknown' && labels.browser !== null && (isScript(text) || labels !== known)
  return { ...labels, ...system, kind: isProgram ? 'program' : system.kind }
}

/**
 * Limits the work of ua-parser-js. Some of its expressions take cubic time or more: over half a second for "archos" and 512
 * digits (measured). Words of more than 32 characters name nothing. When they are cut, parsing takes a few milliseconds.
 */
const cutLongWords = (userAgent: string): string => userAgent.replace(/[\w.]{33,}/g, word => word.slice(0, 32))

/** All browsers begin with "Mozilla/" or "Opera/". */
const isScript = (userAgent: string): boolean => !/^(?:Mozilla|Opera)\//i.test(userAgent)

const NO_HINTS: Hints = { brands: [], platform: '', platformVersion: '', model: '', formFactors: [] }

/** Hints count only if they name the same version of Chromium as the user agent: tools that fake one often forget the other. */
function matchingHints (hints: Hints, userAgent: string): Hints {
  const major = /(?:Chrome|Chromium)\/(\d+)/.exec(userAgent)?.[1]
  return hints.brands.some(({ name, version }) => name === 'Chromium' && version.split('.')[0] === major) ? hints : NO_HINTS
}

/** Engines whose version never changes. */
const UNVERSIONED = new Set<string | null>(['WebKit', 'iOS WebView'])

type BrowserLabels = Pick<Device, 'browser' | 'browserVersion'>

/** @param parts how many parts of the version are shown */
function browserLabels (product: { name: string | null, version?: string | null | undefined } | null, parts: number): BrowserLabels {
  const browser = labelOf(product?.name)
  return { browser, browserVersion: browser === null || UNVERSIONED.has(browser) ? null : versionOf(product?.version, parts) }
}

/** @param parsed what ua-parser-js detected */
function detectBrowser (userAgent: string, parsed: IBrowser, { brands }: Hints): BrowserLabels {
  const script = isScript(userAgent) ? scriptOf(userAgent) : null
  if (script !== null) return browserLabels(script, 2)
  const app = appOf(userAgent)
  const name = app?.name ?? correctWebKit(browserName(parsed.name), userAgent)
  const brand = name === null ? undefined : brandFor(name, brands)
  if (brand !== undefined) return browserLabels(brand, 6)
  return browserLabels({ name, version: (app ?? parsed).version }, name === 'Safari' ? 2 : 1)
}

/** WebKit is Safari only on Apple's systems and Windows. On an iPhone or iPad, WebKit without a name is an app's web view. */
function correctWebKit (name: string | null, userAgent: string): string | null {
  if (name === 'WebKit' && /\((?:iPhone|iPad|iPod)\b/.test(userAgent)) return 'iOS WebView'
  return name === 'Safari' && !/\b(?:Macintosh|iPhone|iPad|iPod|Windows)\b/.test(userAgent) ? 'WebKit' : name
}

/** For user agents without a known browser: any name in them. If the system is known, the comment names only the system. */
function detectProgram (userAgent: string, os: string | null): BrowserLabels {
  return browserLabels(scriptOf(userAgent) ?? (os === null ? commentOf(userAgent) : null), 2)
}

/** Names that many browsers use in addition to their own. */
const GENERIC = new Set(['Chromium', 'Chrome', 'Android WebView'])

/** The brand with the name of the user agent's browser. If that name is generic ("Chrome"), the most specific brand. */
function brandFor (browser: string, brands: Brand[]): Brand | undefined {
  const known = brands.map(({ name, version }) => ({ name: browserName(name) ?? '', version })).filter(({ name }) => name !== '')
  if (!GENERIC.has(browser)) return known.find(({ name }) => name === browser)
  return known.find(({ name }) => !GENERIC.has(name)) ?? known.find(({ name }) => name !== 'Chromium') ?? known[0]
}
