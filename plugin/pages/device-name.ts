/**
 * The name of a device for hosts: in mails, audit lines, pages of their own.
 * @module
 */
import type { Device } from '../client/device.js'
import { chooseLanguage, FALLBACK } from './language.js'
import { SHIPPED } from './messages.js'
import { createTexts, type Texts } from './texts.js'

const LANGUAGES = Object.keys(SHIPPED)
const texts = new Map<string, Texts>()

/**
 * The device in the shipped words: "Chrome on Windows 11", "curl", "Unknown device". The pages' option `texts` does not change
 * them. It is text that a client has chosen, so escape it in HTML.
 *
 * @param language a tag or an Accept-Language header; English without one, or if the language is not shipped
 * @example
 * deviceName(session.device)         // 'Firefox on Android 16'
 * deviceName(session.device, 'de')   // 'Firefox auf Android 16'
 */
export function deviceName (device: Readonly<Device>, language?: string | null | undefined): string {
  const chosen = chooseLanguage(language ?? FALLBACK, LANGUAGES)
  const known = texts.get(chosen) ?? createTexts(chosen, SHIPPED[chosen]!, 'UTC')
  texts.set(chosen, known)
  return nameIn(device, known)
}

/** "Chrome on Windows 11", or "Unknown browser on Windows 11". */
function nameIn (device: Readonly<Device>, texts: Texts): string {
  const { browser, os } = device
  if (os === null) return browser ?? texts.say('unknownDevice')
  return texts.say('browserOnSystem', { browser: browser ?? texts.say('unknownBrowser'), system: systemLabel(os, device) })
}

/** Only the major version is shown. Windows has names like "8.1", which are shown whole. */
function systemLabel (os: string, { osVersion }: Readonly<Device>): string {
  if (osVersion === null) return os
  return `${os} ${os === 'Windows' ? osVersion : osVersion.split('.')[0]}`
}
