/**
 * The same for scripts, over JSON: list, end one, end the others.
 * @module
 */
import { STATUS_CODES } from 'node:http'
import AjvCompiler from '@fastify/ajv-compiler'
import SerializerSelector from '@fastify/fast-json-stringify-compiler'
import { errorCodes, type FastifyPluginAsync, type FastifyReply, type FastifyRequest, type FastifySerializerCompiler } from 'fastify'
import fp from 'fastify-plugin'
import { coreOf } from '../core.js'
import { isLoginSessionError, notFoundError } from '../errors.js'
import { rejectCrossOrigin } from '../request/csrf.js'
import { currentLoginSession, requireLoginSession } from '../request/guard.js'
import { type OptionTable, prefixRow, resolveTable } from '../option-check.js'
import { listSchema, revokeOneSchema, revokeOthersSchema } from './schemas.js'
import { type HandledError, reportError } from '../request/report-error.js'

const TABLE: OptionTable<{ prefix: string }> = { prefix: prefixRow('/api/account/sessions') }

const apiPlugin: FastifyPluginAsync<{ prefix: string }> = async function loginSessionApiPlugin (app, options) {
  const { confirm } = coreOf(app, 'api: ')
  // The context's own prefix may be a pattern: no links are made of it here.
  const { prefix } = resolveTable(TABLE, options, { kind: 'plugin', name: 'api' })
  // The host's own may read other schemas than these, or send what they do not list.
  app.setValidatorCompiler(AjvCompiler()({}, { customOptions: {} }))
  app.setSerializerCompiler(SerializerSelector()({}, {}) as FastifySerializerCompiler<unknown>)
  app.addHook('onRequest', privateHeaders)
  app.addHook('onRequest', rejectCrossOrigin)
  app.addHook('onRequest', requireLoginSession)
  app.addHook('preValidation', refuseCoercion)
  // JSON only, whatever else the host parses: nothing a foreign form can send reaches a handler.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: 16 * 1024 }, app.getDefaultJsonParser('error', 'error'))
  app.setErrorHandler(jsonError)
  // Below a prefix of its own, what is no route of ours is answered in JSON, too; elsewhere that is the host's to answer.
  if (prefix !== '/') app.setNotFoundHandler(async () => { throw new errorCodes.FST_ERR_NOT_FOUND() })

  app.get('/', { schema: listSchema }, async request => {
    const { userId, id: currentId } = currentLoginSession(request)
    const sessions = await app.loginSessions.list(userId)
    return { sessions: sessions.map(session => ({ ...session, current: session.id === currentId })) }
  })

  app.post<{ Params: { id: string } }>('/:id/revoke', { schema: revokeOneSchema }, async request => {
    const { userId, id: currentId } = currentLoginSession(request)
    const target = await app.loginSessions.find(userId, request.params.id)
    if (target === null) throw notFoundError()
    if (target.id === currentId) {
      await request.endLoginSession()
      return { revoked: 1 }
    }
    await confirm(request, passwordOf(request))
    if (await app.loginSessions.revoke(userId, target.id) === null) throw notFoundError()
    return { revoked: 1 }
  })

  app.post('/others/revoke', { schema: revokeOthersSchema }, async request => {
    const session = currentLoginSession(request)
    await confirm(request, passwordOf(request))
    return { revoked: await app.loginSessions.revokeOthers(session) }
  })
}

function passwordOf (request: FastifyRequest): unknown {
  return (request.body as { password?: unknown } | null | undefined)?.password
}

/** Not to be kept, taken for anything but JSON, or loaded into another site's page (ASVS 5.0 14.3.2, 3.4.4, 3.5.8). */
async function privateHeaders (_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.headers({ 'cache-control': 'no-store', 'cross-origin-resource-policy': 'same-origin', 'x-content-type-options': 'nosniff' })
}

/** Fastify's shape, whatever pages the host makes of its own errors. */
function jsonError (error: HandledError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const statusCode = reportError(error, request, reply, 'API')
  // What nobody foresaw is for the log, not for the client.
  const message = isLoginSessionError(error) || statusCode < 500 ? error.message : 'Something went wrong'
  return reply.send({ statusCode, code: error.code, error: STATUS_CODES[statusCode], message })
}

/** Fastify's validator turns numbers, booleans and one-element arrays into strings; a password is none of these. */
async function refuseCoercion (request: FastifyRequest): Promise<void> {
  const password = passwordOf(request)
  if (password === undefined || typeof password === 'string') return
  throw Object.assign(new Error('body/password must be string'), { statusCode: 400, code: 'FST_ERR_VALIDATION' })
}

/**
 * The JSON API below `prefix`: a fixed path, '/' for the root of the context. Register it after the core plugin. Errors
 * have Fastify's shape with our codes.
 *
 * @throws FST_LOGIN_SESSION_OPTION at boot for wrong options, with a sentence that says what to write
 * @example
 * await app.register(loginSessionApi, { prefix: '/api/account/sessions' })
 */
export const loginSessionApi: FastifyPluginAsync<{ prefix: string }> = fp(apiPlugin, {
  fastify: '5.x',
  name: 'fastify-login-sessions/api',
  encapsulate: true
})
