/**
 * Parts of a Markdown file that are written by a program, between two comments that name them.
 * @module
 */

/**
 * The text with this block's content replaced.
 * @throws if the text has no such block, or not exactly one
 */
export function replaceBlock (text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`]
  const [before, rest, more] = text.split(begin)
  const [, after, beyond] = rest?.split(end) ?? []
  if (after === undefined || more !== undefined || beyond !== undefined) throw new Error(`the text needs "${begin}" and "${end}", once each`)
  return `${before}${begin}\n${content.trim()}\n${end}${after}`
}
