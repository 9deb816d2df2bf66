/**
 * The package as it is published, and what README.md and SECURITY.md say of it.
 */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import t from 'tap'
import ts from 'typescript'
import { root } from '../support/root.js'
import { unmeasuredNode } from '../support/unmeasured.js'

// --- what `npm run build` made, found by its name ---

const run = promisify(execFile)

t.test('the built package serves the page, its templates and its files', async t => {
  const script = `
    import Fastify from 'fastify'
    import loginSessions, { loginSessionPages, memoryStore } from 'fastify-login-sessions'
    const app = Fastify()
    await app.register(loginSessions, { secret: 'x'.repeat(32), store: memoryStore() })
    await app.register(loginSessionPages, { prefix: '/sessions' })
    app.get('/in', async request => (await request.startLoginSession('ada')).id)
    const cookie = (await app.inject('/in')).headers['set-cookie']
    const page = await app.inject({ url: '/sessions', headers: { cookie } })
    const urls = [...page.body.matchAll(/"(\\/sessions\\/assets\\/[^"]+)"/g)].map(([, url]) => url)
    const files = await Promise.all(urls.map(url => app.inject(url)))
    console.log(JSON.stringify([page.statusCode, ...files.map(file => file.statusCode)]))`

  const { stdout } = await run(...unmeasuredNode('--input-type=module', '-e', script), { cwd: root })

  t.same(JSON.parse(stdout), [200, 200, 200, 200])
})

t.test('it contains the build, the templates and the public files, and nothing of the tests', async t => {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root })
  const report = JSON.parse(stdout)
  const [{ files }] = Array.isArray(report) ? report : Object.values(report) as any
  const paths: string[] = files.map((file: { path: string }) => file.path)

  for (const path of ['dist/index.js', 'dist/index.d.ts', 'templates/page.eta', 'public/htmx.esm.min.js', 'public/before-htmx.js', 'public/login-sessions.css', 'LICENSE', 'README.md']) {
    t.ok(paths.includes(path), path)
  }
  t.same(paths.filter(path => /^(test|example|plugin)\//.test(path)), [])
})

t.test('no package of the tree has a licence that reaches into the programs that use it', async t => {
  for (const tree of ['', 'test/bench/peers/', 'test/engines/', 'test/environments/']) {
    const { packages } = JSON.parse(await readFile(`${root}${tree}package-lock.json`, 'utf8'))
    const copyleft = Object.entries<{ license?: string }>(packages).filter(([, { license = '' }]) => /GPL/.test(license) && !/ OR /.test(license))

    t.same(copyleft.map(([path]) => path), [], tree)
  }
})

