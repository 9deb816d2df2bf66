/**
 * HTML as a browser's tokenizer takes it apart, so that a test can tell text that has become markup.
 * @module
 */

/** One start tag, with its attributes in their order. */
export interface Tag {
  name: string
  attributes: Array<[name: string, value: string]>
}

const START = /<([a-z][^\s/>]*)/iy
const END = /<\/[a-z][^>]*>/iy
/** Comments, the doctype, and what browsers make comments of. */
const BOGUS = /<!--[^]*?(?:--!?>|$)|<[!?/][^>]*>/y
const ATTRIBUTE = /[\s/]*([^\s/>=][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"'][^\s>]*)))?/y

/** The start tags of this text. Our pages have no text in scripts and styles, so every `<` is looked at. */
export function tagsOf (html: string): Tag[] {
  const tags: Tag[] = []
  for (let at = html.indexOf('<'); at !== -1; at = html.indexOf('<', at)) {
    const name = match(START, html, at)
    if (name === null) {
      at += (match(END, html, at) ?? match(BOGUS, html, at))?.[0].length ?? 1
      continue
    }
    const tag: Tag = { name: name[1]!.toLowerCase(), attributes: [] }
    at += name[0].length
    for (let found = match(ATTRIBUTE, html, at); found !== null; found = match(ATTRIBUTE, html, at)) {
      const [whole, attribute, double, single, bare] = found
      tag.attributes.push([attribute!.toLowerCase(), double ?? single ?? bare ?? ''])
      at += whole.length
    }
    tags.push(tag)
  }
  return tags
}

function match (pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** A tag without its values: `a[class href]`. */
export const shapeOf = ({ name, attributes }: Tag): string => `${name}[${attributes.map(([name]) => name).join(' ')}]`

/** The shapes of all tags of these pages. */
export const shapesOf = (...pages: string[]): Set<string> => new Set(pages.flatMap(tagsOf).map(shapeOf))

/** Attributes whose values browsers follow or send somewhere. */
const LINKS = new Set(['href', 'src', 'action', 'formaction', 'ls-hx-get', 'ls-hx-post'])

/**
 * What of this page is markup that the templates do not make: a tag or a set of attributes that is not among these
 * shapes, or a link that leaves the site. Empty: all of it is ours.
 */
export function foreignMarkup (html: string, known: ReadonlySet<string>): string[] {
  return tagsOf(html).flatMap(tag => [
    ...known.has(shapeOf(tag)) ? [] : [shapeOf(tag)],
    ...tag.attributes.filter(([name, value]) => LINKS.has(name) && !/^\/(?![/\\])/.test(value)).map(([name, value]) => `${name}=${value}`)
  ])
}
