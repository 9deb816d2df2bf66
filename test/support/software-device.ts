/**
 * What a browser with device-bound sessions does, with keys in software: it registers when a sign-in offers it, and renews its proof
 * when the bound cookie is missing. As Chromium does it: `test/pages/e2e/device-bound.test.ts` compares the two.
 * @module
 */
import type { InjectOptions } from 'fastify'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { CookieJar } from 'tough-cookie'
import type { Reply } from './browser-jar.js'

export const BOUND_COOKIE = '__Host-login-session-bound'
export const DEMAND_COOKIE = '__Host-login-session-demand'
export const REGISTER = '/device-bound-session/register'
export const REFRESH = '/device-bound-session/refresh'

type Send = (injected: InjectOptions) => Promise<Reply>

interface Bound {
  id: string
  refreshPath: string
  cookie: string
  refreshing?: Promise<string | null> | undefined
  privateKey: CryptoKey
}

/** How often Chromium signs in one refresh before it gives up. */
const MOST_CHALLENGES = 5

/** The keys of one browser. */
export interface SoftwareDevice {
  /** Registers, if this response offers it. */
  afterResponse(reply: Reply, send: Send): Promise<void>
  /** Is a bound cookie missing? The request must be sent in the same turn, with the cookies that are there. */
  needsProof(jar: CookieJar, origin: string): boolean
  /** Renews the proofs of bound cookies that are missing. Resolves to why it could not, as Secure-Session-Skipped says it, or null. */
  prove(jar: CookieJar, origin: string, send: Send): Promise<string | null>
  /** The identifiers of the sessions that it can prove. */
  bound(): string[]
  /** A browser of the same kind without these keys, as a thief has it. */
  without(): SoftwareDevice
}

/** The challenge and the path of an offer. */
export function offerIn (reply: Reply): { path: string, challenge: string, algorithms: string[] } | null {
  const header = reply.headers['secure-session-registration']
  const [, algorithms, path, challenge] = /^\(([\w ]+)\);path="([^"]+)";challenge="([^"]+)"$/.exec(String(header ?? '')) ?? []
  return challenge === undefined ? null : { path: path!, challenge, algorithms: algorithms!.split(' ') }
}

/** The challenge in this answer. */
export function challengeOf (reply: Reply): string {
  const [, challenge] = /^"([^"]+)";id="[^"]+"$/.exec(String(reply.headers['secure-session-challenge'])) ?? []
  if (challenge === undefined) throw new Error(`no challenge: ${reply.statusCode} ${reply.body}`)
  return challenge
}

/** A proof of this challenge. @param jwk the public key, for a registration */
export async function proofOf (challenge: string, privateKey: CryptoKey, algorithm: string, jwk?: object): Promise<string> {
  return await new SignJWT({ jti: challenge }).setProtectedHeader({ alg: algorithm, typ: 'dbsc+jwt', ...(jwk && { jwk }) }).sign(privateKey)
}

/** Keys in software. @param algorithm the one that it takes of those that are offered */
export function softwareDevice (algorithm: 'ES256' | 'RS256' = 'ES256'): SoftwareDevice {
  const sessions = new Map<string, Bound>()

  function missing (jar: CookieJar, origin: string): Bound[] {
    return [...sessions.values()].filter(({ cookie }) => !jar.getCookiesSync(origin).some(({ key }) => key === cookie))
  }

  /** One at a time: a request that comes meanwhile waits for it. */
  async function refresh (session: Bound, send: Send): Promise<string | null> {
    session.refreshing ??= refreshOnce(session, send).finally(() => { session.refreshing = undefined })
    return await session.refreshing
  }

  async function refreshOnce (session: Bound, send: Send): Promise<string | null> {
    const post = (headers: Record<string, string>): Promise<Reply> =>
      send({ method: 'POST', url: session.refreshPath, headers: { 'sec-secure-session-id': session.id, ...headers } })
    let reply = await post({})
    for (let count = 0; reply.statusCode === 403 && count < MOST_CHALLENGES; count++) {
      reply = await post({ 'secure-session-response': await proofOf(challengeOf(reply), session.privateKey, algorithm) })
    }
    if (reply.statusCode >= 500) return `server_error;session_identifier="${session.id}"`
    if (reply.statusCode !== 200) sessions.delete(session.id)
    return null
  }

  return {
    async afterResponse (reply, send) {
      const offer = offerIn(reply)
      if (offer === null || !offer.algorithms.includes(algorithm)) return
      const { privateKey, publicKey } = await generateKeyPair(algorithm)
      const proof = await proofOf(offer.challenge, privateKey, algorithm, await exportJWK(publicKey))
      const registered = await send({ method: 'POST', url: offer.path, headers: { 'secure-session-response': proof } })
      if (registered.statusCode !== 200) return
      const { session_identifier: id, refresh_url: url, credentials } = registered.json()
      const refreshPath = new URL(url, `https://shop.example${offer.path}`).pathname
      sessions.set(id, { id, refreshPath, cookie: credentials[0].name, privateKey })
    },

    needsProof: (jar, origin) => missing(jar, origin).length > 0,

    async prove (jar, origin, send) {
      for (const session of missing(jar, origin)) {
        const skipped = await refresh(session, send)
        if (skipped !== null) return skipped
      }
      return null
    },

    bound: () => [...sessions.keys()],
    without: () => softwareDevice(algorithm)
  }
}
