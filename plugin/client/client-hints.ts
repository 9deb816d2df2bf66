/**
 * User-agent client hints (`Sec-CH-UA…`): how a Chromium browser describes itself. It sends more of them on request.
 * @module
 */

/** A request's headers as Node provides them, with names in lower case. */
export type HeaderRecord = Readonly<Record<string, string | string[] | undefined>>

/** One entry of a brand list: `"Google Chrome";v="149.0.7827.55"`. */
export interface Brand {
  name: string
  version: string
}

/** The hints of one request. A hint that is missing or malformed is empty. */
export interface Hints {
  /** Without made-up brands ("Not)A;Brand"). */
  brands: Brand[]
  /** "Windows", "macOS", "Android", "Linux", "Chrome OS", … */
  platform: string
  platformVersion: string
  model: string
  /** "Mobile", "Tablet", "Automotive", "XR", … */
  formFactors: string[]
}

const HIGH_ENTROPY = ['Sec-CH-UA-Platform-Version', 'Sec-CH-UA-Model', 'Sec-CH-UA-Full-Version-List', 'Sec-CH-UA-Form-Factors']

const HIGH_ENTROPY_NAMES: readonly string[] = HIGH_ENTROPY.map(name => name.toLowerCase())

/** The value of `Accept-CH` that asks for the hints which {@link readHints} reads. */
export const CLIENT_HINTS: string = HIGH_ENTROPY.join(', ')

/** The longest header that is read, in characters. A real brand list has about 150. */
const HEADER_LENGTH = 1024

/**
 * Has the browser sent hints that {@link CLIENT_HINTS} asks for? One is enough, since not every browser supports all.
 *
 * @example
 * hasClientHints({ 'sec-ch-ua-platform-version': '"15.0.0"' }) // true
 */
export function hasClientHints (headers: HeaderRecord): boolean {
  return HIGH_ENTROPY_NAMES.some(name => headers[name] !== undefined)
}

/**
 * Does this browser support client hints, without having been asked for {@link CLIENT_HINTS} yet?
 *
 * @example
 * wantsClientHints({ 'sec-ch-ua': '"Chromium";v="149", "Google Chrome";v="149"' }) // true
 */
export function wantsClientHints (headers: HeaderRecord): boolean {
  return headers['sec-ch-ua'] !== undefined && !hasClientHints(headers)
}

/**
 * Reads the client hints of a request. A header that violates the grammar counts as missing (RFC 9651, 4.2).
 *
 * @example
 * readHints({ 'sec-ch-ua': '"Chromium";v="149", "Not.A/Brand";v="99"', 'sec-ch-ua-platform': '"Linux"' })
 * // { brands: [{ name: 'Chromium', version: '149' }], platform: 'Linux', platformVersion: '', model: '', formFactors: [] }
 */
export function readHints (headers: HeaderRecord): Hints {
  const list = (name: string): Brand[] => parseList(headerText(headers[name]))
  const single = (name: string): string => list(name)[0]?.name ?? ''
  const withFullVersions = list('sec-ch-ua-full-version-list')
  return {
    brands: (withFullVersions.length > 0 ? withFullVersions : list('sec-ch-ua')).filter(({ name }) => !isGrease(name)),
    platform: single('sec-ch-ua-platform'),
    platformVersion: single('sec-ch-ua-platform-version'),
    model: single('sec-ch-ua-model'),
    formFactors: list('sec-ch-ua-form-factors').map(({ name }) => name)
  }
}

function headerText (value: unknown): string {
  const joined = Array.isArray(value) ? value.filter(part => typeof part === 'string').join(', ') : value
  return typeof joined === 'string' && joined.length <= HEADER_LENGTH ? joined : ''
}

/** RFC 9651, 3.3.3: printable ASCII in quotes. `"` and `\` are escaped. */
const STRING = String.raw`"(?:[ !#-[\]-~]|\\["\\])*"`
const BARE = String.raw`[^\s";,=]+`
const ITEM = new RegExp(String.raw`[ \t]*(${STRING})((?:; *[a-z*][a-z\d_.*-]*(?:=(?:${STRING}|${BARE}))?)*)[ \t]*(,|$)`, 'y')
const VERSION = new RegExp(String.raw`; *v=(${STRING})`)

/** Parses a structured-field list of strings, each with its `v` parameter or ''. The list is empty if any part is malformed. */
function parseList (value: string): Brand[] {
  const list: Brand[] = []
  let hasNext = value !== ''
  for (let position = 0; hasNext; position = ITEM.lastIndex) {
    ITEM.lastIndex = position
    const match = ITEM.exec(value)
    if (match === null) return []
    const [, name = '', parameters = '', separator] = match
    list.push({ name: unquote(name), version: unquote(VERSION.exec(parameters)?.[1] ?? '""') })
    hasNext = separator === ','
  }
  return list
}

const unquote = (quoted: string): string => quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1')

/** Browsers add a made-up brand that varies, so that nobody relies on the form of the list: "Not)A;Brand", " Not A;Brand". */
const isGrease = (brand: string): boolean => /^not.*brand$/i.test(brand.replaceAll(/[^a-z]/gi, ''))
