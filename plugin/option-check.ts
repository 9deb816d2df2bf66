/**
 * Options as a table: one row per option holds its default, its check and what to write instead. {@link resolveTable}
 * derives everything else from the rows: which names are known, which options must be there, and every error.
 * @module
 */
import { inspect } from 'node:util'
import { distance } from 'fastest-levenshtein'
import { optionError } from './errors.js'

/** Says what is wrong with a value, such as "must be a function"; undefined if nothing is. */
export type Check<Value> = (value: Value) => string | undefined

/** What a table says about one option. */
export interface Row<Value> {
  /** Hosts may write JavaScript: it gets any value except undefined. */
  check: Check<Exclude<Value, undefined>>
  /** What to write instead of a wrong value: source text. */
  write: string
}

/**
 * A row for each option of this interface. An optional one has a default, which the check does not see. If the default is
 * undefined, the interface must say so: `locate?: Locate | undefined`.
 */
export type OptionTable<Options> = {
  [Name in keyof Options]-?: Row<Options[Name]> &
    (Partial<Pick<Options, Name>> extends Pick<Options, Name> ? { default: Required<Options>[Name] } : { default?: never })
}

/** Who takes the options: a plugin (the core plugin has no name), an option that is an object itself, or a method. */
export type Owner =
  | { kind: 'plugin' | 'option', name: string }
  /** `example`: what to write if the options of a method are not an object at all. */
  | { kind: 'method', name: string, example: string }

/** Fastify hands these to every plugin. */
const FASTIFYS = new Set(['prefix', 'logLevel', 'logSerializers'])

/**
 * Checks the options and adds the defaults. An option that is undefined counts as left out.
 *
 * @throws FST_LOGIN_SESSION_OPTION with a sentence that says what to write; a TypeError if they are a method's
 */
export function resolveTable<Options extends object> (
  table: OptionTable<Options>, options: Options, owner: Owner
): Required<Options> {
  if (owner.kind === 'method' && !isObject(options)) {
    throw new TypeError(`${owner.name} takes its options as an object, not ${shown(options)}: write ${owner.example}`)
  }
  rejectUnknown(table, options, owner)
  const given = options as Record<string, unknown>
  const rows: Array<[name: string, row: AnyRow]> = Object.entries(table)
  return Object.fromEntries(rows.map(([name, row]) => [name, resolveRow(name, row, given[name], owner)])) as Required<Options>
}

interface AnyRow {
  check: Check<unknown>
  write: string
  default?: unknown
}

function resolveRow (name: string, row: AnyRow, value: unknown, owner: Owner): unknown {
  const optional = 'default' in row
  if (value === undefined && optional) return row.default
  const wrong = value === undefined ? 'is missing' : row.check(value)
  if (wrong === undefined) return value
  const written = `${name}: ${row.write}`
  const advice = owner.kind === 'option' ? `${owner.name}: { ${written} }` : written
  throw wrongOption(owner, `${fullName(name, owner)} ${wrong}: write ${advice}${optional ? `, or leave ${name} out` : ''}`)
}

/** A misspelt option would silently leave a default in force. */
function rejectUnknown (table: object, options: object, owner: Owner): void {
  const known = (name: string): boolean => Object.hasOwn(table, name) || (owner.kind === 'plugin' && FASTIFYS.has(name))
  const unknown = Object.keys(options).find(name => !known(name))
  if (unknown === undefined) return
  const whose = owner.name === '' ? '' : ` of ${owner.name}`
  const names = Object.keys(table)
  const similar = similarName(unknown, names)
  const hint = similar === undefined ? '' : ` (did you mean ${similar}?)`
  const advice = names.length === 0 ? 'it takes none here' : `the options${whose} are ${names.join(', ')}`
  throw wrongOption(owner, `unknown option ${fullName(unknown, owner)}${hint}: ${advice}`)
}

/** The share of a name's letters that may differ from those of the name that was meant. */
const MOST_DIFFERENT = 0.4

