/**
 * The frame of a page: what every page of a request has in common, such as its language, its URLs and its files.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import type { Assets } from './assets.js'
import { optionError } from '../errors.js'
import { chooseLanguage, chooseLocale, FALLBACK } from './language.js'
import { type HostTexts, mergeTexts, type MessageKey } from './messages.js'
import { createTexts } from './texts.js'
import type { PageView } from './view-models.js'

/** Frames that are cached. There may be one for each pair of locale and time zone, and each holds about 50 kB of formats. */
const CACHED_FRAMES = 200

/** What frames are made of. */
export interface FrameOptions {
  /** The title of the pages. */
  title: MessageKey
  /** The label of links to where people come back to. */
  backLabel: MessageKey
  texts: HostTexts
  /** The language of all requests, if it does not depend on the request. */
  fixedLanguage?: string | undefined
  /** The language that the host chooses for a request; undefined: the browser's. */
  languageOf(request: FastifyRequest): string | undefined
  timeZoneOf(request: FastifyRequest): string
  /** Where people come back to; by default the page itself. */
  homePath?: string | undefined
  /** Where the password is set or changed. */
  passwordPath?: string | undefined
}

/** The frame of a request's page. */
export type FrameOf = (request: FastifyRequest) => PageView

/** @param base the path of the pages as browsers see it, without a slash at its end */
export function createFrames (options: FrameOptions, base: string, assets: Assets): FrameOf {
  const messages = mergeTexts(options.texts)
  const languages = Object.keys(messages)
  requireTextsFor(options.fixedLanguage, languages)
  const urls = assets.urls(`${base}/assets`)
  const cache = new Map<string, PageView>()

  function createFrame (language: string, timeZone: string, locale: string): PageView {
    const texts = createTexts(language, messages[language]!, timeZone, locale)
    const { homePath: homeUrl = base === '' ? '/' : base, passwordPath: passwordUrl = null, title, backLabel } = options
    return { texts, say: texts.say, assets: urls, base, homeUrl, passwordUrl, title: texts.say(title), backLabel: texts.say(backLabel) }
  }

  function findFrame (request: FastifyRequest): PageView {
    const wanted = options.languageOf(request) ?? request.headers['accept-language']
    const language = chooseLanguage(wanted, languages)
    const locale = chooseLocale(wanted, language)
    const timeZone = options.timeZoneOf(request)
    const key = `${language} ${locale} ${timeZone}`
    const frame = cache.get(key) ?? createFrame(language, timeZone, locale)
    if (cache.size >= CACHED_FRAMES) cache.clear()
    cache.set(key, frame)
    return frame
  }

  // A request's route, view and error page all ask for its frame. The host's functions are called only for the first.
  const frames = new WeakMap<FastifyRequest, PageView>()
  return request => {
    const frame = frames.get(request) ?? findFrame(request)
    frames.set(request, frame)
    return frame
  }
}

/** Without this check, a misspelt language tag would mean English. */
function requireTextsFor (language: string | undefined, languages: string[]): void {
  if (language === undefined || language.split('-')[0] === FALLBACK || chooseLanguage(language, languages) !== FALLBACK) return
  throw optionError(`pages: there are no texts for language ${JSON.stringify(language)}: ` +
    `the languages are ${languages.join(', ')}, and texts may add others`)
}

/**
 * The path and query of a request's target. A client may send it in absolute form (RFC 9112, 3.2.2), and
 * "//evil.example" would be another site.
 */
export const onThisSite = (target: string): string => target.replace(/^[a-z][a-z\d+.-]*:\/\/[^/\\?#]*/i, '').replace(/^[/\\]*/, '/')

/** Sets a query parameter. @param path may already have a query and a fragment */
export function withParameter (path: string, name: string, value: string): string {
  const url = new URL(path, 'http://this.invalid')
  url.searchParams.set(name, value)
  return url.pathname + url.search + url.hash
}
