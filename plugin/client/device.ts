/**
 * User agent and client hints → words. Parsed when a session starts or its browser is told anew; nothing here throws.
 * @module
 */
import { UAParser, type IBrowser } from 'ua-parser-js'
import { readHints, type Brand, type HeaderRecord, type Hints } from './client-hints.js'
import { appOf, browserName, commentOf, robotOf, scriptOf, versionOf, wordOf } from './names.js'
import { systemBy, type DeviceKind } from './system.js'

export { CLIENT_HINTS, hasClientHints, wantsClientHints, type HeaderRecord } from './client-hints.js'
export type { DeviceKind } from './system.js'

/** What a browser says of itself, in words of 1 to 60 printable characters. Attacker text: escape it like any other. */
export interface Device {
  /** "Chrome", or null when it cannot be told. */
  browser: string | null
  /** "149", or "149.0.7827.55" from client hints; null when it cannot be told. */
  browserVersion: string | null
  /** "Windows", or null when it cannot be told. */
  os: string | null
  /** "11", or null where the user agent says the same of every version. */
  osVersion: string | null
  kind: DeviceKind
  /** "Pixel 9", or null when it cannot be told. */
  model: string | null
}

/** Characters kept of a user agent: real ones end before 512; Node itself allows 16 KiB of headers. */
export const USER_AGENT_LENGTH = 512

/** What is stored of a user-agent header. */
export const cutUserAgent = (userAgent: string | undefined): string => (userAgent ?? '').slice(0, USER_AGENT_LENGTH)

/**
 * The browser, operating system and device that a user agent names, more exactly where the request's client hints agree with it.
 *
 * @param userAgent - the header; only its first {@link USER_AGENT_LENGTH} characters count
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
  // A robot's system and device are its mask.
  if (robot !== null) return { ...named(robot.name, robot.version, 2), os: null, osVersion: null, kind: 'program', model: null }
  const hints = agreeing(readHints(headers), text)
  const parser = new UAParser(curtailed(text))
  const system = systemBy(text, parser.getOS(), parser.getDevice(), hints)
  const found = browserBy(text, parser.getBrowser(), hints)
  const words = found.browser === null ? nameless(text, system.os) : found
  const isProgram = system.kind === 'unknown' && words.browser !== null && (isScript(text) || words !== found)
  return { ...words, ...system, kind: isProgram ? 'program' : system.kind }
}

/**
 * What ua-parser-js may read: some of its expressions take cubic time and more, over half a second for 512 digits after
 * "archos" (measured). Words of more than 32 characters, which name nothing, are cut: then it stays below some milliseconds.
 */
const curtailed = (userAgent: string): string => userAgent.replace(/[\w.]{33,}/g, word => word.slice(0, 32))

/** Browsers all begin with these. */
const isScript = (userAgent: string): boolean => !/^(?:Mozilla|Opera)\//i.test(userAgent)

const NO_HINTS: Hints = { brands: [], platform: '', platformVersion: '', model: '', formFactors: [] }

/** Hints count if they come from the Chromium that the user agent names: whoever fakes one of the two forgets the other. */
function agreeing (hints: Hints, userAgent: string): Hints {
  const major = /(?:Chrome|Chromium)\/(\d+)/.exec(userAgent)?.[1]
  return hints.brands.some(({ name, version }) => name === 'Chromium' && version.split('.')[0] === major) ? hints : NO_HINTS
}

/** Engines: their versions stand still. */
const UNVERSIONED = new Set<string | null>(['WebKit', 'iOS WebView'])

type Named = Pick<Device, 'browser' | 'browserVersion'>

function named (name: string | null | undefined, version: string | null | undefined, parts: number): Named {
  const browser = wordOf(name)
  return { browser, browserVersion: browser === null || UNVERSIONED.has(browser) ? null : versionOf(version, parts) }
}

function browserBy (userAgent: string, found: IBrowser, { brands }: Hints): Named {
  const script = isScript(userAgent) ? scriptOf(userAgent) : null
  if (script !== null) return named(script.name, script.version, 2)
  const app = appOf(userAgent)
  const own = app?.name ?? engineless(browserName(found.name), userAgent)
  const brand = own === null ? undefined : brandFor(own, brands)
  if (brand !== undefined) return named(brand.name, brand.version, 6)
  return named(own, (app ?? found).version, own === 'Safari' ? 2 : 1)
}

/** Only Apple's WebKit is Safari, and there without a name it is an app that shows a page. */
function engineless (name: string | null, userAgent: string): string | null {
  if (name === 'WebKit' && /\((?:iPhone|iPad|iPod)\b/.test(userAgent)) return 'iOS WebView'
  return name === 'Safari' && !/\b(?:Macintosh|iPhone|iPad|iPod|Windows)\b/.test(userAgent) ? 'WebKit' : name
}

/** No known browser: whatever name there is. On a known system the comment names that. */
function nameless (userAgent: string, os: string | null): Named {
  const product = scriptOf(userAgent) ?? (os === null ? commentOf(userAgent) : null)
  return named(product?.name, product?.version, 2)
}

/** What many a browser calls itself besides its own name. */
const GENERIC = new Set(['Chromium', 'Chrome', 'Android WebView'])

/** The brand that bears the user agent's name; a special one where the user agent says no more than "Chrome". */
function brandFor (own: string, brands: Brand[]): Brand | undefined {
  const words = brands.map(({ name, version }) => ({ name: browserName(name) ?? '', version })).filter(({ name }) => name !== '')
  if (!GENERIC.has(own)) return words.find(({ name }) => name === own)
  return words.find(({ name }) => !GENERIC.has(name)) ?? words.find(({ name }) => name !== 'Chromium') ?? words[0]
}
