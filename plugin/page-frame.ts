/**
 * What every page of a request has in common: its language, its URLs, its files.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import { assetUrls } from './assets.js'
import { chooseLanguage } from './language.js'
import { mergeTexts } from './messages.js'
import type { ResolvedPageOptions } from './page-options.js'
import { createTexts } from './texts.js'
import type { PageView } from './views.js'

/** The frame of a request's page. */
export type FrameOf = (request: FastifyRequest) => PageView

/** @param base the path of the pages, without a slash at its end */
export function createFrames (options: ResolvedPageOptions, base: string): FrameOf {
  const messages = mergeTexts(options.texts)
  const languages = Object.keys(messages)
  const assets = assetUrls(`${base}/assets`)
  // There are as many as languages times time zones, and each costs some formats.
  const frames = new Map<string, PageView>()

  function createFrame (language: string, timeZone: string): PageView {
    const texts = createTexts(language, messages[language]!, timeZone)
    const { homePath: homeUrl = base === '' ? '/' : base, passwordPath: passwordUrl = null } = options
    return { texts, say: texts.say, assets, base, homeUrl, passwordUrl, title: texts.say('title') }
  }

  return request => {
    const language = chooseLanguage(options.languageOf(request) ?? request.headers['accept-language'], languages)
    const timeZone = options.timeZoneOf(request)
    const key = `${language} ${timeZone}`
    const frame = frames.get(key) ?? createFrame(language, timeZone)
    frames.set(key, frame)
    return frame
  }
}
