/**
 * JSON Schemas of the API. Inline constants without `$id`, so that they meet no schema of the host's.
 * What a response schema does not list is not sent: no record can leak by being spread.
 * @module
 */
import type { FastifySchema } from 'fastify'
import { DEVICE_KINDS } from '../client/system.js'

/** A route's schemas; `summary` is what @fastify/swagger shows. */
type RouteSchema = FastifySchema & { summary: string }

const date = { type: 'string', format: 'date-time' } as const

const word = (description: string) => ({ type: ['string', 'null'], description }) as const

const session = {
  type: 'object',
  required: ['id', 'current', 'createdAt', 'lastActiveAt', 'expiresAt', 'endsAt', 'remember', 'ip', 'userAgent', 'device'],
  properties: {
    id: { type: 'string', description: 'Handle for the revoke routes; not a credential' },
    current: { type: 'boolean', description: 'The session that this request is made with' },
    createdAt: date,
    lastActiveAt: date,
    expiresAt: date,
    endsAt: date,
    remember: { type: 'boolean' },
    ip: { type: ['string', 'null'], description: "Where it was last used; whole, shortened or null, as the server's option `ip` has it" },
    userAgent: { type: 'string' },
    device: {
      type: 'object',
      required: ['browser', 'browserVersion', 'os', 'osVersion', 'kind', 'model'],
      properties: {
        browser: word('"Chrome"; null: it cannot be told'),
        browserVersion: word('"149", or all of it where the browser tells it'),
        os: word('"Windows"; null: it cannot be told'),
        osVersion: word('"11"; null: it cannot be told'),
        kind: { type: 'string', enum: DEVICE_KINDS, description: "The form factor; 'program' is a script, a robot or an app without a browser" },
        model: word('"Pixel 9"; null: it cannot be told')
      }
    }
  }
} as const

const sessionList = {
  type: 'object',
  required: ['sessions'],
  properties: { sessions: { type: 'array', items: session } }
}

/** Any text: what is no id is answered like an unknown one. */
const sessionId = {
  type: 'object',
  properties: { id: { type: 'string' } }
}

/** Without `verifyPassword` the password is not asked for. */
const password = {
  type: ['object', 'null'],
  properties: { password: { type: 'string', description: "The signed-in user's password" } }
}

const revoked = {
  type: 'object',
  required: ['revoked'],
  properties: { revoked: { type: 'integer', description: 'How many sessions were ended' } }
}

const error = {
  type: 'object',
  properties: {
    statusCode: { type: 'integer' },
    code: { type: 'string', description: "FST_LOGIN_SESSION_… or one of Fastify's" },
    error: { type: 'string' },
    message: { type: 'string' }
  }
}

const errors = (...statuses: number[]) => Object.fromEntries(statuses.map(status => [status, error]))

/** `GET /` */
export const listSchema: RouteSchema = {
  summary: 'The login sessions of the signed-in user',
  response: { 200: sessionList, ...errors(401, 500, 503) }
}

/** `POST /:id/revoke` */
export const revokeOneSchema: RouteSchema = {
  summary: 'End one session of the signed-in user',
  params: sessionId,
  body: password,
  response: { 200: revoked, ...errors(400, 401, 403, 404, 409, 422, 429, 500, 503) }
}

/** `POST /others/revoke` */
export const revokeOthersSchema: RouteSchema = {
  summary: 'End all other sessions of the signed-in user',
  body: password,
  response: { 200: revoked, ...errors(400, 401, 403, 409, 422, 429, 500, 503) }
}
