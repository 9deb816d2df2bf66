/**
 * What a browser calls on a server, in order, with what matters to bound sessions.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { decodeJwt, decodeProtectedHeader } from 'jose'

/** One request. */
interface Call {
  text: string
  status?: number
  details: string
}

/** The list of a host's calls. Several servers may share it. */
export interface Calls {
  /** Begins to note the calls of this server. Before it has other hooks. */
  watch(app: FastifyInstance): void
  /** The calls since the last time: `POST /refresh 403`. */
  take(): string[]
  /** The same, with their cookies and headers of bound sessions. */
  takeWhole(): string[]
}

/** Headers of bound sessions that are not proofs. */
const HEADERS = ['sec-secure-session-id', 'secure-session-skipped']

export function createCalls (): Calls {
  const calls: Call[] = []
  const noted = new WeakMap<FastifyRequest, Call>()
  const lineOf = ({ text, status = 0 }: Call): string => status === 0 ? text : `${text} ${status}`
  return {
    watch (app) {
      app.addHook('onRequest', async request => {
        if (request.url === '/favicon.ico') return
        const call = { text: `${request.method} ${request.url}`, details: detailsOf(request) }
        noted.set(request, call)
        calls.push(call)
      })
      // The browser has its answer later, so the status is here when a test sees the answer.
      app.addHook('onSend', async (request, reply) => {
        const call = noted.get(request)
        if (call !== undefined) call.status = reply.statusCode
      })
    },
    take: () => calls.splice(0).map(lineOf),
    takeWhole: () => calls.splice(0).map(call => `${lineOf(call)}${call.details}`)
  }
}

/** Names of cookies and headers, and the form of a proof. Not their values, which differ each time. */
function detailsOf ({ headers }: FastifyRequest): string {
  const cookies = (headers.cookie ?? '').split('; ').map(pair => pair.split('=')[0]!).filter(name => name !== '').sort()
  const sent = HEADERS.filter(name => headers[name] !== undefined).map(name => `${name}: ${formOf(String(headers[name]))}`)
  const proof = headers['secure-session-response']
  return [...cookies.map(name => ` cookie ${name}`), ...sent.map(line => ` ${line}`), proof === undefined ? '' : ` ${proofIn(String(proof))}`].join('')
}

/** A value with its letters and digits left out. */
const formOf = (value: string): string => value.replace(/[\w-]{20,}/g, '…')

function proofIn (proof: string): string {
  const quote = /^"/.exec(proof)?.[0] ?? ''
  const token = proof.replaceAll('"', '')
  const { jwk, ...header } = decodeProtectedHeader(token) as { jwk?: object }
  const claims = Object.keys(decodeJwt(token)).sort()
  return `secure-session-response: ${quote}${JSON.stringify([header, Object.keys(jwk ?? {}).sort(), claims])}`
}
