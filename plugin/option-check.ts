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

/**
 * A misspelt option would silently leave a default in force.
 *
 * @param path what stands before the option's name in the sentence
 * @throws FST_LOGIN_SESSION_OPTION
 */
export function rejectUnknown (options: object, known: ReadonlySet<string>, path: string): void {
  for (const key of Object.keys(options)) {
    if (!known.has(key) && !FASTIFYS.has(key)) {
      throw optionError(`unknown option ${path}${key}: the options are ${[...known].map(name => path + name).join(', ')}`)
    }
  }
}