t.test('its types name only packages that are installed with it and bring their types', async t => {
  const { dependencies, peerDependencies } = JSON.parse(await readFile(`${root}package.json`, 'utf8'))
  const declarations = (await readdir(`${root}dist`, { recursive: true })).filter(path => path.endsWith('.d.ts'))
  const named = new Set<string>()
  for (const path of declarations) {
    const text = await readFile(`${root}dist/${path}`, 'utf8')
    for (const [, name] of text.matchAll(/(?:from |import\(?|types=)['"]((?!node:|\.)[^'"]+)['"]/g)) named.add(/^(?:@[^/]+\/)?[^/]+/.exec(name!)![0])
  }
  t.ok(named.has('fastify'), [...named].join(', '))

  for (const name of named) {
    t.ok(name in { ...dependencies, ...peerDependencies }, `${name} is a dependency`)
    const { types, typings, exports } = JSON.parse(await readFile(`${root}node_modules/${name}/package.json`, 'utf8'))
    t.ok(types ?? typings ?? JSON.stringify(exports ?? '').includes('"types"'), `${name} brings its types`)
  }
})

// Not images: package registries show those of the repository.
t.test('every relative link of its documents leads to one of its files', async t => {
  const documents = ['README.md', 'RECIPES.md', 'SECURITY.md'].map(name => readFileSync(`${root}${name}`, 'utf8')).join('\n')
  const links = [...documents.matchAll(/(?<!!\[[^\]]*)\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path!)
  const { files } = JSON.parse(await readFile(`${root}package.json`, 'utf8'))
  const packed = ['README.md', 'LICENSE', 'package.json', ...files]
  t.ok(links.length > 0)
  t.strictSame(links.filter(link => !existsSync(`${root}${link}`) || !packed.some(path => link === path || link.startsWith(`${path}/`))), [])
})

// --- the README's TypeScript blocks compile against the plugin's types ---

/** The errors of virtual files beside the plugin, so that imports resolve as they do for a user: `file: message`. */
function complaints (files: Map<string, string>): string[] {
  const config = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile } = host
  host.fileExists = path => files.has(path) || fileExists(path)
  host.readFile = path => files.get(path) ?? readFile(path)
  const program = ts.createProgram([...files.keys()], { ...options, paths: { 'fastify-login-sessions': [`${root}dist/index.d.ts`] } }, host)
  // Not of the plugin's own files, which `npm run types` checks.
  const found = [...files.keys()].flatMap(path => ts.getPreEmitDiagnostics(program, program.getSourceFile(path)))
  return found.map(({ file, messageText }) => `${file?.fileName.slice(root.length)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
}

const USERS = `
export declare const users: {
  authenticate(body: { email: string, password: string }): Promise<{ id: string }>
  passwordHash(userId: string): Promise<string | null>
  profile(userId: string): Promise<object>
  setPassword(userId: string, password: string): Promise<void>
}`

const YOURS = `
export declare const mails: {
  newSignIn(userId: string, device: string, ip: string | null): Promise<void>
  wrongPasswords(userId: string, total: number): Promise<void>
}
export declare const users: {
  find(userId: string): Promise<{ passwordHash: string | null, hasApp: boolean }>
  setPassword(userId: string, password: string): Promise<void>
  idsOfClosedAccounts(): AsyncIterable<string>
  isAdmin(userId: string | undefined): Promise<boolean>
  idsByNameOrMail(text: string): Promise<string[]>
  describe(userIds: string[]): Promise<Map<string, { name: string, detail: string }>>
}
export declare const audit: { log(line: string): void }
export declare const codes: { verify(userId: string, code: string): Promise<boolean> }
export declare const challenges: { create(): Promise<string>, take(challenge: string | undefined): Promise<string | null> }
export declare const passkeys: { verify(userId: string, challenge: string | null, assertion: string): Promise<boolean>, page(challenge: string): string }
export declare function isOwnPath (path: string): boolean
export declare function waitUntil (work: Promise<unknown>): void
export declare const news: { of(userId: string, signal: AbortSignal): AsyncIterable<object> }
export declare const sockets: { close(sessionId: string): void }
export declare const identity: { verify(response: string): Promise<{ userId: string }> }`

t.test('every TypeScript block of README.md and RECIPES.md compiles as it stands, and one that does not would be found', async t => {
  const documents = ['README.md', 'RECIPES.md'].map(name => readFileSync(`${root}${name}`, 'utf8')).join('\n')
  const blocks = [...documents.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!)
  t.ok(blocks.length >= 3)
  const files = new Map([[`${root}users.ts`, USERS], [`${root}yours.ts`, YOURS]])
  blocks.forEach((code, index) => files.set(`${root}readme-block-${index}.ts`, /^(import|export) /m.test(code) ? code : `import 'fastify-login-sessions'\n${code}`))
  // As the built package says it to a host: `request.session` has its type without a further import.
  files.set(`${root}session.ts`, `import type { FastifyInstance } from 'fastify'
    import 'fastify-login-sessions'
    export const route = (app: FastifyInstance) => app.get('/', async request => {
      app.decryptSession('', {}, () => {})
      return request.session.sessionId
    })\n`)
  // In the same program: another one would read all types again.
  files.set(`${root}wrong.ts`, "import { nothing } from 'fastify-login-sessions'\n")

  const found = complaints(files)

  t.strictSame(found.filter(text => !text.startsWith('wrong.ts: ')), [])
  t.match(found, [/^wrong\.ts: .* has no exported member 'nothing'/])
})

// --- SECURITY.md names the tests that show what it says: they exist, under these names ---

const security = readFileSync(`${root}SECURITY.md`, 'utf8')
const [promises, requirements] = security.split('## ASVS 5.0') as [string, string]

const TEXT = String.raw`('(?:\\.|[^'\\])*'|\`(?:\\.|[^\`\\])*\`)`

/** What this test file says of itself: the titles of its tests and the words of its assertions; undefined: there is none. */
function sentencesOf (name: string): string[] | undefined {
  const path = `${root}test/${name}.test.ts`
  if (!existsSync(path)) return undefined
  const source = readFileSync(path, 'utf8')
  const found = [...source.matchAll(RegExp(`\\.test\\(\\s*${TEXT}`, 'g')), ...source.matchAll(RegExp(`, ${TEXT}\\)`, 'g'))]
  return found.map(([, text]) => text!.slice(1, -1).replaceAll("\\'", "'"))
}

const says = (name: string, sentence: string): boolean => sentencesOf(name)?.some(one => one.includes(sentence)) ?? false

t.test('each promise is attacked by test files that exist', async t => {
  const rows = promises.split('\n').filter(line => /^\| \d/.test(line))
  t.equal(rows.length, 7, 'T1 to T7')
  for (const row of rows) {
    const names = [...row.split('|')[3]!.matchAll(/`([\w/-]+)`/g)].map(([, name]) => name!)
    t.not(names.length, 0, row)
    for (const name of names) t.not(sentencesOf(name)?.length ?? 0, 0, name)
  }
})

t.test('each requirement is shown by a test of this name', async t => {
  const rows = requirements.split('\n').filter(line => /^\| \d/.test(line))
  t.ok(rows.length > 50)
  for (const row of rows) {
    const cited = [...row.matchAll(/`([\w/-]+)`: \*([^*]+)\*/g)]
    t.not(cited.length, 0, row)
    for (const [, file, sentence] of cited) t.ok(says(file!, sentence!), `${file}: ${sentence}`)
  }
})

t.test('a test that is not there would be found', async t => {
  t.equal(sentencesOf('nowhere'), undefined)
  t.ok(says('package/package', 'a test that is not there'))
  t.notOk(says('package/package', ['names the tests', 'that show what it says'].join(' ')), 'what stands in a comment is no test')
})
