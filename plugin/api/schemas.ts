/**
 * JSON Schemas of the API. They have no `$id`, so that they cannot collide with a schema of the host's. Properties that a
 * response schema does not list are not sent, so no part of a record can leak by accident.
 * @module
 */
import type { FastifySchema } from 'fastify'
import { ANSWER_FIELDS, CONFIRMATION_KINDS, PROOF_FIELDS } from '../confirmation/way.js'
import { DEVICE_KINDS } from '../client/system.js'

/** A route's schemas. @fastify/swagger also shows the summary and the operation's id. */
type RouteSchema = FastifySchema & { summary: string, operationId: string }

const date = { type: 'string', format: 'date-time' } as const

const label = (description: string) => ({ type: ['string', 'null'], description }) as const

const session = {
  type: 'object',
  required: [
    'id', 'current', 'createdAt', 'lastActiveAt', 'expiresAt', 'endsAt', 'remember', 'ip', 'formerIp', 'userAgent', 'device',
    'newDevice', 'adopted', 'deviceBound', 'confirmedAt'
  ],
  properties: {
    id: { type: 'string', description: 'The public id, for the revoke routes; not a credential' },
    current: { type: 'boolean', description: 'True for the session of this request' },
    createdAt: date,
    lastActiveAt: date,
    expiresAt: date,
    endsAt: date,
    newDevice: { type: 'boolean', description: 'True if the user had not signed in with this browser before; false for the sign-up' },
    adopted: { type: 'boolean', description: 'True if the user had signed in earlier, with the sessions that the server had before' },
    deviceBound: {
      type: 'boolean',
      description: 'True if only the browser that signed in can use it: its cookie is worthless elsewhere'
    },
    confirmedAt: { ...date, type: ['string', 'null'], description: 'When its user last confirmed who it is; null: not since the sign-in' },
    remember: { type: 'boolean' },
    ip: {
      type: ['string', 'null'],
      description: "The address where it was last used; whole, shortened or null, depending on the server's option `ip`"
    },
    formerIp: {
      type: ['object', 'null'],
      required: ['ip', 'until'],
      properties: { ip: { type: 'string' }, until: date },
      description: 'The address before `ip`, and when `ip` replaced it; null: there was none, or none is kept'
    },
    userAgent: { type: 'string' },
    device: {
      type: 'object',
      required: ['browser', 'browserVersion', 'os', 'osVersion', 'kind', 'model'],
      properties: {
        browser: label('"Chrome"; null: unknown'),
        browserVersion: label('"149", or the full version if the browser sends it; null: unknown'),
        os: label('"Windows"; null: unknown'),
        osVersion: label('"11"; null: unknown'),
        kind: {
          type: 'string',
          enum: DEVICE_KINDS,
          description: "The form factor; 'program' is a script, a robot or an app without a browser"
        },
        model: label('"Pixel 9"; null: unknown')
      }
    }
  }
} as const

const confirmation = {
  type: ['object', 'null'],
  required: ['kind', 'label', 'field', 'path', 'reason', 'recent'],
  properties: {
    kind: { type: 'string', enum: CONFIRMATION_KINDS, description: 'What ending a session asks for' },
    label: label("The server's name for its field ('answer') or its page ('page')"),
    field: { type: ['string', 'null'], enum: [...ANSWER_FIELDS, null], description: "What that field takes ('answer')" },
    path: label("The page where the user confirms first ('page')"),
    reason: label("Why this user cannot end sessions ('none')"),
    recent: { type: 'boolean', description: 'True if a confirmation or the sign-in still counts, so that a question is enough' }
  },
  description: 'How the user confirms; null: the server cannot tell right now'
}

const sessionList = {
  type: 'object',
  required: ['sessions', 'confirmation'],
  properties: { sessions: { type: 'array', items: session }, confirmation }
}

/** Any text. Text that is not an id is answered like an unknown id. */
const sessionId = {
  type: 'object',
  properties: { id: { type: 'string' } }
}

/** What confirms the user. */
const proof = {
  type: ['object', 'null'],
  description: "What confirms the user. The caller's own session ends without it.",
  properties: Object.fromEntries(Object.entries(PROOF_FIELDS).map(([field, description]) => [field, { type: 'string', description }]))
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
    message: { type: 'string' },
    attemptsLeft: { type: 'integer', description: 'After a wrong password or answer: how many more can be wrong before a lock of 15 minutes' },
    confirmPath: { type: 'string', description: 'The page where the user confirms first' }
  }
}

const errors = (...statuses: number[]) => Object.fromEntries(statuses.map(status => [status, error]))

/** `GET /` */
export const listSchema: RouteSchema = {
  operationId: 'listLoginSessions',
  summary: 'The login sessions of the signed-in user',
  response: { 200: sessionList, ...errors(401, 500, 503) }
}

/** `POST /current/revoke` */
export const revokeCurrentSchema: RouteSchema = {
  operationId: 'endLoginSession',
  summary: 'Sign out: end the session of this request',
  response: { 200: revoked, ...errors(401, 403, 500, 503) }
}

/** `POST /:id/revoke` @param needsProof is anything asked for? Otherwise there is no body */
export const revokeOneSchema = (needsProof: boolean): RouteSchema => ({
  operationId: 'revokeLoginSession',
  summary: 'End one session of the signed-in user',
  params: sessionId,
  ...(needsProof && { body: proof }),
  response: { 200: revoked, ...errors(400, 401, 403, 404, 409, 422, 429, 500, 503) }
})

/** `POST /others/revoke` @param needsProof is anything asked for? Otherwise there is no body */
export const revokeOthersSchema = (needsProof: boolean): RouteSchema => ({
  operationId: 'revokeOtherLoginSessions',
  summary: 'End all other sessions of the signed-in user',
  ...(needsProof && { body: proof }),
  response: { 200: revoked, ...errors(400, 401, 403, 409, 422, 429, 500, 503) }
})
