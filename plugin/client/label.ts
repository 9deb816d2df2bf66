/**
 * What browsers and devices call themselves → text that a page or a mail can show.
 * @module
 */

/**
 * Text that can be shown, or null: 1 to 60 printable characters with at least one letter or digit. Control characters,
 * bidi marks and halves of surrogate pairs are not allowed. Neither is text that looks like a link or a sentence,
 * because a person who uses a stolen cookie must not be able to write to its owner.
 */
export function labelOf (text: string | null | undefined): string | null {
  const label = text?.trim() ?? ''
  if (!/^[^\p{C}\p{Zl}\p{Zp}]{1,60}$/u.test(label) || !/[\p{L}\p{N}]/u.test(label)) return null
  // In this form, full-width letters and dots are ordinary ones.
  const plain = label.normalize('NFKC')
  return isLink(plain) || isSentence(plain) ? null : label
}

/**
 * A dot and letters, as at the end of a host name. Some names end like that, too: "Node.js", "http.rb". These endings
 * are no top-level domains.
 */
const DOMAINS = /[.\u3002](?!(?:js|rb|txt|browser)(?![\p{L}\p{N}-]))\p{L}[\p{L}\p{N}-]+/giu

/** Host names, addresses with a path, URLs, mail addresses. */
const isLink = (text: string): boolean => text.search(DOMAINS) !== -1 || /:|@|\/\/|\\\\|\bwww\b|\.[^\s/]*\//i.test(text)

/** Names have no other punctuation than these, and only Yahoo has an exclamation mark before another word. */
const PUNCTUATION = /[?;\u3002]|\.\.|,(?!\d)|(?<!(?:^|\s)\p{L})\.\s|(?<!^Yahoo)!\s|\s\S*[.!]$/u

/** The most words of a name that are made of letters: "Penthouse Critical Path CSS Generator". */
const MOST_WORDS = 5

function isSentence (text: string): boolean {
  const words = text.split(/\s+/).filter(word => /^\p{L}[\p{L}'\u2019-]+$/u.test(word))
  return words.length > MOST_WORDS || PUNCTUATION.test(text) || isPhoneNumber(text)
}

/** Nine digits or more, in groups. Versions have dots between their parts. */
function isPhoneNumber (text: string): boolean {
  const groups = text.split(/[^\d\s()+-]+/).filter(group => /\d[\s()-]+\d/.test(group))
  return groups.some(group => group.replace(/\D/g, '').length >= 9)
}

/**
 * The name of a program without the endings of host names. Many robots are called by their site.
 *
 * @example
 * withoutDomains('www.montastic.com') // 'montastic'
 * withoutDomains('archive.org_bot')   // 'archive_bot'
 */
export const withoutDomains = (name: string): string =>
  name.replace(/\bwww\./gi, '').replace(DOMAINS, '').replace(/\.$/, '')
