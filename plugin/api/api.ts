/**
 * The room `api/`: what the account page does, over JSON for scripts. List the sessions, end one, end all others.
 * @module
 */
import { STATUS_CODES } from 'node:http'
import AjvCompiler from '@fastify/ajv-compiler'
import SerializerSelector from '@fastify/fast-json-stringify-compiler'
import {
  errorCodes, type FastifyBodyParser, type FastifyContextConfig, type FastifyInstance, type FastifyPluginAsync, type FastifyReply,
  type FastifyRequest, type FastifySerializerCompiler
} from 'fastify'
import fp from 'fastify-plugin'
import { type Proof, PROOF_FIELDS } from '../confirmation/way.js'
import { coreOf, type HandledError, reportError, wayInTime } from '../core.js'
import { isLoginSessionError, notFoundError } from '../errors.js'
import { rejectCrossOrigin } from '../request/csrf.js'
import { currentLoginSession, requireLoginSession } from '../request/guard.js'
import { type OptionTable, prefixRow, resolveTable } from '../option-check.js'
import { listSchema, revokeCurrentSchema, revokeOneSchema, revokeOthersSchema } from './schemas.js'

const TABLE: OptionTable<{ prefix: string }> = { prefix: prefixRow('/api/account/sessions') }

const apiPlugin: FastifyPluginAsync<{ prefix: string }> = async function loginSessionApiPlugin (app, options) {
  const { confirm, needsProof, wayFor } = coreOf(app, 'api: ')
  // The context's prefix may contain parameters, since the API makes no links.
  const { prefix } = resolveTable(TABLE, options, { kind: 'plugin', name: 'api' })
  // The host's compilers may need schemas of another kind, or send properties that ours do not list.
  app.setValidatorCompiler(AjvCompiler()({}, { customOptions: {} }))
  app.setSerializerCompiler(SerializerSelector()({}, {}) as FastifySerializerCompiler<unknown>)
  app.addHook('onRequest', privateHeaders)
  app.addHook('onRequest', rejectCrossOrigin)
  app.addHook('onRequest', requireLoginSession)
  app.addHook('preValidation', refuseCoercion)
  // JSON only, whatever the host parses. Nothing that a form on another site can send reaches a handler.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: 16 * 1024 }, createJsonParser(app))
  app.setErrorHandler(jsonError)
  // Below its own prefix, the API also answers unknown routes in JSON. At '/', the host answers them.
  if (prefix !== '/') app.setNotFoundHandler(async () => { throw new errorCodes.FST_ERR_NOT_FOUND() })

  app.get('/', { schema: listSchema, config }, async (request, reply) => {
    const { userId, id: currentId } = currentLoginSession(request)
    const [sessions, confirmation] = await Promise.all([app.loginSessions.list(userId), wayInTime(request, wayFor, UNKNOWN_WAY)])
    return sendJson(reply, { sessions: sessions.map(session => ({ ...session, current: session.id === currentId })), confirmation })
  })

  app.post('/current/revoke', { schema: revokeCurrentSchema, config }, async (request, reply) => {
    await request.endLoginSession()
    return sendJson(reply, { revoked: 1 })
  })

  app.post<{ Params: { id: string } }>('/:id/revoke', { schema: revokeOneSchema(needsProof), config }, async (request, reply) => {
    const session = currentLoginSession(request)
    const { userId, id: currentId } = session
    const target = await app.loginSessions.find(userId, request.params.id)
    if (target === null) throw notFoundError()
    if (target.id === currentId) {
      await request.endLoginSession()
      return sendJson(reply, { revoked: 1 })
    }
    await confirm(request, proofIn(request))
    if (await app.loginSessions.revoke(userId, target.id, { actor: session }) === null) throw notFoundError()
    return sendJson(reply, { revoked: 1 })
  })

  app.post('/others/revoke', { schema: revokeOthersSchema(needsProof), config }, async (request, reply) => {
    const session = currentLoginSession(request)
    await confirm(request, proofIn(request))
    return sendJson(reply, { revoked: await app.loginSessions.revokeOthers(session, { actor: session }) })
  })
}

const UNKNOWN_WAY = 'login sessions: the API does not know how this user can confirm'

/**
 * Of all routes. A `transform` of the host's for @fastify/swagger may need schemas of another kind, as that for zod does, so
 * ours go into the document as they are.
 */
const config: FastifyContextConfig & { swaggerTransform: false } = { swaggerTransform: false }

const proofIn = ({ body }: FastifyRequest): Proof => (body ?? {}) as Proof

/**
 * No cache may store the answer, and no browser may guess its type or load it into another site's page (ASVS 5.0 14.3.2,
 * 3.4.4, 3.5.8).
 */
const HEADERS = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff'
}

async function privateHeaders (_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.headers(HEADERS)
}

/** Fastify's own parser, but an empty body counts as no body: clients send `content-type: application/json` with it, too. */
function createJsonParser (app: FastifyInstance): FastifyBodyParser<string> {
  // The default parser answers by its callback.
  const parse = app.getDefaultJsonParser('error', 'error') as (...args: Parameters<FastifyBodyParser<string>>) => void
  return (request, body, done) => body === '' ? done(null, null) : parse(request, body, done)
}

/** Answers an error in Fastify's format, whatever error pages the host has. */
function jsonError (error: HandledError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // A hook of the host's may have refused the request before our own hook has run.
  const statusCode = reportError(error, request, reply.headers(HEADERS), 'API')
  // Details of unexpected errors go to the log only.
  const isForClients = statusCode < 500 || (isLoginSessionError(error) && error.code !== 'FST_LOGIN_SESSION_OPTION')
  const message = isForClients ? error.message : 'Something went wrong'
  const { code, attemptsLeft, confirmPath } = error
  return sendJson(reply, { statusCode, code, error: STATUS_CODES[statusCode], message, attemptsLeft, confirmPath })
}

/**
 * Sends what the route's schema lists. It is sent as text, because the host may have a `preSerialization` hook or a reply
 * serializer for the objects that its own routes send.
 */
function sendJson (reply: FastifyReply, payload: Record<string, unknown>): FastifyReply {
  const serialize = reply.getSerializationFunction(String(reply.statusCode)) ?? JSON.stringify
  return reply.type('application/json; charset=utf-8').send(serialize(payload))
}

/**
 * Refuses proofs that are not strings. Fastify's validator would convert numbers, booleans and one-element arrays to strings,
 * and then compare a password that nobody typed.
 */
async function refuseCoercion (request: FastifyRequest): Promise<void> {
  const proof = proofIn(request)
  const wrong = Object.keys(PROOF_FIELDS).find(field => proof[field] !== undefined && typeof proof[field] !== 'string')
  if (wrong === undefined) return
  throw Object.assign(new Error(`body/${wrong} must be string`), { statusCode: 400, code: 'FST_ERR_VALIDATION' })
}

/**
 * The JSON API below `prefix`, which is a fixed path, or '/' for the root of the context. Register it after the core plugin.
 * Errors have Fastify's format with our codes.
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
