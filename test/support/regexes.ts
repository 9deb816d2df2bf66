/**
 * The regular expressions of the source, with the pattern that they really have.
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
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
 * The literals of a file, and what it hands to `new RegExp`, of which all parts must be constants of that file, or constants
 * that it imports from another file of ours.
 *
 * @param made expressions that a function of the file has made, for one that makes them of what it is given. They stand for
 * each `new RegExp` whose parts are no constants
 * @throws when a part is no constant, and nothing was made
 */
export function regexesOf (file: string, made: RegExp[] = []): Regex[] {
  const tree = treeOf(file)
  const constants = new Map<string, ts.Expression>()
  const found: Regex[] = []
  const add = (node: ts.Node): void => {
    const constant = constantIn(node)
    if (constant !== null) constants.set(...constant)
    if (ts.isImportDeclaration(node)) for (const imported of importsIn(node, file)) constants.set(...imported)
    if (ts.isRegularExpressionLiteral(node)) {
      const [, source, flags] = /^\/(.*)\/(\w*)$/s.exec(node.text) as unknown as [string, string, string]
      found.push({ file, source, flags })
    }
    if (ts.isNewExpression(node) && node.expression.getText() === 'RegExp') {
      const [source, flags] = (node.arguments ?? []).map(part => made.length > 0 && !isConstant(part) ? null : textOf(part))
      if (source !== null) found.push({ file, source: source!, flags: flags ?? '' })
    }
    ts.forEachChild(node, add)
  }

  function isConstant (node: ts.Expression): boolean {
    try {
      textOf(node)
      return true
    } catch {
      return false
    }
  }

  function textOf (node: ts.Expression): string {
    if (ts.isStringLiteralLike(node)) return node.text
    if (ts.isNumericLiteral(node)) return node.text
    if (ts.isIdentifier(node) && constants.has(node.text)) return textOf(constants.get(node.text)!)
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'String.raw') return rawOf(node.template)
    if (ts.isTemplateExpression(node)) {
      return node.head.text + node.templateSpans.map(({ expression, literal }) => textOf(expression) + literal.text).join('')
    }
    throw new Error(`${file}: ${node.getText()} is no constant: a regular expression of it cannot be judged`)
  }

  function rawOf (template: ts.TemplateLiteral): string {
    const raw = (part: ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail | ts.NoSubstitutionTemplateLiteral): string => part.rawText ?? ''
    if (ts.isNoSubstitutionTemplateLiteral(template)) return raw(template)
    return raw(template.head) + template.templateSpans.map(({ expression, literal }) => textOf(expression) + raw(literal)).join('')
  }

  add(tree)
  return [...found, ...made.map(({ source, flags }) => ({ file, source, flags }))]
}

const treeOf = (file: string): ts.SourceFile => ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)

type Constant = [name: string, value: ts.Expression]

const constantIn = (node: ts.Node): Constant | null =>
  ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined ? [node.name.text, node.initializer] : null

/** The top-level constants of our own file that this imports by name. */
function importsIn ({ importClause, moduleSpecifier }: ts.ImportDeclaration, file: string): Constant[] {
  const path = (moduleSpecifier as ts.StringLiteral).text.replace(/\?.*/, '')
  const names = importClause?.namedBindings
  if (!path.startsWith('.') || importClause?.isTypeOnly === true || names === undefined || !ts.isNamedImports(names)) return []
  const other = join(dirname(file), path)
  const declared = treeOf(existsSync(other) ? other : other.replace(/\.js$/, '.ts')).statements
    .flatMap(statement => ts.isVariableStatement(statement) ? [...statement.declarationList.declarations] : [])
    .map(constantIn).filter(constant => constant !== null)
  return names.elements.flatMap(({ name, propertyName = name }) =>
    declared.filter(([declaredName]) => declaredName === propertyName.text).map(([, value]): Constant => [name.text, value]))
}
