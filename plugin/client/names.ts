/**
 * Names: what browsers, apps, scripts and robots call themselves → the labels that a page shows.
 * @module
 */
import { labelOf, withoutDomains } from './label.js'

/** A program's name and version, both as the user agent writes them. */
export interface Product {
  name: string
  version: string | null
}

/**
 * The first `parts` parts of a dotted version, without zeros at the end.
 *
 * @example
 * versionOf('149.0.7827.55', 1) // '149'
 * versionOf('26_0_0', 3) // '26'
 */
export function versionOf (text: string | null | undefined, parts: number): string | null {
  const [version] = /^\d{1,9}(?:\.\d{1,9}){0,5}(?!\d)/.exec(text?.replaceAll('_', '.') ?? '') ?? []
  return version === undefined ? null : version.split('.').slice(0, parts).join('.').replace(/(?:\.0+)+$/, '')
}

/** By names that ua-parser-js returns and by brands of client hints, in lower case. */
const BROWSERS: Record<string, string> = {
  'mobile chrome': 'Chrome',
  'chrome headless': 'Chrome',
  headlesschrome: 'Chrome',
  'google chrome': 'Chrome',
  'chrome webview': 'Android WebView',
  'mobile safari': 'Safari',
  'mobile firefox': 'Firefox',
  'microsoft edge': 'Edge',
  'microsoft edge webview2': 'Edge',
  'opera mobi': 'Opera',
  'opera mobile': 'Opera',
  'opera tablet': 'Opera',
  'opera touch': 'Opera',
  ie: 'Internet Explorer',
  iemobile: 'Internet Explorer',
  gsa: 'Google app',
  ucbrowser: 'UC Browser',
  qqbrowser: 'QQ Browser',
  mqqbrowser: 'QQ Browser',
  yabrowser: 'Yandex',
  yandex: 'Yandex',
  coccoc: 'Coc Coc',
  huaweibrowser: 'Huawei Browser',
  'miui browser': 'Mi Browser',
  'vivo browser': 'Vivo Browser',
  heytap: 'HeyTap Browser',
  'oculus browser': 'Meta Quest Browser',
  line: 'LINE',
  klar: 'Firefox Klar'
}

/** The label for a browser's name or a client hint's brand. */
export const browserName = (name: string | undefined): string | null => rename(BROWSERS, name)

/** By names that ua-parser-js returns and by platforms of client hints, in lower case. */
const SYSTEMS: Record<string, string> = {
  'mac os': 'macOS',
  'chromium os': 'ChromeOS',
  'chrome os': 'ChromeOS',
  android: 'Android',
  'android-x86': 'Android',
  linux: 'Linux',
  gnu: 'Linux',
  ubuntu: 'Ubuntu',
  debian: 'Debian',
  fedora: 'Fedora',
  suse: 'openSUSE',
  arch: 'Arch Linux',
  mint: 'Linux Mint',
  harmonyos: 'HarmonyOS',
  openharmony: 'HarmonyOS',
  'windows mobile': 'Windows Phone',
  'windows phone os': 'Windows Phone',
  tizen: 'Tizen',
  kaios: 'KaiOS',
  webos: 'webOS',
  playstation: 'PlayStation',
  nintendo: 'Nintendo'
}

/** The label for an operating system's name. */
export const systemName = (name: string | undefined): string | null => rename(SYSTEMS, name)

function rename (names: Record<string, string>, name: string | undefined): string | null {
  const key = name?.toLowerCase() ?? ''
  return Object.hasOwn(names, key) ? names[key]! : labelOf(name)
}

