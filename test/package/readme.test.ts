/**
 * The README's code is code: its TypeScript blocks compile against the plugin's types.
 */
import { readFileSync } from 'node:fs'
import t from 'tap'
import ts from 'typescript'
import { root } from '../support/root.js'

/** Virtual files beside the plugin, so that imports resolve as they do for a user. */
function complaints (files: Map<string, string>): string[] {
  const config = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile } = host
  host.fileExists = path => files.has(path) || fileExists(path)
  host.readFile = path => files.get(path) ?? readFile(path)
  const program = ts.createProgram([...files.keys()], { ...options, paths: { 'fastify-login-sessions': [`${root}plugin/index.ts`] } }, host)
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

const USERS = `
export declare const users: {
  authenticate(body: { email: string, password: string }): Promise<{ id: string }>
  passwordHash(userId: string): Promise<string | null>
  profile(userId: string): Promise<object>
  changePassword(body: unknown): Promise<void>
}`

const YOURS = `
import type { Device } from 'fastify-login-sessions'
export declare const mails: { newSignIn(userId: string, device: Readonly<Device>, ip: string | null): Promise<void> }
export declare const sockets: { close(sessionId: string): void }`

t.test('every TypeScript block of the README compiles as it stands', async t => {
  const blocks = [...readFileSync(`${root}README.md`, 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!)
  t.ok(blocks.length >= 3)
  const files = new Map([[`${root}users.ts`, USERS], [`${root}yours.ts`, YOURS]])
  blocks.forEach((code, index) => files.set(`${root}readme-block-${index}.ts`, /^(import|export) /m.test(code) ? code : `import 'fastify-login-sessions'\n${code}`))

  t.same(complaints(files), [])
})

t.test('a block that does not compile would be found', async t => {
  t.not(complaints(new Map([[`${root}readme-wrong.ts`, "import { nothing } from 'fastify-login-sessions'\n"]])).length, 0)
})
