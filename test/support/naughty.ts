/**
 * Text that has broken programs before: the Big List of Naughty Strings, and some of our own.
 * @module
 */
import list from 'big-list-of-naughty-strings' with { type: 'json' }
import { createRandom } from './random.js'

const OWN = [
  '\u0000', '\u001b[31m', '\ud800', '\udc00\ud800', '\ufeff', '\u202eevil', '%', '%00', '%0d%0aset-cookie: a=b', '%ff', '..', '.', '/', '\\', ' ', '\t', ';', ',', '"', "'", '=',
  '$ne', '$where', '{"$gt":""}', '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '[object Object]', 'others', 'revoke', ':id', '*',
  '"><script>alert(1)</script>', '\'><img src=x onerror=alert(1)>', '<svg/onload=alert(1)>', '</title><script>alert(1)</script>', '</textarea><b>', '<!--', '--><b>', '<%= 7 * 7 %>', '{{7*7}}', '#{7*7}',
  '" autofocus onfocus=alert(1) x="', '<a href=javascript:alert(1)>', '&lt;b&gt;', '&#60;b&#62;', '{name} {count, plural, other {#}}',
  'Mozilla/5.0 (<script>alert(1)</script>) Chrome/1', 'Mozilla/5.0 (compatible; "><b>bot</b>/1.0)', 'Mozilla/5.0 (Linux; Android 14; <b>Pixel</b> Build/1) Chrome/149.0.0.0 Mobile',
  'x'.repeat(513), '<b>'.repeat(300), '('.repeat(600), '\u0301'.repeat(600), '👩‍👩‍👧‍👦'.repeat(100)
]

/** Chooses the third of the list; another seed chooses another third. */
const SEED = Number(process.env.SEED ?? 20261127)

/** A third of the list and all of our own, each once. With `NAUGHTY=all`: all of the list. */
export const NAUGHTY: readonly string[] = [...new Set([...(process.env.NAUGHTY === 'all' ? list : third(list)), ...OWN])]

function third (texts: readonly string[]): string[] {
  return createRandom(SEED).shuffled([...texts]).slice(0, Math.ceil(texts.length / 3))
}

/** A string as it arrives in a header: UTF-8, of which Node makes a character of each byte; without what ends a header. */
export const inHeader = (text: string): string => Buffer.from(text).toString('latin1').replaceAll(/[\r\n\0]/g, '')

/** A string as it arrives in a path or a query, its bytes in percent-encoding. */
export const inPath = (text: string): string => [...Buffer.from(text)].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('')
