/** README.md, REFERENCE.md, RECIPES.md: their links lead somewhere, their code runs or compiles, their tables are complete. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import Fastify from 'fastify'
import t from 'tap'
import { startMongod } from '../../example/mongod.js'
import loginSessions, { loginSessionAdmin, loginSessionApi, loginSessionPages, memoryStore } from '../../plugin/index.js'
import { anchorOf, codeBlocks, codeIn, documentNamed, javascriptOf, rowsOf, sectionOf } from '../support/documents.js'
import { freePort } from '../support/free-port.js'
import { complaints, decorationsOf, exportsOf, hostProgram, type Member } from '../support/host-program.js'
import { database } from '../support/mongo.js'
import { root } from '../support/root.js'
import { unmeasuredNode } from '../support/unmeasured.js'

const README = documentNamed('README.md')
const REFERENCE = documentNamed('REFERENCE.md')
const RECIPES = documentNamed('RECIPES.md')
const PACKED = ['README.md', 'REFERENCE.md', 'RECIPES.md', 'SECURITY.md', 'CHANGELOG.md']

// --- links ---

/** The links of a document that stay within the repository. Images are left out: package registries show those of the repository. */
const linksOf = (text: string): string[] => [...text.matchAll(/(?<!!\[[^\]]*)\]\((?!https?:)([^)]+)\)/g)].map(([, link]) => link!)

const anchorsOf = (text: string): string[] => [
  ...[...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!)),
  ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id!)
]

t.test('every link within the documents leads to a file of the package and a heading in it', async t => {
  const { files } = JSON.parse(await readFile(`${root}package.json`, 'utf8'))
  const packed = ['README.md', 'LICENSE', 'package.json', ...files]
  for (const name of PACKED) {
    for (const link of linksOf(documentNamed(name))) {
      const [path, anchor] = link.split('#') as [string, string?]
      const target = path === '' ? name : path
      // Its readers have the repository.
      const isThere = target === 'CONTRIBUTING.md' || packed.some(file => target === file || target.startsWith(`${file}/`))
      t.ok(existsSync(`${root}${target}`) && isThere, `${name}: ${link}`)
      if (anchor !== undefined) t.ok(anchorsOf(documentNamed(target)).includes(anchor), `${name}: ${link}`)
    }
  }
})

// --- code ---

const USERS_AND_MORE = `
export declare const users: {
  authenticate(body: { email: string, password: string } | undefined): Promise<{ id: string }>
  find(userId: string): Promise<{ name: string, passwordHash: string | null, hasApp: boolean }>
  setPassword(userId: string, password: string): Promise<void>
  idsOfClosedAccounts(): AsyncIterable<string>
  isAdmin(userId: string | undefined): Promise<boolean>
  idsByNameOrMail(text: string): Promise<string[]>
  describe(userIds: string[]): Promise<Map<string, { name: string, detail: string }>>
}
export declare const mails: {
  newSignIn(userId: string, device: string, ip: string | null): Promise<void>
  wrongPasswords(userId: string, total: number): Promise<void>
}
export declare const audit: { log(line: string): void }
export declare const codes: { verify(userId: string, code: string): Promise<boolean> }
export declare const challenges: { create(): Promise<string>, take(challenge: string | undefined): Promise<string | null> }
export declare const passkeys: { verify(userId: string, challenge: string | null, assertion: string): Promise<boolean>, page(challenge: string): string }
export declare function signedIn (request: import('fastify').FastifyRequest, reply: import('fastify').FastifyReply): Promise<void>
export declare function returnPath (returnTo: unknown): string
export declare function passwordPage (problem: string): string
export declare function isOwnPath (path: string): boolean
export declare function waitUntil (work: Promise<unknown>): void
export declare const news: { of(userId: string, signal: AbortSignal): AsyncIterable<object> }
export declare const sockets: { close(sessionId: string): void }
export declare const identity: { verify(response: string): Promise<{ userId: string }> }
export declare const oldSecret: string
export declare const oldSessions: import('mongodb').Collection<any>
export declare function tenantOf (hostname: string): string
export declare function myStore (): import('fastify-login-sessions').LoginSessionStore`

const blocks = new Map([README, REFERENCE, RECIPES].flatMap(text => codeBlocks(text, 'ts')).map((code, index) =>
  [`${root}block-${index}.ts`, /^(import|export) /m.test(code) ? code : `import 'fastify-login-sessions'\n${code}`]))
