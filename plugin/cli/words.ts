/**
 * Text for terminals. Users have chosen much of it, and must not control the terminal by it.
 * @module
 */
import type { LoginSession } from '../sessions/login-session.js'

/** Control characters, and invisible ones that change the order of what is read, such as bidi overrides. */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** The same text in one line, without them. */
export const withoutControls = (text: string): string => text.replace(CONTROLS, '')

/** The same, except line breaks, which JSON has between its values only. */
const CONTROLS_IN_JSON = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu

/** JSON in which such characters are escaped. @param space as that of `JSON.stringify` */
export const toJson = (value: unknown, space?: number): string => JSON.stringify(value, null, space).replace(CONTROLS_IN_JSON, escaped)

const escaped = (character: string): string =>
  Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join('')

/** Lines whose cells stand below each other. */
export function toTable (rows: string[][]): string {
  const clean = rows.map(row => row.map(withoutControls))
  const widths = clean[0]!.map((_, column) => Math.max(...clean.map(row => row[column]!.length)))
  return clean.map(row => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd()).join('\n')
}

/** "Chrome on Windows", or the kind of the device. */
export function deviceOf ({ device: { browser, os, kind } }: Pick<LoginSession, 'device'>): string {
  const names = [browser, os].filter(name => name !== null)
  return names.length === 0 ? kind : names.join(' on ')
}

/** "1 session", "1,200 sessions". */
export const counted = (count: number, what: string): string => `${numberOf(count)} ${what}${count === 1 ? '' : 's'}`

/** "1,200". */
export const numberOf = (number: number): string => number.toLocaleString('en')

/** "37%", or "0.2%": a few are not 0 %. */
export const percentOf = (share: number): string => share.toLocaleString('en', { style: 'percent', maximumSignificantDigits: 2 })

/** "1.5 MB". */
export function bytesOf (bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const unit = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1)
  return `${Number((bytes / 1000 ** unit).toPrecision(3))} ${units[unit]!}`
}
