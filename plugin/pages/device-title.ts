/**
 * What a person calls a device: "iPhone", "Windows computer", "curl".
 * @module
 */
import type { Device } from '../client/device.js'
import type { MessageKey } from './messages.js'
import type { Texts } from './texts.js'

/** Systems of devices that people call by one name. */
const NAMES = new Map<string | null, string>([
  ['macOS', 'Mac'], ['ChromeOS', 'Chromebook'], ['iOS', 'iPhone'], ['iPadOS', 'iPad'], ['tvOS', 'Apple TV'], ['watchOS', 'Apple Watch'],
  ['Windows Phone', 'Windows Phone']
])

/** Kinds of devices that people call by their system, if it is known: "Linux computer". */
const KINDS_WITH_SYSTEM = {
  desktop: ['systemComputer', 'kindDesktop'], phone: ['systemPhone', 'kindPhone'], tablet: ['systemTablet', 'kindTablet']
} satisfies Record<string, [withSystem: MessageKey, without: MessageKey]>

/**
 * Is this model a name that people use, such as "Pixel 9"? A maker's code, such as "SM-S918B", has no lower-case letters. More
 * words, or three without a digit, are rather a message: clients choose the model.
 */
function isName (model: string): boolean {
  const words = model.trim().split(/\s+/).length
  return /\p{Ll}/u.test(model) && words <= (/\d/.test(model) ? 4 : 2)
}

/** Is this the name of a program, rather than a message? Clients choose it. */
const isProgramName = (name: string): boolean => name.trim().split(/\s+/).length <= 2

/**
 * What a person calls the device, without its browser. It is text that a client has chosen, so escape it in HTML.
 *
 * @example
 * deviceTitle(session.device, texts) // 'iPhone', 'Pixel 9', 'Windows computer', 'curl', 'Unknown device'
 */
export function deviceTitle ({ kind, os, model, browser }: Readonly<Device>, { say }: Texts): string {
  if (kind === 'program') return browser !== null && isProgramName(browser) ? browser : say('kindProgram')
  if (model !== null && isName(model)) return model
  if (kind === 'tv') return NAMES.get(os) ?? say('kindTv')
  if (kind === 'other') return NAMES.get(os) ?? os ?? say('kindOther')
  if (kind === 'unknown') return NAMES.get(os) ?? os ?? say('kindUnknown')
  const [withSystem, without] = KINDS_WITH_SYSTEM[kind]
  return NAMES.get(os) ?? (os === null ? say(without) : say(withSystem, { system: os }))
}

/**
 * The device and its browser, for sentences and labels.
 *
 * @example
 * deviceWithBrowser(session.device, texts) // 'iPhone (Safari)'; a program is just 'curl'
 */
export function deviceWithBrowser (device: Readonly<Device>, texts: Texts): string {
  const title = deviceTitle(device, texts)
  const { browser } = device
  return browser === null || browser === title ? title : texts.say('deviceWithBrowser', { device: title, browser })
}
