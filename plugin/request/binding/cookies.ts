/**
 * The two cookies of device binding, both signed. The *bound cookie* says when the challenge of the browser's last proof was made. The
 * *demand cookie* says the same of the proof before, while a new one is demanded: until it is there, the former one counts.
 * @module
 */
import { fastifyCookie, signerFactory } from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { MOST_VERIFIED, valuesIn } from '../cookie.js'
import type { ResolvedCookie } from '../cookie-options.js'
import { type KeyUse, keysFor } from '../keys.js'

/** Reads and writes both cookies. */
export interface BindingCookies {
  /** What the browser keeps them with, as the session instructions say it. */
  name: string
  attributes: string
  /** The names of both. */
  names: readonly string[]
  /** When the challenge of the proof was made that this request's bound cookie is of; null: it has none for the session with this key. */
  proofIn(request: FastifyRequest, key: string): Date | null
  /** The same of the proof before a demand; null: no new proof was demanded. */
  formerProofIn(request: FastifyRequest, key: string): Date | null
  /** Did the browser send any value of this cookie, right or wrong? */
  hasBound(request: FastifyRequest): boolean
  hasDemand(request: FastifyRequest): boolean
  /** @param maxAge in ms */
  issueBound(reply: FastifyReply, key: string, challengedAt: Date, maxAge: number): void
  /** @param formerAt of the proof that this request showed */
  issueDemand(reply: FastifyReply, key: string, formerAt: Date): void
  clearBound(reply: FastifyReply): void
  clearDemand(reply: FastifyReply): void
}

/** A key, and a time in ms. */
const CONTENT = /^([\w-]{30})\.([\da-z]+)$/

/**
 * @param secrets newest first. The newest one signs; all are accepted
 * @param refreshEvery how long a proof counts, in ms. The demand cookie lives as long, for the former proof's sake
 */
export function createBindingCookies ({ name, attributes }: ResolvedCookie, secrets: readonly string[], refreshEvery: number): BindingCookies {
  const bound = createTimeCookie(`${name}-bound`, 'bound cookie', attributes, secrets)
  const demand = createTimeCookie(`${name}-demand`, 'demand cookie', attributes, secrets)
  const sameSite = attributes.sameSite === 'strict' ? 'Strict' : 'Lax'
  return {
    name: bound.name,
    names: [bound.name, demand.name],
    attributes: `Path=/; Secure; HttpOnly; SameSite=${sameSite}`,
    proofIn: bound.read,
    formerProofIn: demand.read,
    hasBound: bound.has,
    hasDemand: demand.has,
    issueBound: (reply, key, challengedAt, maxAge) => bound.issue(reply, key, challengedAt, maxAge),
    issueDemand: (reply, key, formerAt) => demand.issue(reply, key, formerAt, refreshEvery),
    clearBound: bound.clear,
    clearDemand: demand.clear
  }
}

/** A signed cookie with the key of a session and a time. */
function createTimeCookie (name: string, use: KeyUse, attributes: ResolvedCookie['attributes'], secrets: readonly string[]) {
  const signer = signerFactory(keysFor(use, secrets))
  const prefix = `${name}=`
  const valuesOf = ({ headers: { cookie = '' } }: FastifyRequest): string[] =>
    cookie.includes(prefix) ? [...valuesIn(cookie, prefix)].slice(0, MOST_VERIFIED) : []

  function timeIn (value: string, key: string): Date[] {
    const [, ofKey, time] = CONTENT.exec(signer.unsign(value).value ?? '') ?? []
    return ofKey === key ? [new Date(Number.parseInt(time!, 36))] : []
  }

  return {
    name,
    has: (request: FastifyRequest): boolean => valuesOf(request).length > 0,

    /** The latest one, if a name that other hosts may set was sent several times. */
    read (request: FastifyRequest, key: string): Date | null {
      const times = valuesOf(request).flatMap(value => timeIn(value, key))
      return times.sort((one, other) => other.getTime() - one.getTime())[0] ?? null
    },

    issue (reply: FastifyReply, key: string, time: Date, maxAge: number): void {
      const value = signer.sign(`${key}.${time.getTime().toString(36)}`)
      const line = fastifyCookie.serialize(name, value, { ...attributes, maxAge: Math.floor(maxAge / 1000), encode: text => text })
      reply.header('set-cookie', line)
    },

    clear (reply: FastifyReply): void {
      reply.header('set-cookie', fastifyCookie.serialize(name, '', { ...attributes, expires: new Date(0), maxAge: 0 }))
    }
  }
}