const program = hostProgram(new Map([
  ...blocks,
  [`${root}yours.ts`, USERS_AND_MORE],
  // As the built package says it to a host: `request.session` has its type without a further import.
  [`${root}session.ts`, `import type { FastifyInstance } from 'fastify'
    import 'fastify-login-sessions'
    export const route = (app: FastifyInstance) => app.get('/', async request => {
      app.decryptSession('', {}, () => {})
      return request.session.sessionId
    })\n`],
  // In the same program: another one would read all types again.
  [`${root}wrong.ts`, "import { nothing } from 'fastify-login-sessions'\n"]
]))

t.test('every TypeScript block compiles as it stands, and one that does not would be found', async t => {
  t.ok(blocks.size > 20)
  t.strictSame(complaints(program, [...blocks.keys(), `${root}session.ts`]), [])
  t.match(complaints(program, [`${root}wrong.ts`]), [/^wrong\.ts: .* has no exported member 'nothing'/])
})

t.test('the first server runs as it stands: sign in, look, sign out from elsewhere', async t => {
  const { db } = await database(t)
  const mongod = await startMongod()
  t.teardown(() => mongod.stop())
  const port = await freePort()
  const code = codeBlocks(README, 'js')[0]!
  const lines = code.split('\n').filter(line => /loginSession|LoginSession|rejectCrossOrigin|mongoStore|bcryptPassword|secret|store:|MongoClient|client/.test(line))
  t.ok(lines.length < 30, `${lines.length} lines touch the plugin`)
  // Within the repository, so that its packages are found.
  const folder = t.testdir({})
  const own = code.replace('port: 3000', `port: ${port}`).replace('client.db()', `client.db('${db.databaseName}')`)
  for (const text of [`port: ${port}`, db.databaseName]) t.ok(own.includes(text), text)
  await writeFile(`${folder}/server.mjs`, own)
  const [node, args] = unmeasuredNode(`${folder}/server.mjs`)
  const server = spawn(node, args, { env: { ...process.env, MONGODB_URI: mongod.uri }, stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(async () => { server.kill(); await once(server, 'exit') })
  for await (const line of server.stdout) if (String(line).includes('Server listening')) break
  server.stdout.resume()

  const url = `http://127.0.0.1:${port}`
  const post = async (path: string, body: Record<string, string>, cookie = ''): Promise<Response> =>
    await fetch(url + path, { method: 'POST', body: new URLSearchParams(body), headers: { cookie }, redirect: 'manual' })
  const get = async (path: string, cookie: string): Promise<string> => await (await fetch(url + path, { headers: { cookie } })).text()
  const signIn = async (): Promise<string> => (await post('/login', { user: 'ada', password: 'correct horse' })).headers.getSetCookie().map(line => line.split(';')[0]).join('; ')

  t.equal((await post('/login', { user: 'ada', password: 'wrong' })).status, 422)
  t.equal((await post('/login', { user: 'eve', password: 'correct horse' })).status, 422)
  const [chrome, phone] = [await signIn(), await signIn()]
  t.match(await get('/', phone), 'Hello, ada')
  const question = await get(/href="([^"]+\/others\/revoke)"/.exec(await get('/account/sessions', chrome))![1]!, chrome)
  const csrf = /name="csrf" value="([^"]+)"/.exec(question)![1]!
  t.equal((await post('/account/sessions/others/revoke', { csrf, password: 'correct horse' }, chrome)).status, 303)
  t.notMatch(await get('/', phone), 'Hello')
})

t.test('the recipe for the way back leads to no other site', async t => {
  const code = codeBlocks(RECIPES, 'ts').find(block => block.includes('export function returnPath'))!
  // Without its imports: the built package would count as not covered.
  const folder = t.testdir({ 'recipe.mjs': javascriptOf(code.replace(/^import .*$/gm, '')) })
  const { returnPath } = await import(`${folder}/recipe.mjs`)
  for (const path of ['/', '/account?tab=1#top', '/a/%2F%2Fevil.example']) t.equal(returnPath(path), path)
  const hostile = ['//evil.example', '/\\evil.example', '/\t/evil.example', '/.//evil.example', '/a/..//evil.example', '/./\\evil.example',
    'https://evil.example', 'evil.example', 'javascript:alert(1)', '', undefined, null, ['/', '/'], {}, 'http://this.invalid//evil.example']
  for (const wanted of hostile) t.equal(new URL(returnPath(wanted), 'https://shop.example').origin, 'https://shop.example', String(wanted))
})

