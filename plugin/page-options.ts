/**
 * The pages' options: checked, and completed with their defaults.
 * @module
 */
import { existsSync } from 'node:fs'
import { optionError } from './errors.js'
import { rejectUnknown } from './option-check.js'

/** Options of the pages plugin, beside Fastify's `prefix`. */
export interface LoginSessionPagesOptions {
  /** Where people who are not signed in are sent, and where they land after signing this device out. @default '/login' */
  signInPath?: string
  /**
   * A directory of your own templates: each file there replaces the shipped one of the same name (`layout.eta` brings
   * your header and stylesheet), and both include each other by name. @default none
   */
  templates?: string
  /** IANA time zone of the times shown. @default 'UTC' */
  timeZone?: string
}

/** The options as the pages work with them. */
export interface ResolvedPageOptions {
  signInPath: string
  templates: string | undefined
  timeZone: string
}

/** @throws FST_LOGIN_SESSION_OPTION with a sentence that says what to write instead */
export function resolvePageOptions (options: LoginSessionPagesOptions): ResolvedPageOptions {
  rejectUnknown(options, new Set(['signInPath', 'templates', 'timeZone']), 'pages: ')
  const { signInPath = '/login', templates, timeZone = 'UTC' } = options
  // "//evil.example" would be another site.
  if (typeof signInPath !== 'string' || !/^\/(?![/\\])/.test(signInPath)) throw optionError("pages: signInPath must be a path of this site: write signInPath: '/login'")
  if (templates !== undefined && !existsSync(templates)) throw optionError(`pages: templates must be a directory that exists, not ${JSON.stringify(templates)}`)
  try {
    Intl.DateTimeFormat('en', { timeZone })
  } catch {
    throw optionError(`pages: timeZone ${JSON.stringify(timeZone)} is not known: write an IANA name like 'Europe/Berlin'`)
  }
  return { signInPath, templates, timeZone }
}

/** The prefix, of which links are made. */
export function requirePlainPrefix (prefix: string): string {
  if (/[:*]|\/$/.test(prefix)) throw optionError(`pages: the prefix must be a fixed path without a slash at its end, not ${JSON.stringify(prefix)}: write prefix: '/account/sessions'`)
  return prefix
}
