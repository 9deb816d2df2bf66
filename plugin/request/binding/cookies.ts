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

/** A signed cookie with the key of a session and a time: when the challenge of a proof was made. */
export interface TimeCookie {
  name: string
  /** Did the browser send any value of it, right or wrong? */
  has(request: FastifyRequest): boolean
  /** The time; null: it has none for the session with this key. The latest one, if a name that other hosts may set was sent several times. */
  read(request: FastifyRequest, key: string): Date | null
  /** @param maxAge in ms */
  issue(reply: FastifyReply, key: string, time: Date, maxAge: number): void
  clear(reply: FastifyReply): void
}

/** Both cookies. */
export interface BindingCookies {
  bound: TimeCookie
  demand: TimeCookie
  /** What the browser keeps them with, as the session instructions say it. */
  attributes: string
}

/** A key, and a time in ms. */
const CONTENT = /^([\w-]{30})\.([\da-z]+)$/

/** @param secrets newest first. The newest one signs; all are accepted */
export function createBindingCookies ({ name, attributes }: ResolvedCookie, secrets: readonly string[]): BindingCookies {
  const sameSite = attributes.sameSite === 'strict' ? 'Strict' : 'Lax'
  return {
    bound: createTimeCookie(`${name}-bound`, 'bound cookie', attributes, secrets),
    demand: createTimeCookie(`${name}-demand`, 'demand cookie', attributes, secrets),
    attributes: `Path=/; Secure; HttpOnly; SameSite=${sameSite}`
  }
}

function createTimeCookie (
  name: string, use: KeyUse, attributes: ResolvedCookie['attributes'], secrets: readonly string[]
): TimeCookie {
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
    has: request => valuesOf(request).length > 0,

    read (request, key) {
      const times = valuesOf(request).flatMap(value => timeIn(value, key))
      return times.sort((one, other) => other.getTime() - one.getTime())[0] ?? null
    },

    issue (reply, key, time, maxAge) {
      const value = signer.sign(`${key}.${time.getTime().toString(36)}`)
      const line = fastifyCookie.serialize(name, value, { ...attributes, maxAge: Math.floor(maxAge / 1000), encode: text => text })
      reply.header('set-cookie', line)
    },

    clear (reply) {
      reply.header('set-cookie', fastifyCookie.serialize(name, '', { ...attributes, expires: new Date(0), maxAge: 0 }))
    }
  }
}
