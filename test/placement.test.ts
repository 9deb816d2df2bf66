/**
 * Where the pages and the API are put: below a fixed path, after the core plugin. Anything else stops the boot.
 */
import { inspect } from 'node:util'
import Fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify'
import t from 'tap'
import loginSessions, { loginSessionApi, loginSessionPages, memoryStore } from '../plugin/index.js'
import { createShop, SECRET } from './support/app.js'

const PLUGINS: Array<[name: string, plugin: FastifyPluginAsync<any>, example: string]> = [
  ['api', loginSessionApi, '/api/account/sessions'],
  ['pages', loginSessionPages, '/account/sessions']
]

const NO_FIXED_PATHS = [
  '', null, 5, 'api', 'account', '/api/', '/slash/', '/:id', '/:tenant/sessions', '/api/*', '/account/*',
  '//account/sessions', '/account//sessions', '//', '/a?x=1', '/a#b', '/x y', '/x\\y'
]

for (const [name, plugin, example] of PLUGINS) {
  for (const prefix of NO_FIXED_PATHS) {
    t.test(`${name} with the prefix ${JSON.stringify(prefix)} stop the boot and say what to write`, async t => {
      const routes = (app: FastifyInstance) => app.register(async branch => { await branch.register(plugin, { prefix }) })
      await t.rejects(createShop(t, { routes }), {
        code: 'FST_LOGIN_SESSION_OPTION',
        message: `fastify-login-sessions: ${name}: prefix must be a fixed path that begins with one slash and ends without, not ${inspect(prefix)}: ` +
          `write prefix: '${example}', or '/' for the root of the context that it is registered in`
      })
    })
  }

  const misplaced: Record<string, (app: FastifyInstance) => Promise<void>> = {
    async 'before the core plugin' (app) { await app.register(plugin, { prefix: example }) },
    async 'in another branch' (app) {
      await app.register(async branch => { await branch.register(loginSessions, { secret: SECRET, store: memoryStore() }) })
      await app.register(async branch => { await branch.register(plugin, { prefix: example }) })
    }
  }
  for (const [where, register] of Object.entries(misplaced)) {
    t.test(`${name} ${where} stop the boot and say what comes first`, async t => {
      const app = Fastify()
      t.teardown(() => app.close())
      await t.rejects(register(app), { code: 'FST_LOGIN_SESSION_OPTION', message: new RegExp(`: ${name}: register loginSessions first, on this instance or one above it$`) })
    })
  }
}
