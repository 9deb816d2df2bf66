/**
 * The package as it is published: what `npm run build` made, found by its name.
 */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import t from 'tap'
import { unmeasuredNode } from '../support/unmeasured.js'
import { root } from '../support/root.js'

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

  t.same(JSON.parse(stdout), [200, 200, 200, 200, 200])
})

t.test('it contains the build, the templates and the public files, and nothing of the tests', async t => {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root })
  const report = JSON.parse(stdout)
  const [{ files }] = Array.isArray(report) ? report : Object.values(report) as any
  const paths: string[] = files.map((file: { path: string }) => file.path)

  for (const path of ['dist/index.js', 'dist/index.d.ts', 'templates/page.eta', 'public/htmx.min.js', 'public/login-sessions.css', 'LICENSE', 'README.md']) {
    t.ok(paths.includes(path), path)
  }
  t.same(paths.filter(path => /^(test|example|plugin)\//.test(path)), [])
})

t.test('no package of the tree has a licence that reaches into the programs that use it', async t => {
  const { packages } = JSON.parse(await readFile(`${root}package-lock.json`, 'utf8'))
  const copyleft = Object.entries<{ license?: string }>(packages).filter(([, { license = '' }]) => /GPL/.test(license) && !/ OR /.test(license))

  t.same(copyleft.map(([path]) => path), [])
})
