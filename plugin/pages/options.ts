/**
 * The options that every page takes. A page adds its own, and resolves all of them in one table. To add one: its type and
 * comment in the interface, and its row in the table below it.
 * @module
 */
import { statSync } from 'node:fs'
import type { FastifyRequest } from 'fastify'
import { optionError } from '../errors.js'
import { createHostCallbacks } from '../host-callback.js'
import { aFunction, anObject, aPath, aPublicPrefix, isFixedPath, type OptionTable, type Row, shown } from '../option-check.js'
import type { HostTexts } from './messages.js'
import type { Locate } from './places.js'
import { additionalSources, type Sources } from './policy.js'

/** Options of every page. */
export interface PageOptions {
  /** Where the pages are: a fixed path, '/' for the root of the context. */
  prefix: string
  /**
   * The path that a proxy, or Fastify's `rewriteUrl`, takes away from every URL: '/shop' where browsers see
   * `/shop/account/sessions` and this server sees `/account/sessions`. The paths that you give, such as `signInPath`, are
   * as browsers see them. It is an option because a header that says it could be forged. @default ''
   */
  publicPrefix?: string
  /**
   * Additional sources of the pages' Content-Security-Policy, by directive, for what your layout loads.
   * @default none
   * @example { 'font-src': ['https://fonts.example'], 'img-src': ['https://cdn.example'] }
   */
  contentSecurityPolicy?: Sources | undefined
  /** A place for a public address, shown as approximate; see REFERENCE.md for a table. @default none */
  locate?: Locate | undefined
  /** The reader's language, as a tag: one for all, or by request. @default by Accept-Language, otherwise English */
  language?: string | ((request: FastifyRequest) => string | null | undefined) | undefined
  /** Other words for shipped texts, or further languages, by language tag. @default {} */
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
  templates?: string | undefined
  /** Where people who are not signed in are sent, and where they land after signing this device out. @default '/login' */
  signInPath?: string
  /**
   * Name of the query parameter in which `signInPath` gets where they wanted to go: 'returnTo' makes
   * `/login?returnTo=%2Faccount%2Fsessions`. Accept only paths of your own site there. @default none
   */
  returnTo?: string | undefined
  /** Your page for setting or changing the password: linked where the text advises it. @default none */
  passwordPath?: string | undefined
  /** Your page for people who forgot their password: linked where one was wrong, or too many were. @default none */
  forgotPasswordPath?: string | undefined
  /** The name that this user signs in with, so that password managers offer the right entry. @default none */
  accountName?: ((userId: string) => string | null | undefined | Promise<string | null | undefined>) | undefined
}

/** The rows of all options but `prefix`: that row has an example, so each page writes its own. */
export const PAGE_TABLE: OptionTable<Omit<PageOptions, 'prefix'>> = {
  publicPrefix: { default: '', check: aPublicPrefix, write: "'/shop'" },
  contentSecurityPolicy: { default: undefined, check: additionalSources, write: "{ 'font-src': ['https://fonts.example'] }" },
  locate: { default: undefined, check: aFunction, write: 'ip => countryOf(ip)' },
  language: { default: undefined, check: aLanguage, write: "'de'" },
  texts: { default: {}, check: anObject, write: "{ en: { title: 'Your sessions' } }" },
  timeZone: { default: 'UTC', check: aTimeZone, write: "'Europe/Berlin'" },
  templates: { default: undefined, check: aDirectory, write: "'/srv/shop/templates'" },
  signInPath: { default: '/login', check: aPath, write: "'/login'" },
  returnTo: { default: undefined, check: aParameter, write: "'returnTo'" },
  passwordPath: { default: undefined, check: aPath, write: "'/account/password'" },
  forgotPasswordPath: { default: undefined, check: aPath, write: "'/forgot-password'" },
  accountName: { default: undefined, check: aFunction, write: 'userId => users.emailOf(userId)' }
}

/** What `language` and `timeZone` become: answers for each request. */
export interface ReaderOptions {
  /** The language of all requests, if it does not depend on the request. */
  fixedLanguage: string | undefined
  /** The language that the host chooses for a request; undefined: the browser's. */
  languageOf(request: FastifyRequest): string | undefined
  timeZoneOf(request: FastifyRequest): string
}

/** A page's options as the page works with them. One without a value and without a default is undefined. */
export type Resolved<Options extends PageOptions> = Omit<Required<Options>, 'language' | 'timeZone'> & ReaderOptions

/** Answers for each request, from `language` and `timeZone` as the host gave them. @param options already checked */
export function resolveReaderOptions ({ language, timeZone }: Pick<Required<PageOptions>, 'language' | 'timeZone'>): ReaderOptions {
  return {
    fixedLanguage: typeof language === 'string' ? language : undefined,
    languageOf: createLanguageOf(language),
    timeZoneOf: createTimeZoneOf(timeZone)
  }
}

/**
 * The prefix as Fastify takes it. Links are made of the whole path, so that path must be fixed.
 *
 * @param outer prefix of the context that the page is registered in
 * @param row the page's row for `prefix`
 * @throws FST_LOGIN_SESSION_OPTION with a sentence that says what to write instead
 */
export function resolvePrefix (prefix: string, outer: string, { write }: Row<string>): string {
  // If something follows, Fastify drops a slash at the end of a context's prefix.
  const whole = prefix === '/' ? outer : outer.replace(/\/$/, '') + prefix
  if (whole === '' || isFixedPath(whole)) return prefix === '/' ? '' : prefix
  throw optionError(`pages: links need a fixed path, not ${shown(prefix)} below ${shown(outer)}: ` +
    `write prefix: ${write}, and give that context a fixed path, too`)
}

function aDirectory (path: string): string | undefined {
  const right = typeof path === 'string' && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  return right ? undefined : `must be a directory that exists, not ${shown(path)}`
}

function aParameter (name: string): string | undefined {
  return typeof name === 'string' && name !== '' ? undefined : `must be the name of a query parameter, not ${shown(name)}`
}

function aLanguage (language: Exclude<PageOptions['language'], undefined>): string | undefined {
  const right = typeof language === 'function' || (typeof language === 'string' && language !== '')
  return right ? undefined : `must be a tag or a function of the request, not ${shown(language)}`
}

function aTimeZone (timeZone: Exclude<PageOptions['timeZone'], undefined>): string | undefined {
  const right = typeof timeZone === 'function' || knownZone(timeZone) !== null
  return right ? undefined : `must be an IANA name or a function of the request, not ${shown(timeZone)}`
}

function createLanguageOf (language: PageOptions['language']): ReaderOptions['languageOf'] {
  if (typeof language !== 'function') return () => language
  const askText = createAskText()
  return request => askText(request, 'language', () => language(request))
}

function createTimeZoneOf (timeZone: Required<PageOptions>['timeZone']): ReaderOptions['timeZoneOf'] {
  if (typeof timeZone !== 'function') {
    const zone = knownZone(timeZone)!
    return () => zone
  }
  const askText = createAskText()
  // The host's record of a user may be outdated or empty. That must not fail a page.
  return request => knownZone(askText(request, 'timeZone', () => timeZone(request))) ?? 'UTC'
}

/** What the host answers, if it is text. Its mistakes must not fail a page, nor the page that reports a mistake. */
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
