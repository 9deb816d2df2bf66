/**
 * The regular expressions of the source, with the pattern that they really have.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

export interface Regex {
  file: string
  source: string
  flags: string
}

/** Source files below this directory. */
export const sourcesOf = (directory: string, end: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith(end) && !file.endsWith('.min.js')).map(file => join(directory, file))

/**
 * The literals of a file, and what it hands to `new RegExp`, of which all parts must be constants of that file.
 * @throws when a part is not
 */
export function regexesOf (file: string): Regex[] {
  const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  const constants = new Map<string, ts.Expression>()
  const found: Regex[] = []
  const add = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined) constants.set(node.name.text, node.initializer)
    if (ts.isRegularExpressionLiteral(node)) {
      const [, source, flags] = /^\/(.*)\/(\w*)$/s.exec(node.text) as unknown as [string, string, string]
      found.push({ file, source, flags })
    }
    if (ts.isNewExpression(node) && node.expression.getText() === 'RegExp') {
      const [source, flags] = (node.arguments ?? []).map(textOf)
      found.push({ file, source: source!, flags: flags ?? '' })
    }
    ts.forEachChild(node, add)
  }

  function textOf (node: ts.Expression): string {
    if (ts.isStringLiteralLike(node)) return node.text
    if (ts.isNumericLiteral(node)) return node.text
    if (ts.isIdentifier(node) && constants.has(node.text)) return textOf(constants.get(node.text)!)
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'String.raw') return rawOf(node.template)
    throw new Error(`${file}: ${node.getText()} is no constant of this file: a regular expression of it cannot be judged`)
  }

  function rawOf (template: ts.TemplateLiteral): string {
    const raw = (part: ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail | ts.NoSubstitutionTemplateLiteral): string => part.rawText ?? ''
    if (ts.isNoSubstitutionTemplateLiteral(template)) return raw(template)
    return raw(template.head) + template.templateSpans.map(({ expression, literal }) => textOf(expression) + raw(literal)).join('')
  }

  add(tree)
  return found
}