/** Apps that show pages, and browsers that ua-parser-js does not know. Each is recognised by what it adds to the user agent. */
const APPS: Array<[name: string, pattern: RegExp]> = [
  ['Messenger', /\bFBAN\/Messenger.{0,40}?;FBAV\/([\d.]+)|\bFB_IAB\/Orca-Android;FBAV\/([\d.]+)/],
  ['Threads', /\bBarcelona ([\d.]+)/],
  ['TikTok', /\b(?:musical_ly|trill)_(\d{1,3}\.[\d.]+)|\bapp_version\/([\d.]+)(?=.*\bBytedanceWebview\/)|\bBytedanceWebview\//],
  ['Pinterest', /\[Pinterest\/(?:iOS|Android)\]/],
  ['Slack', /\bSlack(?:_SSB)?\/([\d.]+)/],
  ['Microsoft Teams', /\bTeams(?:Mobile-\w{2,10})?\/([\d.]+)/],
  ['Discord', /\b[Dd]iscord\/([\d.]+)/],
  ['Reddit', /\bReddit\/(?:Version )?([\d.]+)/],
  ['Telegram', /\bTelegram-Android\/([\d.]+)/],
  ['Ecosia', /\bEcosia \w{3,7}@([\d.]+)/],
  ['Aloha', /\bAlohaBrowser\/([\d.]+)/],
  ['Nintendo Browser', /\bNintendoBrowser\/([\d.]+)/],
  ['DuckDuckGo', /\bDdg\/([\d.]+)/],
  ['Brave', /\bSafari\/[\d.]+ Brave\b(?:\/([\d.]+))?/],
  ['Opera GX', /\bOPR\/([\d.]+) \(Edition GX/]
]

/** An Electron app writes its name between the engine and Chrome. */
const ELECTRON = /like Gecko\) ([A-Za-z][\w.-]{0,39})\/([\d.]+) Chrome\/[\d.]+ Electron\//

/** The app that shows the page: "Slack", "Discord", "Messenger". */
export function appOf (userAgent: string): Product | null {
  for (const [name, pattern] of APPS) {
    const match = pattern.exec(userAgent)
    if (match !== null) return { name, version: match[1] ?? match[2] ?? null }
  }
  return productOf(ELECTRON.exec(userAgent))
}

/** Up to five words, none of which is a version or a URL. */
const NAME = String.raw`([A-Za-z\d][\w.!~'-]*(?: (?!v\d|https?:)[A-Za-z][\w.!~'-]*){0,4})`
const VERSION = String.raw`(?: ?\/ ?| )v?(\d[\d.]*)`

/** Old browsers began with "Mozilla/4.0 (compatible; …", as robots do. */
const NOT_ROBOT = String.raw`(?!https?:|(?:MSIE|Konqueror|Windows|Linux|Opera|Android)\b)`

const COMPATIBLE = new RegExp(String.raw`\bcompatible[;,][ +]*${NOT_ROBOT}${NAME}(?:${VERSION})?`)

const ROBOT = /^([A-Za-z][\w.-]*)(?:\/v?(\d[\d.]*))?/

/**
 * The robot that sent a browser's user agent. Its name comes before "Mozilla/" or after "compatible;", or it is a word that
 * ends in bot, crawler, spider or fetcher.
 *
 * @example
 * robotOf('Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)')
 * // { name: 'GPTBot', version: '1.2' }
 */
export function robotOf (userAgent: string): Product | null {
  if (!/^'?Mozilla\b/i.test(userAgent)) return /\bMozilla\//.test(userAgent) ? scriptOf(userAgent) : null
  // Cubot is a maker of phones.
  const isRobot = (word: string): boolean => /^(?!cubot)[a-z][\w.-]*(?<=bot|crawler|spider|fetcher)(?![a-z])/i.test(word)
  const word = userAgent.split(/[\s;,()]+/).find(isRobot)
  return productOf(COMPATIBLE.exec(userAgent) ?? ROBOT.exec(word ?? ''))
}

const SCRIPT = new RegExp(String.raw`^${NAME}(?:${VERSION}|[/ ;(,:+@[]|$)`)

/**
 * The name that a user agent begins with: "curl/8.5.0". Scripts name themselves first, while all browsers begin with
 * "Mozilla/". If another program begins with "Mozilla/" too, its name comes after the comments: "Mozilla/5.0 (Java) outbrain".
 */
export function scriptOf (userAgent: string): Product | null {
  const text = userAgent.replace(/^Mozilla(?:\/[\d.]*)?(?:\([^)]*\)|[ ;])*/i, '').replace(/^(?:https?:\/\/|[@'"])/, '')
  const product = productOf(SCRIPT.exec(text))
  return product && { ...product, name: product.name.replace(/ Mozilla$/, '') }
}

/** The name in the first comment, for programs that have none elsewhere: "Mozilla/5.0 (l9scan/2.0; +https://…)". */
export function commentOf (userAgent: string): Product | null {
  const parts = /^Mozilla[^(]*\(([^)]*)/i.exec(userAgent)?.[1]?.split(/[;,]/) ?? []
  const names = parts.map(part => part.trim().replace(/^\+?(?:https?:\/\/)?/, ''))
  return productOf(SCRIPT.exec(names.find(part => part.length > 1 && !/^(?:compat|X11)/i.test(part)) ?? ''))
}

function productOf (match: RegExpExecArray | null): Product | null {
  const [, name, version = null] = match ?? []
  return name === undefined ? null : { name: withoutDomains(name), version }
}
