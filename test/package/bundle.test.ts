/** The built package within a host's bundle, as esbuild makes it: the core and the API work, and the pages say what to do. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import t from 'tap'
import { packageDirectory } from '../../plugin/pages/assets.js'
import { REQUIRE } from '../environments/builds.js'
import { root } from '../support/root.js'
import { unmeasuredNode } from '../support/unmeasured.js'

const HOST = `
  import Fastify from 'fastify'
  import loginSessions, { bcryptPassword, loginSessionApi, loginSessionPages, memoryStore } from './dist/index.js'
  async function main () {
    const app = Fastify()
    await app.register(loginSessions, { secret: 'x'.repeat(32), store: memoryStore(), verifyPassword: bcryptPassword(() => null) })
    await app.register(loginSessionApi, { prefix: '/api' })
    app.get('/', async request => (await request.startLoginSession('ada')).userId)
    const signedIn = await app.inject('/')
    const sessions = await app.inject({ url: '/api', headers: { cookie: signedIn.headers['set-cookie'] } })
    console.log(signedIn.body, sessions.statusCode)
    const bare = Fastify()
    await bare.register(loginSessions, { secret: 'x'.repeat(32), store: memoryStore() })
    await bare.register(loginSessionPages, { prefix: '/sessions' }).then(() => console.log('pages'), error => console.log(error.code, error.message))
  }
  main()`

for (const [format, extension] of [['esm', 'mjs'], ['cjs', 'cjs']] as const) {
  t.test(`bundled to ${format}: the core and the API work without a flag, and the pages say that the package must stay outside`, async t => {
    // Within the repository, so that what stays outside of the bundle is found.
    const outfile = `${t.testdir({})}/bundle.${extension}`
    await build({
      stdin: { contents: HOST, resolveDir: root },
      bundle: true,
      platform: 'node',
      format,
      outfile,
      logLevel: 'error',
      ...(format === 'esm' && { banner: { js: REQUIRE } })
    })

    const { stdout } = await promisify(execFile)(...unmeasuredNode(outfile))

    t.match(stdout, /^ada 200\nFST_LOGIN_SESSION_OPTION .* leave this package out of the bundle, with --external:fastify-login-sessions \(esbuild\), /)
  })
}

t.test('where its folders are not beside the code, each says so, whatever the host has there', async t => {
  const outside = { code: 'FST_LOGIN_SESSION_OPTION', message: /the folder templates\/ of fastify-login-sessions is not beside its code/ }
  // The folders of a host whose server is built into dist/server/.
  const host = t.testdir({ public: { 'favicon.ico': '' }, templates: { 'page.eta': '' } })
  for (const here of [{}, { url: `file://${host}/dist/server/bundle.js` }]) t.throws(() => packageDirectory('templates', here), outside)
  t.match(packageDirectory('public'), /\/public\/$/)
})
