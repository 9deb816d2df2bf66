/**
 * The page's texts: ten languages, in ICU MessageFormat, and what a host adds to them or says otherwise.
 * @module
 */
import { IntlMessageFormat } from 'intl-messageformat'
import { optionError } from '../errors.js'
import ar from './languages/ar.js'
import de from './languages/de.js'
import en, { type MessageKey, type Messages } from './languages/en.js'
import es from './languages/es.js'
import fr from './languages/fr.js'
import it from './languages/it.js'
import ja from './languages/ja.js'
import nl from './languages/nl.js'
import pl from './languages/pl.js'
import ptBR from './languages/pt-BR.js'

export type { MessageKey, Messages }

/** The shipped languages, by tag. */
export const SHIPPED: Readonly<Record<string, Messages>> = { en, de, fr, es, it, 'pt-BR': ptBR, nl, pl, ja, ar }

/** What a host brings, by language tag: other words for ours, or a language that we have not. */
export type HostTexts = Record<string, Partial<Messages>>

/**
 * The shipped texts with the host's over them. What a language of the host's leaves out is said in English.
 *
 * @throws FST_LOGIN_SESSION_OPTION for tags, keys, syntax or gaps that cannot work
 */
export function mergeTexts (hosts: HostTexts): Record<string, Messages> {
  const merged: Record<string, Messages> = { ...SHIPPED }
  for (const [tag, texts] of Object.entries(hosts)) {
    const language = canonical(tag)
    if (texts === null || typeof texts !== 'object') throw optionError(`pages: texts.${tag} must be an object: write texts: { ${tag}: { title: '…' } }`)
    for (const [key, text] of Object.entries(texts)) check(language, key, text)
    // What a region leaves out, its language says; what both leave out, English.
    merged[language] = { ...en, ...hosts.en, ...merged[language.split('-')[0]!], ...merged[language], ...texts }
  }
  return merged
}

function canonical (tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0]!
  } catch {
    throw optionError(`pages: texts.${tag} is for no language: write a tag like 'sv' or 'pt-PT'`)
  }
}

/** At boot, and not when the text is first shown. */
function check (language: string, key: string, text: unknown): void {
  const name = `texts.${language}.${key}`
  if (!Object.hasOwn(en, key)) throw optionError(`pages: there is no text ${name}: the keys are ${Object.keys(en).join(', ')}`)
  if (typeof text !== 'string') throw optionError(`pages: ${name} must be a string`)
  const known = gapsOf(en[key as MessageKey], 'en')
  let gaps: string[]
  try {
    gaps = gapsOf(text, language)
  } catch (cause) {
    throw Object.assign(optionError(`pages: ${name} is no ICU message: ${(cause as Error).message}`), { cause })
  }
  const wrong = gaps.find(gap => !known.includes(gap))
  if (wrong === undefined) return
  throw optionError(`pages: ${name} has a gap ${wrong}: ${known.length === 0 ? 'it has no gaps' : `its gaps are ${known.join(', ')}`}`)
}

/** What of a message's syntax tree matters here; the numbers are intl-messageformat's. */
type Part = { type: number, value?: string, options?: Record<string, { value: Part[] }> }
const LITERAL = 0
const ARGUMENT = 1
const PLURAL = 6
const POUND = 7

/** The gaps of a message, as it writes them: "{name}", "{count, plural}". What is counted may also be written as it is. */
function gapsOf (text: string, language: string): string[] {
  const gaps = new Set<string>()
  const collect = (parts: Part[]): void => {
    for (const { type, value, options = {} } of parts) {
      if (type === ARGUMENT || type === PLURAL) gaps.add(`{${value}}`)
      // Dates and the like: nothing that fills a gap here is one.
      else if (type !== LITERAL && type !== POUND) gaps.add(`{${value}, …}`)
      for (const option of Object.values(options)) collect(option.value)
    }
  }
  collect(new IntlMessageFormat(text, language, undefined, { ignoreTag: true }).getAst() as Part[])
  return [...gaps]
}
