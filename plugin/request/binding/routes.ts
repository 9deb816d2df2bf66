/**
 * The two routes that a browser calls by itself: registration and refresh. They send their answers and refusals themselves: an error
 * handler of the host's, such as one that redirects to a sign-in page, would confuse browsers.
 * @module
 */
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import { isLoginSessionError } from '../../errors.js'
import { KEY_LENGTH } from '../../sessions/key.js'
import { keyOfToken } from '../../sessions/tokens.js'
import { WITHOUT_LOOKUP } from '../lookup.js'
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

/** What answers one of the routes. */
type Answer = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** Browsers call them by themselves, so they are no part of the host's API. Only proofs count, so nobody is looked up. */
const ROUTE = { config: { [WITHOUT_LOOKUP]: true } as FastifyContextConfig, schema: { hide: true } as FastifySchema }

/**
 * Registers both routes. Each is answered in a hook, which runs before the hooks that the host adds later: a guard for all routes would
 * shut the browser out.
 */
export async function registerBindingRoutes (app: FastifyInstance, parts: BindingRouteParts): Promise<void> {
  const { protocol, prefix } = parts

  async function register (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const proof = sentIn(request, 'secure-session-response')
    return await answer(request, reply, parts, () => protocol.register(proof ?? ''), 400)
  }

  async function refresh (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const key = sentIn(request, 'sec-secure-session-id') ?? ''
    if (key.length !== KEY_LENGTH) return sendJson(reply.code(400), { message: 'Sec-Secure-Session-Id is missing or wrong' })
    if (isOfAnother(request, key)) return refuse(request, reply, 'the browser has the cookie of another session', 401)
    const proof = sentIn(request, 'secure-session-response')
    return await answer(request, reply, parts, () => protocol.refresh(key, proof), 401)
  }

  const routes: Array<[path: string, answer: Answer]> = [['/register', register], ['/refresh', refresh]]
  for (const [path, answerRoute] of routes) {
    await app.register(async function deviceBindingRoute (route) {
      route.addHook('onRequest', answerRoute)
      route.post(path, ROUTE, answerRoute)
    }, { prefix: prefix === '/' ? '' : prefix })
  }
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
  if (outcome.kind === 'refused') return refuse(request, reply, outcome.reason, refusal)
  if (outcome.kind === 'challenge') {
    const id = sentIn(request, 'sec-secure-session-id')!
    return sendJson(reply.code(403).header('secure-session-challenge', `"${outcome.challenge}";id="${id}"`), { message: 'Sign the challenge' })
  }
  const { key, challengedAt } = outcome
  cookies.bound.issue(reply, key, challengedAt, challengedAt.getTime() + refreshEvery - now().getTime() - MARGIN)
  return sendJson(reply, instructionsFor(key, cookies))
}

/**
 * Does the browser have the cookie of another session? It has signed in anew then, such as after a restart that ended its session
 * cookie. With both bindings alive, it would renew the former one and take that for enough, since their cookies have one name.
 */
function isOfAnother (request: FastifyRequest, key: string): boolean {
  const { sent } = stateOf(request)!
  return sent.length > 0 && !sent.some(({ token }) => keyOfToken(token) === key)
}

function refuse (request: FastifyRequest, reply: FastifyReply, reason: string, status: number): FastifyReply {
  request.log.info(`login sessions: a proof of the device was refused: ${reason}`)
  return sendJson(reply.code(status), { message: 'The proof of the device was refused' })
}

/** JSON session instructions. Links from other sites may make the browser refresh; their other requests have no cookie to renew. */
const instructionsFor = (key: string, { bound: { name }, attributes }: BindingCookies) => ({
  session_identifier: key,
  refresh_url: 'refresh',
  scope: { include_site: false, scope_specification: [] },
  credentials: [{ type: 'cookie', name, attributes }],
  allowed_refresh_initiators: ['*']
})

/** As text, whatever hooks and serializers the host has for objects. No cache keeps it, and no other site can embed it. */
const sendJson = (reply: FastifyReply, answer: object): FastifyReply => reply
  .headers({ 'cache-control': 'no-store', 'cross-origin-resource-policy': 'same-origin' })
  .type('application/json; charset=utf-8').send(JSON.stringify(answer))

function sentIn ({ headers }: FastifyRequest, name: string): string | null {
  const [, quoted, bare] = SENT.exec(String(headers[name] ?? '')) ?? []
  return quoted ?? bare ?? null
}
