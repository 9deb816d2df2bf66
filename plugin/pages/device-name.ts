/**
 * The name of a device for hosts: in mails, audit lines, pages of their own.
 * @module
 */
import type { Device } from '../client/device.js'
import { chooseLanguage } from './language.js'
import { SHIPPED } from './messages.js'
import { deviceName as nameIn } from './session-row.js'
import { createTexts, type Texts } from './texts.js'

const LANGUAGES = Object.keys(SHIPPED)
const texts = new Map<string, Texts>()

/**
 * The device as the page names it: "Chrome on Windows 11", "curl", "Unknown device". It is text that a client has chosen, so
 * escape it in HTML.
 *
 * @param language a tag or an Accept-Language header; a language that is not shipped is English
 * @example
 * deviceName(session.device)         // 'Firefox on Android 16'
 * deviceName(session.device, 'de')   // 'Firefox auf Android 16'
 */
export function deviceName (device: Readonly<Device>, language = 'en'): string {
  const chosen = chooseLanguage(language, LANGUAGES)
  const known = texts.get(chosen) ?? createTexts(chosen, SHIPPED[chosen]!, 'UTC')
  texts.set(chosen, known)
  return nameIn({ device }, known)
}
