/**
 * The pages' options: checked, and completed with their defaults.
 * @module
 */
import { statSync } from 'node:fs'
import type { FastifyRequest } from 'fastify'
import { optionError } from '../../errors.js'
import { createHostCallbacks } from '../../host-callback.js'
import type { HostTexts } from '../messages.js'
import { rejectUnknown, requireFunction, requirePrefix, shown } from '../../option-check.js'
import type { Locate } from '../places.js'

/** Options of the pages plugin. */
export interface LoginSessionPagesOptions {
  /** Where the pages are: a fixed path, '/' for the root of the context. */
  prefix: string
  /** Where people who are not signed in are sent, and where they land after signing this device out. @default '/login' */
  signInPath?: string
  /**
   * Name of the query parameter in which `signInPath` is told where they wanted to go: 'returnTo' makes
   * `/login?returnTo=%2Faccount%2Fsessions`. Accept only paths of your own site there. @default none
   */
  returnTo?: string
  /** Your page that shows the section (see `reply.renderLoginSessions`): where people come back to. @default the page below `prefix` */
  homePath?: string
  /** Your page for setting or changing the password: linked where the text advises it. @default none */
  passwordPath?: string
  /** The name that this user signs in with, so that password managers offer the right entry. @default none */
  accountName?: (userId: string) => string | null | undefined | Promise<string | null | undefined>
  /** A place for a public address, shown as approximate; see the README for a recipe. @default none */
  locate?: Locate
  /** The reader's language, as a tag: one for all, or by request. @default by Accept-Language, otherwise English */
  language?: string | ((request: FastifyRequest) => string | null | undefined)
  /** Other words for shipped texts, or further languages, by language tag. @default none */
  texts?: HostTexts
  /**
   * IANA time zone of the times shown, for all or by request. With JavaScript, people see their own in any case.
   * @default 'UTC'
   */
  timeZone?: string | ((request: FastifyRequest) => string | null | undefined)
  /**
   * A directory of your own templates: each file there replaces the shipped one of the same name (`layout.eta` brings
   * your header and stylesheet), and both include each other by name. @default none
   */
  templates?: string
}

/** The options as the pages work with them. */
export interface ResolvedPageOptions extends Omit<LoginSessionPagesOptions, 'language' | 'timeZone'> {
  signInPath: string
  texts: HostTexts
  /** One language for all. */
  fixedLanguage: string | undefined
  /** What the host says of a request's language; undefined: nothing. */
  languageOf(request: FastifyRequest): string | undefined
  timeZoneOf(request: FastifyRequest): string
}

const KNOWN = new Set([
  'prefix', 'signInPath', 'returnTo', 'homePath', 'passwordPath', 'accountName', 'locate', 'language', 'texts', 'timeZone', 'templates'
])

/**
 * @param outer prefix of the context that the pages are registered in
 * @throws FST_LOGIN_SESSION_OPTION with a sentence that says what to write instead
 */
export function resolvePageOptions (options: LoginSessionPagesOptions, outer = ''): ResolvedPageOptions {
  rejectUnknown(options, KNOWN, 'pages: ')
  const { signInPath = '/login', texts = {}, language, timeZone = 'UTC', ...rest } = options
  requirePath('signInPath', signInPath, '/login')
  requirePath('homePath', rest.homePath, '/account#sessions')
  requirePath('passwordPath', rest.passwordPath, '/account/password')
  requireFunction('pages: ', 'accountName', rest.accountName, 'userId => users.emailOf(userId)')
  requireFunction('pages: ', 'locate', rest.locate, 'ip => countryOf(ip)')
  const { returnTo, templates } = rest
  if (returnTo !== undefined && (typeof returnTo !== 'string' || returnTo === '')) throw optionError("pages: returnTo must be the name of a query parameter: write returnTo: 'returnTo'")
  if (templates !== undefined && !isDirectory(templates)) throw optionError(`pages: templates must be a directory that exists, not ${shown(templates)}: write templates: '/srv/shop/templates', or leave it out`)
  if (texts === null || typeof texts !== 'object') throw optionError("pages: texts must be an object by language: write texts: { en: { title: 'Your sessions' } }")
  return { ...rest, prefix: requirePrefix('pages: ', options.prefix, outer, '/account/sessions'), signInPath, texts, fixedLanguage: typeof language === 'string' ? language : undefined, languageOf: requireLanguage(language), timeZoneOf: requireTimeZone(timeZone) }
}

function isDirectory (path: unknown): boolean {
  return typeof path === 'string' && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

function requirePath (name: string, path: unknown, example: string): void {
  // "//evil.example" would be another site.
  if (path !== undefined && (typeof path !== 'string' || !/^\/(?![/\\])/.test(path))) throw optionError(`pages: ${name} must be a path of this site: write ${name}: '${example}'`)
}

function requireLanguage (language: LoginSessionPagesOptions['language']): ResolvedPageOptions['languageOf'] {
  const asked = createAskText()
  if (language === undefined) return () => undefined
  if (typeof language === 'function') return request => asked(request, 'language', () => language(request))
  if (typeof language !== 'string' || language === '') throw optionError("pages: language must be a tag or a function of the request: write language: 'de', or leave it out")
  return () => language
}

function requireTimeZone (timeZone: LoginSessionPagesOptions['timeZone']): ResolvedPageOptions['timeZoneOf'] {
  const asked = createAskText()
  // What the host keeps of a user may be outdated or empty; that is no reason to fail a page.
  if (typeof timeZone === 'function') return request => knownZone(asked(request, 'timeZone', () => timeZone(request))) ?? 'UTC'
  const zone = knownZone(timeZone)
  if (zone === null) throw optionError(`pages: timeZone ${JSON.stringify(timeZone)} is not known: write an IANA name like 'Europe/Berlin'`)
  return () => zone
}

/** What the host says, if it is text: its mistakes must not take the page away, nor the page that tells of a mistake. */
function createAskText () {
  const ask = createHostCallbacks()
  return (request: FastifyRequest, option: string, answer: () => unknown): string | undefined => {
    const text = ask(request, option, answer)
    return typeof text === 'string' && text !== '' ? text : undefined
  }
}

function knownZone (timeZone: string | undefined): string | null {
  try {
    return timeZone === undefined ? null : new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
  } catch {
    return null
  }
}
