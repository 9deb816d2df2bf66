/**
 * What every plugin of this package checks of its options.
 * @module
 */
import { inspect } from 'node:util'
import { optionError } from './errors.js'

/** A wrong value, as it would be written. */
export const shown = (value: unknown): string => inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: 100 })

/** Fastify hands these to every plugin. */
const FASTIFYS = new Set(['prefix', 'logLevel', 'logSerializers'])

/**
 * @param path what stands before the option's name in the sentence
 * @param example what to write
 * @throws FST_LOGIN_SESSION_OPTION
 */
export function requireFunction (path: string, name: string, value: unknown, example: string): void {
  if (value !== undefined && typeof value !== 'function') throw optionError(`${path}${name} must be a function: write ${name}: ${example}, or leave it out`)
}

/** Nothing that the router takes for a pattern, or that the path of a URL cannot have. */
const FIXED_PATH = /^(?:\/[^/:*?#\s\\]+)+$/

/**
 * Links and routes are made of it: what Fastify would read as a pattern, or put right in silence, stops the boot.
 *
 * @param path what stands before the option's name in the sentence
 * @param outer prefix of the context that the plugin is registered in
 * @param example what to write
 * @returns the prefix; '' for the root of the context
 * @throws FST_LOGIN_SESSION_OPTION
 */
export function requirePrefix (path: string, prefix: unknown, outer: string, example: string): string {
  const advice = `write prefix: '${example}', or '/' for the root of the context that it is registered in`
  if (prefix === undefined) throw optionError(`${path}prefix is missing: ${advice}`)
  const root = prefix === '/'
  // A slash at the end of a context's prefix is Fastify's to drop, where something follows.
  const whole = root ? outer : outer.replace(/\/$/, '') + String(prefix)
  if (typeof prefix !== 'string' || !(root || FIXED_PATH.test(prefix)) || !(whole === '' || FIXED_PATH.test(whole))) {
    const below = outer === '' ? '' : ` below ${shown(outer)}`
    throw optionError(`${path}prefix must be a fixed path that begins with one slash and ends without, not ${shown(prefix)}${below}: ${advice}`)
  }
  return root ? '' : prefix
}

/**
 * A misspelt option would silently leave a default in force.
 *
 * @param path what stands before the option's name in the sentence
 * @throws FST_LOGIN_SESSION_OPTION
 */
export function rejectUnknown (options: object, known: ReadonlySet<string>, path: string): void {
  const owner = path.replace(/\W/g, '')
  for (const key of Object.keys(options)) {
    if (!known.has(key) && !FASTIFYS.has(key)) {
      throw optionError(`unknown option ${path}${key}: the options ${owner === '' ? '' : `of ${owner} `}are ${[...known].join(', ')}`)
    }
  }
}
