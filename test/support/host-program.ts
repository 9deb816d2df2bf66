/**
 * TypeScript files that exist only in memory, beside the built package: what a host's compiler says of them.
 * @module
 */
import ts from 'typescript'
import { root } from './root.js'

/** @param files by path; their imports resolve as they do for a host */
export function hostProgram (files: Map<string, string>): ts.Program {
  const config = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile } = host
  host.fileExists = path => files.has(path) || fileExists(path)
  host.readFile = path => files.get(path) ?? readFile(path)
  const paths = {
    'fastify-login-sessions': [`${root}dist/index.d.ts`],
    'fastify-login-sessions/store-contract': [`${root}dist/store-contract/store-contract.d.ts`]
  }
  return ts.createProgram([...files.keys()], { ...options, paths }, host)
}

/** The errors in these files, as `file: message`. Those of the plugin's own files are for `npm run types`. */
export function complaints (program: ts.Program, paths: Iterable<string>): string[] {
  const found = [...paths].flatMap(path => ts.getPreEmitDiagnostics(program, program.getSourceFile(path)))
  return found.map(({ file, messageText }) => `${file?.fileName.slice(root.length)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
}

/** What the package adds to this interface of Fastify. */
export function decorationsOf (program: ts.Program, name: 'FastifyInstance' | 'FastifyRequest' | 'FastifyReply'): string[] {
  const names: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isInterfaceDeclaration(node) && node.name.text === name) for (const member of node.members) names.push(member.name!.getText())
    ts.forEachChild(node, visit)
  }
  for (const file of program.getSourceFiles()) if (file.fileName.startsWith(`${root}dist/`)) visit(file)
  return names
}

/** One member of an interface: its name, and what its comment gives as the default. */
export interface Member {
  name: string
  isOptional: boolean
  default: string | undefined
}

/** The types that the package exports. */
export function exportsOf (program: ts.Program): { values: string[], membersOf(name: string): Member[], textsOf(name: string): string[] } {
  const checker = program.getTypeChecker()
  const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(`${root}dist/index.d.ts`)!)!)
  const resolved = symbols.map(symbol => symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)
  const typeOf = (name: string): ts.Type => checker.getDeclaredTypeOfSymbol(resolved[symbols.findIndex(symbol => symbol.name === name)]!)
  return {
    values: symbols.filter((_, index) => resolved[index]!.flags & ts.SymbolFlags.Value).map(({ name }) => name),
    membersOf: name => typeOf(name).getProperties().map(member => ({
      name: member.name,
      isOptional: (member.flags & ts.SymbolFlags.Optional) !== 0,
      default: ts.displayPartsToString(member.getJsDocTags(checker).find(tag => tag.name === 'default')?.text) || undefined
    })),
    textsOf: name => (typeOf(name) as ts.UnionType).types.map(type => (type as ts.StringLiteralType).value)
  }
}
