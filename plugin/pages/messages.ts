/**
 * The texts of the pages: ten languages in ICU MessageFormat, and the host's own texts over them.
 * @module
 */
import { IntlMessageFormat } from 'intl-messageformat'
import { type LoginSessionErrorCode, optionError } from '../errors.js'
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

/** What an error page says, by error code. */
export type ErrorMessages = Partial<Record<LoginSessionErrorCode, MessageKey>>

/** The host's texts by language tag. They override shipped texts, or add a language. */
export type HostTexts = Record<string, Partial<Messages>>

/**
 * Merges the host's texts over the shipped ones. Texts that are missing fall back to the base language, then to English.
 *
 * @throws FST_LOGIN_SESSION_OPTION for tags, keys, syntax or placeholders that cannot work
 */
export function mergeTexts (hosts: HostTexts): Record<string, Messages> {
  const merged: Record<string, Messages> = { ...SHIPPED }
  for (const [tag, texts] of Object.entries(hosts)) {
    const language = canonicalTag(tag)
    if (texts === null || typeof texts !== 'object') {
      throw optionError(`pages: texts.${tag} must be an object: write texts: { ${tag}: { title: '…' } }`)
    }
    for (const [key, text] of Object.entries(texts)) requireText(language, key, text)
    // "de-AT" falls back to "de", and "de" to English.
    merged[language] = { ...en, ...hosts.en, ...merged[language.split('-')[0]!], ...merged[language], ...texts }
  }
  return merged
}

function canonicalTag (tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0]!
  } catch {
    throw optionError(`pages: ${JSON.stringify(tag)} in texts is not a language tag: write a tag like 'sv' or 'pt-PT'`)
  }
}

/** Checks a text at boot, before it is shown for the first time. */
function requireText (language: string, key: string, text: unknown): void {
  const name = `texts.${language}.${key}`
  if (!Object.hasOwn(en, key)) throw optionError(`pages: there is no text ${name}: the keys are ${Object.keys(en).join(', ')}`)
  if (typeof text !== 'string') throw optionError(`pages: ${name} must be a string`)
  const known = placeholdersOf(en[key as MessageKey], 'en')
  let placeholders: string[]
  try {
    placeholders = placeholdersOf(text, language)
  } catch (cause) {
    throw Object.assign(optionError(`pages: ${name} is not a valid ICU message: ${(cause as Error).message}`), { cause })
  }
  const unknown = placeholders.find(placeholder => !known.includes(placeholder))
  if (unknown === undefined) return
  const advice = known.length === 0 ? 'this text has no placeholders' : `its placeholders are ${known.join(', ')}`
  throw optionError(`pages: ${name} has an unknown placeholder ${unknown}: ${advice}`)
}

/** The parts of a message's syntax tree that matter here. The numbers are those of intl-messageformat. */
type Part = { type: number, value?: string, options?: Record<string, { value: Part[] }> }
const LITERAL = 0
const ARGUMENT = 1
const PLURAL = 6
const POUND = 7

/** The placeholders of a message as it writes them: "{name}"; "{count}" also for "{count, plural, …}". */
function placeholdersOf (text: string, language: string): string[] {
  const placeholders = new Set<string>()
  const collect = (parts: Part[]): void => {
    for (const { type, value, options = {} } of parts) {
      if (type === ARGUMENT || type === PLURAL) placeholders.add(`{${value}}`)
      // Formats for dates and the like are refused: no value is a date.
      else if (type !== LITERAL && type !== POUND) placeholders.add(`{${value}, …}`)
      for (const option of Object.values(options)) collect(option.value)
    }
  }
  collect(new IntlMessageFormat(text, language, undefined, { ignoreTag: true }).getAst() as Part[])
  return [...placeholders]
}