t.test('the recipe for tests passes as a test', async t => {
  const code = codeBlocks(RECIPES, 'ts').find(block => block.includes('node:test'))!
  const folder = t.testdir({ 'recipe.mjs': javascriptOf(code) })
  const child = spawn(...unmeasuredNode(`${folder}/recipe.mjs`), { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  let output = ''
  for await (const text of child.stdout) output += text
  t.match(output, /^# pass 1$/m)
  t.strictSame(await ended, [0, null])
})

// --- REFERENCE.md against the source ---

const { values, membersOf, textsOf } = exportsOf(program)

/** The first cells of the tables below this heading, without their backticks. */
const namesIn = (heading: string): string[] => rowsOf(sectionOf(REFERENCE, heading)).flatMap(([name]) => codeIn(name!))

for (const [heading, type] of [
  ['## Options', 'LoginSessionsOptions'],
  ['## Options of the account page', 'LoginSessionPagesOptions']
] as const) {
  t.test(`"${heading}" has each option of ${type} with its default`, async t => {
    const rows = new Map(rowsOf(sectionOf(REFERENCE, heading)).map(([name, value]) => [codeIn(name!)[0], value!]))
    for (const member of membersOf(type)) t.equal(rows.get(member.name)?.replaceAll('`', ''), defaultOf(member), member.name)
  })
}

function defaultOf ({ isOptional, default: value = 'none' }: Member): string {
  return isOptional ? value.replaceAll('`', '') : 'required'
}

t.test('the tables have each option of the cookie and of the operators\' page', async t => {
  const common = new Set(membersOf('LoginSessionPagesOptions').map(({ name }) => name))
  const own = membersOf('LoginSessionAdminOptions').map(({ name }) => name).filter(name => name === 'homePath' || !common.has(name))
  const operators = namesIn('## Operators')
  for (const name of own) t.ok(operators.includes(name), name)
  const options = namesIn('## Options')
  for (const { name } of membersOf('LoginSessionCookieOptions')) t.ok(options.includes(name), name)
})

t.test('README.md shows only options that there are', async t => {
  const names = ['LoginSessionsOptions', 'LoginSessionPagesOptions'].flatMap(type => membersOf(type).map(({ name }) => name))
  for (const name of rowsOf(sectionOf(README, '## Options')).flatMap(([cell]) => codeIn(cell!))) t.ok(names.includes(name.split('.')[0]!), name)
})

t.test('"Decorators and functions" has each decorator, verb and export', async t => {
  const names = namesIn('## Decorators and functions').map(name => name.split('(')[0]!)
  const found = [
    ...decorationsOf(program, 'FastifyRequest').map(name => `request.${name}`),
    ...decorationsOf(program, 'FastifyReply').map(name => `reply.${name}`),
    ...membersOf('LoginSessions').map(({ name }) => `app.loginSessions.${name}`),
    ...values.filter(name => name !== 'default')
  ]
  t.ok(found.length > 25)
  for (const name of found) t.ok(names.includes(name), name)
  t.strictSame(names.filter(name => !found.includes(name) && !['request.session', 'app.decryptSession'].includes(name)), [])
})

t.test('"Errors" has each code, and "Hooks" each reason', async t => {
  t.strictSame(namesIn('## Errors').sort(), textsOf('LoginSessionErrorCode').sort())
  t.strictSame(namesIn('## Hooks').sort(), textsOf('SessionEndReason').map(reason => `'${reason}'`).sort())
})

t.test('"Routes" and "Operators" have each route', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  const urls = new Set<string>()
  app.addHook('onRoute', ({ url }) => { urls.add(url) })
  await app.register(loginSessions, { secret: 'x'.repeat(32), store: memoryStore() })
  await app.register(loginSessionPages, { prefix: '/pages' })
  await app.register(loginSessionApi, { prefix: '/api' })
  await app.register(loginSessionAdmin, { prefix: '/admin', authorize: () => null })
  const pathsIn = (heading: string): string[] => codeIn(rowsOf(sectionOf(REFERENCE, heading)).join()).map(code => code.replace(/^[A-Z]+ /, '').split('?')[0]!)
  const documented = { pages: pathsIn('## Routes'), api: pathsIn('## Routes'), admin: [...pathsIn('## Routes'), ...pathsIn('## Operators')] }
  t.ok(urls.size > 20)
  for (const url of urls) {
    const [, plugin, path] = /^\/(pages|api|admin)(.*)$/.exec(url) as unknown as [string, keyof typeof documented, string]
    if (path !== '*') t.ok(documented[plugin].includes((path || '/').replace(/^\/assets\/.*/, '/assets/*')), url)
  }
})
