/**
 * What every page of a request has in common: its language, its URLs, its files.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import { assetUrls } from './assets.js'
import { optionError } from '../errors.js'
import { chooseLanguage, FALLBACK } from './language.js'
import { mergeTexts } from './messages.js'
import type { ResolvedPageOptions } from './account/options.js'
import { createTexts } from './texts.js'
import type { PageView } from './view-models.js'

/** Frames that are kept. */
const FRAMES = 200

/** The frame of a request's page. */
export type FrameOf = (request: FastifyRequest) => PageView

/** @param base the path of the pages, without a slash at its end */
export function createFrames (options: ResolvedPageOptions, base: string): FrameOf {
  const messages = mergeTexts(options.texts)
  const languages = Object.keys(messages)
  requireKnown(options.fixedLanguage, languages)
  const assets = assetUrls(`${base}/assets`)
  const frames = new Map<string, PageView>()

  function createFrame (language: string, timeZone: string): PageView {
    const texts = createTexts(language, messages[language]!, timeZone)
    const { homePath: homeUrl = base === '' ? '/' : base, passwordPath: passwordUrl = null } = options
    return { texts, say: texts.say, assets, base, homeUrl, passwordUrl, title: texts.say('title') }
  }

  function find (request: FastifyRequest): PageView {
    const language = chooseLanguage(options.languageOf(request) ?? request.headers['accept-language'], languages)
    const timeZone = options.timeZoneOf(request)
    const key = `${language} ${timeZone}`
    const frame = frames.get(key) ?? createFrame(language, timeZone)
    // There may be as many as languages times time zones, and each holds some 50 kB of formats.
    if (frames.size >= FRAMES) frames.clear()
    frames.set(key, frame)
    return frame
  }

  // A route, its view and its error page ask for it, and the host's functions are asked once.
  const found = new WeakMap<FastifyRequest, PageView>()
  return request => {
    const frame = found.get(request) ?? find(request)
    found.set(request, frame)
    return frame
  }
}

/** A misspelt tag would silently mean English. */
function requireKnown (language: string | undefined, languages: string[]): void {
  if (language === undefined || language.split('-')[0] === FALLBACK || chooseLanguage(language, languages) !== FALLBACK) return
  throw optionError(`pages: there are no texts for language ${JSON.stringify(language)}: the languages are ${languages.join(', ')}, and texts may add others`)
}
