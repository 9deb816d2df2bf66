/**
 * The page's texts: ten languages, in ICU MessageFormat, and what a host adds to them or says otherwise.
 * @module
 */
import { IntlMessageFormat } from 'intl-messageformat'
import { optionError } from './errors.js'
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
    merged[language] = { ...en, ...merged[language], ...texts }
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
  const gaps = [...en[key as MessageKey].matchAll(/\{(\w+)/g)].map(([, gap]) => gap!)
  try {
    new IntlMessageFormat(text, language, undefined, { ignoreTag: true }).format(Object.fromEntries(gaps.map(gap => [gap, 1])))
  } catch (cause) {
    const known = gaps.length === 0 ? 'it has no gaps' : `its gaps are ${gaps.map(gap => `{${gap}}`).join(', ')}`
    throw Object.assign(optionError(`pages: ${name} is no ICU message (${known}): ${(cause as Error).message}`), { cause })
  }
}
