/**
 * User-agent client hints (`Sec-CH-UA…`): what a Chromium browser says of itself, more of it once it is asked.
 * @module
 */

/** A request's headers as Node gives them: names in lower case. */
export type HeaderRecord = Readonly<Record<string, string | string[] | undefined>>

/** One entry of a brand list: `"Google Chrome";v="149.0.7827.55"`. */
export interface Brand {
  name: string
  version: string
}

/** The hints of one request; what is missing or cannot be read is empty. */
export interface Hints {
  /** Without the made-up ones ("Not)A;Brand"). */
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

/** Characters of a header that are read; a real brand list has some 150. */
const HEADER_LENGTH = 1024

/**
 * Did the request carry what {@link CLIENT_HINTS} asks for? One is enough: not every browser knows them all.
 *
 * @example
 * hasClientHints({ 'sec-ch-ua-platform-version': '"15.0.0"' }) // true
 */
export function hasClientHints (headers: HeaderRecord): boolean {
  return HIGH_ENTROPY_NAMES.some(name => headers[name] !== undefined)
}

/**
 * Is this a browser that knows client hints and has not been asked for {@link CLIENT_HINTS} yet?
 *
 * @example
 * wantsClientHints({ 'sec-ch-ua': '"Chromium";v="149", "Google Chrome";v="149"' }) // true
 */
export function wantsClientHints (headers: HeaderRecord): boolean {
  return headers['sec-ch-ua'] !== undefined && !hasClientHints(headers)
}

/**
 * The client hints among a request's headers. A header that breaks the grammar counts as missing, as RFC 9651, 4.2 has it.
 *
 * @example
 * readHints({ 'sec-ch-ua': '"Chromium";v="149", "Not.A/Brand";v="99"', 'sec-ch-ua-platform': '"Linux"' })
 * // { brands: [{ name: 'Chromium', version: '149' }], platform: 'Linux', platformVersion: '', model: '', formFactors: [] }
 */
export function readHints (headers: HeaderRecord): Hints {
  const items = (name: string): Brand[] => parseList(text(headers[name]))
  const word = (name: string): string => items(name)[0]?.name ?? ''
  const full = items('sec-ch-ua-full-version-list')
  return {
    brands: (full.length > 0 ? full : items('sec-ch-ua')).filter(({ name }) => !isGrease(name)),
    platform: word('sec-ch-ua-platform'),
    platformVersion: word('sec-ch-ua-platform-version'),
    model: word('sec-ch-ua-model'),
    formFactors: items('sec-ch-ua-form-factors').map(({ name }) => name)
  }
}

function text (value: unknown): string {
  const joined = Array.isArray(value) ? value.filter(part => typeof part === 'string').join(', ') : value
  return typeof joined === 'string' && joined.length <= HEADER_LENGTH ? joined : ''
}

/** RFC 9651, 3.3.3: printable ASCII in quotes, in which `"` and `\` are escaped. */
const STRING = String.raw`"(?:[ !#-[\]-~]|\\["\\])*"`
const BARE = String.raw`[^\s";,=]+`
const ITEM = new RegExp(String.raw`[ \t]*(${STRING})((?:; *[a-z*][a-z\d_.*-]*(?:=(?:${STRING}|${BARE}))?)*)[ \t]*(,|$)`, 'y')
const VERSION = new RegExp(String.raw`; *v=(${STRING})`)

/** A structured-field list of strings, each with its `v` parameter or ''; empty when anything in it is amiss. */
function parseList (value: string): Brand[] {
  const list: Brand[] = []
  let comma = value !== ''
  for (let at = 0; comma; at = ITEM.lastIndex) {
    ITEM.lastIndex = at
    const match = ITEM.exec(value)
    if (match === null) return []
    const [, name = '', parameters = '', end] = match
    list.push({ name: unquote(name), version: unquote(VERSION.exec(parameters)?.[1] ?? '""') })
    comma = end === ','
  }
  return list
}

const unquote = (quoted: string): string => quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1')

/** Browsers put a changing made-up brand into the list so that nobody relies on its shape: "Not)A;Brand", " Not A;Brand". */
const isGrease = (brand: string): boolean => /^not.*brand$/i.test(brand.replaceAll(/[^a-z]/gi, ''))