/** The known name that is most similar, in upper or lower case, if one is similar enough to be what was meant. */
function similarName (name: string, known: string[]): string | undefined {
  const difference = (one: string): number => distance(name.toLowerCase(), one.toLowerCase())
  const [best] = known.toSorted((a, b) => difference(a) - difference(b))
  return best !== undefined && difference(best) <= name.length * MOST_DIFFERENT ? best : undefined
}

function fullName (name: string, owner: Owner): string {
  if (owner.name === '') return name
  return `${owner.name}${owner.kind === 'option' ? '.' : ': '}${name}`
}

const wrongOption = ({ kind }: Owner, sentence: string): Error =>
  kind === 'method' ? new TypeError(sentence) : optionError(sentence)

/** A wrong value in an error: as it would be written. */
export const shown = (value: unknown): string => inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: 100 })

const must = (isRight: boolean, expectation: string): string | undefined => isRight ? undefined : `must be ${expectation}`

/** A function. The value is not shown, because it may be a secret. */
export const aFunction: Check<(...args: never[]) => unknown> = value => must(typeof value === 'function', 'a function')

/** A boolean. */
export const trueOrFalse: Check<boolean> = value => must(typeof value === 'boolean', `true or false, not ${shown(value)}`)

/** An object that is no array. */
export const anObject: Check<object> = value => must(isObject(value), `an object, not ${shown(value)}`)

/** @returns false for null and arrays, too */
export const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A whole number from 1 on. */
export const countFromOne: Check<number> = value =>
  must(Number.isInteger(value) && value > 0, `a whole number from 1 on, not ${shown(value)}`)

/** An AbortSignal, also one of another realm. */
export const aSignal: Check<AbortSignal | undefined> = signal => must(
  isObject(signal) && typeof signal!.addEventListener === 'function' && typeof signal!.aborted === 'boolean',
  `an AbortSignal, not ${shown(signal)}`)

/** The same check, and null. */
export const orNull = <Value>(check: Check<Value>): Check<Value | null> => value => value === null ? undefined : check(value)

/** @param words all that the option may be */
export function oneOf<Word extends string> (...words: [Word, Word, ...Word[]]): Check<Word> {
  const quoted = words.map(word => `'${word}'`)
  return value => must(words.includes(value), `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)!}`)
}

/** The longest time that Date and MongoDB take comfortably: a thousand years. */
const LONGEST = 1000 * 366 * 24 * 3600 * 1000

/** The longest delay of Node's timers: a longer one would end immediately. */
export const LONGEST_TIMER: number = 2 ** 31 - 1

/** Milliseconds. @param longest how many at most */
export const duration = (longest: number = LONGEST): Check<number> => value => {
  const positive = typeof value === 'number' && value > 0
  const what = positive ? `at most ${longest}` : 'a positive number of'
  return must(positive && value <= longest, `${what} milliseconds, not ${shown(value)}`)
}

/** A URL's path. "//evil.example" would be another site. */
export const aPath: Check<string> = value =>
  must(typeof value === 'string' && /^\/(?![/\\])/.test(value), 'a path of this site')

/** Without anything that the router takes for a pattern, or that the path of a URL cannot have. */
const FIXED_PATH = /^(?:\/[^/:*?#\s\\]+)+$/

/** Can links be made from this path? '/' does not count. */
export const isFixedPath = (path: unknown): path is string => typeof path === 'string' && FIXED_PATH.test(path)

/** A prefix for routes. A pattern, or a path that Fastify would silently correct, stops the boot. */
const aPrefix: Check<string> = value =>
  must(value === '/' || isFixedPath(value), `a fixed path that begins with one slash and ends without, not ${shown(value)}`)

/** What a proxy in front of the server takes away from paths; '': nothing. */
export const aPublicPrefix: Check<string> = path =>
  must(path === '' || isFixedPath(path), `a fixed path that begins with one slash and ends without, not ${shown(path)}`)

/** The row of a plugin's `prefix`. @param example a path that suits this plugin */
export const prefixRow = (example: string): Row<string> =>
  ({ check: aPrefix, write: `'${example}', or '/' for the root of the context that it is registered in` })
