/**
 * The two routes that a browser calls by itself: registration and refresh. They send every answer themselves: an error handler of the
 * host's, such as one that redirects to a sign-in page, would confuse browsers.
 * @module
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isLoginSessionError } from '../../errors.js'
import { KEY_LENGTH } from '../../sessions/key.js'
import { stateOf } from '../state.js'
import type { BindingCookies } from './cookies.js'
import type { BindingProtocol, ProofOutcome } from './protocol.js'

/** What the routes work on. */
export interface BindingRouteParts {
  cookies: BindingCookies
  protocol: BindingProtocol
  now: () => Date
  /** In ms. */
  refreshEvery: number
  prefix: string
}

/** The browser renews its proof a little before the server would refuse it, in ms. */
const MARGIN = 15_000

/** Structured strings (RFC 9651) of the characters that identifiers and tokens have. Chromium 156 sends them without quotes. */
const SENT = /^(?:"([\w.-]+)"|([\w.-]+))\s*(?:;.*)?$/

/** Registers both routes. Hooks that the host adds later do not apply: a guard there would shut the browser out. */
export async function registerBindingRoutes (app: FastifyInstance, parts: BindingRouteParts): Promise<void> {
  const { protocol, prefix } = parts
  const config = { loginSessionActivity: false }

  await app.register(async function deviceBindingRoutes (routes) {
    routes.addHook('onRequest', privateHeaders)
    routes.addHook('onRequest', leaveCookies)

    routes.post('/register', { config }, async (request, reply) => {
      const proof = sentIn(request, 'secure-session-response')
      return await answer(request, reply, parts, () => protocol.register(proof ?? ''), 400)
    })

    routes.post('/refresh', { config }, async (request, reply) => {
      const key = sentIn(request, 'sec-secure-session-id') ?? ''
      if (key.length !== KEY_LENGTH) return sendJson(reply.code(400), { message: 'Sec-Secure-Session-Id is missing or wrong' })
      const proof = sentIn(request, 'secure-session-response')
      return await answer(request, reply, parts, () => protocol.refresh(key, proof), 401)
    })
  }, { prefix })
}

/** @param refusal the status of a refusal. Browsers then forget the binding */
async function answer (
  request: FastifyRequest, reply: FastifyReply, parts: BindingRouteParts, take: () => Promise<ProofOutcome>, refusal: number
): Promise<FastifyReply> {
  try {
    return send(request, reply, parts, await take(), refusal)
  } catch (error) {
    if (!isLoginSessionError(error)) throw error
    const { statusCode, headers = {}, code, message } = error
    request.log.error({ err: error }, 'login sessions: a proof of the device could not be taken')
    return sendJson(reply.code(statusCode).headers(headers), { code, message })
  }
}

function send (
  request: FastifyRequest, reply: FastifyReply, { cookies, now, refreshEvery }: BindingRouteParts, outcome: ProofOutcome, refusal: number
): FastifyReply {
  if (outcome.kind === 'refused') {
    request.log.info(`login sessions: a proof of the device was refused: ${outcome.reason}`)
    return sendJson(reply.code(refusal), { message: 'The proof of the device was refused' })
  }
  if (outcome.kind === 'challenge') {
    const id = sentIn(request, 'sec-secure-session-id')!
    return sendJson(reply.code(403).header('secure-session-challenge', `"${outcome.challenge}";id="${id}"`), { message: 'Sign the challenge' })
  }
  const { key, challengedAt } = outcome
  cookies.issueBound(reply, key, challengedAt, challengedAt.getTime() + refreshEvery - now().getTime() - MARGIN)
  return sendJson(reply, instructionsFor(key, cookies))
}

/** JSON session instructions. Links from other sites may make the browser refresh; their other requests have no cookie to renew. */
const instructionsFor = (key: string, { name, attributes }: BindingCookies) => ({
  session_identifier: key,
  refresh_url: 'refresh',
  scope: { include_site: false, scope_specification: [] },
  credentials: [{ type: 'cookie', name, attributes }],
  allowed_refresh_initiators: ['*']
})

/** As text, whatever hooks and serializers the host has for objects. */
const sendJson = (reply: FastifyReply, answer: object): FastifyReply =>
  reply.type('application/json; charset=utf-8').send(JSON.stringify(answer))

function sentIn ({ headers }: FastifyRequest, name: string): string | null {
  const [, quoted, bare] = SENT.exec(String(headers[name] ?? '')) ?? []
  return quoted ?? bare ?? null
}

async function privateHeaders (_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.headers({ 'cache-control': 'no-store', 'cross-origin-resource-policy': 'same-origin' })
}

/** A browser sends these between its other requests, so it may have signed in again meanwhile: only the proof changes its cookies. */
async function leaveCookies (request: FastifyRequest): Promise<void> {
  const state = stateOf(request)!
  state.cookie = 'keep'
  state.unproven = false
}
