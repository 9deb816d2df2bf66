/** bcrypt is optional: only `bcryptPassword` loads it. Here it is not installed. */
import Fastify from 'fastify'
import { register } from 'node:module'
import t from 'tap'
import { bcryptPassword, type LoginSessionsOptions, loginSessions, memoryStore } from '../../plugin/index.js'

const NOT_INSTALLED = `export async function resolve (specifier, context, next) {
  if (specifier === 'bcrypt') throw Object.assign(new Error("Cannot find package 'bcrypt'"), { code: 'ERR_MODULE_NOT_FOUND' })
  return next(specifier, context)
}`
register(`data:text/javascript,${encodeURIComponent(NOT_INSTALLED)}`)

async function boot (options: Partial<LoginSessionsOptions>): Promise<void> {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(loginSessions, { secret: 'x'.repeat(32), store: memoryStore(), ...options })
}

t.test('a host that checks passwords in another way does not need bcrypt', async t => {
  await t.resolves(boot({}))
  await t.resolves(boot({ verifyPassword: () => password => password === 'correct' }))
})

t.test('bcryptPassword stops the boot with a sentence that says what to do', async t => {
  await t.rejects(boot({ verifyPassword: bcryptPassword(() => null) }), {
    code: 'FST_LOGIN_SESSION_OPTION',
    message: /bcryptPassword needs the package bcrypt.* run `npm install bcrypt` where your server runs$/,
    cause: { code: 'ERR_MODULE_NOT_FOUND' }
  })
})
