/**
 * The package as it is published, and what SECURITY.md says of it.
 */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import t from 'tap'
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

  for (const path of ['dist/index.js', 'dist/index.d.ts', 'dist/store-contract/store-contract.js', 'dist/store-contract/store-contract.d.ts', 'templates/page.eta', 'public/htmx.esm.min.js', 'public/before-htmx.js', 'public/login-sessions.css', 'LICENSE', 'README.md']) {
    t.ok(paths.includes(path), path)
  }
  t.same(paths.filter(path => /^(test|example|plugin)\//.test(path)), [])
})

t.test('the shipped contract runs in node:test, by its public name: a store keeps it, and what it lacks is skipped', async t => {
  const file = `${t.testdir({})}/contract.test.mjs`
  await writeFile(file, `
    import { test } from 'node:test'
    import { memoryStore } from 'fastify-login-sessions'
    import { storeContract } from 'fastify-login-sessions/store-contract'
    for (const { name, run } of storeContract(() => ({ ...memoryStore(), expiriesOf: undefined }))) test(name, run)`)

  const { stdout } = await run(...unmeasuredNode('--test-reporter=tap', file), { cwd: root })

  t.match(stdout, /^ok \d+ - insert keeps every field of the record$/m)
  t.match(stdout, /^ok \d+ - expiriesOf hands out copies # SKIP the store does not have expiriesOf$/m)
  t.match(stdout, /^# pass 119\n# fail 0\n# cancelled 0\n# skipped 4$/m)
})

t.test('package.json says where it comes from, and a prerelease is not what `npm install` takes', async t => {
  const { version, repository, bugs, homepage, author, keywords, license, publishConfig } = JSON.parse(await readFile(`${root}package.json`, 'utf8'))
  const home = 'https://github.com/fastify-login-sessions/fastify-login-sessions'
  t.match({ repository, bugs, homepage, author, license }, {
    repository: { type: 'git', url: `git+${home}.git` },
    bugs: `${home}/issues`,
    homepage: `${home}#readme`,
    author: 'The fastify-login-sessions contributors',
    license: 'MIT'
  })
  t.equal(new Set(keywords).size, keywords.length)
  t.ok(['fastify', 'fastify-plugin', 'session', 'mongodb'].every(word => keywords.includes(word)))
  t.equal(publishConfig.tag, version.includes('-') ? 'next' : undefined, 'a release goes to the tag "latest": remove publishConfig.tag')
  const lock = JSON.parse(await readFile(`${root}package-lock.json`, 'utf8'))
  t.strictSame([lock.version, lock.packages[''].version], [version, version])
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
  // In examples, which stand in comments.
  named.delete('fastify-login-sessions')

  for (const name of named) {
    t.ok(name in { ...dependencies, ...peerDependencies }, `${name} is a dependency`)
    const { types, typings, exports } = JSON.parse(await readFile(`${root}node_modules/${name}/package.json`, 'utf8'))
    t.ok(types ?? typings ?? JSON.stringify(exports ?? '').includes('"types"'), `${name} brings its types`)
  }
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
